package dev.snowmelt.helm;

import dev.snowmelt.cli.config.Config;
import java.util.AbstractMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/// What Snowmelt can be told, found by having it read its configuration.
final class Settings {
    private Settings() {}

    /// The variables of all keys that Snowmelt asks for.
    static Set<String> variables() {
        Set<String> asked = new HashSet<>();
        var recording = new AbstractMap<String, String>() {
            @Override
            public Set<Entry<String, String>> entrySet() {
                return Set.of();
            }

            @Override
            public String getOrDefault(Object key, String otherwise) {
                asked.add(String.valueOf(key));
                return otherwise;
            }
        };
        Config.load(null, recording, Map.of());
        return asked;
    }
}
