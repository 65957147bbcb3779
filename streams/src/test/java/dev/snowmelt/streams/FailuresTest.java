package dev.snowmelt.streams;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class FailuresTest {
    private final AtomicLong nanos = new AtomicLong(-5);
    private final Failures failures = new Failures(nanos::get);

    private void pass(Duration time) {
        nanos.addAndGet(time.toNanos());
    }

    @Test
    void countsThoseInARow() {
        failures.works(true);
        pass(Duration.ofMinutes(9));

        assertThat(failures.failed()).isEqualTo(1);
        pass(Duration.ofMinutes(9));
        assertThat(failures.failed()).isEqualTo(2);
    }

    @Test
    void forgivesAfterTenMinutesOfWork() {
        failures.works(true);
        assertThat(failures.failed()).isEqualTo(1);
        assertThat(failures.failed()).isEqualTo(2);
        failures.works(false);
        failures.works(true);
        pass(Duration.ofMinutes(6));
        failures.works(false);
        pass(Duration.ofMinutes(1));
        failures.works(true);
        pass(Duration.ofMinutes(4));

        assertThat(failures.failed()).isEqualTo(1);
    }

    @Test
    void aLongStartIsNoWork() {
        failures.works(true);
        assertThat(failures.failed()).isEqualTo(1);
        failures.works(false);
        pass(Duration.ofHours(2));
        failures.works(true);
        pass(Duration.ofMinutes(1));

        assertThat(failures.failed()).isEqualTo(2);
    }
}
