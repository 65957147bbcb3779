package dev.snowmelt.detector.collect.ec2;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class InHandTest {
    private static final long SECOND = Duration.ofSeconds(1).toNanos();

    private final InHand inHand = new InHand(Duration.ofSeconds(60));

    @Test
    void whatIsHiddenForLessThanHalfOfItsTimeIsDue() {
        inHand.took(List.of("a"), 0);
        inHand.took(List.of("b"), 20 * SECOND);

        assertThat(inHand.due(30 * SECOND)).isEmpty();
        assertThat(inHand.due(31 * SECOND)).containsExactly("a");
        assertThat(inHand.due(51 * SECOND)).containsExactly("a", "b");
    }

    @Test
    void whatIsHeldIsDueLater() {
        inHand.took(List.of("a"), 0);

        inHand.held(List.of("a"), 31 * SECOND);

        assertThat(inHand.due(61 * SECOND)).isEmpty();
        assertThat(inHand.due(62 * SECOND)).containsExactly("a");
    }

    /// It was deleted while the queue was asked to hide it for longer.
    @Test
    void whatWasLetGoIsNotTakenUpAgain() {
        inHand.took(List.of("a", "b"), 0);
        inHand.letGo(List.of("a"));

        inHand.held(List.of("a", "b"), SECOND);

        assertThat(inHand.size()).isEqualTo(1);
        assertThat(inHand.due(60 * SECOND)).containsExactly("b");
    }
}
