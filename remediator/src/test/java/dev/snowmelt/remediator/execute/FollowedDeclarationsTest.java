package dev.snowmelt.remediator.execute;

import static dev.snowmelt.remediator.execute.Commands.CART;
import static dev.snowmelt.remediator.execute.Commands.ENFORCE;
import static dev.snowmelt.remediator.execute.Commands.declaration;
import static org.assertj.core.api.Assertions.assertThat;

import dev.snowmelt.remediator.execute.Declarations.Newest;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class FollowedDeclarationsTest {
    private final FollowedDeclarations followed = new FollowedDeclarations(2);

    @Test
    void theNewestReplacesTheOlderAndARemovalForgetsIt() {
        followed.put(CART, declaration(1, ENFORCE));
        followed.put(CART, declaration(2, ENFORCE));
        assertThat(followed.newest(CART)).isEqualTo(new Newest.Known(declaration(2, ENFORCE)));

        followed.put(CART, null);
        assertThat(followed.newest(CART)).isEqualTo(new Newest.Known(null));
    }

    @Test
    void whatCannotBeReadHidesWhatWasBefore() {
        followed.put(CART, declaration(1, ENFORCE));
        followed.unreadable(CART, "no Protobuf");

        assertThat(followed.newest(CART)).isInstanceOf(Newest.Unknown.class);
    }

    @Test
    void waitsForAnOffsetAndNoLonger() throws InterruptedException {
        assertThat(followed.awaitPosition(0, 5, Duration.ofMillis(20))).isFalse();

        Thread reader = Thread.ofVirtual().start(() -> followed.readTo(0, 5));

        assertThat(followed.awaitPosition(0, 5, Duration.ofSeconds(20))).isTrue();
        reader.join();
    }

    @Test
    void anEmptyPartitionMustHaveBeenReadToo() throws InterruptedException {
        assertThat(followed.awaitPosition(1, 0, Duration.ofMillis(20))).isFalse();

        followed.readTo(1, 0);

        assertThat(followed.awaitPosition(1, 0, Duration.ofMillis(20))).isTrue();
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
