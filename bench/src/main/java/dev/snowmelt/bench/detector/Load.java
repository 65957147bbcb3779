package dev.snowmelt.bench.detector;

import dev.snowmelt.bench.fleet.Segment;
import dev.snowmelt.bench.measure.BenchException;
import dev.snowmelt.schemas.topic.TopicProvisioning;
import dev.snowmelt.schemas.topic.Topics;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;

/// The topics of a run: made like any others, but what has been measured is thrown away at once, for a run writes more
/// than a CI machine's disk may hold.
public final class Load implements AutoCloseable {
    private static final String SEGMENT_BYTES = String.valueOf(64 << 20);

    private final Topics topics;
    private final Admin admin;

    public Load(Topics topics, String bootstrapServers) {
        this.topics = topics;
        this.admin = Admin.create(Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers));
    }

    public void createTopics() {
        new TopicProvisioning(admin, 1, 1, Duration.ofSeconds(30)).provision(topics);
        var observations = new ConfigResource(
                ConfigResource.Type.TOPIC, topics.observations().name());
        await(admin.incrementalAlterConfigs(Map.of(
                        observations,
                        List.of(
                                set(TopicConfig.SEGMENT_BYTES_CONFIG, SEGMENT_BYTES),
                                set(TopicConfig.FILE_DELETE_DELAY_MS_CONFIG, "1000"))))
                .all());
    }

    /// Deletes a segment and everything before it.
    void forget(Segment segment) {
        await(admin.deleteRecords(segment.to().entrySet().stream()
                        .collect(Collectors.toMap(
                                Map.Entry::getKey, end -> RecordsToDelete.beforeOffset(end.getValue()))))
                .all());
    }

    private static AlterConfigOp set(String key, String value) {
        return new AlterConfigOp(new ConfigEntry(key, value), AlterConfigOp.OpType.SET);
    }

    private static void await(KafkaFuture<Void> call) {
        try {
            call.get();
        } catch (ExecutionException e) {
            throw new BenchException("the broker refuses: " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BenchException("interrupted", e);
        }
    }

    @Override
    public void close() {
        admin.close();
    }
}
