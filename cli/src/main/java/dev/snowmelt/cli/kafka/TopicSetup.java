package dev.snowmelt.cli.kafka;

import dev.snowmelt.cli.config.Config;
import dev.snowmelt.schemas.topic.TopicProvisioning;
import dev.snowmelt.schemas.topic.TopicProvisioning.Result;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;

/// Makes the topics that the configuration asks for.
public final class TopicSetup {
    private TopicSetup() {}

    /// Creates what is missing; what exists is left as it is.
    ///
    /// @param within how long the brokers may take
    /// @return what became of each topic
    public static List<Result> provision(Config.Kafka kafka, Duration within) {
        Map<String, Object> client = new HashMap<>(kafka.client());
        client.put(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, kafka.bootstrapServers());
        try (var admin = Admin.create(client)) {
            return new TopicProvisioning(admin, kafka.replicationFactor(), kafka.minInSyncReplicas(), within)
                    .provision(kafka.topics());
        }
    }
}
