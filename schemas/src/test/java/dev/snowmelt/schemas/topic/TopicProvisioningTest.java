package dev.snowmelt.schemas.topic;

import static org.assertj.core.api.Assertions.assertThat;

import dev.snowmelt.schemas.topic.TopicProvisioning.Difference;
import dev.snowmelt.schemas.topic.TopicProvisioning.Differs;
import dev.snowmelt.schemas.topic.TopicProvisioning.Exists;
import dev.snowmelt.schemas.topic.TopicProvisioning.NotTold;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicPartitionInfo;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.internals.KafkaFutureImpl;
import org.junit.jupiter.api.Test;

/// What is said of a topic, by what brokers tell of it.
class TopicProvisioningTest {
    private static final Topic<?, ?> TOPIC = new Topics("snowmelt.", 1).verdicts();
    private static final List<Difference> ONE_REPLICA = List.of(new Difference("replication.factor", "1", "3"));

    @Test
    void settingsThatNobodySawAreNotToldWhateverElseDiffers() {
        assertThat(compared(3, refused())).isEqualTo(new NotTold(TOPIC.name(), AclOperation.DESCRIBE_CONFIGS));
        assertThat(compared(1, refused())).isEqualTo(new Differs(TOPIC.name(), ONE_REPLICA, false));
    }

    @Test
    void settingsThatWereSeenAreTold() {
        assertThat(compared(3, told())).isEqualTo(new Exists(TOPIC.name()));
        assertThat(compared(1, told())).isEqualTo(new Differs(TOPIC.name(), ONE_REPLICA, true));
    }

    private static TopicProvisioning.Result compared(int replicas, KafkaFuture<Config> asked) {
        var partition =
                new TopicPartitionInfo(0, Node.noNode(), Collections.nCopies(replicas, Node.noNode()), List.of());
        try (Admin admin = nobody()) {
            return provisioning(admin)
                    .compare(TOPIC, new TopicDescription(TOPIC.name(), false, List.of(partition)), asked);
        }
    }

    private static KafkaFuture<Config> refused() {
        var asked = new KafkaFutureImpl<Config>();
        asked.completeExceptionally(new TopicAuthorizationException("no"));
        return asked;
    }

    private static KafkaFuture<Config> told() {
        try (Admin admin = nobody()) {
            return KafkaFuture.completedFuture(new Config(provisioning(admin).settings(TOPIC).entrySet().stream()
                    .map(setting -> new ConfigEntry(setting.getKey(), setting.getValue()))
                    .toList()));
        }
    }

    private static TopicProvisioning provisioning(Admin admin) {
        return new TopicProvisioning(admin, 3, 2, Duration.ofSeconds(1));
    }

    /// It is asked nothing; nobody listens there.
    private static Admin nobody() {
        return Admin.create(Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, "127.0.0.1:1"));
    }
}
