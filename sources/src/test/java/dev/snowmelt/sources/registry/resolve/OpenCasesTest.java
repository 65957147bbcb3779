package dev.snowmelt.sources.registry.resolve;

import static dev.snowmelt.sources.registry.resolve.InMemoryRegistry.digest;
import static org.assertj.core.api.Assertions.assertThat;

import dev.snowmelt.schemas.id.InstanceId;
import dev.snowmelt.schemas.id.SubjectKey;
import dev.snowmelt.schemas.id.WorkloadId;
import dev.snowmelt.v1.Drift;
import dev.snowmelt.v1.Verdict;
import dev.snowmelt.v1.VerdictRecord;
import org.junit.jupiter.api.Test;

class OpenCasesTest {
    private final OpenCases cases = new OpenCases();
    private final WorkloadId cart = WorkloadId.parse("k8s:test/shop/Deployment/cart");

    private SubjectKey pod(int number) {
        return new SubjectKey.OfInstance(
                cart, InstanceId.pod(cart.target(), "shop", "cart-" + number, "uid-" + number));
    }

    private static VerdictRecord unverified(long revision, char digest) {
        return VerdictRecord.newBuilder()
                .setInstance(Verdict.newBuilder()
                        .setState(Verdict.State.UNVERIFIED)
                        .setRevision(revision)
                        .addDrifts(Drift.newBuilder()
                                .setKind(Drift.Kind.IMAGE_MISMATCH)
                                .setSubject("app")
                                .setObserved("reg.test/cart@" + digest(digest))))
                .build();
    }

    @Test
    void whatWasOpenIsCountedWhenItsLastAskerIsGone() {
        cases.verdict(pod(1), unverified(7, '1'));
        cases.verdict(pod(2), unverified(7, '1'));
        cases.verdict(pod(1), null);

        assertThat(cases.size()).isEqualTo(1);
        assertThat(cases.closed()).isZero();

        cases.verdict(pod(2), unverified(7, '2'));

        assertThat(cases.size()).as("another digest").isEqualTo(1);
        assertThat(cases.closed()).isEqualTo(1);

        cases.forget(_ -> true);
        cases.verdict(pod(2), null);

        assertThat(cases.size()).isZero();
        assertThat(cases.closed()).isEqualTo(2);
    }

    /// Nothing is declared, so that it would be pending for ever.
    @Test
    void whatATemplateLeavesOpenIsNoQuestion() {
        cases.verdict(pod(1), unverified(0, '1'));

        assertThat(cases.size()).isZero();

        cases.verdict(pod(1), unverified(1, '1'));

        assertThat(cases.size()).isEqualTo(1);
    }
}
