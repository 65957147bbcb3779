package dev.snowmelt.remediator.execute;

import static dev.snowmelt.remediator.execute.Commands.CART;
import static dev.snowmelt.remediator.execute.Commands.EVIL;
import static dev.snowmelt.remediator.execute.Commands.GOOD;
import static dev.snowmelt.remediator.execute.Commands.pod;
import static dev.snowmelt.remediator.execute.Commands.running;
import static org.assertj.core.api.Assertions.assertThat;

import dev.snowmelt.v1.Outcome;
import dev.snowmelt.v1.Outcome.Result;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// S8, before it happens: where a platform keeps instances ready to take the place of others, a
/// wrong one among them would come for what is terminated.
class S8NoWrongSpareTakesAPlaceTest {
    private final Executing executing = new Executing();

    private Outcome withSpares(String... digests) {
        List<Spare> spares = Stream.of(digests)
                .map(digest -> new Spare("spare " + digest, running(digest), "refresh the spares"))
                .toList();
        var next = new LiveInstance.Next(null, spares);
        executing.platform.lives(pod(1), new LiveInstance(CART, "", running(EVIL), null, null, next, Duration.ZERO));
        return executing.handle(Commands.replace("c1", pod(1)));
    }

    @Test
    void aWrongSpareBlocksEveryInstanceOfTheWorkload() {
        Outcome outcome = withSpares(GOOD, EVIL);

        assertThat(outcome.getResult()).isEqualTo(Result.BLOCKED);
        assertThat(outcome.getBlocksWorkload()).isTrue();
        assertThat(outcome.getDetail())
                .startsWith("its replacement may be spare " + EVIL + ", which is DRIFTED and runs ")
                .endsWith(": refresh the spares");
        assertThat(executing.platform.terminated()).isEmpty();
    }

    @Test
    void rightOnesDoNot() {
        assertThat(withSpares(GOOD, GOOD).getResult()).isEqualTo(Result.TERMINATED);
        assertThat(executing.platform.terminated()).containsExactly(pod(1));
    }

    @Test
    void whatIsInTheWayOfTheInstanceAloneIsSaidToBe() {
        executing.platform.willReply(new Reply.NotNow(dev.snowmelt.v1.Hold.Reason.DISRUPTION_BUDGET, "budget", null));

        assertThat(executing.handle(Commands.replace("c1", pod(1))).getBlocksWorkload())
                .isFalse();
    }
}
