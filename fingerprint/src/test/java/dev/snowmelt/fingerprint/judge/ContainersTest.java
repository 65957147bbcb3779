package dev.snowmelt.fingerprint.judge;

import static dev.snowmelt.fingerprint.judge.Samples.EVIL;
import static dev.snowmelt.fingerprint.judge.Samples.INDEX;
import static dev.snowmelt.fingerprint.judge.Samples.OLD;
import static dev.snowmelt.fingerprint.judge.Samples.ami;
import static dev.snowmelt.fingerprint.judge.Samples.app;
import static dev.snowmelt.fingerprint.judge.Samples.container;
import static dev.snowmelt.fingerprint.judge.Samples.declaration;
import static dev.snowmelt.fingerprint.judge.Samples.declares;
import static dev.snowmelt.fingerprint.judge.Samples.facet;
import static dev.snowmelt.fingerprint.judge.Samples.init;
import static dev.snowmelt.fingerprint.judge.Samples.initRan;
import static dev.snowmelt.fingerprint.judge.Samples.injecting;
import static dev.snowmelt.fingerprint.judge.Samples.judge;
import static dev.snowmelt.fingerprint.judge.Samples.revision;
import static dev.snowmelt.fingerprint.judge.Samples.runs;
import static dev.snowmelt.fingerprint.judge.Samples.told;
import static org.assertj.core.api.Assertions.assertThat;

import dev.snowmelt.v1.Declaration;
import dev.snowmelt.v1.DeclaredContainer;
import dev.snowmelt.v1.ImageFacet;
import dev.snowmelt.v1.ObservedContainer;
import dev.snowmelt.v1.Verdict.State;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Which containers may be there, and which must.
class ContainersTest {
    private static final ObservedContainer GOOD_APP = runs("app", "x@" + INDEX);

    @Test
    void aContainerThatIsNotDeclaredIsUnexpected() {
        var judgement = judge(declares(app("app", INDEX)), facet(GOOD_APP, runs("miner", "x@" + EVIL)));

        assertThat(judgement.state()).isEqualTo(State.DRIFTED);
        assertThat(told(judgement.drifts())).containsExactly("CONTAINER_UNEXPECTED miner:  -> registry.test/miner:1");
    }

    @Test
    void anUnexpectedContainerIsTheSameFindingBeforeAndAfterItStarts() {
        var before = judge(declares(app("app", INDEX)), facet(GOOD_APP, runs("miner", "")));
        var after = judge(declares(app("app", INDEX)), facet(GOOD_APP, runs("miner", "x@" + EVIL)));

        assertThat(before).isEqualTo(after);
    }

    @Test
    void aDeclaredContainerThatIsNotThereIsMissing() {
        var judgement = judge(declares(app("app", INDEX), app("log", OLD)), facet(GOOD_APP));

        assertThat(judgement.state()).isEqualTo(State.DRIFTED);
        assertThat(told(judgement.drifts())).containsExactly("CONTAINER_MISSING log: " + OLD + " -> ");
    }

    @Test
    void initContainersAreJudgedLikeTheOthers() {
        Declaration declared = declares(init("migrate", OLD), app("app", INDEX));

        assertThat(judge(declared, facet(initRan("migrate", "x@" + OLD), GOOD_APP))
                        .state())
                .isEqualTo(State.CONFORMANT);
        assertThat(told(judge(declared, facet(initRan("migrate", "x@" + EVIL), GOOD_APP))
                        .drifts()))
                .containsExactly("IMAGE_MISMATCH migrate: " + OLD + " -> x@" + EVIL);
        assertThat(told(judge(declared, facet(GOOD_APP)).drifts()))
                .containsExactly("CONTAINER_MISSING migrate: " + OLD + " -> ");
        assertThat(judge(declares(app("app", INDEX)), facet(initRan("setup", "x@" + OLD), GOOD_APP))
                        .state())
                .isEqualTo(State.DRIFTED);
    }

    @Test
    void aNameOfAnotherKindIsBothMissingAndUnexpected() {
        var judgement = judge(declares(init("app", INDEX)), facet(GOOD_APP));

        assertThat(told(judgement.drifts()))
                .containsExactly(
                        "CONTAINER_MISSING app: " + INDEX + " -> ",
                        "CONTAINER_UNEXPECTED app:  -> registry.test/app:1");
    }

    @ParameterizedTest
    @CsvSource({"APP", "INIT"})
    void injectedContainersAreToleratedWithAnyImageAndMayBeAbsent(ObservedContainer.Type type) {
        Declaration declared = declaration(injecting(revision(1, app("app", INDEX)), "istio-proxy"));
        var proxy = container(type, "istio-proxy", "docker.io/istio/proxyv2:1.30", "x@" + EVIL);
        var startingProxy = container(type, "istio-proxy", "docker.io/istio/proxyv2:1.30", "");

        assertThat(judge(declared, facet(GOOD_APP)).state()).isEqualTo(State.CONFORMANT);
        assertThat(judge(declared, facet(GOOD_APP, proxy)).state()).isEqualTo(State.CONFORMANT);
        assertThat(judge(declared, facet(GOOD_APP, startingProxy)).state()).isEqualTo(State.CONFORMANT);
    }

    @Test
    void aDeclaredContainerIsJudgedEvenWhenItIsListedAsInjected() {
        Declaration declared = declaration(injecting(revision(1, app("app", INDEX)), "app"));

        assertThat(judge(declared, facet(runs("app", "x@" + EVIL))).state()).isEqualTo(State.DRIFTED);
    }

    @Test
    void anEphemeralContainerIsATouchThatNothingExcuses() {
        Declaration declared = declaration(injecting(revision(1, app("app", INDEX)), "debugger"));
        var debugger = container(ObservedContainer.Type.EPHEMERAL, "debugger", "busybox:1.37", "");

        var judgement = judge(declared, facet(GOOD_APP, debugger));

        assertThat(judgement.state()).isEqualTo(State.DRIFTED);
        assertThat(told(judgement.drifts())).containsExactly("TOUCHED debugger:  -> busybox:1.37");
    }

    @Test
    void aMachineImageIsComparedAsText() {
        var machine = container(ObservedContainer.Type.AMI, "ami", "ami-0abc", "");

        assertThat(judge(declares(ami("ami-0abc")), facet(machine)).state()).isEqualTo(State.CONFORMANT);
        assertThat(judge(declares(ami("ami-0def", "ami-0abc")), facet(machine)).state())
                .isEqualTo(State.CONFORMANT);
        assertThat(told(judge(declares(ami("ami-0def")), facet(machine)).drifts()))
                .containsExactly("IMAGE_MISMATCH ami: ami-0def -> ami-0abc");
        assertThat(judge(declares(ami("ami-0def")), facet(container(ObservedContainer.Type.AMI, "ami", "", "")))
                        .state())
                .isEqualTo(State.UNVERIFIED);
    }

    @Test
    void userDataIsJudgedWhereItIsDeclared() {
        DeclaredContainer declared =
                ami("ami-0abc").toBuilder().setUserDataSha256("1111").build();
        ImageFacet unknown = facet(container(ObservedContainer.Type.AMI, "ami", "ami-0abc", ""));
        ImageFacet same = unknown.toBuilder().setUserDataSha256("1111").build();
        ImageFacet other = unknown.toBuilder().setUserDataSha256("2222").build();

        assertThat(judge(declares(declared), same).state()).isEqualTo(State.CONFORMANT);
        assertThat(judge(declares(declared), unknown).state()).isEqualTo(State.UNVERIFIED);
        assertThat(told(judge(declares(declared), other).drifts()))
                .containsExactly("CONTENT_CHANGED user-data: 1111 -> 2222");
    }
}
