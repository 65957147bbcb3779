package dev.snowmelt.bench.fleet;

import dev.snowmelt.bench.measure.BenchException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;

/// Records that a measurement rests on.
public final class Acknowledged {
    private static final int ATTEMPTS = 3;

    private Acknowledged() {}

    /// Writes them and returns when all are acknowledged; a flush alone does not tell that one was lost. All are
    /// written
    /// again when one was not: that happens right behind the making of a topic.
    ///
    /// @throws BenchException when they are not, time and again
    public static <K, V> void write(KafkaProducer<K, V> producer, List<ProducerRecord<K, V>> records) {
        for (int attempt = 1; ; attempt++) {
            try {
                List<Future<RecordMetadata>> sent = new ArrayList<>();
                for (ProducerRecord<K, V> each : records) {
                    sent.add(producer.send(each));
                }
                producer.flush();
                for (Future<RecordMetadata> each : sent) {
                    each.get();
                }
                return;
            } catch (ExecutionException e) {
                if (attempt == ATTEMPTS) {
                    throw new BenchException("a record was not written: " + e.getCause(), e);
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new BenchException("interrupted", e);
            }
        }
    }
}
