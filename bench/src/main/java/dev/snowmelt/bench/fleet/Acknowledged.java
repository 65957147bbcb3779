package dev.snowmelt.bench.fleet;

import dev.snowmelt.bench.measure.BenchException;
import java.util.Collection;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.RecordMetadata;

/// Records that a measurement rests on.
public final class Acknowledged {
    private Acknowledged() {}

    /// Returns when all of them are; a flush alone does not tell that one was lost.
    ///
    /// @throws BenchException when one is not
    public static void await(Collection<Future<RecordMetadata>> sent) {
        for (Future<RecordMetadata> each : sent) {
            try {
                each.get();
            } catch (ExecutionException e) {
                throw new BenchException("a record was not written", e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new BenchException("interrupted", e);
            }
        }
    }
}
