package dev.snowmelt.remediator.execute;

import static dev.snowmelt.remediator.execute.Commands.CART;
import static dev.snowmelt.remediator.execute.Commands.ENFORCE;
import static dev.snowmelt.remediator.execute.Commands.declaration;
import static org.assertj.core.api.Assertions.assertThat;

import dev.snowmelt.remediator.execute.Declarations.Newest;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class FollowedDeclarationsTest {
    private static final Duration NOW = Duration.ofMillis(20);

    private final FollowedDeclarations followed = new FollowedDeclarations(2);

    private Newest newest(int partition, long offset, Duration atMost) throws InterruptedException {
        return followed.awaitNewest(CART, partition, offset, atMost);
    }

    @Test
    void theNewestReplacesTheOlderAndARemovalForgetsIt() throws InterruptedException {
        followed.readTo(0, 3);
        followed.put(CART, declaration(1, ENFORCE));
        followed.put(CART, declaration(2, ENFORCE));
        assertThat(newest(0, 3, NOW)).isEqualTo(new Newest.Known(declaration(2, ENFORCE)));

        followed.put(CART, null);
        assertThat(newest(0, 3, NOW)).isEqualTo(new Newest.Known(null));
    }

    @Test
    void whatCannotBeReadHidesWhatWasBefore() throws InterruptedException {
        followed.readTo(0, 3);
        followed.put(CART, declaration(1, ENFORCE));
        followed.unreadable(CART, "no Protobuf");

        assertThat(newest(0, 3, NOW)).isInstanceOf(Newest.Unknown.class);
    }

    @Test
    void waitsForAnOffsetAndNoLonger() throws InterruptedException {
        followed.put(CART, declaration(1, ENFORCE));
        assertThat(newest(0, 5, NOW)).isInstanceOf(Newest.Unknown.class);

        Thread reader = Thread.ofVirtual().start(() -> followed.readTo(0, 5));

        assertThat(newest(0, 5, Duration.ofSeconds(20))).isEqualTo(new Newest.Known(declaration(1, ENFORCE)));
        reader.join();
    }

    @Test
    void anEmptyPartitionMustHaveBeenReadToo() throws InterruptedException {
        assertThat(newest(1, 0, NOW)).isInstanceOf(Newest.Unknown.class);

        followed.readTo(1, 0);

        assertThat(newest(1, 0, NOW)).isEqualTo(new Newest.Known(null));
    }

    @Test
    void whoeverWaitsWhileReadingBeginsAgainWaitsForTheNewReading() throws InterruptedException {
        followed.readTo(0, 4);
        followed.put(CART, declaration(1, ENFORCE));
        Thread reader = Thread.ofVirtual().start(() -> {
            followed.restart();
            followed.put(CART, declaration(2, ENFORCE));
            followed.readTo(0, 5);
        });

        assertThat(newest(0, 5, Duration.ofSeconds(20))).isEqualTo(new Newest.Known(declaration(2, ENFORCE)));
        reader.join();
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
