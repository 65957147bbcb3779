package dev.snowmelt.sandbox.cluster;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// Label and field selectors, as lists, watches, controllers and budgets use them.
record Selector(List<Predicate<Stored>> terms) implements Predicate<Stored> {

    static final Selector EVERYTHING = new Selector(List.of());

    private static final Pattern SET = Pattern.compile("\\s*([^\\s!=,()]+)\\s+(in|notin)\\s*\\(([^)]*)\\)\\s*");
    private static final Pattern EQUALITY = Pattern.compile("\\s*([^\\s!=,()]+)\\s*(==|=|!=)\\s*([^\\s!=,()]*)\\s*");
    private static final Pattern EXISTENCE = Pattern.compile("\\s*(!?)\\s*([^\\s!=,()]+)\\s*");

    @Override
    public boolean test(Stored object) {
        for (Predicate<Stored> term : terms) {
            if (!term.test(object)) {
                return false;
            }
        }
        return true;
    }

    boolean isEmpty() {
        return terms.isEmpty();
    }

    /// Parses `labelSelector` and `fieldSelector` of a request.
    ///
    /// @throws Refusal 400 with the message of a real server
    static Selector parse(ResourceType type, @Nullable String labels, @Nullable String fields) {
        List<Predicate<Stored>> terms = new ArrayList<>();
        if (labels != null && !labels.isBlank()) {
            split(labels).forEach(term -> terms.add(label(term)));
        }
        if (fields != null && !fields.isBlank()) {
            for (String term : List.of(fields.split(",", -1))) {
                terms.add(field(type, term, fields));
            }
        }
        return new Selector(List.copyOf(terms));
    }

    /// A `LabelSelector` object; null or without terms selects nothing, as budgets and controllers treat it.
    static Predicate<Map<String, String>> ofObject(JsonNode selector) {
        if (selector.path("matchLabels").isEmpty()
                && selector.path("matchExpressions").isEmpty()) {
            return _ -> false;
        }
        Map<String, String> exact = Json.strings(selector.path("matchLabels"));
        List<Predicate<Map<String, String>>> terms = new ArrayList<>();
        for (JsonNode expression : selector.path("matchExpressions")) {
            List<String> values = new ArrayList<>();
            expression.path("values").forEach(value -> values.add(value.asString("")));
            terms.add(expression(Json.text(expression, "key"), Json.text(expression, "operator"), values));
        }
        return labels -> labels.entrySet().containsAll(exact.entrySet())
                && terms.stream().allMatch(term -> term.test(labels));
    }

    private static Predicate<Map<String, String>> expression(String key, String operator, List<String> values) {
        return switch (operator) {
            case "In" -> labels -> labels.containsKey(key) && values.contains(labels.get(key));
            case "NotIn" -> labels -> !labels.containsKey(key) || !values.contains(labels.get(key));
            case "Exists" -> labels -> labels.containsKey(key);
            case "DoesNotExist" -> labels -> !labels.containsKey(key);
            default -> _ -> false;
        };
    }

    private static List<String> split(String selector) {
        List<String> terms = new ArrayList<>();
        int depth = 0;
        int start = 0;
        for (int i = 0; i < selector.length(); i++) {
            switch (selector.charAt(i)) {
                case '(' -> depth++;
                case ')' -> depth--;
                case ',' -> {
                    if (depth == 0) {
                        terms.add(selector.substring(start, i));
                        start = i + 1;
                    }
                }
                default -> {}
            }
        }
        terms.add(selector.substring(start));
        return terms;
    }

    private static Predicate<Stored> label(String term) {
        Matcher set = SET.matcher(term);
        if (set.matches()) {
            String key = set.group(1);
            Set<String> values = Set.copyOf(
                    Stream.of(set.group(3).split(",", -1)).map(String::strip).toList());
            return set.group(2).equals("in")
                    ? o -> o.labels().containsKey(key)
                            && values.contains(o.labels().get(key))
                    : o -> !o.labels().containsKey(key)
                            || !values.contains(o.labels().get(key));
        }
        Matcher equality = EQUALITY.matcher(term);
        if (equality.matches()) {
            String key = equality.group(1);
            String value = equality.group(3);
            boolean wanted = !equality.group(2).equals("!=");
            return o -> value.equals(o.labels().get(key)) == wanted;
        }
        Matcher existence = EXISTENCE.matcher(term);
        if (existence.matches()) {
            boolean wanted = existence.group(1).isEmpty();
            String key = existence.group(2);
            return o -> o.labels().containsKey(key) == wanted;
        }
        throw Refusal.badRequest("unable to parse requirement: found '%s', expected: identifier".formatted(term));
    }

    private static Predicate<Stored> field(ResourceType type, String term, String fields) {
        Matcher equality = EQUALITY.matcher(term);
        if (!equality.matches()) {
            throw Refusal.badRequest("invalid selector: '%s'; can't understand '%s'".formatted(fields, term));
        }
        String value = equality.group(3);
        boolean wanted = !equality.group(2).equals("!=");
        return switch (equality.group(1)) {
            case "metadata.name" -> o -> o.name().equals(value) == wanted;
            case "metadata.namespace" -> o -> o.namespace().equals(value) == wanted;
            case String path
            when path.equals("spec.nodeName") && type == ResourceType.PODS ->
                o -> o.nodeName().equals(value) == wanted;
            case String path
            when path.equals("status.phase") && (type == ResourceType.PODS || type == ResourceType.NAMESPACES) ->
                o -> o.phase().equals(value) == wanted;
            case String path
            when type == ResourceType.EVENTS ->
                o -> Json.text(o.tree(), path.split("\\.", -1)).equals(value) == wanted;
            default -> throw Refusal.badRequest("field label not supported: " + equality.group(1));
        };
    }
}
