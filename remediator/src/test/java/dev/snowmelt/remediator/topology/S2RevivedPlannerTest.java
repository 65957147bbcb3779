package dev.snowmelt.remediator.topology;

import static dev.snowmelt.remediator.plan.Samples.CART;
import static dev.snowmelt.remediator.plan.Samples.TARGET;
import static dev.snowmelt.remediator.plan.Samples.enforce;
import static dev.snowmelt.remediator.plan.Samples.key;
import static dev.snowmelt.remediator.plan.Samples.pod;
import static dev.snowmelt.remediator.plan.Samples.record;
import static dev.snowmelt.remediator.plan.Samples.settled;
import static dev.snowmelt.remediator.plan.Samples.verdict;
import static dev.snowmelt.remediator.plan.Samples.workload;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.Message;
import dev.snowmelt.remediator.guard.Times;
import dev.snowmelt.remediator.plan.Samples;
import dev.snowmelt.schemas.id.SubjectKey;
import dev.snowmelt.schemas.id.TargetId;
import dev.snowmelt.schemas.topic.Serdes;
import dev.snowmelt.schemas.topic.Topics;
import dev.snowmelt.v1.CensusEntry;
import dev.snowmelt.v1.TargetStanding;
import dev.snowmelt.v1.TrackedRemediation;
import dev.snowmelt.v1.Verdict.State;
import dev.snowmelt.v1.VerdictRecord;
import dev.snowmelt.v1.WorkloadStanding;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.streams.processor.api.MockProcessorContext;
import org.apache.kafka.streams.processor.api.MockProcessorContext.CapturedPunctuator;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.Stores;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// S2: when Streams revives a task it closes the processor, initialises the same object again, and
/// still fires what was scheduled before. What planned before must not plan any more.
class S2RevivedPlannerTest {
    private static final Duration GRACE = Duration.ofSeconds(25);

    private final Topics topics = new Topics(Topics.DEFAULT_PREFIX, 1);
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final MockProcessorContext<Object, @Nullable Object> context = new MockProcessorContext<>();
    private final PlanProcessor processor =
            new PlanProcessor(topics, PlannerSettings.defaults(), new PlannerMetrics(meters));
    private Instant now = Samples.START;

    @BeforeEach
    void stores() {
        var subjects = topics.verdicts().keySerde();
        store(StoreMemory.CENSUS, subjects, CensusEntry.getDefaultInstance());
        store(StoreMemory.REMEDIATIONS, subjects, TrackedRemediation.getDefaultInstance());
        store(StoreMemory.OVERRIDES, topics.overrides().keySerde(), dev.snowmelt.v1.Override.getDefaultInstance());
        store(StoreMemory.TARGETS, Serdes.key(TargetId::parse), TargetStanding.getDefaultInstance());
        store(StoreMemory.WORKLOADS, topics.declarations().keySerde(), WorkloadStanding.getDefaultInstance());
        context.setCurrentSystemTimeMs(now.toEpochMilli());
    }

    private <K, M extends Message> void store(String name, Serde<K> key, M prototype) {
        var store = Stores.keyValueStoreBuilder(Stores.inMemoryKeyValueStore(name), key, Serdes.message(prototype))
                .withLoggingDisabled()
                .withCachingDisabled()
                .build();
        store.init(context.getStateStoreContext(), store);
        context.addStateStore(store);
    }

    private void say(SubjectKey key, VerdictRecord verdict) {
        String topic = topics.verdicts().name();
        context.setRecordMetadata(topic, 0, 0);
        processor.process(new Record<>(
                key.toString().getBytes(StandardCharsets.UTF_8), verdict.toByteArray(), now.toEpochMilli()));
    }

    private void say(int pod, State state) {
        say(
                key(CART, pod(CART, pod)),
                record(verdict(CART, pod(CART, pod), state).setSince(Times.timestamp(now))));
    }

    private void oneDriftedWithinItsGrace() {
        say(key(CART), record(workload(CART, 3, 3).setPolicy(enforce().setGracePeriod(Times.protobuf(GRACE)))));
        say(1, State.CONFORMANT);
        say(2, State.CONFORMANT);
        say(3, State.DRIFTED);
        say(new SubjectKey.OfSnapshot(TARGET, 0), settled(TARGET, 0, 1, true));
    }

    /// Fires timers as often as they would fire in the time, all of them alike.
    private void pass(Duration time, List<CapturedPunctuator> timers) {
        Instant end = now.plus(time);
        while (now.isBefore(end)) {
            now = now.plusSeconds(1);
            context.setCurrentSystemTimeMs(now.toEpochMilli());
            timers.forEach(timer -> timer.getPunctuator().punctuate(now.toEpochMilli()));
        }
    }

    private List<?> commands() {
        return context.forwarded(TopicOutbox.COMMANDS);
    }

    @Test
    void replacesADriftWhoseGraceIsOver() {
        processor.init(context);
        oneDriftedWithinItsGrace();

        pass(GRACE.plusSeconds(2), List.copyOf(context.scheduledPunctuators()));

        assertThat(commands()).hasSize(1);
    }

    @Test
    void whatPlannedBeforePlansNoMore() {
        processor.init(context);
        oneDriftedWithinItsGrace();
        var before = List.copyOf(context.scheduledPunctuators());
        pass(Duration.ofSeconds(2), before);
        processor.close();
        processor.init(context);
        say(3, State.CONFORMANT);

        pass(GRACE.plusSeconds(5), List.copyOf(context.scheduledPunctuators()));

        assertThat(commands()).isEmpty();
        assertThat(before).allMatch(CapturedPunctuator::cancelled);
        assertThat(context.scheduledPunctuators()).anyMatch(timer -> !timer.cancelled());
    }

    @Test
    void whatCannotBeRevivedLeavesNoSeriesBehind() {
        processor.init(context);
        oneDriftedWithinItsGrace();
        processor.close();
        var unreadable = Stores.keyValueStoreBuilder(
                        Stores.inMemoryKeyValueStore(StoreMemory.CENSUS),
                        org.apache.kafka.common.serialization.Serdes.String(),
                        org.apache.kafka.common.serialization.Serdes.String())
                .withLoggingDisabled()
                .withCachingDisabled()
                .build();
        unreadable.init(context.getStateStoreContext(), unreadable);
        unreadable.put("not a subject", "nor an entry");
        context.addStateStore(unreadable);

        assertThatThrownBy(() -> processor.init(context)).isInstanceOf(ClassCastException.class);

        assertThat(meters.getMeters()).noneMatch(meter -> meter.getId().getTag("target") != null);
    }

    @Test
    void theRevivedOneCarriesOn() {
        processor.init(context);
        oneDriftedWithinItsGrace();
        processor.close();
        processor.init(context);

        pass(GRACE.plusSeconds(2), List.copyOf(context.scheduledPunctuators()));

        assertThat(commands()).hasSize(1);
        assertThat(meters.get("snowmelt.planner.instances")
                        .tag("verdict", "conformant")
                        .gauge()
                        .value())
                .isEqualTo(2);
    }
}
