package dev.snowmelt.cli.declare;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// A folder in the middle of a change (a checkout, a file half written) is not believed: it must stay the same.
final class Quiet {
    private static final int LOOKS = 20;

    private final Duration still;
    private @Nullable Gathered last;

    /// @param still how long it must stay the same
    Quiet(Duration still) {
        this.still = still;
    }

    /// @return what was read twice in a row; empty: it changed at every look
    Optional<Gathered> read(Supplier<Gathered> folder) throws InterruptedException {
        Gathered read = folder.get();
        if (read.equals(last)) {
            return Optional.of(read);
        }
        last = null;
        for (int i = 0; i < LOOKS; i++) {
            TimeUnit.MILLISECONDS.sleep(still.toMillis());
            Gathered again = folder.get();
            if (again.equals(read)) {
                last = again;
                return Optional.of(again);
            }
            read = again;
        }
        return Optional.empty();
    }
}
