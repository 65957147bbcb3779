package dev.snowmelt.bench.latency;

import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/// The yardstick's middle: copies one topic into another as fast as a bare consumer and a bare producer can.
final class Relay implements AutoCloseable {
    private final KafkaProducer<byte[], byte[]> producer;
    private final Tail<byte[]> tail;

    Relay(String from, String to, int partitions, String bootstrapServers) {
        producer = new KafkaProducer<>(
                Map.of(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers, ProducerConfig.LINGER_MS_CONFIG, 0),
                new ByteArraySerializer(),
                new ByteArraySerializer());
        tail = new Tail<>(from, partitions, bootstrapServers, new ByteArrayDeserializer(), record -> {
            var _ = producer.send(new ProducerRecord<>(to, record.key(), record.value()));
        });
    }

    @Override
    public void close() {
        tail.close();
        producer.close();
    }
}
