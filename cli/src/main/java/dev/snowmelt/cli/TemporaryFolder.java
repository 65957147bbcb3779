package dev.snowmelt.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;
import org.slf4j.LoggerFactory;

/// A folder that is gone when it is closed.
///
/// @param path where it is
public record TemporaryFolder(Path path) implements AutoCloseable {
    /// @param prefix what its name begins with
    /// @throws CliException when there is no room for it
    public static TemporaryFolder create(String prefix) {
        try {
            return new TemporaryFolder(Files.createTempDirectory(prefix));
        } catch (IOException e) {
            throw new CliException("Cannot create a temporary folder: " + e.getMessage());
        }
    }

    @Override
    public void close() {
        try (Stream<Path> files = Files.walk(path)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException | UncheckedIOException e) {
            LoggerFactory.getLogger(TemporaryFolder.class)
                    .atWarn()
                    .addKeyValue("folder", path)
                    .addKeyValue("cause", e.getMessage())
                    .log("temporary folder stays");
        }
    }
}
