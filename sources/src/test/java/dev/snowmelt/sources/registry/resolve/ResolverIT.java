package dev.snowmelt.sources.registry.resolve;

import static dev.snowmelt.sources.registry.resolve.InMemoryRegistry.digest;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.snowmelt.sandbox.kafka.EmbeddedKafka;
import dev.snowmelt.schemas.id.InstanceId;
import dev.snowmelt.schemas.id.SubjectKey;
import dev.snowmelt.schemas.id.WorkloadId;
import dev.snowmelt.schemas.topic.Topic;
import dev.snowmelt.schemas.topic.TopicProvisioning;
import dev.snowmelt.schemas.topic.Topics;
import dev.snowmelt.sources.registry.RegistryException.Kind;
import dev.snowmelt.v1.Declaration;
import dev.snowmelt.v1.DeclarationSpec;
import dev.snowmelt.v1.DeclaredContainer;
import dev.snowmelt.v1.Drift;
import dev.snowmelt.v1.Proposal;
import dev.snowmelt.v1.Resolution;
import dev.snowmelt.v1.ResolvedDigest;
import dev.snowmelt.v1.Revision;
import dev.snowmelt.v1.Verdict;
import dev.snowmelt.v1.VerdictRecord;
import dev.snowmelt.v1.WorkloadVerdict;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// The role over a broker: what it proposes, when, and what it does not repeat.
class ResolverIT {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String IMAGE = "reg.test/cart:1@" + digest('a');
    private static EmbeddedKafka kafka;
    private static int test;

    private final InMemoryRegistry registry = new InMemoryRegistry()
            .image("reg.test/cart", 'a', 'c')
            .image("reg.test/cart", '1', 'c')
            .image("reg.test/cart", '2', 'd');
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final Topics topics = new Topics("t" + ++test + ".", 3);
    private final WorkloadId cart = WorkloadId.parse("k8s:test/shop/Deployment/cart");

    @BeforeAll
    static void startKafka() {
        kafka = EmbeddedKafka.start(1);
    }

    @AfterAll
    static void stopKafka() {
        kafka.close();
    }

    @BeforeEach
    void createTopics() throws InterruptedException {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()))) {
            new TopicProvisioning(admin, 1, 1, Duration.ofSeconds(30)).provision(topics);
        }
    }

    private Resolver resolver() {
        var settings = ResolverSettings.of(topics.id("resolver"), Map.of("bootstrap.servers", kafka.bootstrapServers()))
                .with(Duration.ofMillis(50), Duration.ofMillis(400), Duration.ofMillis(300));
        var resolver = new Resolver(topics, settings, registry, Proposal::toByteArray, InstantSource.system(), meters);
        resolver.start();
        return resolver;
    }

    private <K, V> void write(Topic<K, V> topic, K key, @Nullable V value) throws Exception {
        try (var producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", kafka.bootstrapServers()),
                topic.keySerde().serializer(),
                topic.valueSerde().serializer())) {
            producer.send(topic.record(key, value)).get();
        }
    }

    private void declare(WorkloadId workload, Revision... revisions) throws Exception {
        write(
                topics.declarations(),
                workload,
                Declaration.newBuilder()
                        .setWorkload(workload.toString())
                        .addAllRevisions(List.of(revisions))
                        .build());
    }

    private static Revision revision(long number, String image, ResolvedDigest... resolved) {
        return Revision.newBuilder()
                .setNumber(number)
                .setSpec(DeclarationSpec.newBuilder()
                        .addContainers(DeclaredContainer.newBuilder()
                                .setName("app")
                                .setType(DeclaredContainer.Type.APP)
                                .setImage(image)))
                .addAllResolved(List.of(resolved))
                .build();
    }

    private SubjectKey pod(WorkloadId workload, int number) {
        return new SubjectKey.OfInstance(
                workload, InstanceId.pod(workload.target(), "shop", "cart-" + number, "uid-" + number));
    }

    private void runs(WorkloadId workload, int number, Verdict.State state, Drift.Kind kind, String image)
            throws Exception {
        write(
                topics.verdicts(),
                pod(workload, number),
                VerdictRecord.newBuilder()
                        .setInstance(Verdict.newBuilder()
                                .setState(state)
                                .setRevision(7)
                                .addDrifts(Drift.newBuilder()
                                        .setKind(kind)
                                        .setSubject("app")
                                        .setObserved(image)))
                        .build());
    }

    private void unverified(int number, char digest) throws Exception {
        runs(cart, number, Verdict.State.UNVERIFIED, Drift.Kind.IMAGE_UNRESOLVED, "reg.test/cart@" + digest(digest));
    }

    private List<Resolution> proposed() {
        List<Resolution> proposed = new ArrayList<>();
        List<TopicPartition> all = IntStream.range(0, topics.partitions())
                .mapToObj(partition -> new TopicPartition(topics.proposals().name(), partition))
                .toList();
        try (var consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", kafka.bootstrapServers()),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer())) {
            consumer.assign(all);
            consumer.seekToBeginning(all);
            Map<TopicPartition, Long> ends = consumer.endOffsets(all);
            while (all.stream().anyMatch(each -> consumer.position(each) < ends.getOrDefault(each, 0L))) {
                consumer.poll(Duration.ofMillis(100)).forEach(record -> {
                    Proposal proposal =
                            topics.proposals().valueSerde().deserializer().deserialize(record.topic(), record.value());
                    assertThat(proposal.hasExpiresAt()).isTrue();
                    proposed.add(proposal.getResolution());
                });
            }
        }
        return proposed;
    }

    private static List<String> told(List<Resolution> proposed) {
        return proposed.stream()
                .map(each -> each.getRevision() + " "
                        + each.getResolved().getDigest().charAt(7) + " "
                        + each.getResolved().getAccepted())
                .toList();
    }

    @Test
    void whatVerdictsLeaveOpenIsAskedOnceForAllInstancesAndProposed() throws Exception {
        declare(cart, revision(7, IMAGE));
        for (int pod = 0; pod < 5; pod++) {
            unverified(pod, '1');
        }
        unverified(5, '2');
        runs(cart, 6, Verdict.State.DRIFTED, Drift.Kind.IMAGE_MISMATCH, "reg.test/cart@" + digest('3'));

        try (var resolver = resolver()) {
            await().atMost(PATIENCE)
                    .untilAsserted(
                            () -> assertThat(told(proposed())).containsExactlyInAnyOrder("7 1 true", "7 2 false"));
            assertThat(resolver.problem()).isEmpty();
            assertThat(meters.get("snowmelt.resolver.pending").gauge().value()).isEqualTo(2);

            write(topics.verdicts(), pod(cart, 5), null);
            await().atMost(PATIENCE)
                    .until(() -> meters.get("snowmelt.resolver.pending").gauge().value() == 1);
        }
        Resolution accepted = proposed().stream()
                .filter(each -> each.getResolved().getAccepted())
                .findFirst()
                .orElseThrow();
        assertThat(accepted.getWorkload()).isEqualTo(cart.toString());
        assertThat(accepted.getResolved().getContainer()).isEqualTo("app");
        assertThat(accepted.getResolved().getType()).isEqualTo(DeclaredContainer.Type.APP);
        assertThat(accepted.getResolved().getDetail()).contains("same config");
        assertThat(registry.asked).doesNotHaveDuplicates().noneMatch(asked -> asked.endsWith(digest('3')));
    }

    @Test
    void whatARevisionAlreadyHasIsNotProposedAgainAfterARestart() throws Exception {
        var answer = ResolvedDigest.newBuilder()
                .setContainer("app")
                .setType(DeclaredContainer.Type.APP)
                .setDigest(digest('1'))
                .setAccepted(true)
                .build();
        declare(cart, revision(7, IMAGE, answer));
        unverified(1, '1');
        unverified(2, '2');

        try (var _ = resolver()) {
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(told(proposed())).containsExactly("7 2 false"));
        }
        assertThat(registry.asked).noneMatch(asked -> asked.endsWith(digest('1')));
    }

    @Test
    void aRegistryInTroubleTellsNothingUntilItIsBack() throws Exception {
        registry.trouble("reg.test", Kind.UNREACHABLE);
        declare(cart, revision(7, IMAGE));
        unverified(1, '1');
        unverified(2, '2');

        try (var resolver = resolver()) {
            await().atMost(PATIENCE)
                    .until(() -> meters.counter("snowmelt.resolver.requests", "result", "unreachable")
                                    .count()
                            >= 3);
            assertThat(proposed()).isEmpty();
            assertThat(resolver.problem()).isEmpty();

            registry.trouble("reg.test", null);

            await().atMost(PATIENCE)
                    .untilAsserted(
                            () -> assertThat(told(proposed())).containsExactlyInAnyOrder("7 1 true", "7 2 false"));
        }
    }

    @Test
    void aConfigThatIsNotKnownIsAskedTwiceBeforeItCounts() throws Exception {
        declare(cart, revision(7, IMAGE));
        runs(cart, 1, Verdict.State.UNVERIFIED, Drift.Kind.IMAGE_UNRESOLVED, digest('9'));

        try (var _ = resolver()) {
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(told(proposed())).containsExactly("7 9 false"));
        }
        assertThat(registry.asked)
                .filteredOn(asked -> asked.endsWith(digest('9')))
                .hasSize(2);
        assertThat(proposed().getFirst().getResolved().getDetail()).contains("config of no platform");
    }

    @Test
    void whatARegistryDoesNotKnowAnyMoreIsAskedAgainAndNeverCalledAnother() throws Exception {
        declare(cart, revision(7, IMAGE));
        unverified(1, '9');

        try (var _ = resolver()) {
            await().atMost(PATIENCE)
                    .until(() -> meters.counter("snowmelt.resolver.answers", "result", "unknown")
                                    .count()
                            >= 3);
            assertThat(proposed()).isEmpty();

            registry.image("reg.test/cart", '9', 'c'); // pushed again

            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(told(proposed())).containsExactly("7 9 true"));
        }
    }

    @Test
    void earlierRevisionsAndTemplatesAreAskedAboutToo() throws Exception {
        var other = WorkloadId.parse("k8s:test/shop/Deployment/other");
        registry.image("reg.test/cart", '8', 'd');
        declare(cart, revision(7, IMAGE), revision(6, "reg.test/cart@" + digest('8')), revision(5, IMAGE));
        declare(other, revision(1, IMAGE));
        runs(cart, 1, Verdict.State.UNVERIFIED, Drift.Kind.IMAGE_MISMATCH, "reg.test/cart@" + digest('2'));
        write(
                topics.verdicts(),
                new SubjectKey.OfWorkload(other),
                VerdictRecord.newBuilder()
                        .setWorkload(WorkloadVerdict.newBuilder()
                                .addDrifts(Drift.newBuilder()
                                        .setKind(Drift.Kind.IMAGE_UNRESOLVED)
                                        .setSubject("app")
                                        .setObserved("reg.test/cart:1@" + digest('1'))))
                        .build());

        try (var _ = resolver()) {
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(told(proposed()))
                            .containsExactlyInAnyOrder("7 2 false", "6 2 true", "1 1 true"));
        }
    }

    @Test
    void replicasShareTheQuestionsAndTakeOver() throws Exception {
        List<WorkloadId> workloads = IntStream.range(0, 6)
                .mapToObj(each -> WorkloadId.parse("k8s:target" + each + "/shop/Deployment/cart"))
                .toList();
        for (WorkloadId workload : workloads) {
            declare(workload, revision(7, IMAGE));
        }
        try (var first = resolver()) {
            try (var second = resolver()) {
                await().atMost(PATIENCE)
                        .until(() ->
                                first.problem().isEmpty() && second.problem().isEmpty());
                for (WorkloadId workload : workloads) {
                    runs(
                            workload,
                            1,
                            Verdict.State.UNVERIFIED,
                            Drift.Kind.IMAGE_UNRESOLVED,
                            "reg.test/cart@" + digest('1'));
                }
                await().atMost(PATIENCE)
                        .untilAsserted(() -> assertThat(proposed())
                                .extracting(Resolution::getWorkload)
                                .contains(workloads.stream()
                                        .map(WorkloadId::toString)
                                        .toArray(String[]::new)));
            }
            runs(
                    workloads.getFirst(),
                    2,
                    Verdict.State.UNVERIFIED,
                    Drift.Kind.IMAGE_UNRESOLVED,
                    "reg.test/cart@" + digest('2'));
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(told(proposed())).contains("7 2 false"));
        }
    }
}
