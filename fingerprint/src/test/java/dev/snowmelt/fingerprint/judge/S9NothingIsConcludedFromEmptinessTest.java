package dev.snowmelt.fingerprint.judge;

import static dev.snowmelt.fingerprint.judge.Samples.EVIL;
import static dev.snowmelt.fingerprint.judge.Samples.INDEX;
import static dev.snowmelt.fingerprint.judge.Samples.app;
import static dev.snowmelt.fingerprint.judge.Samples.declaration;
import static dev.snowmelt.fingerprint.judge.Samples.declares;
import static dev.snowmelt.fingerprint.judge.Samples.facet;
import static dev.snowmelt.fingerprint.judge.Samples.judge;
import static dev.snowmelt.fingerprint.judge.Samples.revision;
import static dev.snowmelt.fingerprint.judge.Samples.runs;
import static org.assertj.core.api.Assertions.assertThat;

import dev.snowmelt.v1.ContentFacet;
import dev.snowmelt.v1.ImageFacet;
import dev.snowmelt.v1.Template;
import dev.snowmelt.v1.Verdict.State;
import dev.snowmelt.v1.WorkloadVerdict.TemplateState;
import java.util.List;
import org.junit.jupiter.api.Test;

/// S9 for the judgement: what is empty says nothing.
class S9NothingIsConcludedFromEmptinessTest {

    @Test
    void aDeclarationWithoutContainersDoesNotMakeEveryContainerUnexpected() {
        assertThat(judge(declaration(revision(1)), facet(runs("app", "x@" + EVIL)))
                        .state())
                .isEqualTo(State.UNVERIFIED);
    }

    @Test
    void aContainerThatAcceptsNothingDoesNotMakeEveryImageAMismatch() {
        assertThat(judge(declares(app("app")), facet(runs("app", "x@" + EVIL))).state())
                .isEqualTo(State.UNVERIFIED);
    }

    @Test
    void aFacetWithoutContainersDoesNotMakeEveryContainerMissing() {
        assertThat(judge(declares(app("app", INDEX)), ImageFacet.getDefaultInstance())
                        .state())
                .isEqualTo(State.UNVERIFIED);
    }

    @Test
    void aContentWithoutARootSaysNothing() {
        var baked = app("app", INDEX).toBuilder().setBaselineRoot("root").build();
        var empty = ContentFacet.newBuilder().setContainer("app").build();

        assertThat(judge(declares(baked), facet(runs("app", "x@" + INDEX)), empty)
                        .state())
                .isEqualTo(State.UNVERIFIED);
    }

    @Test
    void aTemplateWithoutContainersIsUnknown() {
        var judgement =
                Judge.judgeTemplate(declares(app("app", INDEX)), JudgeRules.DEFAULT, Template.getDefaultInstance());

        assertThat(judgement.state()).isEqualTo(TemplateState.TEMPLATE_UNKNOWN);
    }

    @Test
    void anEmptyTemplateIsNoDeclarationToTrust() {
        var judgement = Judge.judge(
                null,
                JudgeRules.DEFAULT.with(Undeclared.TRUST_TEMPLATE),
                Template.newBuilder().setId("5d4f").build(),
                facet(runs("app", "x@" + EVIL)),
                List.of());

        assertThat(judgement.state()).isEqualTo(State.UNVERIFIED);
    }
}
