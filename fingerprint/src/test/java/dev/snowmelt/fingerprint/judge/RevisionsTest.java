package dev.snowmelt.fingerprint.judge;

import static dev.snowmelt.fingerprint.judge.Samples.EVIL;
import static dev.snowmelt.fingerprint.judge.Samples.INDEX;
import static dev.snowmelt.fingerprint.judge.Samples.MANIFEST;
import static dev.snowmelt.fingerprint.judge.Samples.OLD;
import static dev.snowmelt.fingerprint.judge.Samples.app;
import static dev.snowmelt.fingerprint.judge.Samples.container;
import static dev.snowmelt.fingerprint.judge.Samples.declaration;
import static dev.snowmelt.fingerprint.judge.Samples.facet;
import static dev.snowmelt.fingerprint.judge.Samples.judge;
import static dev.snowmelt.fingerprint.judge.Samples.revision;
import static dev.snowmelt.fingerprint.judge.Samples.runs;
import static dev.snowmelt.fingerprint.judge.Samples.told;
import static org.assertj.core.api.Assertions.assertThat;

import dev.snowmelt.v1.Declaration;
import dev.snowmelt.v1.ObservedContainer;
import dev.snowmelt.v1.Verdict.State;
import org.junit.jupiter.api.Test;

/// A rollout is not a snowflake: earlier revisions stay known.
class RevisionsTest {
    private static final Declaration THREE = declaration(
            revision(9, app("app", INDEX), app("log", INDEX)),
            revision(8, app("app", MANIFEST)),
            revision(5, app("app", OLD)));

    @Test
    void whatRunsAnEarlierRevisionIsOutdatedWithAllItsDifferencesToTheNewest() {
        var judgement = judge(THREE, facet(runs("app", "x@" + OLD)));

        assertThat(judgement.state()).isEqualTo(State.OUTDATED);
        assertThat(judgement.revision()).isEqualTo(9);
        assertThat(judgement.matchedRevision()).isEqualTo(5);
        assertThat(told(judgement.drifts()))
                .containsExactly(
                        "IMAGE_MISMATCH app: " + INDEX + " -> x@" + OLD, "CONTAINER_MISSING log: " + INDEX + " -> ");
    }

    @Test
    void theNewestOfSeveralMatchingRevisionsCounts() {
        var twice =
                declaration(revision(3, app("app", INDEX)), revision(2, app("app", OLD)), revision(1, app("app", OLD)));

        assertThat(judge(twice, facet(runs("app", "x@" + OLD))).matchedRevision())
                .isEqualTo(2);
    }

    @Test
    void whatMatchesNoRevisionIsDriftedWithTheDifferencesToTheNewestAlone() {
        var judgement = judge(THREE, facet(runs("app", "x@" + EVIL)));

        assertThat(judgement.state()).isEqualTo(State.DRIFTED);
        assertThat(judgement.matchedRevision()).isZero();
        assertThat(judgement.drifts()).hasSize(2);
    }

    @Test
    void halfOfAnEarlierRevisionIsDrifted() {
        var mixed = declaration(
                revision(2, app("app", INDEX), app("log", INDEX)), revision(1, app("app", OLD), app("log", OLD)));

        var judgement = judge(mixed, facet(runs("app", "x@" + OLD), runs("log", "x@" + INDEX)));

        assertThat(judgement.state()).isEqualTo(State.DRIFTED);
    }

    @Test
    void whatMayStillTurnOutToBeAnEarlierRevisionIsUnverified() {
        var both = declaration(
                revision(2, app("app", INDEX), app("log", INDEX)), revision(1, app("app", OLD), app("log", OLD)));

        var judgement = judge(both, facet(runs("app", "x@" + OLD), runs("log", "")));

        assertThat(judgement.state()).isEqualTo(State.UNVERIFIED);
        assertThat(told(judgement.drifts()))
                .containsExactly(
                        "IMAGE_MISMATCH app: " + INDEX + " -> x@" + OLD, "IMAGE_UNRESOLVED log: " + INDEX + " -> ");
    }

    @Test
    void anEarlierRevisionThatSomebodyWasInsideOfIsDrifted() {
        var judgement = judge(
                THREE,
                facet(runs("app", "x@" + OLD), container(ObservedContainer.Type.EPHEMERAL, "debugger", "busybox", "")));

        assertThat(judgement.state()).isEqualTo(State.DRIFTED);
    }
}
