package dev.snowmelt.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.snowmelt.cli.config.Config;
import dev.snowmelt.cli.demo.SpanReceiver.Span;
import dev.snowmelt.cli.http.Metrics;
import dev.snowmelt.cli.kafka.Proposer;
import dev.snowmelt.cli.kafka.TopicSetup;
import dev.snowmelt.sandbox.cluster.SimulatedCluster;
import dev.snowmelt.sandbox.kafka.EmbeddedKafka;
import dev.snowmelt.schemas.topic.ObservationHeader;
import dev.snowmelt.schemas.topic.Topics;
import dev.snowmelt.schemas.trace.Tracing;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The way of one snowflake as spans that a receiver was sent: from the collector's look over
/// verdict and plan to the eviction and the proof of the replacement, every step led to by the one
/// before.
class TraceIT {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    private Path folder;

    @Test
    void theWayOfASnowflakeIsOneTrace() throws Exception {
        try (var receiver = new SpanReceiver();
                var kafka = EmbeddedKafka.start(1);
                var cluster = SimulatedCluster.builder().nodes(3).start();
                var metrics = new Metrics()) {
            var fleet = new DemoFleet(cluster);
            fleet.create();
            Config config = Stage.config(
                    kafka,
                    folder,
                    Map.of("kubernetes.target", DemoFleet.TARGET.toString(), "otlp.endpoint", receiver.url()));
            TopicSetup.provision(config.kafka(), PATIENCE);
            var clock = InstantSource.system();
            try (var story = new Story(
                            kafka.bootstrapServers(), config.kafka().topics(), Words.KUBERNETES, clock, _ -> {});
                    var roles = KubernetesStage.roles(config, fleet, clock, metrics)) {
                fleet.awaitSettled(PATIENCE);
                roles.start();
                var steps = new Steps(story, new Proposer(config.kafka(), clock));
                steps.declare(fleet.declaration(DemoFleet.CART, false));
                steps.awaitConformant(DemoFleet.REPLICAS, "pods");
                var pod = fleet.pod(DemoFleet.CART, 3);
                var snowflake = story.expect("edited", DemoFleet.CART, Optional.of(pod), Snowflake.End.REPLACED);
                fleet.editInPlace(pod, "cart", "cart:1.2-hotfix");
                steps.awaitEnd(snowflake);
                assertThat(steps.violations()).isEmpty();
            }

            Map<String, Set<String>> ways = ways(kafka, config.kafka().topics());
            await().atMost(PATIENCE).untilAsserted(() -> {
                List<Span> replaced = receiver.spans().stream()
                        .filter(span -> span.name().equals("replace"))
                        .toList();
                assertThat(replaced).as("%s", receiver.spans()).hasSize(1);
                Span replace = replaced.getFirst();
                Span plan = parent(receiver, replace);
                Span judge = parent(receiver, plan);
                Span observe = parent(receiver, judge);
                Span execute = receiver.spans().stream()
                        .filter(span ->
                                span.parent().equals(plan.id()) && span.name().equals("execute"))
                        .findFirst()
                        .orElseThrow();
                assertThat(List.of(observe, judge, plan, execute, replace))
                        .extracting(span -> span.service() + " " + span.name())
                        .containsExactly(
                                "snowmelt-collect observe",
                                "snowmelt-detect judge",
                                "snowmelt-plan plan",
                                "snowmelt-execute execute",
                                "snowmelt-plan replace");
                assertThat(List.of(observe, judge, plan, execute, replace)).allSatisfy(span -> {
                    assertThat(span.trace()).isEqualTo(replace.trace()).hasSize(32);
                    assertThat(span.nanos()).isNotNegative().isLessThan(PATIENCE.toNanos());
                });
                assertThat(observe.parent()).as("the way begins with the look").isEmpty();
                assertThat(ways)
                        .hasSize(4)
                        .allSatisfy(
                                (topic, traces) -> assertThat(traces).as(topic).contains(replace.trace()));
            });
        }
    }

    /// Traces that the headers of records belong to, by topic. What a snapshot listed must belong to none.
    private static Map<String, Set<String>> ways(EmbeddedKafka kafka, Topics topics) {
        Map<String, Set<String>> ways = new TreeMap<>();
        Map<String, Object> settings = Map.of("bootstrap.servers", kafka.bootstrapServers());
        try (var consumer = new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            var partitions = Stream.of(topics.observations(), topics.verdicts(), topics.commands(), topics.outcomes())
                    .flatMap(topic -> IntStream.range(0, topics.partitions())
                            .mapToObj(partition -> new TopicPartition(topic.name(), partition)))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            var ends = consumer.endOffsets(partitions);
            while (ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
                for (var record : consumer.poll(Duration.ofMillis(200))) {
                    byte[] header = Tracing.header(record.headers());
                    ObservationHeader.of(record.headers())
                            .filter(facts -> facts.source() == ObservationHeader.Source.LIST)
                            .ifPresent(_ -> assertThat(header).isNull());
                    if (header != null) {
                        String text = new String(header, StandardCharsets.US_ASCII);
                        assertThat(text).matches("00-[0-9a-f]{32}-[0-9a-f]{16}-0[13]");
                        ways.computeIfAbsent(record.topic(), _ -> new HashSet<>())
                                .add(text.substring(3, 35));
                    }
                }
            }
        }
        return ways;
    }

    private static Span parent(SpanReceiver receiver, Span of) {
        return receiver.spans().stream()
                .filter(span -> span.id().equals(of.parent()))
                .findFirst()
                .orElseThrow(() -> new AssertionError("nothing led to " + of + " among " + receiver.spans()));
    }
}
