package dev.snowmelt.detector.collect.kubernetes;

import static dev.snowmelt.detector.collect.kubernetes.CollectorFixture.PARTITIONS;
import static dev.snowmelt.detector.collect.kubernetes.CollectorFixture.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.snowmelt.detector.collect.Collector;
import dev.snowmelt.detector.collect.ObservationLog;
import dev.snowmelt.detector.collect.ObservationLog.Entry;
import dev.snowmelt.sandbox.cluster.SimulatedCluster;
import dev.snowmelt.sandbox.kafka.EmbeddedKafka;
import dev.snowmelt.schemas.id.RecordId;
import dev.snowmelt.v1.Observation.WhatCase;
import dev.snowmelt.v1.ScanCut;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What a collector does for scans.
class ScansIT {
    /// Bound of one ScanCut, as `ScanAnswers` has it.
    private static final int MOST_SCANS = 500;

    private static final String CART = KubernetesCollectorIT.CART;

    private static EmbeddedKafka kafka;

    private SimulatedCluster cluster;
    private CollectorFixture fixture;
    private ObservationLog log;

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
        // Lists by pages, so that the ledger tells them from watches.
        cluster = SimulatedCluster.builder()
                .startDelay(Duration.ofMillis(20))
                .watchList(false)
                .start();
        cluster.images().pushTag(CART, "sha256:" + "1".repeat(64));
        cluster.workloads().deployment("shop", "cart", CART, 3);
        cluster.awaitSettled(SOON);
        fixture = new CollectorFixture(kafka);
        log = fixture.log;
    }

    @AfterEach
    void stop() {
        fixture.close();
        cluster.close();
    }

    private List<Entry> cuts() {
        return log.all(entry -> entry.is(WhatCase.SCAN_CUT));
    }

    /// Ids answered by now on every partition.
    private Set<String> answered() {
        List<Set<String>> byPartition = new ArrayList<>();
        for (int partition = 0; partition < PARTITIONS; partition++) {
            var ids = new HashSet<String>();
            for (Entry cut : cuts()) {
                if (cut.partition() == partition) {
                    cut.value().getScanCut().getScansList().forEach(asked -> ids.add(asked.getScan()));
                }
            }
            byPartition.add(ids);
        }
        var everywhere = new HashSet<>(byPartition.getFirst());
        byPartition.forEach(everywhere::retainAll);
        return everywhere;
    }

    private void awaitAnswered(RecordId... ids) {
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(answered())
                        .contains(List.of(ids).stream().map(RecordId::toString).toArray(String[]::new)));
    }

    @Test
    void answersWithTheLastSnapshotWhileThatIsFresh() {
        fixture.watching(cluster.kubernetesConfig());
        long lists = cluster.ledger().count("list pods");

        RecordId scan = fixture.scan("{\"scope\":{\"targets\":[\"k8s:test\"]}}");

        awaitAnswered(scan);
        assertThat(cluster.ledger().count("list pods")).isEqualTo(lists);
        long snapshot = List.copyOf(log.ends().keySet()).getLast();
        assertThat(cuts()).hasSize(PARTITIONS).allSatisfy(cut -> {
            assertThat(cut.key()).isNull();
            assertThat(cut.header().snapshot()).isEqualTo(snapshot);
            assertThat(cut.value().getScanCut().getSnapshot()).isEqualTo(snapshot);
            assertThat(cut.value().getScanCut().getCollector()).isEqualTo("kubernetes/k8s:test");
            assertThat(log.all(entry -> entry.partition() == cut.partition() && entry.is(WhatCase.END)))
                    .allSatisfy(end -> assertThat(end.offset()).isLessThan(cut.offset()));
        });
    }

    @Test
    void takesOneListForABurst() {
        fixture.watching(cluster.kubernetesConfig());
        long lists = cluster.ledger().count("list pods");
        var scans = new ArrayList<RecordId>();

        for (int i = 0; i < 1_000; i++) {
            scans.add(fixture.scan("{}"));
        }

        awaitAnswered(scans.toArray(RecordId[]::new));
        // The first snapshot may be older than the last of the requests on a slow machine.
        assertThat(cluster.ledger().count("list pods") - lists).isLessThanOrEqualTo(1);
        assertThat(cuts())
                .extracting(cut -> cut.value().getScanCut().getScansCount())
                .allSatisfy(count -> assertThat(count).isLessThanOrEqualTo(MOST_SCANS));
    }

    @Test
    void takesANewListWhenTheLastSnapshotIsTooOld() {
        fixture.watching(
                fixture.collector(cluster.kubernetesConfig(), settings -> settings.withReuse(Duration.ofMillis(1))));
        long lists = cluster.ledger().count("list pods");

        RecordId scan = fixture.scan("{\"scope\":{\"workloads\":[\"k8s:test/shop/Deployment/cart\"],\"limit\":3}}");

        awaitAnswered(scan);
        assertThat(cluster.ledger().count("list pods")).isEqualTo(lists + 1);
        assertThat(log.begins().getLast().value().getBegin().getScan()).isEqualTo(scan.toString());
        assertThat(cuts().getFirst().value().getScanCut().getScans(0))
                .isEqualTo(ScanCut.Asked.newBuilder()
                        .setScan(scan.toString())
                        .addWorkloads("k8s:test/shop/Deployment/cart")
                        .setLimit(3)
                        .build());
    }

    /// A refused watch tells nothing, so the last snapshot may be wrong since.
    @Test
    void takesANewListWhileAWatchIsDown() throws Exception {
        Duration reuse = Duration.ofSeconds(3);
        fixture.watching(fixture.collector(cluster.kubernetesConfig(), settings -> settings.withReuse(reuse)));
        long first = List.copyOf(log.ends().keySet()).getLast();
        long lists = cluster.ledger().count("list pods");
        cluster.faults().failNext(1_000, "watch", "pods", 429);
        cluster.dropWatches();
        await().atMost(SOON).until(() -> fixture.problems().contains("answered 429"));
        String pod = cluster.podsOf("shop", "cart").getFirst().getMetadata().getName();
        cluster.images().pushTag("registry.example/shop/cart:hotfix", "sha256:" + "2".repeat(64));
        cluster.editInPlace("shop", pod, "cart", "registry.example/shop/cart:hotfix");
        cluster.awaitSettled(SOON);

        awaitAnswered(fixture.scan("{}"));
        awaitAnswered(fixture.scan("{}"));

        assertThat(cuts()).allSatisfy(cut -> assertThat(cut.header().snapshot()).isGreaterThan(first));
        assertThat(cluster.ledger().count("list pods")).isEqualTo(lists + 2);
        List<Long> begun = log.begins().stream()
                .filter(begin -> begin.partition() == 0)
                .map(begin -> begin.header().observedAtMillis())
                .toList();
        assertThat(begun.get(2) - begun.get(1))
                .as("one list in this time")
                .isGreaterThan(reuse.minusMillis(500).toMillis());
    }

    @Test
    void answersWithTheLastSnapshotWhenTheWatchIsBack() {
        Duration reuse = Duration.ofSeconds(60);
        fixture.watching(fixture.collector(cluster.kubernetesConfig(), settings -> settings.withReuse(reuse)));
        long lists = cluster.ledger().count("list pods");
        cluster.faults().failNext(3, "watch", "pods", 503);
        cluster.dropWatches();
        await().atMost(SOON).until(() -> fixture.problems().contains("answered 503"));

        RecordId scan = fixture.scan("{}");

        awaitAnswered(scan);
        assertThat(fixture.problems()).isEmpty();
        assertThat(cluster.ledger().count("list pods")).isEqualTo(lists);
    }

    @Test
    void passesOverWhatIsNotItsOwnOrCannotBeRead() {
        fixture.watching(cluster.kubernetesConfig());

        fixture.scan("{\"scope\":{\"targets\":[\"k8s:other\"]}}");
        fixture.scan("no request");
        fixture.scan("{\"scope\":{\"targets\":[\"nonsense\"]}}");
        fixture.scan("{\"deadline\":\"2020-01-01T00:00:00Z\"}");
        RecordId good = fixture.scan("{}");

        awaitAnswered(good);
        assertThat(answered()).containsExactly(good.toString());
    }

    @Test
    void answersWhatWasAskedBeforeItBecameActive() {
        RecordId scan = fixture.scan("{}");

        fixture.watching(cluster.kubernetesConfig());

        awaitAnswered(scan);
        assertThat(cluster.ledger().count("list pods")).isEqualTo(1);
    }

    @Test
    void answersThroughTheNextLeaderWhatAKilledOneLeftOpen() throws Exception {
        Collector first = fixture.watching(
                fixture.collector(cluster.kubernetesConfig(), settings -> settings.withReuse(Duration.ZERO)));
        cluster.faults().latency("list", "pods", Duration.ofSeconds(60));
        RecordId scan = fixture.scan("{}");
        await().atMost(SOON).until(() -> log.begins().size() == 2 * PARTITIONS);

        first.close();
        cluster.faults().clear();
        Collector second = fixture.collector(cluster.kubernetesConfig());
        second.start();

        awaitAnswered(scan);
        assertThat(cuts()).allSatisfy(cut -> assertThat(cut.header().epoch()).isEqualTo(2));
    }

    @Test
    void saysNothingWhenTheListFailsUntilItSucceeds() {
        fixture.watching(fixture.collector(cluster.kubernetesConfig(), settings -> settings.withReuse(Duration.ZERO)));
        cluster.faults().failNext(2, "list", "pods", 500);

        RecordId scan = fixture.scan("{}");

        await().atMost(SOON).until(() -> log.begins().size() >= 2 * PARTITIONS);
        awaitAnswered(scan);
        long snapshot = cuts().getFirst().header().snapshot();
        assertThat(log.ends()).containsKey(snapshot);
        assertThat(log.begins())
                .extracting(begin -> begin.header().snapshot())
                .filteredOn(id -> id < snapshot)
                .hasSize(3 * PARTITIONS);
    }
}
