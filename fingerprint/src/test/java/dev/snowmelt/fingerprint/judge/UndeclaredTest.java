package dev.snowmelt.fingerprint.judge;

import static dev.snowmelt.fingerprint.judge.Samples.EVIL;
import static dev.snowmelt.fingerprint.judge.Samples.INDEX;
import static dev.snowmelt.fingerprint.judge.Samples.container;
import static dev.snowmelt.fingerprint.judge.Samples.declaration;
import static dev.snowmelt.fingerprint.judge.Samples.facet;
import static dev.snowmelt.fingerprint.judge.Samples.launching;
import static dev.snowmelt.fingerprint.judge.Samples.runs;
import static dev.snowmelt.fingerprint.judge.Samples.template;
import static org.assertj.core.api.Assertions.assertThat;

import dev.snowmelt.v1.ImageFacet;
import dev.snowmelt.v1.ObservedContainer;
import dev.snowmelt.v1.Template;
import dev.snowmelt.v1.Verdict.State;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// What holds for a workload that nobody declared.
class UndeclaredTest {
    private static final Template PINNED = template("5d4f", "app", "registry.test/app:1@" + INDEX);

    private static Judgement trusting(@Nullable Template template, ImageFacet image) {
        return Judge.judge(null, JudgeRules.DEFAULT.with(Undeclared.TRUST_TEMPLATE), template, image, List.of());
    }

    private static ImageFacet pod(String digest) {
        return facet(container(ObservedContainer.Type.APP, "app", "registry.test/app:1@" + INDEX, "x@" + digest));
    }

    @Test
    void isReportedAsUndeclared() {
        var judgement = Judge.judge(null, JudgeRules.DEFAULT, PINNED, facet(runs("app", "x@" + EVIL)), List.of());

        assertThat(judgement).isEqualTo(new Judgement(State.UNDECLARED, List.of(), 0, 0));
    }

    @Test
    void aRemovedDeclarationIsNone() {
        var judgement =
                Judge.judge(declaration(), JudgeRules.DEFAULT, PINNED, facet(runs("app", "x@" + EVIL)), List.of());

        assertThat(judgement.state()).isEqualTo(State.UNDECLARED);
    }

    @Test
    void theTemplatesPinsAreTheDeclarationWhenItIsTrusted() {
        assertThat(trusting(PINNED, pod(INDEX)).state()).isEqualTo(State.CONFORMANT);
        assertThat(trusting(PINNED, pod(EVIL)).state()).isEqualTo(State.DRIFTED);
    }

    @Test
    void aTrustedTemplateThatNamesATagTellsNothing() {
        var unpinned = template("5d4f", "app", "registry.test/app:1");

        assertThat(trusting(unpinned, facet(runs("app", "x@" + EVIL))).state()).isEqualTo(State.UNVERIFIED);
    }

    @Test
    void anInstanceOfAnotherTemplateIsARollout() {
        ImageFacet earlier = pod(EVIL).toBuilder().setTemplate("4444").build();

        assertThat(trusting(PINNED, earlier).state()).isEqualTo(State.UNVERIFIED);
        assertThat(trusting(PINNED.toBuilder().clearId().build(), pod(EVIL)).state())
                .isEqualTo(State.UNVERIFIED);
    }

    @Test
    void anyMachineImageOfATrustedLaunchTemplateIsDeclared() {
        var mixed = launching("lt-1:7", "ami-0abc", "ami-0def");

        assertThat(trusting(mixed, machine("ami-0abc")).state()).isEqualTo(State.CONFORMANT);
        assertThat(trusting(mixed, machine("ami-0def")).state()).isEqualTo(State.CONFORMANT);
        assertThat(trusting(mixed, machine("ami-0bad")).state()).isEqualTo(State.DRIFTED);
    }

    @Test
    void aTrustedLaunchTemplateThatNamesAParameterTellsNothing() {
        var parameter = launching("lt-1:7", "resolve:ssm:/golden");
        var partly = launching("lt-1:7", "ami-0abc", "resolve:ssm:/golden");

        assertThat(trusting(parameter, machine("ami-0abc")).state()).isEqualTo(State.UNVERIFIED);
        assertThat(trusting(partly, machine("ami-0def")).state()).isEqualTo(State.UNVERIFIED);
        assertThat(trusting(partly, machine("ami-0abc")).state()).isEqualTo(State.CONFORMANT);
    }

    private static ImageFacet machine(String image) {
        return facet(container(ObservedContainer.Type.AMI, "ami", image, image)).toBuilder()
                .setTemplate("lt-1:7")
                .build();
    }

    @Test
    void withoutATemplateThereIsNothingToTrust() {
        assertThat(trusting(null, pod(INDEX)).state()).isEqualTo(State.UNDECLARED);
    }
}
