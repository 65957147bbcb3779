package dev.snowmelt.helm.operate;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// The names of meters in the sources, for those that no run of a test brings about.
final class MetersInSources {
    private static final Pattern NAME = Pattern.compile("\"((?:snowmelt|kafka)\\.[a-z0-9]+(?:\\.[a-z0-9]+)+)\"");
    private static final Set<String> STAGES = Set.of(
            "collector",
            "detector",
            "registrar",
            "scanner",
            "resolver",
            "planner",
            "executor",
            "watch",
            "role",
            "dead");

    private MetersInSources() {}

    /// As Prometheus would write them, without unit and `_total`.
    static Set<String> names() {
        var names = new TreeSet<String>();
        for (String module : new String[] {"sources", "detector", "remediator", "cli"}) {
            try (Stream<Path> files = Files.walk(Path.of("..", module, "src/main/java"))) {
                files.filter(file -> file.toString().endsWith(".java")).forEach(file -> add(names, file));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return names;
    }

    private static void add(Set<String> names, Path file) {
        try {
            String text = Files.readString(file);
            if (text.contains("io.micrometer")) {
                NAME.matcher(text)
                        .results()
                        .map(found -> found.group(1))
                        .filter(name -> name.startsWith("kafka.") || STAGES.contains(name.split("\\.", -1)[1]))
                        .forEach(name -> names.add(name.replace('.', '_')));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
