package dev.snowmelt.bench.measure;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;

/// A folder for the time of a run.
public record Scratch(Path path) implements AutoCloseable {
    public static Scratch folder() throws IOException {
        return new Scratch(Files.createTempDirectory("snowmelt-bench-"));
    }

    @Override
    public void close() throws IOException {
        try (var files = Files.walk(path)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }
}
