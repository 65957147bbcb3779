package dev.snowmelt.detector.scan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.snowmelt.v1.CollectorStatus;
import dev.snowmelt.v1.ScanState;
import dev.snowmelt.v1.ScanTally;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.List;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.processor.api.MockProcessorContext;
import org.apache.kafka.streams.processor.api.MockProcessorContext.CapturedPunctuator;
import org.apache.kafka.streams.state.Stores;
import org.junit.jupiter.api.Test;

/// When Streams revives a task it closes the processor, initialises the same object again, and still
/// fires what was scheduled before.
class RevivalTest {
    private final MockProcessorContext<Void, Step> context = new MockProcessorContext<>();

    private <V> void store(String name, Serde<V> values) {
        var store = Stores.keyValueStoreBuilder(Stores.inMemoryKeyValueStore(name), Serdes.String(), values)
                .withLoggingDisabled()
                .withCachingDisabled()
                .build();
        store.init(context.getStateStoreContext(), store);
        context.addStateStore(store);
    }

    @Test
    void cancelsItsTimersWhenItIsClosed() {
        store(GatherScan.SCANS, dev.snowmelt.schemas.topic.Serdes.message(ScanState.getDefaultInstance()));
        store(GatherScan.TALLIES, dev.snowmelt.schemas.topic.Serdes.message(ScanTally.getDefaultInstance()));
        store(Fleet.WATCHED, dev.snowmelt.schemas.topic.Serdes.message(CollectorStatus.getDefaultInstance()));
        store(Fleet.DECLARED, Serdes.Long());
        context.setCurrentSystemTimeMs(1_800_000_000_000L);
        var gather = new GatherScan(1, new ScannerMetrics(new SimpleMeterRegistry()));
        gather.init(context);
        var before = List.copyOf(context.scheduledPunctuators());

        gather.close();
        gather.init(context);

        assertThat(before).hasSize(2).allMatch(CapturedPunctuator::cancelled);
        assertThat(context.scheduledPunctuators()).hasSize(4);
        assertThat(context.scheduledPunctuators().subList(2, 4)).noneMatch(CapturedPunctuator::cancelled);
    }
}
