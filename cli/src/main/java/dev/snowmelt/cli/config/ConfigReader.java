package dev.snowmelt.cli.config;

import dev.snowmelt.schemas.text.Suggestion;
import dev.snowmelt.schemas.text.Texts;
import dev.snowmelt.v1.Problem;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// Reads settings by their keys (`kafka.partitions`) from, first to last: options of the command line, environment
/// variables (`SNOWMELT_KAFKA_PARTITIONS`), the file. Faults are collected, a default stands in for what is faulty.
/// A key that is asked for is known; after all were asked for, what else the file holds is unknown.
///
/// Unknown `SNOWMELT_…` variables are no fault: Kubernetes makes such ones for a Service named `snowmelt`.
public final class ConfigReader {
    private static final String PREFIX = "SNOWMELT_";

    private final Map<String, JsonNode> file = new LinkedHashMap<>();
    private final Map<String, String> environment;
    private final Map<String, String> options;
    private final TreeSet<String> known = new TreeSet<>();
    private final List<Problem> problems = new ArrayList<>();

    /// @param tree the file's document; null: no file
    /// @param options values of command line options, by the key that they override
    public ConfigReader(@Nullable JsonNode tree, Map<String, String> environment, Map<String, String> options) {
        this.environment = environment;
        this.options = options;
        if (tree != null) {
            if (tree.isObject()) {
                flatten("", tree);
            } else {
                problems.add(Texts.problem("", "must be keys and values"));
            }
        }
    }

    private void flatten(String path, JsonNode tree) {
        tree.properties().forEach(entry -> {
            String key = path.isEmpty() ? entry.getKey() : path + "." + entry.getKey();
            if (entry.getValue().isObject()) {
                flatten(key, entry.getValue());
            } else if (entry.getValue().isArray()
                    && entry.getValue().valueStream().anyMatch(JsonNode::isObject)) {
                elements(key, entry.getValue());
            } else if (!entry.getValue().isNull()) {
                file.put(key, entry.getValue());
            }
        });
    }

    private void elements(String path, JsonNode list) {
        for (int i = 0; i < list.size(); i++) {
            String key = path + "[" + i + "]";
            if (list.get(i).isObject()) {
                flatten(key, list.get(i));
            } else {
                file.put(key, list.get(i));
            }
        }
    }

    /// A value and where it was said, for faults.
    private record Said(String text, String where) {}

    private Optional<Said> said(String key) {
        known.add(key);
        String option = options.get(key);
        if (option != null) {
            return Optional.of(new Said(option, key));
        }
        String variable = variable(key);
        String environmental = environment.getOrDefault(variable, "");
        if (!environmental.isEmpty()) {
            return Optional.of(new Said(environmental, key + " (from " + variable + ")"));
        }
        JsonNode value = file.get(key);
        if (value != null && !value.isValueNode()) {
            problems.add(Texts.problem(key, "must be one value, not a list"));
            return Optional.empty();
        }
        return value == null ? Optional.empty() : Optional.of(new Said(value.asString(), key));
    }

    /// The environment variable that overrides a key: of `aws.targets[0].roleArn` it is
    /// `SNOWMELT_AWS_TARGETS_0_ROLE_ARN`.
    public static String variable(String key) {
        return PREFIX
                + key.replaceAll("\\[([0-9]+)]", "_$1")
                        .replace('.', '_')
                        .replaceAll("([a-z0-9])([A-Z])", "$1_$2")
                        .toUpperCase(Locale.ROOT);
    }

    /// Any value that a parser takes; what it refuses with [IllegalArgumentException] is a fault.
    public <T> Optional<T> value(String key, Function<String, T> parse) {
        return said(key).flatMap(said -> {
            try {
                return Optional.of(parse.apply(said.text()));
            } catch (IllegalArgumentException e) {
                problems.add(Texts.problem(said.where(), String.valueOf(e.getMessage())));
                return Optional.empty();
            }
        });
    }

    /// A text; empty texts count as absent.
    public Optional<String> text(String key) {
        return value(key, Function.identity()).filter(text -> !text.isEmpty());
    }

    /// A whole number from `least` to `most`.
    public int number(String key, int least, int most, int otherwise) {
        return value(key, text -> {
                    try {
                        int number = Integer.parseInt(text);
                        if (number >= least && number <= most) {
                            return number;
                        }
                    } catch (NumberFormatException _) {
                        // Said below.
                    }
                    throw new IllegalArgumentException(
                            "must be a whole number from " + least + " to " + most + ", not '" + text + "'");
                })
                .orElse(otherwise);
    }

    /// A duration longer than nothing.
    public Duration duration(String key, Duration otherwise) {
        return duration(key).orElse(otherwise);
    }

    /// A duration longer than nothing, if there is one.
    public Optional<Duration> duration(String key) {
        return value(key, ConfigReader::longerThanNothing);
    }

    static Duration longerThanNothing(String text) {
        Duration duration = DurationText.parse(text);
        if (duration.isZero()) {
            throw new IllegalArgumentException("must be longer than nothing");
        }
        return duration;
    }

    /// `true` or `false`.
    public boolean truth(String key, boolean otherwise) {
        return truth(key).orElse(otherwise);
    }

    /// `true` or `false`, if it is said.
    public Optional<Boolean> truth(String key) {
        return value(key, text -> switch (text) {
            case "true" -> true;
            case "false" -> false;
            default -> throw new IllegalArgumentException("must be true or false, not '" + text + "'");
        });
    }

    /// One of an enum's names, in any case.
    public <E extends Enum<E>> E choice(String key, Class<E> type, E otherwise) {
        List<String> names =
                Arrays.stream(type.getEnumConstants()).map(Enum::name).toList();
        return value(key, text -> {
                    String name = text.toUpperCase(Locale.ROOT);
                    if (!names.contains(name)) {
                        throw new IllegalArgumentException("must be one of " + String.join(", ", names) + ", not '"
                                + text + "'" + Suggestion.question(text, names));
                    }
                    return Enum.valueOf(type, name);
                })
                .orElse(otherwise);
    }

    /// A list of texts: a list in the file, commas elsewhere.
    public List<String> list(String key) {
        JsonNode value = file.get(key);
        boolean overridden = options.containsKey(key) || environment.containsKey(variable(key));
        if (value != null && value.isArray() && !overridden) {
            known.add(key);
            List<String> texts = new ArrayList<>();
            value.forEach(each -> texts.add(each.asString()));
            return texts;
        }
        return text(key)
                .map(text ->
                        Arrays.stream(text.split(",", -1)).map(String::strip).toList())
                .orElse(List.of());
    }

    /// How many elements a list of keys and values has, in the file or by the environment's numbers (from 0); the
    /// keys of the first are read as `aws.targets[0].target`.
    public int count(String key) {
        known.add(key);
        JsonNode value = file.get(key);
        if (value != null && !(value.isArray() && value.isEmpty())) {
            problems.add(Texts.problem(key, "must be a list of keys and values"));
        }
        var inFile = Pattern.compile(Pattern.quote(key) + "\\[([0-9]{1,3})].*");
        var inEnvironment = Pattern.compile(Pattern.quote(variable(key)) + "_([0-9]{1,3})_.+");
        return Stream.concat(
                        file.keySet().stream().map(inFile::matcher),
                        environment.keySet().stream().map(inEnvironment::matcher))
                .filter(Matcher::matches)
                .mapToInt(matcher -> Integer.parseInt(matcher.group(1)) + 1)
                .max()
                .orElse(0);
    }

    /// All keys below a key, which name themselves: settings of Kafka's clients.
    /// `SNOWMELT_KAFKA_CLIENT_SSL_KEYSTORE_TYPE` is `ssl.keystore.type` below `kafka.client`.
    public Map<String, Object> open(String key) {
        Map<String, Object> values = new TreeMap<>();
        file.forEach((each, value) -> {
            if (each.startsWith(key + ".")) {
                known.add(each);
                values.put(each.substring(key.length() + 1), value.asString());
            }
        });
        String variables = variable(key) + "_";
        environment.forEach((name, value) -> {
            if (name.startsWith(variables)) {
                String rest = name.substring(variables.length());
                values.put(rest.toLowerCase(Locale.ROOT).replace('_', '.'), value);
            }
        });
        return values;
    }

    /// Adds a fault that only shows when values are seen together.
    public void fault(String key, String message) {
        problems.add(Texts.problem(key, message));
    }

    /// True when what was read of a key was refused: that it is missing too need not be said.
    public boolean faulty(String key) {
        return problems.stream().map(Problem::getPath).anyMatch(path -> path.equals(key) || path.startsWith(key + " "));
    }

    /// Every fault, unknown keys last. Ask when everything was read.
    public List<Problem> problems() {
        List<Problem> all = new ArrayList<>(problems);
        file.keySet().stream()
                .filter(key -> !known.contains(key))
                .forEach(key -> all.add(Texts.problem(key, "unknown key" + Suggestion.question(key, known))));
        return all;
    }
}
