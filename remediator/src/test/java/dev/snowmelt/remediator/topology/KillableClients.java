package dev.snowmelt.remediator.topology;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.streams.KafkaClientSupplier;
import org.apache.kafka.streams.processor.internals.DefaultKafkaClientSupplier;
import org.jspecify.annotations.Nullable;

/// Clients whose producers fall silent for ever at a chosen record or commit, as they do when the process is killed
/// there: nothing is committed, aborted or said goodbye.
final class KillableClients implements KafkaClientSupplier {
    private final DefaultKafkaClientSupplier clients = new DefaultKafkaClientSupplier();
    /// How many records and commits may still leave; negative: any number.
    private final AtomicInteger left = new AtomicInteger(-1);

    private volatile boolean dead;

    void killAfter(int recordsAndCommits) {
        left.set(recordsAndCommits);
    }

    boolean dead() {
        return dead;
    }

    @Override
    @SuppressWarnings("unchecked")
    public Producer<byte[], byte[]> getProducer(Map<String, Object> config) {
        Producer<byte[], byte[]> producer = clients.getProducer(config);
        return (Producer<byte[], byte[]>) Proxy.newProxyInstance(
                KillableClients.class.getClassLoader(),
                new Class<?>[] {Producer.class},
                (_, method, arguments) -> call(producer, method, arguments));
    }

    private @Nullable Object call(Producer<byte[], byte[]> producer, Method method, Object @Nullable [] arguments)
            throws Throwable {
        String name = method.getName();
        if (name.equals("close")) {
            producer.close(Duration.ZERO);
            return null;
        }
        if ((name.equals("send") || name.equals("commitTransaction"))
                && left.get() >= 0
                && left.getAndDecrement() == 0) {
            dead = true;
        }
        if (dead) {
            throw new KafkaException("killed at " + name);
        }
        try {
            return method.invoke(producer, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause() == null ? e : e.getCause();
        }
    }

    @Override
    public Consumer<byte[], byte[]> getConsumer(Map<String, Object> config) {
        return clients.getConsumer(config);
    }

    @Override
    public Consumer<byte[], byte[]> getRestoreConsumer(Map<String, Object> config) {
        return clients.getRestoreConsumer(config);
    }

    @Override
    public Consumer<byte[], byte[]> getGlobalConsumer(Map<String, Object> config) {
        return clients.getGlobalConsumer(config);
    }

    @Override
    public Admin getAdmin(Map<String, Object> config) {
        return clients.getAdmin(config);
    }
}
