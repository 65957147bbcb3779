package dev.snowmelt.fingerprint.judge;

import static dev.snowmelt.fingerprint.judge.Samples.EVIL;
import static dev.snowmelt.fingerprint.judge.Samples.INDEX;
import static dev.snowmelt.fingerprint.judge.Samples.MANIFEST;
import static dev.snowmelt.fingerprint.judge.Samples.OLD;
import static dev.snowmelt.fingerprint.judge.Samples.ami;
import static dev.snowmelt.fingerprint.judge.Samples.app;
import static dev.snowmelt.fingerprint.judge.Samples.declaration;
import static dev.snowmelt.fingerprint.judge.Samples.declares;
import static dev.snowmelt.fingerprint.judge.Samples.image;
import static dev.snowmelt.fingerprint.judge.Samples.injecting;
import static dev.snowmelt.fingerprint.judge.Samples.launching;
import static dev.snowmelt.fingerprint.judge.Samples.revision;
import static dev.snowmelt.fingerprint.judge.Samples.template;
import static dev.snowmelt.fingerprint.judge.Samples.told;
import static org.assertj.core.api.Assertions.assertThat;

import dev.snowmelt.v1.Declaration;
import dev.snowmelt.v1.Template;
import dev.snowmelt.v1.WorkloadVerdict.TemplateState;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What a controller would create next.
class JudgeTemplateTest {
    private static final Declaration CART = declares(image("app", "registry.test/cart:2.1@" + INDEX, MANIFEST));

    private static TemplateJudgement judge(@Nullable Declaration declaration, @Nullable Template template) {
        return Judge.judgeTemplate(declaration, JudgeRules.DEFAULT, template);
    }

    @ParameterizedTest
    @CsvSource({
        "registry.test/cart:2.1@{index},    MATCHING",
        "mirror.test/cart@{manifest},       MATCHING",
        "registry.test/cart@{evil},         MISMATCHED",
        "registry.test/cart:2.1,            UNPINNED",
        "registry.test/cart,                UNPINNED",
        "'',                                UNPINNED",
    })
    void comparesTheImage(String image, TemplateState expected) {
        String named =
                image.replace("{index}", INDEX).replace("{manifest}", MANIFEST).replace("{evil}", EVIL);

        var judgement = judge(CART, template("1", "app", named));

        assertThat(judgement.state()).isEqualTo(expected);
        assertThat(judgement.drifts()).hasSize(expected == TemplateState.MATCHING ? 0 : 1);
    }

    @Test
    void aDigestThatARegistryMayStillTellOfIsUnknownAndNamed() {
        var asking = new JudgeRules(Undeclared.REPORT, true);
        Template mirrored = template("1", "app", "x@" + EVIL);

        var open = Judge.judgeTemplate(CART, asking, mirrored);
        var accepted = Judge.judgeTemplate(told(CART, "app", EVIL, true), asking, mirrored);
        var another = Judge.judgeTemplate(told(CART, "app", EVIL, false), asking, mirrored);

        assertThat(open.state()).isEqualTo(TemplateState.TEMPLATE_UNKNOWN);
        assertThat(told(open.drifts()))
                .containsExactly("IMAGE_UNRESOLVED app: registry.test/cart:2.1@" + INDEX + " -> x@" + EVIL);
        assertThat(accepted.state()).isEqualTo(TemplateState.MATCHING);
        assertThat(another.state()).isEqualTo(TemplateState.MISMATCHED);
    }

    @Test
    void anEarlierRevisionsImageIsAMismatchToo() {
        Declaration two = declaration(revision(2, app("app", INDEX)), revision(1, app("app", OLD)));

        assertThat(judge(two, template("1", "app", "x@" + OLD)).state()).isEqualTo(TemplateState.MISMATCHED);
    }

    @Test
    void namesEveryContainerThatIsNotAsDeclared() {
        Declaration declared = declares(app("app", INDEX), app("log", OLD), app("cache", OLD));

        var judgement = judge(declared, template("1", "app", "x:1", "log", "x@" + EVIL, "miner", "m:1"));

        assertThat(judgement.state()).isEqualTo(TemplateState.MISMATCHED);
        assertThat(told(judgement.drifts()))
                .containsExactly(
                        "TEMPLATE_UNPINNED app: " + INDEX + " -> x:1",
                        "TEMPLATE_MISMATCH log: " + OLD + " -> x@" + EVIL,
                        "TEMPLATE_MISMATCH cache: " + OLD + " -> ",
                        "TEMPLATE_MISMATCH miner:  -> m:1");
    }

    @Test
    void toleratesInjectedContainers() {
        Declaration declared = declaration(injecting(revision(1, app("app", INDEX)), "istio-proxy"));

        assertThat(judge(declared, template("1", "app", "x@" + INDEX, "istio-proxy", "auto"))
                        .state())
                .isEqualTo(TemplateState.MATCHING);
    }

    @Test
    void aDeclarationThatAcceptsNothingMakesItUnknown() {
        assertThat(judge(declares(app("app")), template("1", "app", "x@" + INDEX))
                        .state())
                .isEqualTo(TemplateState.TEMPLATE_UNKNOWN);
        assertThat(judge(declaration(revision(1)), template("1", "app", "x@" + INDEX)))
                .isEqualTo(TemplateJudgement.UNKNOWN);
    }

    @Test
    void withoutADeclarationOrATemplateItIsUnknown() {
        assertThat(judge(null, template("1", "app", "x:1"))).isEqualTo(TemplateJudgement.UNKNOWN);
        assertThat(judge(CART, null)).isEqualTo(TemplateJudgement.UNKNOWN);
    }

    @ParameterizedTest
    @CsvSource({"x@{index}, MATCHING", "x:1, UNPINNED"})
    void aTrustedTemplateMatchesItselfWhenItIsPinned(String image, TemplateState expected) {
        var template = template("1", "app", image.replace("{index}", INDEX));

        assertThat(Judge.judgeTemplate(null, JudgeRules.DEFAULT.with(Undeclared.TRUST_TEMPLATE), template)
                        .state())
                .isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({"ami-0abc, MATCHING", "ami-0def, MISMATCHED", "resolve:ssm:/golden, UNPINNED", "'', UNPINNED"})
    void aLaunchTemplateNamesAMachineImage(String image, TemplateState expected) {
        assertThat(judge(declares(ami("ami-0abc")), launching("", image)).state())
                .isEqualTo(expected);
    }

    @Test
    void ofSeveralMachineImagesEachMustBeDeclared() {
        Declaration both = declares(ami("ami-0abc", "ami-0def"));
        Declaration one = declares(ami("ami-0abc"));
        Template mixed = launching("lt-1:1", "ami-0abc", "ami-0def");

        assertThat(judge(both, mixed).state()).isEqualTo(TemplateState.MATCHING);
        assertThat(judge(one, mixed).state()).isEqualTo(TemplateState.MISMATCHED);
        assertThat(told(judge(one, mixed).drifts())).containsExactly("TEMPLATE_MISMATCH ami: ami-0abc -> ami-0def");
        assertThat(judge(one, launching("lt-1:1", "ami-0abc", "resolve:ssm:/golden"))
                        .state())
                .isEqualTo(TemplateState.UNPINNED);
    }

    @Test
    void aTrustedLaunchTemplateMatchesItselfUnlessItNamesAParameter() {
        JudgeRules trusting = JudgeRules.DEFAULT.with(Undeclared.TRUST_TEMPLATE);

        assertThat(Judge.judgeTemplate(null, trusting, launching("lt-1:1", "ami-0abc", "ami-0def"))
                        .state())
                .isEqualTo(TemplateState.MATCHING);
        assertThat(Judge.judgeTemplate(null, trusting, launching("lt-1:1", "resolve:ssm:/golden"))
                        .state())
                .isEqualTo(TemplateState.UNPINNED);
    }
}
