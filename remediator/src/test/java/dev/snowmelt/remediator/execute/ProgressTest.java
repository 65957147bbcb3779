package dev.snowmelt.remediator.execute;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ProgressTest {
    private final Progress progress = new Progress();

    @Test
    void commitsNothingBeforeTheFirstIsDone() {
        Runnable first = progress.begin(10);
        Runnable second = progress.begin(11);

        second.run();
        assertThat(progress.advance()).isEmpty();
        assertThat(progress.idle()).isFalse();

        first.run();
        assertThat(progress.advance()).hasValue(12);
        assertThat(progress.advance()).isEmpty();
        assertThat(progress.idle()).isTrue();
    }

    @Test
    void stepsOverOffsetsThatHoldNoRecord() {
        progress.begin(3).run();
        progress.begin(7).run();
        progress.begin(9);

        assertThat(progress.advance()).hasValue(8);
    }
}
