package dev.snowmelt.streams;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.snowmelt.schemas.topic.Durability;
import dev.snowmelt.schemas.topic.Topics;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.apache.kafka.streams.StreamsConfig;
import org.junit.jupiter.api.Test;

class StreamsSettingsTest {
    private static final Topics TOPICS = new Topics("snowmelt.", 4);
    private static final StreamsSettings SETTINGS = StreamsSettings.of("broker:9092", Path.of("state"));

    private static StreamsApplication application(Delivery delivery) {
        return StreamsApplication.of(
                TOPICS,
                "detector",
                delivery,
                List.of(TOPICS.verdicts()),
                TOPICS.verdicts(),
                Map.of("producer.compression.type", "lz4", "max.task.idle.ms", -1L));
    }

    @Test
    void everyRoleIsGivenUpAfterSixSecondsAndWritesTheLargestDeadLetter() {
        for (Delivery delivery : Delivery.values()) {
            var config = SETTINGS.streamsConfig(application(delivery));

            assertThat(config)
                    .containsEntry("application.id", "snowmelt.detector")
                    .containsEntry("consumer.session.timeout.ms", 6_000)
                    .containsEntry("producer.max.request.size", Topics.LARGEST_RECORD)
                    .containsEntry("max.task.idle.ms", -1L)
                    .doesNotContainKey("consumer.group.instance.id");
        }
    }

    @Test
    void anAtLeastOnceRoleReadsWhatWasCommittedAndWritesAtOnce() {
        assertThat(SETTINGS.streamsConfig(application(Delivery.AT_LEAST_ONCE)))
                .containsEntry("processing.guarantee", "at_least_once")
                .containsEntry("consumer.isolation.level", "read_committed")
                .containsEntry("producer.linger.ms", 1L);
        assertThat(application(Delivery.AT_LEAST_ONCE).needs().transactions()).isFalse();
    }

    @Test
    void anExactlyOnceRoleCommitsEveryTwentyMillisecondsAndNeedsTransactions() {
        assertThat(SETTINGS.streamsConfig(application(Delivery.EXACTLY_ONCE)))
                .containsEntry("processing.guarantee", "exactly_once_v2")
                .containsEntry("commit.interval.ms", 20L)
                .containsEntry("producer.transaction.timeout.ms", 10_000);
        assertThat(application(Delivery.EXACTLY_ONCE).needs().transactions()).isTrue();
    }

    @Test
    void whatIsConfiguredWinsAndStreamsUnderstandsAll() {
        var config = SETTINGS.withMember("pod-0")
                .withThreads(3)
                .withStandbys(1)
                .withKafka(Map.of("consumer.session.timeout.ms", 45_000, "security.protocol", "SSL"))
                .streamsConfig(application(Delivery.EXACTLY_ONCE));

        assertThat(config)
                .containsEntry("consumer.session.timeout.ms", 45_000)
                .containsEntry("consumer.group.instance.id", "pod-0")
                .containsEntry("num.stream.threads", 3)
                .containsEntry("num.standby.replicas", 1);
        assertThat(new StreamsConfig(config).getMainConsumerConfigs("group", "client", 1))
                .containsEntry("session.timeout.ms", 45_000)
                .containsEntry("security.protocol", "SSL");
    }

    @Test
    void anAdminClientGetsNothingThatIsMeantForStreamsOwnClients() {
        var settings = SETTINGS.withKafka(Map.of(
                "security.protocol",
                "SSL",
                "main.consumer.interceptor.classes",
                "x",
                "consumer.session.timeout.ms",
                1,
                "producer.linger.ms",
                1));

        assertThat(settings.adminConfig())
                .containsOnly(Map.entry("bootstrap.servers", "broker:9092"), Map.entry("security.protocol", "SSL"));
    }

    @Test
    void topicsBehindTheStoresAreKeptAsTheOthersUnlessTheSettingsSayOtherwise() {
        var durability = new Durability(3, OptionalInt.of(2));

        assertThat(kept(durability, Map.of()))
                .containsEntry("replication.factor", 3)
                .containsEntry("topic.min.insync.replicas", "2");
        assertThat(kept(durability, Map.of("replication.factor", "5", "topic.min.insync.replicas", "3")))
                .containsEntry("replication.factor", "5")
                .containsEntry("topic.min.insync.replicas", "3");
        assertThat(kept(durability, Map.of("replication.factor", "1")))
                .as("two in sync of one replica: nothing could be written")
                .doesNotContainKey("topic.min.insync.replicas");
        assertThat(kept(durability, Map.of("replication.factor", "-1")))
                .as("the brokers' default, of which nothing is known")
                .doesNotContainKey("topic.min.insync.replicas");
        assertThat(kept(new Durability(3, OptionalInt.empty()), Map.of()))
                .containsEntry("replication.factor", 3)
                .doesNotContainKey("topic.min.insync.replicas");
    }

    private static Map<String, Object> kept(Durability durability, Map<String, Object> kafka) {
        var config = SETTINGS.withKafka(kafka).streamsConfig(application(Delivery.EXACTLY_ONCE));
        StreamsSettings.keepAs(durability, config);
        var _ = new StreamsConfig(config);
        return config;
    }

    @Test
    void refusesWhatCannotWork() {
        assertThatThrownBy(() -> SETTINGS.withThreads(0)).hasMessageContaining("at least 1 stream thread");
        assertThatThrownBy(() -> SETTINGS.withStandbys(-1)).hasMessageContaining("no fewer than 0 standbys");
        assertThatThrownBy(() -> SETTINGS.withRocksMemory(1)).hasMessageContaining("16 MiB");
    }
}
