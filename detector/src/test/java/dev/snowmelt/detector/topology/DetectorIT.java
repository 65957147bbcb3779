package dev.snowmelt.detector.topology;

import static dev.snowmelt.detector.topology.Sample.CART;
import static dev.snowmelt.detector.topology.Sample.WEB;
import static dev.snowmelt.detector.topology.Sample.declaration;
import static dev.snowmelt.detector.topology.Sample.observed;
import static dev.snowmelt.detector.topology.Sample.pod;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.snowmelt.sandbox.kafka.EmbeddedKafka;
import dev.snowmelt.schemas.id.SubjectKey;
import dev.snowmelt.streams.StreamsSettings;
import dev.snowmelt.v1.Verdict;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The detector against a real broker.
@Timeout(120)
class DetectorIT {
    private static final Logger LOG = LoggerFactory.getLogger(DetectorIT.class);
    private static final Duration RESTART_WITHIN = Duration.ofSeconds(15);
    private static final DetectorSettings HEAP = DetectorSettings.DEFAULT.with(DetectorSettings.Storage.MEMORY);

    private static EmbeddedKafka kafka;

    @TempDir
    Path folder;

    @BeforeAll
    static void start() {
        kafka = EmbeddedKafka.start(1);
    }

    @AfterAll
    static void stop() {
        kafka.close();
    }

    private Detector detector(Broker broker, String member) {
        return detector(broker, member, DetectorSettings.DEFAULT);
    }

    private Detector detector(Broker broker, String member, DetectorSettings judging) {
        var settings = StreamsSettings.of(broker.bootstrapServers(), folder).withMember(member);
        return new Detector(broker.topics(), judging, settings, new SimpleMeterRegistry());
    }

    private static Duration untilReady(Detector detector) {
        long started = System.nanoTime();
        detector.start();
        await().atMost(Duration.ofSeconds(60))
                .pollInterval(Duration.ofMillis(20))
                .until(() -> detector.unready().isEmpty());
        return Duration.ofNanos(System.nanoTime() - started);
    }

    @Test
    void tellsWhatItSeesAndIsReadyAgainWithinSecondsAfterARestart() {
        try (var broker = new Broker(kafka, "restart.", 4, 1)) {
            broker.declare(declaration(CART, 'a'));
            broker.watch(CART, observed(pod(CART, 1), 'b'));
            try (var detector = detector(broker, "")) {
                LOG.atInfo().addKeyValue("took", untilReady(detector)).log("first start");
                await().atMost(Duration.ofSeconds(30)).until(() -> state(broker, 1) == Verdict.State.DRIFTED);
            }

            try (var detector = detector(broker, "")) {
                var took = untilReady(detector);

                LOG.atInfo().addKeyValue("took", took).log("restart");
                // A second on an idle machine; waiting out Kafka's default session timeout would be 45 s.
                assertThat(took).isLessThan(RESTART_WITHIN);
                broker.watch(CART, observed(pod(CART, 1), 'a'));
                await().atMost(Duration.ofSeconds(30)).until(() -> state(broker, 1) == Verdict.State.CONFORMANT);
            }
        }
    }

    @Test
    void keepsItsPlaceInTheGroupUnderAName() {
        try (var broker = new Broker(kafka, "static.", 4, 1)) {
            try (var detector = detector(broker, "detector-0")) {
                untilReady(detector);
            }

            try (var detector = detector(broker, "detector-0")) {
                var took = untilReady(detector);

                LOG.atInfo().addKeyValue("took", took).log("restart of a static member");
                assertThat(took).isLessThan(RESTART_WITHIN);
                broker.declare(declaration(CART, 'a'));
                broker.watch(CART, observed(pod(CART, 2), 'b'));
                await().atMost(Duration.ofSeconds(30)).until(() -> state(broker, 2) == Verdict.State.DRIFTED);
            }
        }
    }

    @Test
    void restoresWhatItKeptInTheHeap() {
        try (var broker = new Broker(kafka, "heap.", 4, 1)) {
            broker.declare(declaration(CART, 'a'));
            broker.watch(CART, observed(pod(CART, 1), 'b'));
            try (var detector = detector(broker, "", HEAP)) {
                untilReady(detector);
                await().atMost(Duration.ofSeconds(30)).until(() -> state(broker, 1) == Verdict.State.DRIFTED);
            }

            try (var detector = detector(broker, "", HEAP)) {
                untilReady(detector);
                // Only who knows the instance can judge it again.
                broker.declare(declaration(CART, 'b', 'a'));

                await().atMost(Duration.ofSeconds(30)).until(() -> state(broker, 1) == Verdict.State.CONFORMANT);
            }
        }
    }

    /// What docs/operations.md calls the reset: a pod goes while nobody looks, and what is read
    /// again holds revisions by which the other one would be a snowflake.
    @Test
    void findsItsWayBackWhenItsChangelogsWereRemoved() throws Exception {
        try (var broker = new Broker(kafka, "reset.", 2, 1);
                var admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()))) {
            broker.declare(declaration(CART, 'b'));
            broker.declare(declaration(CART, 'c', 'b'));
            broker.declare(declaration(CART, 'a', 'c', 'b'));
            broker.watch(CART, observed(pod(CART, 1), 'a'));
            broker.watch(CART, observed(pod(CART, 2), 'd'));
            broker.watch(WEB, observed(pod(WEB, 1), 'a'));
            try (var detector = detector(broker, "detector-0", HEAP)) {
                untilReady(detector);
                await().atMost(Duration.ofSeconds(30)).until(() -> state(broker, 2) == Verdict.State.DRIFTED);
                await().atMost(Duration.ofSeconds(30)).until(() -> state(broker, 1) == Verdict.State.CONFORMANT);
                await().atMost(Duration.ofSeconds(30))
                        .until(() -> broker.world().containsKey(SubjectKey.parse(WEB + "|")));
            }
            List<String> changelogs = admin.listTopics().names().get(30, TimeUnit.SECONDS).stream()
                    .filter(name -> name.startsWith("reset.detector-"))
                    .toList();
            admin.deleteTopics(changelogs).all().get(30, TimeUnit.SECONDS);
            await().atMost(Duration.ofSeconds(30))
                    .until(() -> admin.listTopics().names().get(30, TimeUnit.SECONDS).stream()
                            .noneMatch(changelogs::contains));
            broker.watch(CART, observed(pod(CART, 1), 'a'));
            String first = Rig.key(CART, pod(CART, 1));
            int before = broker.history(first).size();

            // Its place in the group is still taken, for as long as its session lasts.
            try (var detector = detector(broker, "detector-0", HEAP)) {
                untilReady(detector);
                broker.watch(CART, observed(pod(CART, 3), 'b'));
                await().atMost(Duration.ofSeconds(30)).until(() -> state(broker, 3) == Verdict.State.OUTDATED);
                assertThat(state(broker, 2)).isEqualTo(Verdict.State.DRIFTED);
            }
            // It dies before a snapshot says who went; its stores are in the changelogs.
            try (var detector = detector(broker, "detector-0", HEAP)) {
                untilReady(detector);
                snapshotOfTwo(broker);

                await().atMost(Duration.ofSeconds(30))
                        .until(() -> !broker.world().containsKey(SubjectKey.parse(Rig.key(CART, pod(CART, 2)))));
                await().atMost(Duration.ofSeconds(30))
                        .until(() -> broker.world().keySet().stream()
                                .noneMatch(key -> key.toString().startsWith(WEB)));
            }
            assertThat(broker.history(first)
                            .subList(before, broker.history(first).size()))
                    .isNotEmpty()
                    .containsOnly(Verdict.State.CONFORMANT);
            assertThat(changelogs).contains("reset.detector-declarations-changelog");
        }
    }

    /// The first and the third pod are there.
    private static void snapshotOfTwo(Broker broker) {
        broker.marker(Sample.begin(Sample.TARGET), 5);
        broker.list(CART, observed(pod(CART, 1), 'a'), 5);
        broker.list(CART, observed(pod(CART, 3), 'b'), 5);
        byte[] key = Keys.utf8(CART);
        int mine = Keys.partition(key, key.length, broker.topics().partitions());
        broker.markers(partition -> Sample.end(Sample.TARGET, partition == mine ? 2 : 0, 2, true), 5);
    }

    @Test
    void putsAsideWhatATopicWithAnotherLimitDoesNotTake() throws Exception {
        var meters = new SimpleMeterRegistry();
        try (var broker = new Broker(kafka, "limit.", 1, 1)) {
            var settings = StreamsSettings.of(broker.bootstrapServers(), folder);
            limit(broker.topics().verdicts().name(), 20_000);
            try (var detector = new Detector(broker.topics(), HEAP, settings, meters)) {
                untilReady(detector);
                broker.declare(declaration(CART, 'a'));
                // No compression makes that smaller than half.
                var random = new Random(1)
                        .ints(60_000, '0', '~')
                        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append);
                broker.watch(CART, Sample.status(CART, 1, 1, random.toString()));
                broker.watch(CART, observed(pod(CART, 1), 'b'));

                await().atMost(Duration.ofSeconds(30)).until(() -> state(broker, 1) == Verdict.State.DRIFTED);
                await().atMost(Duration.ofSeconds(30)).until(() -> tooLarge(meters) > 0);
                await().atMost(Duration.ofSeconds(30))
                        .until(() -> end(broker.topics().deadLetters().name()) > 0);
                assertThat(detector.failed()).isFalse();
            }
        }
    }

    private static double tooLarge(SimpleMeterRegistry meters) {
        return meters.get("snowmelt.detector.too.large").functionCounter().count();
    }

    private static void limit(String topic, int bytes) throws Exception {
        try (var admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()))) {
            admin.incrementalAlterConfigs(Map.of(
                            new ConfigResource(ConfigResource.Type.TOPIC, topic),
                            List.of(new AlterConfigOp(
                                    new ConfigEntry("max.message.bytes", Integer.toString(bytes)),
                                    AlterConfigOp.OpType.SET))))
                    .all()
                    .get();
        }
    }

    private static long end(String topic) throws Exception {
        try (var admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()))) {
            var partition = new TopicPartition(topic, 0);
            return admin.listOffsets(Map.of(partition, OffsetSpec.latest()))
                    .partitionResult(partition)
                    .get()
                    .offset();
        }
    }

    private static Verdict.State state(Broker broker, int pod) {
        return broker.verdict(Rig.key(CART, pod(CART, pod))).getInstance().getState();
    }
}
