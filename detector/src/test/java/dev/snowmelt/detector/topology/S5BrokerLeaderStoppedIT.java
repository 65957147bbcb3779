package dev.snowmelt.detector.topology;

import static dev.snowmelt.detector.topology.Sample.CART;
import static dev.snowmelt.detector.topology.Sample.TARGET;
import static dev.snowmelt.detector.topology.Sample.declaration;
import static dev.snowmelt.detector.topology.Sample.observed;
import static dev.snowmelt.detector.topology.Sample.pod;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.snowmelt.sandbox.kafka.EmbeddedKafka;
import dev.snowmelt.schemas.topic.Topic;
import dev.snowmelt.streams.StreamsSettings;
import dev.snowmelt.v1.Verdict;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.time.Duration;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// S5: the broker that leads the verdicts stops while they are written.
@Timeout(180)
class S5BrokerLeaderStoppedIT {
    private static final int PODS = 300;

    @Test
    void losesNothingWhenTheLeaderOfTheVerdictsStops(@TempDir Path folder) throws InterruptedException {
        try (var kafka = EmbeddedKafka.start(3);
                var broker = new Broker(kafka, "leader.", 2, 3)) {
            var settings = StreamsSettings.of(broker.bootstrapServers(), folder);
            try (var detector =
                    new Detector(broker.topics(), DetectorSettings.DEFAULT, settings, new SimpleMeterRegistry())) {
                detector.start();
                broker.declare(declaration(CART, 'a'));
                var load = Thread.ofVirtual().start(() -> {
                    for (int i = 0; i < PODS; i++) {
                        broker.watch(CART, observed(pod(CART, i), i % 3 == 0 ? 'b' : 'a'));
                    }
                });
                await().atMost(Duration.ofSeconds(60))
                        .until(() -> broker.world().size() > 20);

                kafka.stopNode(leader(kafka, broker));
                load.join();

                await().atMost(Duration.ofSeconds(90)).untilAsserted(() -> {
                    var world = broker.world();
                    assertThat(drifted(broker)).isEqualTo(PODS / 3);
                    assertThat(world).hasSize(PODS + 1);
                });
            }
        }
    }

    private static int leader(EmbeddedKafka kafka, Broker broker) {
        var verdicts = broker.topics().verdicts();
        var partition = new TopicPartition(verdicts.name(), Topic.partition(TARGET, verdicts.partitions()));
        return kafka.leaderOf(partition).orElseThrow();
    }

    private static long drifted(Broker broker) {
        return broker.world().values().stream()
                .filter(record -> record.getInstance().getState() == Verdict.State.DRIFTED)
                .count();
    }
}
