package dev.snowmelt.cli.demo;

import dev.snowmelt.schemas.id.InstanceId;
import dev.snowmelt.schemas.id.SubjectKey;
import dev.snowmelt.schemas.id.WorkloadId;
import dev.snowmelt.schemas.topic.Topic;
import dev.snowmelt.schemas.topic.Topics;
import dev.snowmelt.v1.Drift;
import dev.snowmelt.v1.Hold;
import dev.snowmelt.v1.Remediation;
import dev.snowmelt.v1.Verdict;
import dev.snowmelt.v1.VerdictRecord;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/// Reads what Snowmelt says in its topics, as anybody could, and tells it line by line: what
/// drifted, when it was seen, what was decided and why, when the replacement was proven.
final class Story implements AutoCloseable {
    private final Topics topics;
    private final InstantSource clock;
    private final Consumer<String> line;
    private final Instant start;
    private final KafkaConsumer<byte[], byte[]> consumer;
    private final Thread reader;
    private final List<Snowflake> snowflakes = new ArrayList<>();
    private final Map<SubjectKey, VerdictRecord> verdicts = new HashMap<>();
    private final Map<SubjectKey, String> told = new HashMap<>();

    Story(String bootstrapServers, Topics topics, InstantSource clock, Consumer<String> line) {
        this.topics = topics;
        this.clock = clock;
        this.line = line;
        this.start = clock.instant();
        this.consumer = new KafkaConsumer<>(
                Map.of(
                        ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers,
                        ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed",
                        ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest"),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
        this.consumer.assign(Stream.of(topics.verdicts(), topics.remediations())
                .<TopicPartition>mapMulti((topic, to) -> IntStream.range(0, topic.partitions())
                        .forEach(p -> to.accept(new TopicPartition(topic.name(), p))))
                .toList());
        this.reader = Thread.ofPlatform().name("demo-story").start(this::read);
    }

    /// Prints one line with the time since the demo began.
    void tell(String what) {
        double seconds = Duration.between(start, clock.instant()).toMillis() / 1000.0;
        line.accept("%7.2f s  %s".formatted(seconds, what));
    }

    /// Notes a drift that is about to be made, so that it is recognised when it is seen.
    synchronized Snowflake expect(String what, WorkloadId workload, Optional<InstanceId> who, Snowflake.End expected) {
        var snowflake = new Snowflake(what, workload, who, expected, clock.instant());
        snowflakes.add(snowflake);
        tell("made      " + what);
        return snowflake;
    }

    synchronized List<Snowflake> snowflakes() {
        return List.copyOf(snowflakes);
    }

    /// The newest verdict of every instance.
    synchronized List<Verdict> verdicts() {
        return verdicts.values().stream()
                .filter(VerdictRecord::hasInstance)
                .map(VerdictRecord::getInstance)
                .toList();
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

    private void read() {
        try {
            while (!Thread.currentThread().isInterrupted()) {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(100))) {
                    take(record);
                }
            }
        } catch (WakeupException _) {
            // closed
        } finally {
            consumer.close();
        }
    }

    private synchronized void take(ConsumerRecord<byte[], byte[]> record) {
        if (record.topic().equals(topics.verdicts().name())) {
            take(topics.verdicts(), record, verdicts).ifPresent(this::verdict);
        } else {
            take(topics.remediations(), record, new HashMap<>()).ifPresent(this::remediation);
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

    private void verdict(VerdictRecord record) {
        switch (record.getWhatCase()) {
            case INSTANCE -> {
                Verdict verdict = record.getInstance();
                if (verdict.getState() == Verdict.State.DRIFTED) {
                    seen(
                            WorkloadId.parse(verdict.getWorkload()),
                            Optional.of(InstanceId.parse(verdict.getInstance())),
                            verdict.getDriftsList());
                }
            }
            case WORKLOAD -> {
                List<Drift> ofTemplate = record.getWorkload().getDriftsList().stream()
                        .filter(drift -> drift.getKind() == Drift.Kind.TEMPLATE_MISMATCH)
                        .toList();
                if (!ofTemplate.isEmpty()) {
                    seen(WorkloadId.parse(record.getWorkload().getWorkload()), Optional.empty(), ofTemplate);
                }
            }
            case SNAPSHOT, WHAT_NOT_SET -> {
                // Nothing that a person wants to read.
            }
        }
    }

    private void seen(WorkloadId workload, Optional<InstanceId> instance, List<Drift> drifts) {
        for (Snowflake snowflake : snowflakes) {
            if (!snowflake.seen() && snowflake.concerns(workload, instance)) {
                snowflake.seen(clock.instant(), drifts.isEmpty() ? "" : describe(drifts.getFirst()));
                tell("seen      %s after %d ms: %s"
                        .formatted(
                                subject(workload, instance),
                                snowflake.detectMillis().orElseThrow(),
                                snowflake.drift()));
                return;
            }
        }
    }

    private void remediation(Remediation remediation) {
        WorkloadId workload = WorkloadId.parse(remediation.getWorkload());
        Optional<InstanceId> instance = remediation.getInstance().isEmpty()
                ? Optional.empty()
                : Optional.of(InstanceId.parse(remediation.getInstance()));
        for (Snowflake snowflake : snowflakes) {
            if (snowflake.concerns(workload, instance)) {
                follow(snowflake, remediation, instance);
                return;
            }
        }
    }

    private void follow(Snowflake snowflake, Remediation remediation, Optional<InstanceId> instance) {
        String subject = subject(snowflake.workload(), instance);
        boolean ofTemplate = instance.isEmpty();
        switch (remediation.getPhase()) {
            case HELD, BLOCKED -> {
                Hold hold = remediation.getHold();
                if (hold.getReason() == Hold.Reason.SETTLING || hold.getReason() == Hold.Reason.GRACE_PERIOD) {
                    return;
                }
                if (snowflake.expected() == Snowflake.End.HELD
                        || (hold.getReason() == Hold.Reason.TEMPLATE_UNPINNED && !ofTemplate)) {
                    snowflake.ended(Snowflake.End.HELD, clock.instant(), hold.getReason() + ": " + hold.getDetail());
                }
                tellOnce(
                        instance,
                        snowflake,
                        "held      %s: %s, %s".formatted(subject, hold.getReason(), hold.getDetail()));
            }
            case ISSUED ->
                tellOnce(
                        instance,
                        snowflake,
                        "decided   %s: %s"
                                .formatted(
                                        subject,
                                        ofTemplate
                                                ? "restore the template"
                                                : "evict, attempt " + remediation.getAttempt()));
            case TERMINATED ->
                tellOnce(
                        instance,
                        snowflake,
                        "done      %s: %s".formatted(subject, ofTemplate ? "template patched" : "evicted"));
            case REPLACED -> {
                Snowflake.End end = ofTemplate ? Snowflake.End.RESTORED : Snowflake.End.REPLACED;
                snowflake.ended(end, clock.instant(), remediation.getDetail());
                tellOnce(
                        instance,
                        snowflake,
                        "proven    %s: %s after %d ms"
                                .formatted(
                                        subject,
                                        ofTemplate
                                                ? "restored and rolled out"
                                                : "replaced by " + name(InstanceId.parse(remediation.getReplacement())),
                                        snowflake.endMillis().orElseThrow()));
            }
            case RETIRED, RESOLVED, FAILED, STUCK ->
                tellOnce(
                        instance,
                        snowflake,
                        "%-9s %s: %s"
                                .formatted(
                                        remediation.getPhase().name().toLowerCase(Locale.ROOT),
                                        subject,
                                        remediation.getDetail()));
            case PHASE_UNSPECIFIED, UNRECOGNIZED -> {
                // Not a phase.
            }
        }
    }

    private void tellOnce(Optional<InstanceId> instance, Snowflake snowflake, String text) {
        SubjectKey key = instance.<SubjectKey>map(id -> new SubjectKey.OfInstance(snowflake.workload(), id))
                .orElse(new SubjectKey.OfWorkload(snowflake.workload()));
        if (!text.equals(told.put(key, text))) {
            tell(text);
        }
    }

    private static String subject(WorkloadId workload, Optional<InstanceId> instance) {
        return instance.map(Story::name).orElse(workload.kind() + "/" + workload.name());
    }

    private static String name(InstanceId instance) {
        return instance.name();
    }

    private static String describe(Drift drift) {
        String declared = shorten(drift.getDeclared());
        String observed = shorten(drift.getObserved());
        return drift.getKind() + " " + drift.getSubject()
                + (declared.isEmpty() ? "" : ", declared " + declared)
                + (observed.isEmpty() ? "" : ", runs " + observed);
    }

    /// Digests are 64 digits long; twelve are enough to tell them apart on a screen.
    private static String shorten(String image) {
        int digest = image.indexOf("sha256:");
        return digest < 0 || image.length() < digest + 19 ? image : image.substring(0, digest + 19) + "…";
    }

    @Override
    public void close() {
        consumer.wakeup();
        try {
            reader.join(Duration.ofSeconds(5));
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }
}
