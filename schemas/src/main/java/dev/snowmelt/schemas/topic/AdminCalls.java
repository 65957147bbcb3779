package dev.snowmelt.schemas.topic;

import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.errors.InterruptException;

/// Waiting for what the admin client was asked to do.
final class AdminCalls {
    private AdminCalls() {}

    /// @throws KafkaException the broker's own, or the client's when it did not answer in time
    static <T> T get(KafkaFuture<T> future) {
        try {
            return future.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof KafkaException refused) {
                throw refused;
            }
            throw new KafkaException(e.getCause());
        } catch (InterruptedException e) {
            throw new InterruptException(e);
        }
    }

    /// The part of an answer that is about one of the things asked for.
    static <K, V> V about(K asked, Map<K, V> answer) {
        V part = answer.get(asked);
        if (part == null) {
            throw new KafkaException("the broker's answer lacks " + asked);
        }
        return part;
    }
}
