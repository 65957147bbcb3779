package dev.snowmelt.streams;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.snowmelt.sandbox.kafka.EmbeddedKafka;
import dev.snowmelt.schemas.topic.TopicProvisioning;
import dev.snowmelt.schemas.topic.Topics;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.processor.api.ContextualProcessor;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.Stores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Whatever the brokers' defaults are, changelogs are kept as well as the topics that Snowmelt was given.
@Timeout(180)
class InternalTopicsIT {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String CHANGELOG = "snowmelt.keeper-store-changelog";

    @TempDir
    private Path folder;

    /// How the changelog is kept.
    private record Kept(int replicas, String inSync) {}

    @Test
    void onThreeBrokersWhoseDefaultIsOneReplicaThereAreThree() throws Exception {
        try (var kafka = EmbeddedKafka.builder()
                .nodes(3)
                .property("default.replication.factor", "1")
                .property("min.insync.replicas", "1")
                .start()) {
            assertThat(kept(kafka, 3, 2)).isEqualTo(new Kept(3, "2"));
        }
    }

    @Test
    void onOneBrokerWhoseDefaultsNeedMoreThereIsOne() throws Exception {
        try (var kafka = EmbeddedKafka.builder()
                .property("default.replication.factor", "1")
                .property("min.insync.replicas", "2")
                .start()) {
            assertThat(kept(kafka, 1, 1)).isEqualTo(new Kept(1, "1"));
        }
    }

    private Kept kept(EmbeddedKafka kafka, int replicas, int inSync) throws Exception {
        var topics = new Topics("snowmelt.", 1);
        try (var admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()))) {
            new TopicProvisioning(admin, replicas, inSync, Duration.ofSeconds(30)).provision(topics);
            try (var role = new StreamsRole(
                    StreamsApplication.of(
                            topics,
                            "keeper",
                            Delivery.EXACTLY_ONCE,
                            List.of(topics.observations()),
                            topics.observations(),
                            Map.of()),
                    keeping(topics),
                    StreamsSettings.of(kafka.bootstrapServers(), folder))) {
                role.start();
                await().atMost(PATIENCE).until(() -> role.unready().isEmpty());
            }
            var description = admin.describeTopics(List.of(CHANGELOG))
                    .allTopicNames()
                    .get(30, TimeUnit.SECONDS)
                    .values()
                    .iterator()
                    .next();
            var resource = new ConfigResource(ConfigResource.Type.TOPIC, CHANGELOG);
            var config = admin.describeConfigs(List.of(resource))
                    .all()
                    .get(30, TimeUnit.SECONDS)
                    .values()
                    .iterator()
                    .next();
            return new Kept(
                    description.partitions().getFirst().replicas().size(),
                    config.get("min.insync.replicas").value());
        }
    }

    private static Topology keeping(Topics topics) {
        return new Topology()
                .addSource(
                        "read",
                        new StringDeserializer(),
                        new StringDeserializer(),
                        topics.observations().name())
                .addProcessor("keep", Keep::new, "read")
                .addStateStore(
                        Stores.keyValueStoreBuilder(
                                Stores.inMemoryKeyValueStore("store"), Serdes.String(), Serdes.String()),
                        "keep");
    }

    private static final class Keep extends ContextualProcessor<String, String, Void, Void> {
        @Override
        public void process(Record<String, String> record) {
            throw new IllegalStateException("nothing is written here");
        }
    }
}
