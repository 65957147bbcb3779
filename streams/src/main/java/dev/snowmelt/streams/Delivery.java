package dev.snowmelt.streams;

import java.time.Duration;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.streams.StreamsConfig;

/// What becomes of a record when the process dies in the middle of it.
public enum Delivery {
    /// It is processed again, and what came of it is written again: at once, for nobody waits for a commit.
    AT_LEAST_ONCE,
    /// All that came of it is one atomic write, every 20 ms. Rests on the brokers' transaction.version 2.
    EXACTLY_ONCE;

    private static final long COMMIT_MILLIS = 20;

    Map<String, Object> config() {
        return switch (this) {
            case AT_LEAST_ONCE ->
                Map.of(
                        StreamsConfig.PROCESSING_GUARANTEE_CONFIG,
                        StreamsConfig.AT_LEAST_ONCE,
                        StreamsConfig.COMMIT_INTERVAL_MS_CONFIG,
                        Duration.ofSeconds(1).toMillis(),
                        // Others write in transactions: an aborted one must never be acted on.
                        StreamsConfig.consumerPrefix(ConsumerConfig.ISOLATION_LEVEL_CONFIG),
                        "read_committed",
                        // Streams' default lingers 100 ms, Kafka's 5.
                        StreamsConfig.producerPrefix(ProducerConfig.LINGER_MS_CONFIG),
                        1L);
            case EXACTLY_ONCE ->
                Map.of(
                        StreamsConfig.PROCESSING_GUARANTEE_CONFIG,
                        StreamsConfig.EXACTLY_ONCE_V2,
                        StreamsConfig.COMMIT_INTERVAL_MS_CONFIG,
                        COMMIT_MILLIS,
                        // A poll longer than the commit interval would put a commit off.
                        StreamsConfig.POLL_MS_CONFIG,
                        COMMIT_MILLIS,
                        StreamsConfig.producerPrefix(ProducerConfig.LINGER_MS_CONFIG),
                        0L,
                        // A transaction that a dead process left open blocks the readers of its topics for so long.
                        StreamsConfig.producerPrefix(ProducerConfig.TRANSACTION_TIMEOUT_CONFIG),
                        (int) Duration.ofSeconds(10).toMillis());
        };
    }
}
