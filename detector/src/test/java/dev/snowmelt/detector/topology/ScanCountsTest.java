package dev.snowmelt.detector.topology;

import static dev.snowmelt.detector.topology.Sample.CART;
import static dev.snowmelt.detector.topology.Sample.TARGET;
import static dev.snowmelt.detector.topology.Sample.WEB;
import static dev.snowmelt.detector.topology.Sample.begin;
import static dev.snowmelt.detector.topology.Sample.cut;
import static dev.snowmelt.detector.topology.Sample.declaration;
import static dev.snowmelt.detector.topology.Sample.end;
import static dev.snowmelt.detector.topology.Sample.image;
import static dev.snowmelt.detector.topology.Sample.observed;
import static dev.snowmelt.detector.topology.Sample.pod;
import static dev.snowmelt.detector.topology.Sample.scan;
import static dev.snowmelt.detector.topology.Sample.status;
import static org.assertj.core.api.Assertions.assertThat;

import dev.snowmelt.fingerprint.judge.JudgeRules;
import dev.snowmelt.fingerprint.judge.Undeclared;
import dev.snowmelt.schemas.topic.Topics;
import dev.snowmelt.v1.Drift;
import dev.snowmelt.v1.ScanCut;
import dev.snowmelt.v1.ScanReport.WorkloadCount;
import dev.snowmelt.v1.ScanTally;
import dev.snowmelt.v1.Verdict;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// What is counted at a collector's cut.
class ScanCountsTest {
    /// Two Deployments: one with a conformant, an outdated and a drifted pod, one that nobody
    /// declared.
    private static Rig rig() {
        var rig = new Rig();
        rig.declare(declaration(CART, 'a', 'b'));
        rig.list(null, begin(TARGET), 5)
                .list(CART, status(CART, 3, 1, Sample.TAGGED), 5)
                .list(CART, observed(pod(CART, 1), 'a'), 5)
                .list(CART, observed(pod(CART, 2), 'b'), 5)
                .list(CART, observed(pod(CART, 3), 'c'), 5)
                .list(WEB, observed(pod(WEB, 1), 'c'), 5)
                .list(null, end(TARGET, 5, 4, true), 5);
        return rig;
    }

    private static ScanTally tally(Rig rig, ScanCut.Asked... scans) {
        rig.list(null, cut(TARGET, 5, scans), 5);
        return rig.tallies().getLast();
    }

    private static ScanCut.Asked page(String after, int limit) {
        return scan("0-1").toBuilder().setAfter(after).setLimit(limit).build();
    }

    private static List<String> drifts(ScanTally tally) {
        return tally.getDriftsList().stream().map(Verdict::getInstance).toList();
    }

    @Test
    void countsByStateAndWorkload() {
        try (var rig = rig()) {
            ScanTally tally = tally(rig, scan("0-1"));

            assertThat(tally.getScan()).isEqualTo("0-1");
            assertThat(tally.getComplete()).isTrue();
            assertThat(tally.getProblem()).isEmpty();
            assertThat(tally.getSnapshot()).isEqualTo(5);
            assertThat(tally.getPartitions()).isEqualTo(1);
            assertThat(tally.getCollector()).isEqualTo("test");
            assertThat(tally.getSnapshotAt()).isEqualTo(rig.settled(TARGET).getAt());
            var cart = WorkloadCount.newBuilder()
                    .setWorkload(CART)
                    .setConformant(1)
                    .setOutdated(1)
                    .setDrifted(1)
                    .setDrifts(true)
                    .setRevision(2)
                    .build();
            assertThat(tally.getWorkloadsList())
                    .containsExactly(
                            cart,
                            WorkloadCount.newBuilder()
                                    .setWorkload(WEB)
                                    .setUndeclared(1)
                                    .build());
            assertThat(tally.getTotal())
                    .isEqualTo(cart.toBuilder()
                            .clearWorkload()
                            .clearRevision()
                            .setUndeclared(1)
                            .build());
        }
    }

    @Test
    void listsTheVerdictsThatWereTold() {
        try (var rig = rig()) {
            Verdict outdated = rig.verdict(CART, 2);
            Verdict drifted = rig.verdict(CART, 3);

            ScanTally tally = tally(rig, scan("0-1"));

            assertThat(tally.getDriftsList()).containsExactly(outdated, drifted);
            assertThat(tally.getDriftsOmitted()).isZero();
        }
    }

    @Test
    void listsDriftsOfWorkloadsAsAWhole() {
        try (var rig = rig()) {
            rig.settle();

            ScanTally tally = tally(rig, scan("0-1"));

            assertThat(tally.getWorkloadDriftsList()).singleElement().satisfies(drifts -> {
                assertThat(drifts.getWorkload()).isEqualTo(CART);
                assertThat(drifts.getDriftsList()).isEqualTo(rig.verdict(CART).getDriftsList());
                assertThat(drifts.getDriftsList()).extracting(Drift::getKind).contains(Drift.Kind.COHORT_SPLIT);
            });
        }
    }

    @Test
    void judgesTemplates() {
        try (var rig = new Rig()) {
            rig.declare(declaration(CART, 'a'));
            rig.list(null, begin(TARGET), 5)
                    .list(CART, status(CART, 0, 1, image('c')), 5)
                    .list(null, end(TARGET, 1, 0, true), 5);

            ScanTally tally = tally(rig, scan("0-1"));

            assertThat(tally.getWorkloadDrifts(0).getDrifts(0).getKind()).isEqualTo(Drift.Kind.TEMPLATE_MISMATCH);
            assertThat(tally.getTotal().getDrifts()).isTrue();
            assertThat(tally.getWorkloads(0).getWorkload()).isEqualTo(CART);
        }
    }

    @Test
    void pagesThroughTheDrifts() {
        try (var rig = rig()) {
            ScanTally first = tally(rig, page("", 1));
            ScanTally second = tally(rig, page(CART + "|" + pod(CART, 2), 1));
            ScanTally third = tally(rig, page(CART + "|" + pod(CART, 3), 1));

            assertThat(drifts(first)).containsExactly(pod(CART, 2));
            assertThat(first.getDriftsOmitted()).isEqualTo(1);
            assertThat(drifts(second)).containsExactly(pod(CART, 3));
            assertThat(second.getDriftsOmitted()).isZero();
            assertThat(drifts(third)).isEmpty();
            assertThat(third.getTotal()).isEqualTo(first.getTotal());
        }
    }

    @Test
    void countsEachScopeForItself() {
        try (var rig = rig()) {
            rig.list(null, cut(TARGET, 5, scan("0-1", WEB), scan("0-2"), scan("0-3", WEB), scan("0-4", WEB + "-2")), 5);

            assertThat(rig.tallies())
                    .extracting(ScanTally::getScan)
                    .containsExactlyInAnyOrder("0-1", "0-2", "0-3", "0-4");
            assertThat(ofScan(rig, "0-1"))
                    .isEqualTo(ofScan(rig, "0-3").toBuilder().setScan("0-1").build());
            assertThat(ofScan(rig, "0-1").getTotal())
                    .isEqualTo(WorkloadCount.newBuilder().setUndeclared(1).build());
            assertThat(ofScan(rig, "0-2").getWorkloadsCount()).isEqualTo(2);
            assertThat(ofScan(rig, "0-4").getWorkloadsList()).isEmpty();
        }
    }

    @Test
    void readsOnlyTheNamedWorkloadsTheSameWay() {
        try (var rig = rig()) {
            ScanTally all = tally(rig, scan("0-1"));
            ScanTally cart = tally(rig, scan("0-1", CART, CART));

            assertThat(cart.getDriftsList()).isEqualTo(all.getDriftsList());
            assertThat(cart.getWorkloadsList()).containsExactly(all.getWorkloads(0));
            assertThat(cart.getWorkloadDriftsList()).isEqualTo(all.getWorkloadDriftsList());
        }
    }

    private static ScanTally ofScan(Rig rig, String scan) {
        return rig.tallies().stream()
                .filter(tally -> tally.getScan().equals(scan))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void isNotCompleteWhenTheSnapshotWasNot() {
        try (var rig = rig()) {
            rig.list(null, begin(TARGET), 6)
                    .list(CART, observed(pod(CART, 1), 'a'), 6)
                    .list(null, end(TARGET, 2, 1, true), 6)
                    .list(null, cut(TARGET, 6, scan("0-1")), 6);

            assertThat(rig.tallies().getLast().getComplete()).isFalse();
            assertThat(rig.tallies().getLast().getProblem())
                    .contains("2 records")
                    .contains("1 were usable");
            assertThat(rig.tallies().getLast().getTotal().getDrifted()).isEqualTo(1);
        }
    }

    @Test
    void isNotCompleteWhenTheCollectorDoubts() {
        try (var rig = rig()) {
            rig.list(null, begin(TARGET), 6)
                    .list(CART, observed(pod(CART, 1), 'a'), 6)
                    .list(null, end(TARGET, 1, 1, false), 6)
                    .list(null, cut(TARGET, 6, scan("0-1")), 6);

            assertThat(rig.tallies().getLast().getComplete()).isFalse();
            assertThat(rig.tallies().getLast().getProblem()).contains("does not believe it");
        }
    }

    @Test
    void isNotCompleteForASnapshotThatItDidNotSee() {
        try (var rig = rig()) {
            rig.list(null, cut(TARGET, 7, scan("0-1")), 7);

            assertThat(rig.tallies().getLast().getComplete()).isFalse();
            assertThat(rig.tallies().getLast().getProblem()).contains("has not seen the end of the snapshot");
        }
    }

    @Test
    void isNotCompleteWhenSomethingCouldNotBeUsedSince() {
        try (var rig = rig()) {
            rig.sendRaw(Keys.utf8(CART), new byte[] {1, 2, 3}, null);

            assertThat(tally(rig, scan("0-1")).getComplete()).isFalse();
            assertThat(rig.tallies().getLast().getProblem()).contains("could not be used");

            rig.list(null, begin(TARGET), 6)
                    .list(CART, observed(pod(CART, 1), 'a'), 6)
                    .list(null, end(TARGET, 1, 1, true), 6)
                    .list(null, cut(TARGET, 6, scan("0-2")), 6);
            assertThat(rig.tallies().getLast().getComplete()).isTrue();
        }
    }

    @Test
    void remembersAcrossAMoveThatSomethingCouldNotBeUsed() {
        try (var rig = rig()) {
            long offset = rig.offset();
            rig.sendRaw(Keys.utf8(CART), new byte[] {1, 2, 3}, null);
            rig.restart();

            assertThat(tally(rig, scan("0-1")).getComplete()).isFalse();
            assertThat(rig.tallies().getLast().getProblem()).contains("observation at offset " + offset + " of");

            rig.list(null, begin(TARGET), 6)
                    .list(CART, observed(pod(CART, 1), 'a'), 6)
                    .list(null, end(TARGET, 1, 1, true), 6);
            rig.restart().list(null, cut(TARGET, 6, scan("0-2")), 6);
            assertThat(rig.tallies().getLast().getComplete()).isTrue();
        }
    }

    @Test
    void isCompleteAcrossAMove() {
        try (var rig = rig()) {
            rig.restart();

            assertThat(tally(rig, scan("0-1")).getComplete()).isTrue();
        }
    }

    @Test
    void aDigestOfATemplateThatIsNotToldYetIsNoDrift() {
        var asking = DetectorSettings.DEFAULT.with(new JudgeRules(Undeclared.REPORT, true));
        try (var rig = new Rig(asking, 1)) {
            rig.declare(declaration(CART, 'a'));
            rig.list(null, begin(TARGET), 5)
                    .list(CART, status(CART, 1, 1, image('c')), 5)
                    .list(
                            CART,
                            observed(
                                    pod(CART, 1),
                                    Sample.facet('a').toBuilder()
                                            .setTemplate("an earlier one")
                                            .build()),
                            5)
                    .list(null, end(TARGET, 2, 1, true), 5);

            ScanTally tally = tally(rig, scan("0-1"));

            assertThat(tally.getWorkloadDriftsList()).isEmpty();
            assertThat(tally.getTotal())
                    .isEqualTo(WorkloadCount.newBuilder()
                            .setConformant(1)
                            .setTemplatesUnresolved(1)
                            .build());
            assertThat(tally.getWorkloads(0).getTemplatesUnresolved()).isEqualTo(1);
        }
    }

    @Test
    void namesDeclaredWorkloadsThatNobodyHasSeen() {
        try (var rig = rig()) {
            String idle = Sample.workload("idle");
            rig.list(null, begin(TARGET), 6)
                    .list(CART, observed(pod(CART, 1), 'a'), 6)
                    .list(idle, status(idle, 0, 0, Sample.TAGGED), 6)
                    .list(null, end(TARGET, 2, 1, true), 6);
            rig.declare(declaration(idle, 'a'));
            for (int i = 0; i < 25; i++) {
                rig.declare(declaration(Sample.workload("missing-" + (char) ('a' + i)), 'a'));
            }
            rig.declare(declaration(Sample.workloadOf("k8s:testing", "cart"), 'a'));

            rig.list(null, cut(TARGET, 6, scan("0-1"), scan("0-2", CART)), 6);

            assertThat(ofScan(rig, "0-1").getUnseenList())
                    .hasSize(20)
                    .startsWith(Sample.workload("missing-a"), Sample.workload("missing-b"));
            assertThat(ofScan(rig, "0-1").getUnseenOmitted()).isEqualTo(5);
            assertThat(ofScan(rig, "0-2").getUnseenList()).isEmpty();
        }
    }

    @Test
    void saysByWhichRevisionsItCountedWhetherOrNotItListsThem() {
        try (var rig = rig()) {
            assertThat(tally(rig, scan("0-1")).getJudgedBy()).isEqualTo(RevisionSum.term(CART, 2));
            assertThat(tally(rig, scan("0-2", WEB)).getJudgedBy()).isZero();
        }
    }

    @Test
    void countsWhatTheWatchSawBetweenTheSnapshotAndTheCut() {
        try (var rig = rig()) {
            rig.watch(CART, observed(pod(CART, 1), 'c'));

            assertThat(tally(rig, scan("0-1")).getTotal().getDrifted()).isEqualTo(2);
        }
    }

    @Test
    void passesOverACutOfAFormerHolderOfTheLease() {
        try (var rig = rig()) {
            rig.epoch(2).watch(CART, observed(pod(CART, 1), 'a'));

            rig.epoch(1).list(null, cut(TARGET, 5, scan("0-1")), 5);

            assertThat(rig.tallies()).isEmpty();
        }
    }

    @Test
    void saysTheSameWhenItReadsTheCutAgain() {
        try (var rig = rig()) {
            ScanTally before = tally(rig, scan("0-1"));
            rig.forget();

            rig.restart(0, 0);

            assertThat(rig.tallies()).containsExactly(before);
        }
    }

    @Test
    void isNotCompleteWhenItStartedInTheMiddleOfTheSnapshot() {
        try (var rig = new Rig()) {
            rig.list(null, begin(TARGET), 5).list(CART, observed(pod(CART, 1), 'a'), 5);
            rig.restart();

            rig.list(null, end(TARGET, 1, 1, true), 5).list(null, cut(TARGET, 5, scan("0-1")), 5);

            assertThat(rig.tallies().getLast().getComplete()).isFalse();
            assertThat(rig.tallies().getLast().getProblem()).contains("BEGIN was not seen");
        }
    }

    @Test
    void fitsIntoARecordHoweverMuchThereIs() {
        try (var rig = new Rig()) {
            rig.list(null, begin(TARGET), 5);
            int workloads = 12_000;
            long judgedBy = 0;
            for (int i = 0; i < workloads; i++) {
                String workload = Sample.workload("w".repeat(180) + i);
                rig.declare(declaration(workload, 'a'));
                judgedBy += RevisionSum.term(workload, 1);
                rig.list(workload, observed(pod(workload, 1), 'c'), 5);
            }
            rig.list(null, end(TARGET, workloads, workloads, true), 5);
            var many = new ArrayList<ScanCut.Asked>();
            for (int i = 0; i < 100; i++) {
                many.add(scan("0-" + i));
            }

            ScanTally alone = tally(rig, scan("0-1"));
            rig.forget();
            tally(rig, many.toArray(ScanCut.Asked[]::new));

            assertThat(alone.getSerializedSize()).isBetween(1 << 20, Topics.LARGEST_RECORD - (64 << 10));
            assertThat(alone.getWorkloadsCount() + alone.getWorkloadsOmitted()).isEqualTo(workloads);
            assertThat(alone.getDriftsCount() + alone.getDriftsOmitted()).isEqualTo(workloads);
            assertThat(alone.getTotal().getDrifted()).isEqualTo(workloads);
            assertThat(alone.getWorkloadsOmitted()).isPositive();
            assertThat(alone.getJudgedBy()).isEqualTo(judgedBy);
            assertThat(rig.tallies()).hasSize(100).allSatisfy(tally -> {
                assertThat(tally.getSerializedSize()).isLessThan(400 << 10);
                assertThat(tally.getTotal().getDrifted()).isEqualTo(workloads);
                assertThat(tally.getDriftsCount()).isPositive();
            });
        }
    }
}
