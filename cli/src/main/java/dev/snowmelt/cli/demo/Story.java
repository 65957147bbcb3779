package dev.snowmelt.cli.demo;

import dev.snowmelt.schemas.id.InstanceId;
import dev.snowmelt.schemas.id.SubjectKey;
import dev.snowmelt.schemas.id.WorkloadId;
import dev.snowmelt.schemas.topic.Topic;
import dev.snowmelt.schemas.topic.Topics;
import dev.snowmelt.v1.Remediation;
import dev.snowmelt.v1.Verdict;
import dev.snowmelt.v1.VerdictRecord;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/// Reads what Snowmelt says in its topics and tells it line by line: what drifted, when it was seen, what was decided
/// and why, when the replacement was proven.
final class Story implements AutoCloseable {
    private final Topics topics;
    private final InstantSource clock;
    private final Consumer<String> line;
    private final Instant start;
    private final Narration narration;
    private final Map<SubjectKey, VerdictRecord> verdicts = new HashMap<>();
    private final Map<SubjectKey, Remediation> remediations = new HashMap<>();
    private final Reading reading;

    Story(String bootstrapServers, Topics topics, Words words, InstantSource clock, Consumer<String> line) {
        this.topics = topics;
        this.clock = clock;
        this.line = line;
        this.start = clock.instant();
        this.narration = new Narration(words, clock, this::tell);
        this.reading = new Reading(bootstrapServers, topics, this::take);
    }

    /// Prints one line with the time since the demo began.
    void tell(String what) {
        double seconds = Duration.between(start, clock.instant()).toMillis() / 1000.0;
        line.accept("%7.2f s  %s".formatted(seconds, what));
    }

    /// Notes a drift that is about to be made, so that it is recognised when it is seen.
    Snowflake expect(String what, WorkloadId workload, Optional<InstanceId> who, Snowflake.End expected) {
        return expect(new Snowflake(what, workload, who, expected, clock.instant()));
    }

    /// Notes that all instances of a workload are about to become outdated.
    Snowflake expectRoll(String what, WorkloadId workload, int instances) {
        return expect(Snowflake.roll(what, workload, instances, clock.instant()));
    }

    private synchronized Snowflake expect(Snowflake snowflake) {
        narration.expect(snowflake);
        tell("made      " + snowflake.what());
        return snowflake;
    }

    synchronized List<Snowflake> snowflakes() {
        return narration.snowflakes();
    }

    /// The newest verdict of every instance.
    synchronized List<Verdict> verdicts() {
        return verdicts.values().stream()
                .filter(VerdictRecord::hasInstance)
                .map(VerdictRecord::getInstance)
                .toList();
    }

    /// The newest state of every remediation.
    synchronized List<Remediation> remediations() {
        return List.copyOf(remediations.values());
    }

    /// Waits until something holds for a drift.
    ///
    /// @return false when it still did not after `longest`
    synchronized boolean await(Snowflake snowflake, Predicate<Snowflake> until, Duration longest)
            throws InterruptedException {
        return awaitThat(() -> until.test(snowflake), longest);
    }

    /// Waits until something holds for what was read.
    synchronized boolean awaitThat(BooleanSupplier condition, Duration longest) throws InterruptedException {
        Instant deadline = clock.instant().plus(longest);
        while (!condition.getAsBoolean()) {
            long left = Duration.between(clock.instant(), deadline).toMillis();
            if (left <= 0) {
                return false;
            }
            wait(left);
        }
        return true;
    }

    /// Lets time pass while the story goes on.
    synchronized void pause(Duration length) throws InterruptedException {
        awaitThat(() -> false, length);
    }

    private synchronized void take(ConsumerRecord<byte[], byte[]> record) {
        if (record.topic().equals(topics.verdicts().name())) {
            take(topics.verdicts(), record, verdicts).ifPresent(narration::verdict);
        } else {
            take(topics.remediations(), record, remediations).ifPresent(narration::remediation);
        }
        notifyAll();
    }

    private static <M> Optional<M> take(
            Topic<SubjectKey, M> topic, ConsumerRecord<byte[], byte[]> record, Map<SubjectKey, M> newest) {
        SubjectKey key = topic.keySerde().deserializer().deserialize(record.topic(), record.key());
        if (record.value() == null) {
            newest.remove(key);
            return Optional.empty();
        }
        M value = topic.valueSerde().deserializer().deserialize(record.topic(), record.value());
        newest.put(key, value);
        return Optional.of(value);
    }

    @Override
    public void close() {
        reading.close();
    }
}
