package dev.snowmelt.bench.detector;

import java.util.Map;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.kafka.clients.consumer.ConsumerInterceptor;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;

/// Holds the detector's consumer while the load is being written and while the yardstick runs, so that A and B never
/// compete and the detector always starts on a full backlog. It must not be longer than `max.poll.interval.ms`.
///
/// Kafka makes interceptors itself, from their class name; hence the static state.
public final class Gate implements ConsumerInterceptor<byte[], byte[]> {
    private static final Lock LOCK = new ReentrantLock();
    private static final Condition OPENED = LOCK.newCondition();
    private static boolean closed;

    /// The next records that the detector polls wait until [#open].
    public static void shut() {
        set(true);
    }

    /// Lets the detector go on.
    public static void open() {
        set(false);
    }

    private static void set(boolean shut) {
        LOCK.lock();
        try {
            closed = shut;
            OPENED.signalAll();
        } finally {
            LOCK.unlock();
        }
    }

    @Override
    public ConsumerRecords<byte[], byte[]> onConsume(ConsumerRecords<byte[], byte[]> records) {
        LOCK.lock();
        try {
            while (closed) {
                OPENED.awaitUninterruptibly();
            }
        } finally {
            LOCK.unlock();
        }
        return records;
    }

    @Override
    public void onCommit(Map<TopicPartition, OffsetAndMetadata> offsets) {}

    @Override
    public void close() {}

    @Override
    public void configure(Map<String, ?> configs) {}
}
