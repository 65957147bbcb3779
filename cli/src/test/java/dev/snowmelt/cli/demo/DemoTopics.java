package dev.snowmelt.cli.demo;

import static org.awaitility.Awaitility.await;

import dev.snowmelt.schemas.topic.Topic;
import dev.snowmelt.schemas.topic.Topics;
import dev.snowmelt.v1.Command;
import dev.snowmelt.v1.Remediation;
import dev.snowmelt.v1.Verdict;
import dev.snowmelt.v1.VerdictRecord;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/// Everything that a demo writes to three topics, read while it runs, in the order of each topic:
/// what is about one target has one partition there.
final class DemoTopics implements AutoCloseable {
    private static final Pattern STARTED = Pattern.compile("Kafka on ([^ ,]+),");

    private final Topics topics = new Topics(Topics.DEFAULT_PREFIX, Stage.PARTITIONS);
    private final List<Verdict> verdicts = new ArrayList<>();
    private final List<Remediation> remediations = new ArrayList<>();
    private final List<Command> commands = new ArrayList<>();
    private final Thread thread;
    private volatile boolean closed;

    /// @param told what the demo has told so far: where its broker is, among other things
    DemoTopics(Supplier<String> told) {
        thread = Thread.ofPlatform().name("demo-topics").start(() -> read(told));
    }

    private void read(Supplier<String> told) {
        Matcher started = STARTED.matcher("");
        await().forever().until(() -> closed || started.reset(told.get()).find());
        if (closed) {
            return;
        }
        Map<String, Object> config = Map.of(
                ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                started.group(1),
                ConsumerConfig.ISOLATION_LEVEL_CONFIG,
                "read_committed",
                ConsumerConfig.AUTO_OFFSET_RESET_CONFIG,
                "earliest");
        try (var consumer = new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            consumer.assign(Stream.of(topics.verdicts(), topics.remediations(), topics.commands())
                    .<TopicPartition>mapMulti((topic, to) -> IntStream.range(0, topic.partitions())
                            .forEach(partition -> to.accept(new TopicPartition(topic.name(), partition))))
                    .toList());
            while (!closed) {
                consumer.poll(Duration.ofMillis(50)).forEach(this::take);
            }
        }
    }

    private synchronized void take(ConsumerRecord<byte[], byte[]> record) {
        if (record.value() == null) {
            return;
        }
        if (record.topic().equals(topics.verdicts().name())) {
            VerdictRecord verdict = value(topics.verdicts(), record);
            if (verdict.hasInstance()) {
                verdicts.add(verdict.getInstance());
            }
        } else if (record.topic().equals(topics.remediations().name())) {
            remediations.add(value(topics.remediations(), record));
        } else {
            commands.add(value(topics.commands(), record));
        }
    }

    private static <V> V value(Topic<?, V> topic, ConsumerRecord<byte[], byte[]> record) {
        return topic.valueSerde().deserializer().deserialize(record.topic(), record.value());
    }

    synchronized List<Verdict> verdicts() {
        return List.copyOf(verdicts);
    }

    synchronized List<Remediation> remediations() {
        return List.copyOf(remediations);
    }

    synchronized List<Command> commands() {
        return List.copyOf(commands);
    }

    @Override
    public void close() {
        closed = true;
        try {
            thread.join();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }
}
