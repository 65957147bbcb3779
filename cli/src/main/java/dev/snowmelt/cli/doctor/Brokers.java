package dev.snowmelt.cli.doctor;

import dev.snowmelt.cli.config.Config;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.TimeoutException;

/// Calls to the brokers that take seconds at most, and each of which may fail alone.
///
/// @param admin the caller's to close
/// @param kafka settings with the same bounds, for consumers
record Brokers(Admin admin, Config.Kafka kafka) implements AutoCloseable {
    /// For each call.
    static final int CALL_MILLIS = 5_000;

    /// What a finding says that rests on a right which this user lacks.
    static final String NOT_TOLD = "brokers do not tell this user";

    /// A look, which may be refused.
    interface Look {
        void look() throws InterruptedException;
    }

    static Brokers of(Config.Kafka kafka) {
        Map<String, Object> client = new HashMap<>(kafka.client());
        client.put("default.api.timeout.ms", CALL_MILLIS);
        client.put("request.timeout.ms", CALL_MILLIS);
        var bounded = new Config.Kafka(
                kafka.bootstrapServers(),
                kafka.named(),
                kafka.prefix(),
                kafka.partitions(),
                kafka.replicationFactor(),
                kafka.minInSyncReplicas(),
                client);
        Map<String, Object> settings = new HashMap<>(client);
        settings.put(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, kafka.bootstrapServers());
        // The constructor throws when no name of a server resolves.
        return new Brokers(Admin.create(settings), bounded);
    }

    /// Waits for an answer.
    ///
    /// @throws KafkaException the brokers' refusal, or the client's when none came
    static <T> T get(KafkaFuture<T> answer) throws InterruptedException {
        try {
            return answer.get(2L * CALL_MILLIS, TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof KafkaException refused ? refused : new KafkaException(e.getCause());
        } catch (java.util.concurrent.TimeoutException e) {
            throw new TimeoutException("no answer within " + 2 * CALL_MILLIS / 1000 + " s", e);
        }
    }

    /// Answers by what they are about; what was refused goes to `refused`.
    static <K, V> Map<K, V> each(Map<K, KafkaFuture<V>> answers, Map<K, KafkaException> refused)
            throws InterruptedException {
        Map<K, V> values = new LinkedHashMap<>();
        for (var answer : answers.entrySet()) {
            try {
                values.put(answer.getKey(), get(answer.getValue()));
            } catch (KafkaException e) {
                refused.put(answer.getKey(), e);
            }
        }
        return values;
    }

    /// Looks; a refusal is a finding and keeps nobody from looking further. What this user may not
    /// see is not known: the users of roles may do what their role needs, and looking is no part of
    /// it.
    static void tryTo(String check, Consumer<Finding> tell, Look look) throws InterruptedException {
        try {
            look.look();
        } catch (InterruptException e) {
            throw (InterruptedException) new InterruptedException("interrupted").initCause(e);
        } catch (AuthorizationException e) {
            tell.accept(Finding.skipped(check, NOT_TOLD + ": " + words(e)));
        } catch (KafkaException e) {
            tell.accept(Finding.fail(
                    check, "Kafka does not say: " + words(e), "ask again; if it stays so, see the brokers' logs"));
        }
    }

    /// The first line of what a failure says.
    static String words(KafkaException e) {
        String message = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
        return message.lines().findFirst().orElse(message);
    }

    @Override
    public void close() {
        admin.close(java.time.Duration.ofSeconds(1));
    }
}
