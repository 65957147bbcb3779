package dev.snowmelt.remediator.execute;

import static dev.snowmelt.remediator.execute.Commands.CART;
import static dev.snowmelt.remediator.execute.Commands.ENFORCE;
import static dev.snowmelt.remediator.execute.Commands.declaration;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.snowmelt.remediator.execute.Followed.Word;
import dev.snowmelt.schemas.id.WorkloadId;
import dev.snowmelt.v1.Declaration;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;

class FollowedTest {
    private static final Duration NOW = Duration.ofMillis(20);

    private final Followed<WorkloadId, Declaration> followed = new Followed<>(2);

    private Optional<Word<Declaration>> newest(int partition, long offset, Duration atMost)
            throws InterruptedException, TimeoutException {
        return followed.await(partition, offset, atMost, words -> Optional.ofNullable(words.get(CART)));
    }

    private void isNotRead(int partition, long offset) {
        assertThatExceptionOfType(TimeoutException.class).isThrownBy(() -> newest(partition, offset, NOW));
    }

    @Test
    void theNewestReplacesTheOlderAndARemovalForgetsIt() throws InterruptedException, TimeoutException {
        followed.readTo(0, 3);
        followed.put(0, CART, declaration(1, ENFORCE));
        followed.put(0, CART, declaration(2, ENFORCE));
        assertThat(newest(0, 3, NOW)).contains(new Word.Said<>(declaration(2, ENFORCE)));

        followed.put(0, CART, null);
        assertThat(newest(0, 3, NOW)).isEmpty();
    }

    @Test
    void whatCannotBeReadHidesWhatWasBefore() throws InterruptedException, TimeoutException {
        followed.readTo(0, 3);
        followed.put(0, CART, declaration(1, ENFORCE));
        followed.unreadable(0, CART, "no Protobuf");

        assertThat(newest(0, 3, NOW)).contains(new Word.Unreadable<>("no Protobuf"));
    }

    @Test
    void waitsForAnOffsetAndNoLonger() throws InterruptedException, TimeoutException {
        followed.put(0, CART, declaration(1, ENFORCE));
        isNotRead(0, 5);

        Thread reader = Thread.ofVirtual().start(() -> followed.readTo(0, 5));

        assertThat(newest(0, 5, Duration.ofSeconds(20))).contains(new Word.Said<>(declaration(1, ENFORCE)));
        reader.join();
    }

    @Test
    void anEmptyPartitionMustHaveBeenReadToo() throws InterruptedException, TimeoutException {
        isNotRead(1, 0);

        followed.readTo(1, 0);

        assertThat(newest(1, 0, NOW)).isEmpty();
    }

    @Test
    void whoeverWaitsWhileReadingBeginsAgainWaitsForTheNewReading() throws InterruptedException, TimeoutException {
        followed.readTo(0, 4);
        followed.put(0, CART, declaration(1, ENFORCE));
        Thread reader = Thread.ofVirtual().start(() -> {
            followed.restart();
            followed.put(0, CART, declaration(2, ENFORCE));
            followed.readTo(0, 5);
        });

        assertThat(newest(0, 5, Duration.ofSeconds(20))).contains(new Word.Said<>(declaration(2, ENFORCE)));
        reader.join();
    }

    @Test
    void aPartitionThatLagsBehindUndoesNothingOnAnother() throws InterruptedException, TimeoutException {
        followed.put(0, CART, declaration(1, ENFORCE));
        followed.put(1, CART, null);
        followed.readTo(0, 1);

        assertThat(newest(0, 1, NOW)).contains(new Word.Said<>(declaration(1, ENFORCE)));
    }

    @Test
    void hasCaughtUpWhenEveryPartitionWasReadToItsEnd() {
        assertThat(followed.caughtUpOnce()).isFalse();
        followed.endedAt(0, 3);
        followed.endedAt(1, 0);
        followed.readTo(0, 3);
        assertThat(followed.caughtUpOnce()).isFalse();

        followed.readTo(1, 0);

        assertThat(followed.caughtUpOnce()).isTrue();
    }
}
