package dev.snowmelt.detector.scan;

import static dev.snowmelt.detector.scan.ScanWorld.CART;
import static dev.snowmelt.detector.scan.ScanWorld.PARTITIONS;
import static dev.snowmelt.detector.scan.ScanWorld.SEARCH;
import static dev.snowmelt.detector.scan.ScanWorld.SOON;
import static dev.snowmelt.detector.scan.ScanWorld.TARGET;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.snowmelt.detector.collect.Collector;
import dev.snowmelt.detector.topology.Detector;
import dev.snowmelt.sandbox.kafka.EmbeddedKafka;
import dev.snowmelt.v1.CollectorStatus;
import dev.snowmelt.v1.Observation;
import dev.snowmelt.v1.ScanCut;
import dev.snowmelt.v1.ScanReport;
import dev.snowmelt.v1.ScanReport.Result;
import dev.snowmelt.v1.ScanReport.WorkloadCount;
import dev.snowmelt.v1.SnapshotBegin;
import dev.snowmelt.v1.SnapshotEnd;
import dev.snowmelt.v1.Verdict;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Scans from request to report, and everything that may go wrong in between: never a wrong
/// "clean".
@Timeout(240)
class ScanIT {
    private static EmbeddedKafka kafka;

    @TempDir
    Path folder;

    private ScanWorld world;

    @BeforeAll
    static void startKafka() {
        kafka = EmbeddedKafka.start(1);
    }

    @AfterAll
    static void stopKafka() {
        kafka.close();
    }

    @BeforeEach
    void start() throws Exception {
        world = new ScanWorld(kafka, folder);
    }

    @AfterEach
    void stop() {
        world.close();
    }

    private static String within(Duration duration) {
        return "{\"deadline\":\"" + Instant.now().plus(duration) + "\"}";
    }

    @Test
    void isCleanUntilAPodIsEditedAndCleanAgainWhenItIsReplaced() throws Exception {
        world.start();

        ScanReport clean = world.report(world.scan("{\"scope\":{\"targets\":[\"k8s:test\"]}}"));
        String pod =
                world.cluster.podsOf("shop", "cart").getFirst().getMetadata().getName();
        world.cluster.images().pushTag(ScanWorld.REPOSITORY + ":hotfix", ScanWorld.digest('c'));
        world.cluster.editInPlace("shop", pod, "cart", ScanWorld.REPOSITORY + ":hotfix");
        // Within the ten seconds no list is taken: the watch has told it.
        ScanReport drift = awaitResult(Result.DRIFT);
        world.cluster.delete(io.fabric8.kubernetes.api.model.Pod.class, "shop", pod);
        world.cluster.awaitSettled(SOON);
        ScanReport again = awaitResult(Result.CLEAN);

        assertThat(clean.getResult()).as("%s", clean).isEqualTo(Result.CLEAN);
        assertThat(clean.getTotal().getConformant()).isEqualTo(5);
        assertThat(drift.getDriftsList())
                .singleElement()
                .satisfies(verdict -> assertThat(verdict.getInstance()).contains("/pod/" + pod + "/"));
        assertThat(drift.getWorkloadsList().getFirst().getWorkload()).isEqualTo(CART);
        assertThat(again.getTotal().getConformant()).isEqualTo(5);
    }

    private ScanReport awaitResult(Result result) {
        var last = new ScanReport[1];
        await().atMost(SOON).until(() -> {
            last[0] = world.report(world.scan("{}"));
            return last[0].getResult() == result;
        });
        return last[0];
    }

    @Test
    void answersScansOfDifferentScopeAtOnce() {
        world.declare(SEARCH, 'b');
        world.declare(CART, 'a');
        world.detector();
        world.scanner();
        world.watching(UnaryOperator.identity());

        String cart = world.scan("{\"scope\":{\"workloads\":[\"" + CART + "\"]}}");
        String search = world.scan("{\"scope\":{\"workloads\":[\"" + SEARCH + "\"],\"limit\":1}}");
        String all = world.scan("{}");
        String nowhere = world.scan("{\"scope\":{\"targets\":[\"k8s:nowhere\",\"k8s:test\"]}}");
        String unknown = world.scan("{\"scope\":{\"workloads\":[\"" + CART + "-2\"]}}");

        assertThat(world.report(cart).getResult()).as("%s", world.report(cart)).isEqualTo(Result.CLEAN);
        assertThat(world.report(cart).getTotal().getConformant()).isEqualTo(3);
        assertThat(world.report(search).getResult()).isEqualTo(Result.DRIFT);
        assertThat(world.report(search).getDriftsCount()).isEqualTo(1);
        assertThat(world.report(search).getDriftsOmitted()).isEqualTo(1);
        assertThat(world.report(search).getCursor()).startsWith(SEARCH + "|");
        assertThat(world.report(all).getResult()).isEqualTo(Result.DRIFT);
        assertThat(world.report(all).getWorkloadsList())
                .extracting(WorkloadCount::getWorkload)
                .containsExactly(SEARCH, CART);
        assertThat(world.report(all).getDriftsList())
                .extracting(Verdict::getState)
                .containsOnly(Verdict.State.DRIFTED);
        assertThat(world.report(nowhere).getResult()).isEqualTo(Result.INCOMPLETE);
        assertThat(world.report(nowhere).getSilentList()).containsExactly("k8s:nowhere");
        assertThat(world.report(nowhere).getDriftsCount()).isEqualTo(2);
        assertThat(world.report(unknown).getResult()).isEqualTo(Result.INCOMPLETE);
        assertThat(world.report(unknown).getProblems(0)).contains("nobody has seen");
    }

    @Test
    void takesAtMostOneListForAThousandScansAndReportsAll() {
        world.start();
        long lists = world.lists();

        List<String> scans = world.scans("{}", 1_000);

        for (String scan : scans) {
            assertThat(world.report(scan).getResult())
                    .as("%s", world.report(scan))
                    .isEqualTo(Result.CLEAN);
        }
        assertThat(world.lists() - lists).isLessThanOrEqualTo(1);
    }

    @Test
    void isIncompleteWhenTheCollectorDiesInTheMiddleAndAnsweredByTheNext() {
        world.declare(CART, 'a');
        world.declare(SEARCH, 'a');
        world.detector();
        world.scanner();
        Collector first = world.watching(settings -> settings.withReuse(Duration.ZERO));
        long lists = world.lists();
        world.cluster.faults().latency("list", "pods", Duration.ofSeconds(60));
        String impatient = world.scan(within(Duration.ofSeconds(6)));
        String patient = world.scan(within(Duration.ofMinutes(2)));
        await().atMost(SOON).until(() -> world.lists() > lists);

        first.close();
        ScanReport dead = world.report(impatient);
        boolean early = world.reported(patient);
        world.cluster.faults().clear();
        world.collector(UnaryOperator.identity());

        assertThat(dead.getResult()).isEqualTo(Result.INCOMPLETE);
        assertThat(dead.getSilentList()).containsExactly(TARGET);
        assertThat(dead.getTargets(0).getProblem()).contains("did not answer before the deadline");
        assertThat(early).isFalse();
        assertThat(world.report(patient).getResult())
                .as("%s", world.report(patient))
                .isEqualTo(Result.CLEAN);
    }

    /// Partitions go to a second detector while a list is under way, and all to it when the first is
    /// closed while the next one is.
    @Test
    void isNeverWronglyCleanWhilePartitionsMove() throws Exception {
        world.declare(CART, 'a');
        world.declare(SEARCH, 'a');
        Detector first = world.detector();
        world.scanner();
        world.watching(settings -> settings.withReuse(Duration.ZERO));
        world.cluster.faults().latency("list", "pods", Duration.ofSeconds(2));
        world.cluster.images().pushTag(ScanWorld.REPOSITORY + ":hotfix", ScanWorld.digest('c'));

        String joining = scanThatIsListed();
        Detector second = world.anotherDetector();
        String joined = scanThatIsListed();
        await().atMost(SOON).until(() -> second.unready().isEmpty());
        ScanReport shared = awaitResult(Result.CLEAN);

        String pod =
                world.cluster.podsOf("shop", "cart").getFirst().getMetadata().getName();
        String leaving = scanThatIsListed();
        Thread closing = Thread.ofVirtual().start(first::close);
        world.cluster.editInPlace("shop", pod, "cart", ScanWorld.REPOSITORY + ":hotfix");
        world.cluster.awaitSettled(SOON);
        String edited = scanThatIsListed();
        closing.join();
        String left = world.scan("{}");
        ScanReport moved = awaitResult(Result.DRIFT);

        assertThat(shared.getTotal().getConformant()).isEqualTo(5);
        for (String scan : List.of(joining, joined)) {
            assertThat(world.report(scan))
                    .satisfiesAnyOf(
                            report -> assertThat(report.getResult()).isEqualTo(Result.INCOMPLETE),
                            this::allAreConformant);
        }
        assertThat(world.report(leaving))
                .satisfiesAnyOf(
                        report -> assertThat(report.getResult()).isEqualTo(Result.INCOMPLETE),
                        this::allAreConformant,
                        this::oneDrifted);
        for (String scan : List.of(edited, left)) {
            assertThat(world.report(scan))
                    .satisfiesAnyOf(
                            report -> assertThat(report.getResult()).isEqualTo(Result.INCOMPLETE), this::oneDrifted);
        }
        oneDrifted(moved);
    }

    private String scanThatIsListed() {
        long lists = world.lists();
        String scan = world.scan("{}");
        await().atMost(SOON).until(() -> world.lists() > lists);
        return scan;
    }

    private void allAreConformant(ScanReport report) {
        assertThat(report.getResult()).isEqualTo(Result.CLEAN);
        assertThat(report.getTotal().getConformant()).isEqualTo(5);
    }

    private void oneDrifted(ScanReport report) {
        assertThat(report.getResult()).isEqualTo(Result.DRIFT);
        assertThat(report.getTotal().getConformant()).isEqualTo(4);
        assertThat(report.getTotal().getDrifted()).isEqualTo(1);
        assertThat(report.getDriftsCount()).isEqualTo(1);
    }

    @Test
    void waitsForADetectorThatIsRestarted() {
        world.declare(CART, 'a');
        world.declare(SEARCH, 'a');
        Detector detector = world.detector();
        world.scanner();
        world.watching(UnaryOperator.identity());
        assertThat(world.report(world.scan("{}")).getResult()).isEqualTo(Result.CLEAN);

        detector.close();
        String scan = world.scan(within(Duration.ofMinutes(2)));
        String impatient = world.scan(within(Duration.ofSeconds(4)));
        ScanReport without = world.report(impatient);
        world.detector();

        assertThat(without.getResult()).isEqualTo(Result.INCOMPLETE);
        assertThat(world.report(scan).getResult()).as("%s", world.report(scan)).isEqualTo(Result.CLEAN);
    }

    @Test
    void outlivesARestartOfTheScannerItself() {
        world.declare(CART, 'a');
        world.declare(SEARCH, 'a');
        Scanner scanner = world.scanner();
        String scan = world.scan(within(Duration.ofMinutes(2)));
        scanner.close();
        world.detector();
        world.watching(UnaryOperator.identity());

        world.scanner();

        assertThat(world.report(scan).getResult()).as("%s", world.report(scan)).isEqualTo(Result.CLEAN);
    }

    @Test
    void isIncompleteWhenTheCollectorDoubtsWhatItSees() throws Exception {
        world.declare(CART, 'a');
        world.detector();
        world.scanner();
        world.cluster.workloads().deployment("shop", "many", ScanWorld.pinned('a'), 12);
        world.cluster.awaitSettled(SOON);
        world.watching(settings -> settings.withReuse(Duration.ZERO));
        for (String workload : List.of("many", "search", "cart")) {
            world.cluster.delete(io.fabric8.kubernetes.api.model.apps.Deployment.class, "shop", workload);
        }
        await().atMost(SOON).until(() -> world.cluster.pods("shop").isEmpty());

        ScanReport report = world.report(world.scan(within(Duration.ofSeconds(20))));

        assertThat(report.getResult()).isEqualTo(Result.INCOMPLETE);
        assertThat(report.getTargets(0).getProblem()).contains("saw 0 instances where there were 17");
    }

    @Test
    void isIncompleteWhenRecordsWereLost() {
        String target = "k8s:hand";
        world.detector();
        world.scanner();
        world.status(CollectorStatus.newBuilder()
                .setCollector("hand")
                .setTarget(target)
                .setKind("kubernetes")
                .build());
        String scan = world.scan("{\"scope\":{\"targets\":[\"k8s:hand\"]}}");
        for (int partition = 0; partition < PARTITIONS; partition++) {
            world.observe(
                    partition,
                    null,
                    Observation.newBuilder()
                            .setBegin(SnapshotBegin.newBuilder().setTarget(target))
                            .build(),
                    7);
            world.observe(
                    partition,
                    null,
                    Observation.newBuilder()
                            .setEnd(SnapshotEnd.newBuilder()
                                    .setTarget(target)
                                    .setBelievable(true)
                                    .setInstances(1)
                                    .setRecordsOnPartition(partition == 1 ? 1 : 0))
                            .build(),
                    7);
            world.observe(
                    partition,
                    null,
                    Observation.newBuilder()
                            .setScanCut(ScanCut.newBuilder()
                                    .setTarget(target)
                                    .setSnapshot(7)
                                    .setCollector("hand")
                                    .addScans(ScanCut.Asked.newBuilder().setScan(scan)))
                            .build(),
                    7);
        }

        assertThat(world.report(scan).getResult()).isEqualTo(Result.INCOMPLETE);
        assertThat(world.report(scan).getTargets(0).getProblem())
                .contains("partition 1")
                .contains("wrote 1 records")
                .contains("0 were usable");
    }

    @Test
    void isIncompleteWhenTheApiServerFailsTheList() {
        world.declare(CART, 'a');
        world.detector();
        world.scanner();
        world.watching(settings -> settings.withReuse(Duration.ZERO));
        world.cluster.faults().failNext(1_000, "list", "*", 503);

        ScanReport report = world.report(world.scan(within(Duration.ofSeconds(8))));

        assertThat(report.getResult()).isEqualTo(Result.INCOMPLETE);
        assertThat(report.getTargets(0).getProblem()).contains("did not answer").contains("503");
    }
}
