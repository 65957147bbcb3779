package dev.snowmelt.cli.once;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

/// What registries have told since a scan was asked for. A registry may be faster than the report:
/// the scan still counts a digest as unknown, and when its report is here nothing is pending any
/// more. So what counts is how many questions were closed, not only which are open now.
final class Telling {
    private static final Duration LOOK_EVERY = Duration.ofMillis(20);
    /// By then, the registry role has read the verdicts that a scan has counted.
    private static final Duration QUESTIONS_KNOWN = Duration.ofSeconds(2);

    private final BooleanSupplier pending;
    private final LongSupplier closed;
    private final InstantSource clock;
    /// How many closed questions have led to another scan. At first none, so that one that was
    /// closed before the first scan leads to a needless one; missing one would make a wrong report.
    private long known;

    /// @param pending a question is open
    /// @param closed how many were, and are not any more; only ever more
    Telling(BooleanSupplier pending, LongSupplier closed, InstantSource clock) {
        this.pending = pending;
        this.closed = closed;
        this.clock = clock;
    }

    /// Waits until no question is open.
    ///
    /// @param longest at most; nothing or less: there is no time for it
    /// @return true when another scan may tell more than the one before this was called
    boolean await(Duration longest) throws InterruptedException {
        Instant started = clock.instant();
        Instant end = started.plus(longest);
        boolean asked = false;
        for (Instant now = started; now.isBefore(end); now = clock.instant()) {
            boolean open = pending.getAsBoolean();
            long told = closed.getAsLong(); // after what is open: nothing is closed between unseen
            if (!open && told > known) {
                known = told;
                return true;
            }
            asked |= open;
            if (!asked && now.isAfter(started.plus(QUESTIONS_KNOWN))) {
                return false;
            }
            Thread.sleep(LOOK_EVERY);
        }
        return asked;
    }
}
