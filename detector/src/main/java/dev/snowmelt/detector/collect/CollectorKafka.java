package dev.snowmelt.detector.collect;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/// The producers of a collector: nothing is lost or doubled by a retry, and a change is not held
/// back for a batch.
final class CollectorKafka {
    private static final int BATCH_BYTES = 64 * 1024;
    private static final long BUFFER_BYTES = 16L * 1024 * 1024;
    /// A broker that is down for longer ends the session; its successor begins with a snapshot.
    private static final int DELIVER_WITHIN_MILLIS = 20_000;

    private static final int BLOCK_MILLIS = 5_000;

    private final String client;
    private final Map<String, Object> base;

    /// @param client what brokers and meters know the producers by
    CollectorKafka(String client, Map<String, Object> base) {
        this.client = client;
        this.base = Map.copyOf(base);
    }

    Producer<byte[], byte[]> producer() {
        Map<String, Object> config = new HashMap<>();
        config.put(ProducerConfig.LINGER_MS_CONFIG, 1);
        config.put(ProducerConfig.COMPRESSION_TYPE_CONFIG, "lz4");
        config.put(ProducerConfig.BATCH_SIZE_CONFIG, BATCH_BYTES);
        config.put(ProducerConfig.BUFFER_MEMORY_CONFIG, BUFFER_BYTES);
        config.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, DELIVER_WITHIN_MILLIS);
        config.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, DELIVER_WITHIN_MILLIS / 2);
        config.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, BLOCK_MILLIS);
        config.put(ProducerConfig.CLIENT_ID_CONFIG, client);
        config.putAll(base);
        config.put(ProducerConfig.ACKS_CONFIG, "all");
        config.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
        return new KafkaProducer<>(config, new ByteArraySerializer(), new ByteArraySerializer()) {
            @Override
            public void close() {
                // The default waits for ever; what is not delivered by now is told again by the next
                // snapshot.
                close(Duration.ofSeconds(2));
            }
        };
    }
}
