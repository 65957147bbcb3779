package dev.snowmelt.fingerprint.judge;

import static dev.snowmelt.fingerprint.judge.Samples.EVIL;
import static dev.snowmelt.fingerprint.judge.Samples.INDEX;
import static dev.snowmelt.fingerprint.judge.Samples.MANIFEST;
import static dev.snowmelt.fingerprint.judge.Samples.OLD;
import static dev.snowmelt.fingerprint.judge.Samples.ami;
import static dev.snowmelt.fingerprint.judge.Samples.app;
import static dev.snowmelt.fingerprint.judge.Samples.container;
import static dev.snowmelt.fingerprint.judge.Samples.declaration;
import static dev.snowmelt.fingerprint.judge.Samples.declares;
import static dev.snowmelt.fingerprint.judge.Samples.facet;
import static dev.snowmelt.fingerprint.judge.Samples.init;
import static dev.snowmelt.fingerprint.judge.Samples.initRan;
import static dev.snowmelt.fingerprint.judge.Samples.judge;
import static dev.snowmelt.fingerprint.judge.Samples.judgeAsking;
import static dev.snowmelt.fingerprint.judge.Samples.revision;
import static dev.snowmelt.fingerprint.judge.Samples.runs;
import static dev.snowmelt.fingerprint.judge.Samples.template;
import static dev.snowmelt.fingerprint.judge.Samples.told;
import static org.assertj.core.api.Assertions.assertThat;

import dev.snowmelt.v1.Declaration;
import dev.snowmelt.v1.ImageFacet;
import dev.snowmelt.v1.ObservedContainer;
import dev.snowmelt.v1.Verdict.State;
import java.util.List;
import org.junit.jupiter.api.Test;

/// What a digest in no accepted set means while a registry may still tell, and after it did.
class RegistryRulesTest {
    private static final Declaration CART = declares(app("app", INDEX, MANIFEST));
    private static final ImageFacet UNKNOWN = facet(runs("app", "mirror.test/cart@" + EVIL));

    @Test
    void cannotBeToldUntilARegistryDid() {
        var judgement = judgeAsking(CART, UNKNOWN);

        assertThat(judgement.state()).isEqualTo(State.UNVERIFIED);
        assertThat(told(judgement.drifts()))
                .containsExactly("IMAGE_UNRESOLVED app: " + INDEX + " -> mirror.test/cart@" + EVIL);
    }

    @Test
    void isTheDeclaredImageWhenARegistrySaysSo() {
        assertThat(judgeAsking(told(CART, "app", EVIL, true), UNKNOWN).state()).isEqualTo(State.CONFORMANT);
    }

    @Test
    void isAMismatchWhenARegistrySaysSo() {
        var judgement = judgeAsking(told(CART, "app", EVIL, false), UNKNOWN);

        assertThat(judgement.state()).isEqualTo(State.DRIFTED);
        assertThat(told(judgement.drifts()))
                .containsExactly("IMAGE_MISMATCH app: " + INDEX + " -> mirror.test/cart@" + EVIL);
    }

    @Test
    void isAMismatchWhereNobodyIsAsked() {
        assertThat(judge(CART, UNKNOWN).state()).isEqualTo(State.DRIFTED);
    }

    @Test
    void whatWasOnceAnsweredCountsWhereNobodyIsAskedAnyMore() {
        assertThat(judge(told(CART, "app", EVIL, true), UNKNOWN).state()).isEqualTo(State.CONFORMANT);
    }

    @Test
    void theNewestAnswerCounts() {
        Declaration twice = told(told(CART, "app", EVIL, false), "app", EVIL, true);

        assertThat(judgeAsking(twice, UNKNOWN).state()).isEqualTo(State.CONFORMANT);
    }

    @Test
    void anAnswerIsAboutOneContainerAlone() {
        Declaration two = declares(app("app", INDEX), init("app", INDEX), app("log", INDEX));
        ImageFacet pod = facet(runs("app", "x@" + INDEX), runs("log", "x@" + INDEX), initRan("app", "x@" + EVIL));

        assertThat(judgeAsking(told(two, "app", EVIL, true), pod).state()).isEqualTo(State.UNVERIFIED);
        assertThat(judgeAsking(told(two, "log", EVIL, true), pod).state()).isEqualTo(State.UNVERIFIED);
    }

    @Test
    void oneDriftForCertainOutweighsWhatARegistryMayTell() {
        var pod = facet(runs("app", "x@" + EVIL), runs("miner", "x@" + EVIL));

        var judgement = judgeAsking(CART, pod);

        assertThat(judgement.state()).isEqualTo(State.DRIFTED);
        assertThat(told(judgement.drifts())).containsExactly("CONTAINER_UNEXPECTED miner:  -> registry.test/miner:1");
    }

    @Test
    void whatMayTurnOutToBeTheNewestRevisionIsNotOutdatedYet() {
        Declaration two = declaration(revision(2, app("app", INDEX)), revision(1, app("app", OLD)));

        assertThat(judgeAsking(two, facet(runs("app", "x@" + OLD))).state()).isEqualTo(State.UNVERIFIED);
        assertThat(judgeAsking(told(two, "app", OLD, false), facet(runs("app", "x@" + OLD)))
                        .state())
                .isEqualTo(State.OUTDATED);
    }

    @Test
    void whatARegistrySaysOfAnEarlierRevisionMakesItOutdated() {
        Declaration two =
                told(declaration(revision(2, app("app", INDEX)), revision(1, app("app", OLD))), "app", EVIL, false);

        assertThat(judgeAsking(two, UNKNOWN).state()).isEqualTo(State.UNVERIFIED);
        assertThat(judgeAsking(told(two, 1, "app", EVIL, true), UNKNOWN).state())
                .isEqualTo(State.OUTDATED);
        assertThat(judgeAsking(told(two, 1, "app", EVIL, false), UNKNOWN).state())
                .isEqualTo(State.DRIFTED);
    }

    @Test
    void aSpecEditedInPlaceToAnotherDigestCannotBeToldEither() {
        var edited = container(ObservedContainer.Type.APP, "app", "registry.test/cart@" + EVIL, "x@" + INDEX);

        var judgement = judgeAsking(CART, facet(edited));

        assertThat(judgement.state()).isEqualTo(State.UNVERIFIED);
        assertThat(judgement.drifts().getFirst().getObserved()).isEqualTo("registry.test/cart@" + EVIL);
        assertThat(judgeAsking(told(CART, "app", EVIL, true), facet(edited)).state())
                .isEqualTo(State.CONFORMANT);
        assertThat(judgeAsking(told(CART, "app", EVIL, false), facet(edited)).state())
                .isEqualTo(State.DRIFTED);
    }

    @Test
    void machineImagesAreInNoRegistry() {
        var machine = facet(container(ObservedContainer.Type.AMI, "ami", "ami-0bad", ""));

        assertThat(judgeAsking(declares(ami("ami-0abc")), machine).state()).isEqualTo(State.DRIFTED);
    }

    @Test
    void withoutADeclarationNoAnswerCouldBeKeptSoNoneIsAwaited() {
        var rules = new JudgeRules(Undeclared.TRUST_TEMPLATE, true);
        var template = template("5d4f", "app", "registry.test/cart@" + INDEX);

        assertThat(Judge.judge(null, rules, template, UNKNOWN, List.of()).state())
                .isEqualTo(State.DRIFTED);
    }
}
