package dev.snowmelt.cli.declare;

import static dev.snowmelt.cli.declare.Drafts.CART;
import static dev.snowmelt.cli.declare.Drafts.PINNED;
import static dev.snowmelt.cli.declare.Drafts.declare;
import static dev.snowmelt.cli.declare.Drafts.image;
import static dev.snowmelt.cli.declare.Drafts.spec;
import static org.assertj.core.api.Assertions.assertThat;

import dev.snowmelt.schemas.id.WorkloadId;
import dev.snowmelt.v1.Declaration;
import dev.snowmelt.v1.DeclarationSpec;
import dev.snowmelt.v1.RemediationPolicy;
import dev.snowmelt.v1.RemediationPolicy.Mode;
import dev.snowmelt.v1.RestoreTemplate;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ComparisonTest {
    private static final WorkloadId WORKLOAD = WorkloadId.parse(CART);

    @Test
    void itIsProposedOnTheConditionThatNobodyDeclaresMeanwhile() {
        Draft draft = Drafts.stated(declare(CART, PINNED)).drafts().getFirst();

        assertThat(comparison(7, spec(image('b')), false).plan(draft).declare().getExpectedRevision())
                .isEqualTo(7);
        assertThat(new Comparison(Map.of(), true, false).plan(draft).declare().hasExpectedRevision())
                .isTrue();
        assertThat(comparison(7, spec(image('b')), true).plan(draft).declare().hasExpectedRevision())
                .isFalse();
    }

    @Test
    void aDocumentsOwnConditionStaysUnlessForced() {
        var stating = declare(CART, PINNED).toBuilder().setExpectedRevision(3).build();
        Draft draft = Drafts.stated(stating).drafts().getFirst();

        assertThat(comparison(7, spec(PINNED), false).plan(draft).declare().getExpectedRevision())
                .isEqualTo(3);
        assertThat(comparison(7, spec(PINNED), true).plan(draft).declare().hasExpectedRevision())
                .isFalse();
    }

    @Test
    void aSourceDoesNotResetWhatItCannotKnow() {
        DeclarationSpec known = enforced(spec(PINNED, image('b')).toBuilder().addInjected("istio-proxy"));
        Draft draft = Drafts.sourced(declare(CART, PINNED, image('d'))).drafts().getFirst();

        DeclarationSpec planned =
                comparison(7, known, false).plan(draft).after().orElseThrow();

        assertThat(planned.getRemediation().getMode()).isEqualTo(Mode.ENFORCE);
        assertThat(planned.getInjectedList()).containsExactly("istio-proxy");
        assertThat(planned.getContainers(1).getImage()).isEqualTo(image('d'));
    }

    @Test
    void whatIsKnownOfAnImageStaysAsLongAsTheImageStays() {
        var known = spec(PINNED, PINNED).toBuilder();
        known.getContainersBuilderList()
                .forEach(container ->
                        container.addDigests("sha256:" + "e".repeat(64)).setBaselineRoot("f".repeat(64)));
        Draft draft = Drafts.sourced(declare(CART, PINNED, image('b'))).drafts().getFirst();

        DeclarationSpec planned =
                comparison(7, known.build(), false).plan(draft).after().orElseThrow();

        assertThat(planned.getContainers(0)).isEqualTo(known.getContainers(0));
        assertThat(planned.getContainers(1).getDigestsList()).isEmpty();
        assertThat(planned.getContainers(1).getBaselineRoot()).isEmpty();
    }

    @Test
    void aDocumentStatesEverything() {
        Draft draft = Drafts.stated(declare(CART, PINNED)).drafts().getFirst();

        Planned planned =
                comparison(7, enforced(spec(PINNED).toBuilder()), false).plan(draft);

        assertThat(planned.after()).contains(spec(PINNED));
        assertThat(planned.changes()).isTrue();
    }

    @Test
    void whatDoesNotGoWithTheKeptPolicyIsAFault() {
        var known = spec(PINNED).toBuilder();
        known.getRemediationBuilder()
                .setRestoreTemplate(RestoreTemplate.newBuilder().setEnabled(true));
        var digestsOnly = declare(CART, "").toBuilder();
        digestsOnly.getSpecBuilder().getContainersBuilder(0).addDigests("sha256:" + "e".repeat(64));
        Draft draft = Drafts.sourced(digestsOnly.build()).drafts().getFirst();

        Comparison comparison = comparison(7, known.build(), false);
        comparison.plan(draft);

        assertThat(comparison.faults())
                .singleElement()
                .asString()
                .startsWith("source.json: spec.containers[0].image: must be pinned")
                .endsWith("(with what revision 7 of " + CART + " declares)");
    }

    private static DeclarationSpec enforced(DeclarationSpec.Builder spec) {
        return spec.setRemediation(RemediationPolicy.newBuilder().setMode(Mode.ENFORCE))
                .build();
    }

    private static Comparison comparison(long revision, DeclarationSpec newest, boolean force) {
        Declaration declared = Drafts.declaration(WORKLOAD, revision, "alice", newest);
        return new Comparison(Map.of(WORKLOAD, declared), true, force);
    }
}
