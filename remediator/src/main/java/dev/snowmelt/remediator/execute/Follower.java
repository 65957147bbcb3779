package dev.snowmelt.remediator.execute;

import dev.snowmelt.remediator.execute.Followed.Word;
import dev.snowmelt.schemas.topic.DeadLetter;
import dev.snowmelt.schemas.topic.Topic;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.errors.WakeupException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Follows a compacted topic from its beginning, and answers only when it has read to its end as of the question: the
/// end offset of the partition that is asked about is asked for each time (S10). What it cannot make sure of is
/// unknown.
final class Follower<K, V> implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Follower.class);
    private static final Duration POLL = Duration.ofMillis(200);
    private static final Duration PAUSE = Duration.ofSeconds(1);

    private final Topic<K, V> topic;
    private final String what;
    private final Predicate<K> wanted;
    private final ExecutorClients clients;
    private final Duration catchUpTimeout;
    private final Consumer<DeadLetter> deadLetters;
    private final Admin admin;
    private final Thread thread;
    private final AtomicBoolean closing = new AtomicBoolean();
    private final Followed<K, V> followed;
    private volatile org.apache.kafka.clients.consumer.@Nullable Consumer<byte @Nullable [], byte @Nullable []>
            consumer;

    /// @param what in words, for example `declarations`
    /// @param wanted whose records are kept
    /// @param deadLetters takes what cannot be read
    Follower(
            Topic<K, V> topic,
            String what,
            Predicate<K> wanted,
            ExecutorClients clients,
            Duration catchUpTimeout,
            Consumer<DeadLetter> deadLetters) {
        this.topic = topic;
        this.what = what;
        this.wanted = wanted;
        this.clients = clients;
        this.catchUpTimeout = catchUpTimeout;
        this.deadLetters = deadLetters;
        this.admin = clients.admin(what);
        this.followed = new Followed<>(topic.partitions());
        this.thread = Thread.ofPlatform().name("executor-" + what).unstarted(this::follow);
    }

    void start() {
        thread.start();
    }

    /// True when every partition was read up to where it ended when reading began.
    boolean caughtUpOnce() {
        return followed.caughtUpOnce();
    }

    /// Asks a question about the partition of a key, as of now.
    ///
    /// @param question gets the newest words on that partition, which it must not keep
    /// @param unknown what the answer is when it cannot be made sure what the newest ones are
    <R> R ask(K key, Function<Map<K, Word<V>>, R> question, Function<String, R> unknown) {
        Integer partition = topic.partitionOf(key);
        if (partition == null) {
            throw new IllegalStateException(topic.name() + " is not partitioned by its key");
        }
        try {
            return followed.await(partition, end(partition), catchUpTimeout, question);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return unknown.apply("stopped while reading the newest " + what);
        } catch (TimeoutException | ExecutionException e) {
            Throwable why = e.getCause() == null ? e : e.getCause();
            return unknown.apply("the end of the " + what + " is not known: " + why.getMessage());
        }
    }

    // Up to the last stable offset: a record in an open transaction does not hold yet.
    private long end(int partition) throws InterruptedException, ExecutionException, TimeoutException {
        var at = new TopicPartition(topic.name(), partition);
        return admin.listOffsets(Map.of(at, OffsetSpec.latest()), new ListOffsetsOptions(IsolationLevel.READ_COMMITTED))
                .partitionResult(at)
                .get(catchUpTimeout.toMillis(), TimeUnit.MILLISECONDS)
                .offset();
    }

    private void follow() {
        while (!closing.get()) {
            try (var reader = clients.following(what)) {
                consumer = reader;
                read(reader);
            } catch (WakeupException _) {
                // close() was called
            } catch (KafkaException e) {
                log.atWarn().addKeyValue("topic", topic.name()).setCause(e).log("topic is read again");
                pause();
            } finally {
                consumer = null;
            }
        }
    }

    private void read(org.apache.kafka.clients.consumer.Consumer<byte @Nullable [], byte @Nullable []> reader) {
        List<TopicPartition> partitions = IntStream.range(0, topic.partitions())
                .mapToObj(partition -> new TopicPartition(topic.name(), partition))
                .toList();
        reader.assign(partitions);
        reader.seekToBeginning(partitions);
        followed.restart();
        reader.endOffsets(partitions).forEach((at, end) -> followed.endedAt(at.partition(), end));
        while (!closing.get()) {
            for (var record : reader.poll(POLL)) {
                take(record);
            }
            for (TopicPartition at : partitions) {
                followed.readTo(at.partition(), reader.position(at));
            }
        }
    }

    private void take(ConsumerRecord<byte @Nullable [], byte @Nullable []> record) {
        K named;
        try {
            byte[] key = record.key();
            if (key == null) {
                throw new SerializationException("a record of a compacted topic has a key");
            }
            named = topic.keySerde().deserializer().deserialize(topic.name(), key);
        } catch (SerializationException e) {
            deadLetter(record, e);
            return;
        }
        if (!wanted.test(named)) {
            return;
        }
        try {
            byte[] value = record.value();
            followed.put(
                    record.partition(),
                    named,
                    value == null ? null : topic.valueSerde().deserializer().deserialize(topic.name(), value));
        } catch (SerializationException e) {
            followed.unreadable(record.partition(), named, String.valueOf(e.getMessage()));
            deadLetter(record, e);
        }
    }

    private void deadLetter(
            ConsumerRecord<byte @Nullable [], byte @Nullable []> record, SerializationException reason) {
        deadLetters.accept(new DeadLetter(
                record.topic(),
                record.partition(),
                record.offset(),
                Executor.STAGE,
                String.valueOf(reason.getMessage()),
                record.key(),
                record.value()));
    }

    private void pause() {
        try {
            Thread.sleep(PAUSE);
        } catch (InterruptedException _) {
            closing.set(true);
        }
    }

    @Override
    public void close() {
        closing.set(true);
        var reader = consumer;
        if (reader != null) {
            reader.wakeup();
        }
        try {
            if (thread.isAlive() && !thread.join(Duration.ofSeconds(2))) {
                thread.interrupt();
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
        admin.close(Duration.ofSeconds(1));
    }
}
