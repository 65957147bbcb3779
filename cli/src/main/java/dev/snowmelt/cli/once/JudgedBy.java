package dev.snowmelt.cli.once;

import dev.snowmelt.cli.CliException;
import dev.snowmelt.cli.config.Config;
import dev.snowmelt.cli.config.DurationText;
import dev.snowmelt.schemas.topic.Topics;
import dev.snowmelt.v1.VerdictRecord;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/// Waits until the detector says of workloads that it judges them by a declaration. Only sensible where nothing was
/// declared before.
final class JudgedBy {
    private static final Duration POLL = Duration.ofMillis(50);

    private final Config.Kafka kafka;

    JudgedBy(Config.Kafka kafka) {
        this.kafka = kafka;
    }

    /// @throws CliException when it does not say so in time
    void await(Collection<String> workloads, Duration longest, InstantSource clock) {
        Topics topics = kafka.topics();
        Set<String> waiting = new HashSet<>(workloads);
        Instant end = clock.instant().plus(longest);
        Map<String, Object> config =
                Map.of("bootstrap.servers", kafka.bootstrapServers(), "auto.offset.reset", "earliest");
        try (var consumer = new KafkaConsumer<>(
                config,
                new ByteArrayDeserializer(),
                topics.verdicts().valueSerde().deserializer())) {
            consumer.assign(IntStream.range(0, topics.partitions())
                    .mapToObj(partition -> new TopicPartition(topics.verdicts().name(), partition))
                    .toList());
            while (!waiting.isEmpty()) {
                if (!clock.instant().isBefore(end)) {
                    throw new CliException("The detector did not take the declarations within "
                            + DurationText.print(longest) + "; see --wait.");
                }
                consumer.poll(POLL).forEach(record -> {
                    VerdictRecord verdict = record.value();
                    if (verdict != null && verdict.getWorkload().getRevision() > 0) {
                        waiting.remove(verdict.getWorkload().getWorkload());
                    }
                });
            }
        }
    }
}
