package dev.snowmelt.cli.declare;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class QuietTest {
    private final Quiet quiet = new Quiet(Duration.ZERO);

    @Test
    void whatChangesAtEveryLookIsNotBelieved() throws InterruptedException {
        var looks = new AtomicInteger();

        assertThat(quiet.read(() -> folder(looks.incrementAndGet()))).isEmpty();
        assertThat(quiet.read(() -> folder(0))).contains(folder(0));
    }

    private static Gathered folder(int state) {
        return Drafts.stated(Drafts.declare("k8s:prod-eu/shop/Deployment/cart" + state, Drafts.PINNED));
    }
}
