package dev.snowmelt.cli.config;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;

/// Settings of every Kafka client of a process, producers, consumers, admin clients and Streams
/// alike: security above all. From `kafka.propertiesFile`, a file as Kafka's own tools take it by
/// `--command-config` and as it may be mounted from a secret, and from `kafka.client`, which wins.
///
/// @param values settings by their Kafka names
/// @param bootstrapServers what the file says; `kafka.bootstrapServers` wins
record ClientSettings(Map<String, Object> values, Optional<String> bootstrapServers) {
    private static final String KEY = "kafka.client";
    private static final String FILE = "kafka.propertiesFile";
    private static final String SERVERS = "bootstrap.servers";

    /// What the promises rest on is not to be set from outside: who is in which group, and what
    /// counts as written.
    private static final Set<String> OURS = Set.of(
            "acks",
            "application.id",
            "enable.auto.commit",
            "enable.idempotence",
            "group.id",
            "group.instance.id",
            "group.protocol",
            "isolation.level",
            "processing.guarantee",
            "state.dir",
            "transactional.id");

    /// Before a setting's name these say which of Streams' clients it is for.
    private static final Pattern CLIENTS =
            Pattern.compile("^((main|restore|global)\\.consumer|consumer|producer|admin)\\.");

    static ClientSettings read(ConfigReader reader) {
        Map<String, Object> said = reader.open(KEY);
        check(reader, said, KEY + ".");
        said.keySet().stream()
                .filter(key -> SERVERS.equals(bare(key)))
                .forEach(key -> reader.fault(KEY + "." + key, "say kafka.bootstrapServers instead"));
        Optional<Map<String, Object>> file = reader.value(FILE, Path::of).flatMap(path -> file(reader, path));
        Map<String, Object> all = new TreeMap<>(file.orElse(Map.of()));
        Optional<String> servers = Optional.ofNullable(all.remove(SERVERS)).map(Object::toString);
        all.putAll(said);
        return new ClientSettings(all, servers);
    }

    private static Optional<Map<String, Object>> file(ConfigReader reader, Path path) {
        var properties = new Properties();
        try (Reader text = Files.newBufferedReader(path)) {
            properties.load(text);
        } catch (NoSuchFileException _) {
            reader.fault(FILE, "there is no file " + path);
            return Optional.empty();
        } catch (IOException | IllegalArgumentException e) {
            reader.fault(FILE, path + " cannot be read as properties: " + e.getMessage());
            return Optional.empty();
        }
        Map<String, Object> values = new TreeMap<>();
        properties.stringPropertyNames().forEach(name -> values.put(name, properties.getProperty(name)));
        check(reader, values, FILE + ": ");
        return Optional.of(values);
    }

    private static void check(ConfigReader reader, Map<String, Object> values, String where) {
        values.keySet().stream()
                .filter(key -> OURS.contains(bare(key)))
                .forEach(key -> reader.fault(where + key, "is Snowmelt's own to set: leave it out"));
    }

    /// The setting itself, whichever client it is for.
    private static String bare(String key) {
        return CLIENTS.matcher(key).replaceFirst("");
    }
}
