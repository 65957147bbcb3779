package dev.snowmelt.fingerprint.judge;

import static dev.snowmelt.fingerprint.judge.Samples.INDEX;
import static dev.snowmelt.fingerprint.judge.Samples.OLD;
import static dev.snowmelt.fingerprint.judge.Samples.ami;
import static dev.snowmelt.fingerprint.judge.Samples.app;
import static dev.snowmelt.fingerprint.judge.Samples.container;
import static dev.snowmelt.fingerprint.judge.Samples.declaration;
import static dev.snowmelt.fingerprint.judge.Samples.declares;
import static dev.snowmelt.fingerprint.judge.Samples.facet;
import static dev.snowmelt.fingerprint.judge.Samples.judge;
import static dev.snowmelt.fingerprint.judge.Samples.revision;
import static dev.snowmelt.fingerprint.judge.Samples.runs;
import static dev.snowmelt.fingerprint.judge.Samples.told;
import static org.assertj.core.api.Assertions.assertThat;

import dev.snowmelt.v1.ContentFacet;
import dev.snowmelt.v1.Declaration;
import dev.snowmelt.v1.DeclaredContainer;
import dev.snowmelt.v1.ImageFacet;
import dev.snowmelt.v1.ObservedContainer;
import dev.snowmelt.v1.Verdict.State;
import org.junit.jupiter.api.Test;

/// What agents found, beside the declared baseline.
class ContentsTest {
    private static final Declaration CART = declares(baked("app", "root-2", INDEX));
    private static final ImageFacet RUNNING = facet(runs("app", "x@" + INDEX));

    private static DeclaredContainer baked(String name, String root, String digest) {
        return app(name, digest).toBuilder().setBaselineRoot(root).build();
    }

    private static ContentFacet content(String container, String baseline, String root) {
        return ContentFacet.newBuilder()
                .setContainer(container)
                .setBaselineRoot(baseline)
                .setRoot(root)
                .build();
    }

    @Test
    void theDeclaredRootIsConformant() {
        assertThat(judge(CART, RUNNING, content("app", "root-2", "root-2")).state())
                .isEqualTo(State.CONFORMANT);
    }

    @Test
    void aBaselineThatNobodyLookedAtIsUnverified() {
        var nobody = judge(CART, RUNNING);
        var elsewhere = judge(CART, RUNNING, content("sidecar", "root-2", "root-2"));

        assertThat(nobody.state()).isEqualTo(State.UNVERIFIED);
        assertThat(told(nobody.drifts())).containsExactly("CONTENT_UNRESOLVED app: root-2 -> ");
        assertThat(elsewhere).isEqualTo(nobody);
    }

    @Test
    void whatDiffersForCertainIsDriftWhetherOrNotAnybodyLookedInside() {
        assertThat(judge(CART, facet(runs("app", "x@" + OLD))).state()).isEqualTo(State.DRIFTED);
    }

    @Test
    void anEarlierImageIsOutdatedWhetherOrNotAnybodyLookedInside() {
        Declaration two =
                declaration(revision(2, baked("app", "root-2", INDEX)), revision(1, baked("app", "root-1", OLD)));

        var judgement = judge(two, facet(runs("app", "x@" + OLD)));

        assertThat(judgement.state()).isEqualTo(State.OUTDATED);
        assertThat(judgement.matchedRevision()).isEqualTo(1);
    }

    @Test
    void withoutADeclaredBaselineContentIsNotJudged() {
        assertThat(judge(declares(app("app", INDEX)), RUNNING, content("app", "root-1", "other"))
                        .state())
                .isEqualTo(State.CONFORMANT);
    }

    @Test
    void everyDifferenceIsADriftOfItsOwn() {
        ContentFacet changed = content("app", "root-2", "other").toBuilder()
                .addDifferences(ContentFacet.Difference.newBuilder()
                        .setSubject("file:/etc/cron.d/backup")
                        .setFound("0644 1f2e"))
                .addDifferences(ContentFacet.Difference.newBuilder()
                        .setSubject("deb:openjdk-17-jre-headless")
                        .setExpected("17.0.12")
                        .setFound("17.0.13"))
                .build();

        var judgement = judge(CART, RUNNING, changed);

        assertThat(judgement.state()).isEqualTo(State.DRIFTED);
        assertThat(told(judgement.drifts()))
                .containsExactly(
                        "CONTENT_CHANGED file:/etc/cron.d/backup:  -> 0644 1f2e",
                        "CONTENT_CHANGED deb:openjdk-17-jre-headless: 17.0.12 -> 17.0.13");
    }

    @Test
    void differencesThatWereLeftOutAreTold() {
        ContentFacet changed =
                content("app", "root-2", "other").toBuilder().setOmitted(400).build();

        assertThat(told(judge(CART, RUNNING, changed).drifts()))
                .containsExactly("CONTENT_CHANGED app: root-2 -> other");
    }

    @Test
    void anotherBaselineIsAMismatch() {
        assertThat(told(judge(CART, RUNNING, content("app", "root-1", "other")).drifts()))
                .containsExactly("BASELINE_MISMATCH app: root-2 -> root-1");
    }

    @Test
    void anEarlierBaselineWithItsOwnImageIsOutdated() {
        Declaration two =
                declaration(revision(2, baked("app", "root-2", INDEX)), revision(1, baked("app", "root-1", OLD)));

        var judgement = judge(two, facet(runs("app", "x@" + OLD)), content("app", "root-1", "root-1"));

        assertThat(judgement.state()).isEqualTo(State.OUTDATED);
        assertThat(judgement.matchedRevision()).isEqualTo(1);
    }

    @Test
    void aMachinesContentIsThatOfItsImage() {
        DeclaredContainer machine =
                ami("ami-0abc").toBuilder().setBaselineRoot("root-2").build();
        ImageFacet image = facet(container(ObservedContainer.Type.AMI, "ami", "ami-0abc", ""));

        assertThat(judge(declares(machine), image, content("", "root-2", "other"))
                        .state())
                .isEqualTo(State.DRIFTED);
    }
}
