package dev.snowmelt.bench.latency;

import dev.snowmelt.bench.measure.Latencies;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/// The yardstick of latency: producer → topic → bare consumer and producer → topic → consumer, without lingering.
final class RoundTrip implements AutoCloseable {
    private final KafkaProducer<byte[], byte[]> producer;
    private final Relay relay;
    private final Arrivals arrivals;
    private final String from;
    private final byte[] value;
    private final OpenLoop load;

    /// @param value what every record holds
    RoundTrip(String from, String to, int partitions, String bootstrapServers, byte[] value, OpenLoop load) {
        this.from = from;
        this.value = value.clone();
        this.load = load;
        this.arrivals = new Arrivals(to, partitions, bootstrapServers);
        this.relay = new Relay(from, to, partitions, bootstrapServers);
        this.producer = new KafkaProducer<>(
                Map.of(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers, ProducerConfig.LINGER_MS_CONFIG, 0),
                new ByteArraySerializer(),
                new ByteArraySerializer());
    }

    Latencies measure(Duration duration, Duration limit) {
        load.run(duration, (number, due) -> {
            String key = "event-" + number;
            arrivals.announce(key, due);
            var _ = producer.send(new ProducerRecord<>(from, key.getBytes(StandardCharsets.UTF_8), value));
        });
        return arrivals.collect(limit);
    }

    @Override
    public void close() {
        producer.close();
        relay.close();
        arrivals.close();
    }
}
