package dev.snowmelt.cli.once;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Half a second passes whenever somebody looks at the clock.
@Timeout(60)
class TellingTest {
    private static final Duration LONGEST = Duration.ofSeconds(20);

    private Instant now = Instant.EPOCH;
    /// At which look at what is pending a question opens, and at which it closes.
    private int opens = Integer.MAX_VALUE;

    private int closes = Integer.MAX_VALUE;
    private final AtomicInteger looks = new AtomicInteger();
    private int closed;
    private Telling telling;

    @BeforeEach
    void listen() {
        telling = new Telling(this::pending, () -> closed, () -> now = now.plusMillis(500));
    }

    private boolean pending() {
        int look = looks.incrementAndGet();
        if (look == closes) {
            closed++;
        }
        return look >= opens && look < closes;
    }

    @Test
    void anAnswerThatIsFasterThanTheReportIsWorthAnotherScan() throws Exception {
        closed = 1;

        assertThat(telling.await(LONGEST)).as("told during the scan").isTrue();
        assertThat(telling.await(LONGEST)).as("nothing since").isFalse();

        closed = 2;

        assertThat(telling.await(LONGEST)).as("told during the second scan").isTrue();
    }

    @Test
    void whatIsOpenIsWaitedFor() throws Exception {
        opens = 2;
        closes = 12;

        assertThat(telling.await(LONGEST)).isTrue();
        assertThat(looks).hasValue(12);
        assertThat(telling.await(LONGEST)).as("it is known").isFalse();
    }

    @Test
    void anAnswerAmongSeveralIsNotTheEndOfWaiting() throws Exception {
        closed = 1;
        opens = 1;
        closes = 12;

        assertThat(telling.await(LONGEST)).isTrue();
        assertThat(looks).hasValue(12);
    }

    @Test
    void whatIsNotAskedIsNotWaitedForLong() throws Exception {
        assertThat(telling.await(LONGEST)).isFalse();
        assertThat(Duration.between(Instant.EPOCH, now)).isLessThan(Duration.ofSeconds(4));
    }

    @Test
    void theTimeIsBounded() throws Exception {
        opens = 1;

        assertThat(telling.await(LONGEST)).as("some may be told").isTrue();
        assertThat(Duration.between(Instant.EPOCH, now)).isLessThan(LONGEST.plusSeconds(2));

        closed = 1;

        assertThat(telling.await(Duration.ZERO)).as("no time left").isFalse();
    }
}
