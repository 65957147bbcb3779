package dev.snowmelt.detector.register;

import static dev.snowmelt.detector.register.Proposals.CART;
import static dev.snowmelt.detector.register.Proposals.declare;
import static dev.snowmelt.detector.register.Proposals.resolution;
import static dev.snowmelt.detector.register.Proposals.resolved;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Timestamp;
import dev.snowmelt.v1.DeclaredContainer;
import dev.snowmelt.v1.Problem;
import dev.snowmelt.v1.Proposal;
import dev.snowmelt.v1.ResolvedDigest;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class ProposalRulesTest {
    @Test
    void takesAResolution() {
        assertThat(paths(resolution(CART, 1, resolved(1, true)))).isEmpty();
    }

    @Test
    void listsEveryFaultOfAResolution() {
        var faulty = ResolvedDigest.newBuilder()
                .setType(DeclaredContainer.Type.AMI)
                .setDigest("sha256:ABC")
                .setAt(Timestamp.newBuilder().setNanos(-1));

        assertThat(paths(resolution("k8s:prod-eu/shop/CronJob/cart", 0, faulty.build())))
                .containsExactly(
                        "resolution.workload",
                        "resolution.revision",
                        "resolution.resolved.container",
                        "resolution.resolved.type",
                        "resolution.resolved.digest",
                        "resolution.resolved.at");
    }

    @Test
    void noRegistryKnowsMachineImages() {
        assertThat(paths(resolution("aws:123456789012:eu-west-1/asg/web", 1, resolved(1, true))))
                .containsExactly("resolution.workload");
    }

    @Test
    void whoAndWhyAreKeptWithEveryRevisionAndStaySmall() {
        Proposal wordy = declare(CART, 1).toBuilder()
                .setBy("b".repeat(257))
                .setReason("r".repeat(1_025))
                .build();

        assertThat(paths(wordy)).containsExactly("by", "reason");
    }

    private static List<String> paths(Proposal proposal) {
        return ProposalRules.problems(proposal, Instant.EPOCH).stream()
                .map(Problem::getPath)
                .toList();
    }
}
