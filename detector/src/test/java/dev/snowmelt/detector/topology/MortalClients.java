package dev.snowmelt.detector.topology;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.streams.processor.internals.DefaultKafkaClientSupplier;

/// Kafka clients of a process that dies at a given send: from then on nothing is sent, flushed or committed.
final class MortalClients extends DefaultKafkaClientSupplier {
    /// The end of the process, as far as Streams can tell.
    static final class Death extends Error {
        private static final long serialVersionUID = 1L;
    }

    private final int lastSend;
    private final Runnable last;
    private final AtomicInteger sends = new AtomicInteger();
    private final AtomicBoolean dead = new AtomicBoolean();

    /// @param lastSend how many records are handed to the producer before it dies
    /// @param last what is done in the moment of its death, by the thread that dies
    MortalClients(int lastSend, Runnable last) {
        this.lastSend = lastSend;
        this.last = last;
    }

    static MortalClients immortal() {
        return new MortalClients(Integer.MAX_VALUE, () -> {});
    }

    int sends() {
        return sends.get();
    }

    boolean dead() {
        return dead.get();
    }

    @Override
    public Producer<byte[], byte[]> getProducer(Map<String, Object> config) {
        Producer<byte[], byte[]> real = super.getProducer(config);
        @SuppressWarnings("unchecked")
        var mortal = (Producer<byte[], byte[]>) Proxy.newProxyInstance(
                Producer.class.getClassLoader(), new Class<?>[] {Producer.class}, (_, method, arguments) -> {
                    if (method.getName().equals("close")) {
                        real.close(dead.get() ? Duration.ZERO : Duration.ofSeconds(5));
                        return null;
                    }
                    if (method.getName().equals("send") && sends.getAndIncrement() >= lastSend) {
                        if (dead.compareAndSet(false, true)) {
                            last.run();
                        }
                    }
                    if (dead.get()) {
                        throw new Death();
                    }
                    try {
                        return method.invoke(real, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause() == null ? e : e.getCause();
                    }
                });
        return mortal;
    }
}
