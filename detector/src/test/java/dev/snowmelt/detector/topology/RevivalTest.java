package dev.snowmelt.detector.topology;

import static dev.snowmelt.detector.topology.Sample.CART;
import static dev.snowmelt.detector.topology.Sample.declaration;
import static dev.snowmelt.detector.topology.Sample.observed;
import static dev.snowmelt.detector.topology.Sample.pod;
import static org.assertj.core.api.Assertions.assertThat;

import dev.snowmelt.schemas.topic.ObservationHeader;
import dev.snowmelt.schemas.topic.ObservationHeader.Source;
import dev.snowmelt.schemas.topic.Topics;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.ArrayDeque;
import java.util.List;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.processor.api.MockProcessorContext;
import org.apache.kafka.streams.processor.api.MockProcessorContext.CapturedPunctuator;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.Stores;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// When Streams revives a task it closes the processor, initialises the same object again, and still
/// fires what was scheduled before.
class RevivalTest {
    private final Topics topics = new Topics(Topics.DEFAULT_PREFIX, 1);
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final MockProcessorContext<byte[], byte @Nullable []> context = new MockProcessorContext<>();
    private final JudgeProcessor processor = new JudgeProcessor(
            topics,
            DetectorSettings.DEFAULT,
            _ -> 0,
            new DetectorMetrics(meters),
            new FacetHash(1),
            new ArrayDeque<>());

    @BeforeEach
    void stores() {
        for (String name :
                List.of(TaskStores.DECLARATIONS, TaskStores.INSTANCES, TaskStores.WORKLOADS, TaskStores.TARGETS)) {
            var store = Stores.keyValueStoreBuilder(
                            Stores.inMemoryKeyValueStore(name), Serdes.Bytes(), Serdes.ByteArray())
                    .withLoggingDisabled()
                    .withCachingDisabled()
                    .build();
            store.init(context.getStateStoreContext(), store);
            context.addStateStore(store);
        }
        context.setCurrentSystemTimeMs(1_800_000_000_000L);
    }

    private void declare() {
        context.setRecordMetadata(topics.declarations().name(), 0, 0);
        processor.process(
                new Record<>(Keys.utf8(CART), declaration(CART, 'a').toByteArray(), context.currentSystemTimeMs()));
    }

    private void observe(int pod) {
        context.setRecordMetadata(topics.observations().name(), 0, pod);
        var headers = new RecordHeaders();
        new ObservationHeader(1, 0, 0, context.currentSystemTimeMs(), Source.WATCH).addTo(headers);
        processor.process(new Record<>(
                Keys.utf8(CART), observed(pod(CART, pod), 'a').toByteArray(), context.currentSystemTimeMs(), headers));
    }

    private double indexed() {
        return meters.get("snowmelt.detector.index.facets").gauge().value();
    }

    private static void fire(List<CapturedPunctuator> timers) {
        timers.forEach(timer -> timer.getPunctuator().punctuate(1_800_000_000_100L));
    }

    @Test
    void whatWasScheduledBeforeDoesNothing() {
        processor.init(context);
        declare();
        observe(1);
        var before = List.copyOf(context.scheduledPunctuators());
        processor.close();
        processor.init(context);
        context.resetForwards();

        fire(before);

        assertThat(context.forwarded()).isEmpty();
        assertThat(before).allMatch(CapturedPunctuator::cancelled);
        fire(context.scheduledPunctuators());
        assertThat(context.forwarded(Outbox.VERDICTS)).hasSize(1);
    }

    @Test
    void theGaugeOfTheIndexCountsEachFacetOnce() {
        processor.init(context);
        declare();
        observe(1);
        observe(2);
        assertThat(indexed()).isEqualTo(2);

        processor.close();
        processor.init(context);
        assertThat(indexed()).isZero();
        observe(1);
        processor.close();

        assertThat(indexed()).isZero();
    }
}
