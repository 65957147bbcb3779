package dev.snowmelt.sources;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.snowmelt.v1.Declare;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;

/// Files as the real tools write them, and how findings are compared.
public final class Fixture {
    private Fixture() {}

    /// @param name below this package, for example `packer/amazon.json`
    public static byte[] bytes(String name) {
        try (InputStream in = Objects.requireNonNull(Fixture.class.getResourceAsStream(name), name)) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public static String text(String name) {
        return new String(bytes(name), java.nio.charset.StandardCharsets.UTF_8);
    }

    /// `workload: container [kind] image +digest …` for each declaration.
    public static List<String> lines(Found found) {
        return found.declarations().stream().map(Fixture::line).toList();
    }

    private static String line(Declare declare) {
        var line = new StringBuilder(declare.getWorkload()).append(":");
        declare.getSpec().getContainersList().forEach(container -> {
            line.append(' ').append(container.getName());
            line.append(container.getTypeValue() == 0 ? "" : " " + container.getType());
            line.append(container.getImage().isEmpty() ? "" : " " + container.getImage());
            container.getDigestsList().forEach(digest -> line.append(" +").append(digest));
        });
        return line.toString();
    }

    /// The faults of what must be refused.
    public static List<String> faults(Callable<Found> source) {
        var refused = catchThrowableOfType(SourceException.class, source::call);
        assertThat(refused).as("should be refused").isNotNull();
        return refused.faults().stream().map(SourceException.Fault::toString).toList();
    }
}
