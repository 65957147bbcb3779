package dev.snowmelt.sandbox.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Three nodes in this JVM, one of which is stopped under load.
@Timeout(120)
class ThreeNodesIT {

    private static final int SENDS = 400;

    @Test
    void losesNothingWhenTheLeaderIsStoppedUnderLoadAndTakesItBack(@TempDir Path folder) throws Exception {
        long started = System.nanoTime();
        String clusterId;
        try (var kafka = EmbeddedKafka.builder().nodes(3).dataFolder(folder).start()) {
            clusterId = kafka.clusterId();
            EmbeddedKafkaIT.report("three nodes started", started);
            var partition = new TopicPartition("load", 0);
            Clients.createTopic(kafka.bootstrapServers(), new NewTopic("load", 1, (short) 3));
            await().until(() -> kafka.inSyncReplicasOf(partition).size() == 3);
            int leader = kafka.leaderOf(partition).orElseThrow();

            started = System.nanoTime();
            sendAllWhile(kafka, () -> kafka.stopNode(leader));
            EmbeddedKafkaIT.report(SENDS + " sends around the leader's stop", started);

            assertThat(kafka.runningNodes()).hasSize(2).doesNotContain(leader);
            assertThat(kafka.leaderOf(partition).orElseThrow()).isNotEqualTo(leader);
            await().atMost(Duration.ofSeconds(30))
                    .until(() -> kafka.inSyncReplicasOf(partition).size() == 2);
            assertHasAllThatWasSent(kafka);

            started = System.nanoTime();
            kafka.startNode(leader);
            EmbeddedKafkaIT.report("stopped node started again", started);
            await().atMost(Duration.ofSeconds(30))
                    .until(() -> kafka.inSyncReplicasOf(partition).contains(leader));
            EmbeddedKafkaIT.report("stopped node back in the in-sync replicas", started);
            assertThat(kafka.runningNodes()).isEqualTo(kafka.nodes());
            assertMinimumOfTwoInSyncReplicas(kafka);
            started = System.nanoTime();
        }
        EmbeddedKafkaIT.report("three nodes stopped", started);

        // On other ports than before: the quorum must not depend on the old ones.
        try (var kafka = EmbeddedKafka.builder().nodes(3).dataFolder(folder).start()) {
            assertThat(kafka.clusterId()).isEqualTo(clusterId);
            assertHasAllThatWasSent(kafka);
        }
    }

    private static void assertHasAllThatWasSent(EmbeddedKafka kafka) {
        assertThat(Clients.valuesOf(kafka.bootstrapServers(), "load", "read_committed"))
                .containsExactlyElementsOf(
                        IntStream.range(0, SENDS).mapToObj(String::valueOf).toList());
    }

    /// The action starts after a quarter of the sends; every send is acknowledged by all in-sync replicas or fails the
    /// test.
    private static void sendAllWhile(EmbeddedKafka kafka, Runnable action)
            throws ExecutionException, InterruptedException, TimeoutException {
        var sends = new ArrayList<Future<RecordMetadata>>();
        try (var producer = Clients.producer(kafka.bootstrapServers(), Map.of("acks", "all"))) {
            Thread stopper = Thread.ofPlatform().unstarted(action);
            for (int i = 0; i < SENDS; i++) {
                if (i == SENDS / 4) {
                    stopper.start();
                }
                var sent = producer.send(new ProducerRecord<>("load", "k", String.valueOf(i)));
                sends.add(sent);
                if (i % 20 == 0) {
                    // Keeps the load going on over the whole stop instead of ahead of it.
                    sent.get(60, TimeUnit.SECONDS);
                }
            }
            for (var send : sends) {
                send.get(60, TimeUnit.SECONDS);
            }
            stopper.join();
        }
    }

    private static void assertMinimumOfTwoInSyncReplicas(EmbeddedKafka kafka) {
        try (var admin = Clients.admin(kafka.bootstrapServers())) {
            var load = new ConfigResource(ConfigResource.Type.TOPIC, "load");
            var configs = Clients.await(admin.describeConfigs(List.of(load)).all());
            assertThat(configs.get(load))
                    .extracting(config -> config.get("min.insync.replicas").value())
                    .isEqualTo("2");
        }
    }
}
