package dev.snowmelt.detector.scan;

import static dev.snowmelt.detector.scan.ScanRig.OTHER;
import static dev.snowmelt.detector.scan.ScanRig.TEST;
import static dev.snowmelt.detector.scan.ScanRig.drifted;
import static org.assertj.core.api.Assertions.assertThat;

import dev.snowmelt.detector.topology.RevisionSum;
import dev.snowmelt.schemas.topic.Topic;
import dev.snowmelt.schemas.topic.Topics;
import dev.snowmelt.v1.CollectorStatus;
import dev.snowmelt.v1.Drift;
import dev.snowmelt.v1.ScanReport;
import dev.snowmelt.v1.ScanReport.Result;
import dev.snowmelt.v1.ScanReport.TargetAnswer;
import dev.snowmelt.v1.ScanReport.WorkloadCount;
import dev.snowmelt.v1.ScanReport.WorkloadDrifts;
import dev.snowmelt.v1.ScanTally;
import dev.snowmelt.v1.Verdict;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// When a scan is reported and what its report says: never clean unless everything in scope was
/// seen and conforms.
class ScanTopologyTest {
    private static final String CART = "k8s:test/shop/Deployment/cart";
    private static final Duration TO_DEADLINE = Duration.ofSeconds(61);

    private final ScanRig rig = new ScanRig(3);

    @AfterEach
    void close() {
        rig.close();
    }

    @Test
    void isCleanWhenEveryPartitionOfEveryTargetWasCountedAndConforms() {
        rig.watched(TEST).watched(OTHER);
        String scan = rig.ask("{}");

        rig.countAll(rig.tally(scan, TEST, 5));
        List<ScanReport> early = rig.reports(scan);
        rig.countAll(rig.tally(scan, OTHER, 9));

        assertThat(early).isEmpty();
        ScanReport report = rig.report(scan);
        assertThat(report.getResult()).isEqualTo(Result.CLEAN);
        assertThat(report.getAnsweredList()).containsExactly(OTHER, TEST);
        assertThat(report.getSilentList()).isEmpty();
        assertThat(report.getTotal().getConformant()).isEqualTo(6);
        assertThat(report.getTargetsList())
                .extracting(TargetAnswer::getComplete)
                .containsExactly(true, true);
        assertThat(report.getTargets(1).getCollector()).isEqualTo("kubernetes/" + TEST);
        assertThat(report.getScan()).isEqualTo(scan);
        assertThat(rig.size(GatherScan.TALLIES)).isZero();
        assertThat(rig.registry
                        .get("snowmelt.scanner.scans")
                        .tag("result", "clean")
                        .timer()
                        .count())
                .isEqualTo(1);
    }

    @Test
    void tellsDriftOfInstancesAndOfWorkloads() {
        rig.watched(TEST);
        String first = rig.ask("{}");
        String second = rig.ask("{}");
        String third = rig.ask("{}");

        rig.countAll(
                rig.tally(first, TEST, 5).setTotal(WorkloadCount.newBuilder().setDrifted(1)));
        rig.countAll(
                rig.tally(second, TEST, 5).setTotal(WorkloadCount.newBuilder().setOutdated(1)));
        rig.countAll(rig.tally(third, TEST, 5)
                .setTotal(WorkloadCount.newBuilder().setConformant(1).setDrifts(true)));

        assertThat(rig.report(first).getResult()).isEqualTo(Result.DRIFT);
        assertThat(rig.report(second).getResult()).isEqualTo(Result.DRIFT);
        assertThat(rig.report(third).getResult()).isEqualTo(Result.DRIFT);
    }

    @Test
    void staysCleanWithUndeclaredInstances() {
        rig.watched(TEST);
        String scan = rig.ask("{}");

        rig.countAll(
                rig.tally(scan, TEST, 5).setTotal(WorkloadCount.newBuilder().setUndeclared(2)));

        assertThat(rig.report(scan).getResult()).isEqualTo(Result.CLEAN);
        assertThat(rig.report(scan).getTotal().getUndeclared()).isEqualTo(6);
    }

    @Test
    void isIncompleteWhenTheDetectorCountedBeforeItReadTheNewestDeclaration() {
        rig.watched(TEST).declared(CART, 4);
        String scan = rig.ask("{}");
        String again = rig.ask("{}");

        rig.countAll(rig.tally(scan, TEST, 5)
                .addWorkloads(WorkloadCount.newBuilder()
                        .setWorkload(CART)
                        .setConformant(1)
                        .setRevision(3)));
        rig.countAll(rig.tally(again, TEST, 6)
                .addWorkloads(WorkloadCount.newBuilder()
                        .setWorkload(CART)
                        .setConformant(1)
                        .setRevision(4)));

        assertThat(rig.report(scan).getResult()).isEqualTo(Result.INCOMPLETE);
        assertThat(rig.report(scan).getProblemsList())
                .containsExactly(CART + " was judged by revision 3, but revision 4 is declared: scan again");
        assertThat(rig.report(again).getResult()).isEqualTo(Result.CLEAN);
    }

    @Test
    void concludesNothingFromEmptiness() {
        rig.watched(TEST).watched(OTHER);
        String empty = rig.ask("{\"scope\":{\"targets\":[\"k8s:test\"]}}");
        String both = rig.ask("{}");

        rig.countAll(rig.tally(empty, TEST, 5).clearTotal().clearWorkloads());
        rig.countAll(rig.tally(both, TEST, 5).clearTotal().clearWorkloads());
        rig.countAll(rig.tally(both, OTHER, 5));

        for (String scan : List.of(empty, both)) {
            assertThat(rig.report(scan).getResult()).isEqualTo(Result.INCOMPLETE);
            assertThat(rig.report(scan).getProblemsList())
                    .singleElement()
                    .asString()
                    .startsWith("no instance and no workload at all was seen in " + TEST);
        }
    }

    @Test
    void isIncompleteWhenADeclaredWorkloadWasNotSeen() {
        rig.watched(TEST).declared(CART, 4).declared("k8s:testing/shop/Deployment/cart", 1);
        String scan = rig.ask("{\"scope\":{\"targets\":[\"k8s:test\"]}}");
        String again = rig.ask("{\"scope\":{\"targets\":[\"k8s:test\"]}}");

        rig.countAll(rig.tally(scan, TEST, 5));
        rig.declared(CART, false).countAll(rig.tally(again, TEST, 6));

        assertThat(rig.report(scan).getResult()).isEqualTo(Result.INCOMPLETE);
        assertThat(rig.report(scan).getProblemsList())
                .singleElement()
                .asString()
                .startsWith(CART + " is declared, but nobody has seen it");
        assertThat(rig.report(again).getResult()).isEqualTo(Result.CLEAN);
    }

    @Test
    void believesTheDetectorThatADeclaredWorkloadWasNotSeen() {
        rig.watched(TEST);
        String scan = rig.ask("{}");

        // The scanner has not read the declaration yet.
        rig.countAll(
                rig.tally(scan, TEST, 5),
                Topic.partition(CART, 3),
                tally -> tally.clone().addUnseen(CART));

        assertThat(rig.report(scan).getResult()).isEqualTo(Result.INCOMPLETE);
        assertThat(rig.report(scan).getProblemsList())
                .singleElement()
                .asString()
                .startsWith(CART + " is declared, but nobody has seen it");
    }

    @Test
    void asksOnlyForTheNamedOnesAmongTheDeclared() {
        rig.watched(TEST).declared(CART, 4).declared("k8s:test/shop/Deployment/unseen", 1);
        String scan = rig.ask("{\"scope\":{\"workloads\":[\"" + CART + "\"]}}");

        rig.countAll(rig.tally(scan, TEST, 5)
                .addWorkloads(WorkloadCount.newBuilder().setWorkload(CART).setRevision(4)));

        assertThat(rig.report(scan).getResult()).isEqualTo(Result.CLEAN);
    }

    @Test
    void countsUnseenWorkloadsBeyondTheFirst() {
        rig.watched(TEST);
        for (int i = 0; i < 25; i++) {
            rig.declared(CART + i, 1);
        }
        String scan = rig.ask("{}");

        rig.countAll(rig.tally(scan, TEST, 5));

        assertThat(rig.report(scan).getProblemsList())
                .hasSize(21)
                .last()
                .asString()
                .startsWith("and 5 more");
    }

    @Test
    void whatIsLeftOutOfATallyMustRestOnTheNewestDeclarations() {
        rig.watched(TEST).declared(CART, 4);
        int partition = Topic.partition(CART, 3);
        String newest = rig.ask("{}");
        String earlier = rig.ask("{}");
        String unseen = rig.ask("{}");

        rig.countAll(rig.tally(newest, TEST, 5), partition, omitting(RevisionSum.term(CART, 4)));
        rig.countAll(rig.tally(earlier, TEST, 5), partition, omitting(RevisionSum.term(CART, 3)));
        rig.countAll(rig.tally(unseen, TEST, 5), partition, omitting(0));

        assertThat(rig.report(newest).getResult()).isEqualTo(Result.CLEAN);
        for (String scan : List.of(earlier, unseen)) {
            assertThat(rig.report(scan).getResult()).isEqualTo(Result.INCOMPLETE);
            assertThat(rig.report(scan).getProblemsList())
                    .singleElement()
                    .asString()
                    .startsWith("there are too many workloads on partition " + partition);
        }
    }

    private static UnaryOperator<ScanTally.Builder> omitting(long judgedBy) {
        return tally -> tally.clone().setWorkloadsOmitted(1).setJudgedBy(judgedBy);
    }

    @Test
    void isIncompleteWhileATemplateCannotBeTold() {
        rig.watched(TEST);
        String scan = rig.ask("{}");

        rig.countAll(rig.tally(scan, TEST, 5)
                .setTotal(WorkloadCount.newBuilder().setConformant(1).setTemplatesUnresolved(1)));

        assertThat(rig.report(scan).getResult()).isEqualTo(Result.INCOMPLETE);
        assertThat(rig.report(scan).getProblems(0)).startsWith("3 templates cannot be told yet");
        assertThat(rig.report(scan).getTotal().getTemplatesUnresolved()).isEqualTo(3);
    }

    @Test
    void isIncompleteWhileSomethingCannotBeTold() {
        rig.watched(TEST);
        String scan = rig.ask("{}");

        rig.countAll(rig.tally(scan, TEST, 5)
                .setTotal(WorkloadCount.newBuilder().setUnverified(1).setDrifted(1))
                .addDrifts(drifted(CART, 1)));

        assertThat(rig.report(scan).getResult()).isEqualTo(Result.INCOMPLETE);
        assertThat(rig.report(scan).getProblems(0)).contains("3 instances cannot be told");
        assertThat(rig.report(scan).getDriftsList()).isNotEmpty();
    }

    @Test
    void namesTheSilentAtTheDeadline() {
        rig.watched(TEST).watched(OTHER, "may not list pods");
        String scan = rig.ask("{}");
        rig.countAll(rig.tally(scan, TEST, 5));

        rig.pass(Duration.ofSeconds(59));
        List<ScanReport> before = rig.reports(scan);
        rig.pass(Duration.ofSeconds(2));

        assertThat(before).isEmpty();
        ScanReport report = rig.report(scan);
        assertThat(report.getResult()).isEqualTo(Result.INCOMPLETE);
        assertThat(report.getAnsweredList()).containsExactly(TEST);
        assertThat(report.getSilentList()).containsExactly(OTHER);
        assertThat(report.getTargets(0).getProblem())
                .contains("kubernetes/" + OTHER)
                .contains("did not answer")
                .contains("may not list pods");
        assertThat(report.getTotal().getConformant()).isEqualTo(3);
    }

    @Test
    void keepsToTheDeadlineThatWasAskedFor() {
        rig.watched(TEST);
        String scan = rig.ask("{\"deadline\":\"" + rig.now().plusSeconds(300) + "\"}");

        rig.pass(Duration.ofSeconds(299));
        assertThat(rig.reports(scan)).isEmpty();
        rig.countAll(rig.tally(scan, TEST, 5));

        assertThat(rig.report(scan).getResult()).isEqualTo(Result.CLEAN);
    }

    @Test
    void isIncompleteWhenAPartitionIsMissing() {
        rig.watched(TEST);
        String scan = rig.ask("{}");
        rig.count(rig.tally(scan, TEST, 5).setPartition(0).build());
        rig.count(rig.tally(scan, TEST, 5).setPartition(2).build());

        rig.pass(TO_DEADLINE);

        assertThat(rig.report(scan).getResult()).isEqualTo(Result.INCOMPLETE);
        assertThat(rig.report(scan).getTargets(0).getProblem()).contains("only 2 of 3 partitions");
    }

    @Test
    void countsARepeatedTallyOnce() {
        rig.watched(TEST);
        String scan = rig.ask("{}");
        for (int i = 0; i < 3; i++) {
            rig.count(rig.tally(scan, TEST, 5).setPartition(0).build());
        }
        assertThat(rig.reports(scan)).isEmpty();

        rig.countAll(rig.tally(scan, TEST, 5));

        assertThat(rig.report(scan).getTotal().getConformant()).isEqualTo(3);
    }

    @Test
    void neverMixesTheCountsOfTwoSnapshots() {
        rig.watched(TEST);
        String scan = rig.ask("{}");
        rig.count(rig.tally(scan, TEST, 5).setPartition(0).build());
        rig.count(rig.tally(scan, TEST, 5).setPartition(1).build());
        rig.count(rig.tally(scan, TEST, 6).setPartition(2).build());
        assertThat(rig.reports(scan)).isEmpty();

        rig.countAll(rig.tally(scan, TEST, 6));

        assertThat(rig.report(scan).getResult()).isEqualTo(Result.CLEAN);
        assertThat(rig.report(scan).getTotal().getConformant()).isEqualTo(3);
    }

    @Test
    void saysItWhenOnlyPartOfTheNewerSnapshotWasCounted() {
        rig.watched(TEST);
        String scan = rig.ask("{}");
        rig.count(rig.tally(scan, TEST, 5).setPartition(0).build());
        rig.count(rig.tally(scan, TEST, 6).setPartition(1).build());
        rig.count(rig.tally(scan, TEST, 5).setPartition(2).build());

        rig.pass(TO_DEADLINE);

        assertThat(rig.report(scan).getResult()).isEqualTo(Result.INCOMPLETE);
        assertThat(rig.report(scan).getTargets(0).getProblem()).contains("only 1 of 3");
    }

    @Test
    void isIncompleteWhenTheDetectorsCountIs() {
        rig.watched(TEST);
        String scan = rig.ask("{}");
        rig.count(rig.tally(scan, TEST, 5).setPartition(0).build());
        rig.count(rig.tally(scan, TEST, 5)
                .setPartition(1)
                .setComplete(false)
                .setProblem("2 records were lost")
                .build());

        rig.count(rig.tally(scan, TEST, 5).setPartition(2).build());

        assertThat(rig.report(scan).getResult()).isEqualTo(Result.INCOMPLETE);
        assertThat(rig.report(scan).getTargets(0).getProblem())
                .isEqualTo("partition 1: 2 records were lost; scan again");
    }

    @Test
    void believesTheCompleteCountWhenARestartedDetectorReadsTheCutAgain() {
        rig.watched(TEST);
        String scan = rig.ask("{}");
        rig.count(rig.tally(scan, TEST, 5).setPartition(0).build());
        rig.count(rig.tally(scan, TEST, 5).setPartition(0).setComplete(false).build());
        rig.count(rig.tally(scan, TEST, 5).setPartition(1).build());

        rig.count(rig.tally(scan, TEST, 5).setPartition(2).build());

        assertThat(rig.report(scan).getResult()).isEqualTo(Result.CLEAN);
    }

    @Test
    void reportsOnceHoweverOftenTalliesCome() {
        rig.watched(TEST);
        String scan = rig.ask("{}");
        rig.countAll(rig.tally(scan, TEST, 5));

        rig.countAll(
                rig.tally(scan, TEST, 6).setTotal(WorkloadCount.newBuilder().setDrifted(1)));
        rig.pass(TO_DEADLINE);

        assertThat(rig.report(scan).getResult()).isEqualTo(Result.CLEAN);
    }

    @Test
    void waitsForTheRequestOfATallyThatCameFirst() {
        rig.watched(TEST);
        rig.countAll(rig.tally("0-0", TEST, 5));
        assertThat(rig.reports("0-0")).isEmpty();

        String scan = rig.ask("{}");

        assertThat(rig.report(scan).getResult()).isEqualTo(Result.CLEAN);
    }

    @Test
    void doesNotWaitForATargetThatNobodyWatches() {
        rig.watched(TEST).declared("k8s:nobody/shop/Deployment/cart", true);
        String scan = rig.ask("{}");
        rig.countAll(rig.tally(scan, TEST, 5));

        rig.pass(Duration.ofSeconds(3));

        ScanReport report = rig.report(scan);
        assertThat(report.getResult()).isEqualTo(Result.INCOMPLETE);
        assertThat(report.getSilentList()).containsExactly("k8s:nobody");
        assertThat(report.getTargets(0).getProblem()).contains("nobody watches it");
    }

    @Test
    void countsAgentsAsNoWatchers() {
        rig.status(CollectorStatus.newBuilder()
                .setCollector("host/1")
                .setTarget(TEST)
                .setKind("host")
                .build());
        String scan = rig.ask("{\"scope\":{\"targets\":[\"k8s:test\"]}}");

        rig.pass(Duration.ofSeconds(3));

        assertThat(rig.report(scan).getTargets(0).getProblem()).contains("nobody watches it");
    }

    @Test
    void forgetsTargetsThatAreNoLongerDeclared() {
        rig.watched(TEST)
                .declared("k8s:nobody/shop/Deployment/cart", true)
                .declared("k8s:nobody/shop/Deployment/cart", false);
        String scan = rig.ask("{}");

        rig.countAll(rig.tally(scan, TEST, 5));

        assertThat(rig.report(scan).getResult()).isEqualTo(Result.CLEAN);
    }

    @Test
    void isIncompleteWhenThereIsNothingToScan() {
        String scan = rig.ask("{}");

        rig.pass(Duration.ofSeconds(3));

        assertThat(rig.report(scan).getResult()).isEqualTo(Result.INCOMPLETE);
        assertThat(rig.report(scan).getProblems(0)).contains("nothing is declared");
    }

    @Test
    void asksOnlyTheTargetsOfTheWorkloads() {
        rig.watched(TEST).watched(OTHER);
        String scan = rig.ask("{\"scope\":{\"workloads\":[\"" + CART + "\"]}}");

        rig.countAll(rig.tally(scan, TEST, 5)
                .addWorkloads(WorkloadCount.newBuilder().setWorkload(CART).setConformant(1)));

        assertThat(rig.report(scan).getResult()).isEqualTo(Result.CLEAN);
        assertThat(rig.report(scan).getAnsweredList()).containsExactly(TEST);
    }

    @Test
    void isIncompleteForAWorkloadThatNobodyHasSeen() {
        rig.watched(TEST).declared(CART, true);
        String scan = rig.ask("{\"scope\":{\"workloads\":[\"" + CART + "\"]}}");

        rig.countAll(rig.tally(scan, TEST, 5).clearTotal());

        assertThat(rig.report(scan).getResult()).isEqualTo(Result.INCOMPLETE);
        assertThat(rig.report(scan).getProblems(0)).contains("nobody has seen " + CART);
    }

    @Test
    void refusesWhatCannotBeAnsweredAndSaysWhy() {
        rig.watched(TEST);
        String targets = rig.ask("{\"scope\":{\"targets\":[\"prod\",\"k8s:ok\"],\"workloads\":[\"cart\"]}}");
        String past = rig.ask("{\"deadline\":\"" + rig.now().minusSeconds(1) + "\"}");
        String far = rig.ask("{\"deadline\":\"" + rig.now().plusSeconds(601) + "\"}");
        String cursor = rig.ask("{\"scope\":{\"after\":\"x\"}}");
        String both = rig.ask("{\"scope\":{\"targets\":[\"k8s:other\"],\"workloads\":[\"" + CART + "\"]}}");

        for (String scan : List.of(targets, past, far, cursor, both)) {
            assertThat(rig.report(scan).getResult()).isEqualTo(Result.INCOMPLETE);
            assertThat(rig.report(scan).hasRequest()).isTrue();
        }
        assertThat(rig.report(targets).getProblemsList())
                .satisfiesExactly(
                        first -> assertThat(first).startsWith("scope.targets[0]: 'prod' is not a target"),
                        second -> assertThat(second).startsWith("scope.workloads[0]: 'cart' is not"));
        assertThat(rig.report(past).getProblems(0)).contains("had passed");
        assertThat(rig.report(far).getProblems(0)).contains("more than 10 minutes");
        assertThat(rig.report(cursor).getProblems(0)).contains("scope.after");
        assertThat(rig.report(both).getProblems(0)).contains("leave scope.targets away");
        assertThat(rig.deadLetters()).isZero();
    }

    @Test
    void answersWhatItCannotRead() {
        String garbage = rig.askRaw("k".getBytes(StandardCharsets.UTF_8), new byte[] {(byte) 0xff, 1});
        String nothing = rig.askRaw(null, null);
        String misspelt = rig.ask("{\"scop\":{}, \"by\": 3}");

        for (String scan : List.of(garbage, nothing, misspelt)) {
            assertThat(rig.report(scan).getResult()).isEqualTo(Result.INCOMPLETE);
            assertThat(rig.report(scan).getProblemsList()).isNotEmpty();
        }
        assertThat(rig.report(misspelt).getProblems(0)).contains("scop");
        assertThat(rig.deadLetters()).isEqualTo(3);
    }

    @Test
    void buriesATallyThatItCannotRead() {
        rig.countRaw(new byte[] {1, 2, 3})
                .countRaw(ScanTally.getDefaultInstance().toByteArray());

        assertThat(rig.deadLetters()).isEqualTo(2);
    }

    @Test
    void countsWhatItCannotReadOfACollectorAndGoesByWhatWasKnown() {
        rig.watched(TEST)
                .statusRaw("kubernetes/" + TEST, new byte[] {1, 2, 3})
                .statusRaw(
                        "kubernetes/" + TEST,
                        CollectorStatus.newBuilder().setTarget("test").build().toByteArray());

        String scan = rig.ask("{}");
        rig.countAll(rig.tally(scan, TEST, 1));

        assertThat(rig.registry
                        .get("snowmelt.scanner.unreadable")
                        .tag("topic", "snowmelt.collectors")
                        .counter()
                        .count())
                .isEqualTo(2);
        assertThat(rig.report(scan).getResult()).isEqualTo(Result.CLEAN);
        assertThat(rig.report(scan).getAnsweredList()).containsExactly(TEST);
    }

    @Test
    void pagesThroughTheDriftsOfAllPartitions() {
        rig.watched(TEST);
        var listed = new ArrayList<String>();
        String after = "";
        int pages = 0;
        do {
            String scan = rig.ask(ScanRig.request("{\"scope\":{\"limit\":7,\"after\":\"" + after + "\"}}"));
            for (int partition = 0; partition < 3; partition++) {
                rig.count(page(scan, partition, after, 7, partition == 1 ? 4 : 7));
            }
            ScanReport report = rig.report(scan);
            report.getDriftsList().forEach(drift -> listed.add(drift.getInstance()));
            assertThat(report.getDriftsCount() + report.getDriftsOmitted() + listed.size() - report.getDriftsCount())
                    .isEqualTo(60);
            assertThat(report.getCursor().isEmpty()).isEqualTo(report.getDriftsOmitted() == 0);
            after = report.getCursor();
            pages++;
        } while (!after.isEmpty() && pages < 60);

        assertThat(listed)
                .isEqualTo(IntStream.range(0, 60)
                        .mapToObj(pod -> drifted(CART, pod).getInstance())
                        .toList());
    }

    /// What the detector says of a partition that holds every third of 60 drifted pods, and lists
    /// no more than fit.
    private ScanTally page(String scan, int partition, String after, int limit, int fit) {
        List<Verdict> all = IntStream.range(0, 60)
                .filter(pod -> pod % 3 == partition)
                .mapToObj(pod -> drifted(CART, pod))
                .filter(drift -> (drift.getWorkload() + "|" + drift.getInstance()).compareTo(after) > 0)
                .toList();
        List<Verdict> first = all.subList(0, Math.min(all.size(), Math.min(limit, fit)));
        return rig.tally(scan, TEST, 5)
                .setPartition(partition)
                .setTotal(WorkloadCount.newBuilder().setDrifted(20))
                .addAllDrifts(first)
                .setDriftsOmitted(all.size() - first.size())
                .build();
    }

    @Test
    void fitsIntoARecordAndCountsWhatIsLeftOut() {
        rig.watched(TEST);
        String scan = rig.ask("{}");
        String name = CART + "w".repeat(150);

        for (int partition = 0; partition < 3; partition++) {
            var tally = rig.tally(scan, TEST, 5).setPartition(partition).clearWorkloads();
            for (int i = 0; i < 6_000; i++) {
                String workload = name + (partition * 6_000 + i);
                tally.addWorkloads(
                        WorkloadCount.newBuilder().setWorkload(workload).setDrifted(i == 5_999 ? 1 : 0));
                if (i < 2_000) {
                    tally.addWorkloadDrifts(WorkloadDrifts.newBuilder()
                            .setWorkload(workload)
                            .addDrifts(Drift.newBuilder().setObserved("x".repeat(100))));
                }
                if (i < 1_000) {
                    tally.addDrifts(drifted(workload, i).toBuilder().setId("y".repeat(500)));
                }
            }
            rig.count(tally.build());
        }

        ScanReport report = rig.report(scan);
        assertThat(report.getSerializedSize()).isLessThan(Topics.LARGEST_RECORD);
        assertThat(report.getWorkloadsCount() + report.getWorkloadsOmitted()).isEqualTo(18_000);
        assertThat(report.getDriftsCount() + report.getDriftsOmitted()).isEqualTo(3_000);
        assertThat(report.getWorkloadDriftsCount() + report.getWorkloadDriftsOmitted())
                .isEqualTo(6_000);
        assertThat(report.getWorkloadsList().subList(0, 3))
                .extracting(WorkloadCount::getDrifted)
                .containsOnly(1);
        assertThat(report.getCursor()).isNotEmpty();
    }

    @Test
    void forgetsWhatIsLongOver() {
        rig.watched(TEST);
        String scan = rig.ask("{}");
        rig.countAll(rig.tally(scan, TEST, 5)).countAll(rig.tally("0-77", TEST, 5));
        assertThat(rig.remembered()).isEqualTo(2 + 3);

        rig.pass(Duration.ofMinutes(25));

        assertThat(rig.remembered()).isZero();
    }
}
