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
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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
            });
        }
    }

    private static Span parent(SpanReceiver receiver, Span of) {
        return receiver.spans().stream()
                .filter(span -> span.id().equals(of.parent()))
                .findFirst()
                .orElseThrow(() -> new AssertionError("nothing led to " + of + " among " + receiver.spans()));
    }
}
