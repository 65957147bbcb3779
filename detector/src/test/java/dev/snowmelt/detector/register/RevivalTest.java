package dev.snowmelt.detector.register;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Message;
import dev.snowmelt.schemas.topic.Serdes;
import dev.snowmelt.schemas.trust.TrustedKeys;
import dev.snowmelt.v1.DecidedSignature;
import dev.snowmelt.v1.Ledger;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.apache.kafka.streams.processor.api.MockProcessorContext;
import org.apache.kafka.streams.processor.api.MockProcessorContext.CapturedPunctuator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.Stores;
import org.junit.jupiter.api.Test;

/// When Streams revives a task it closes the processor, initialises the same object again, and still
/// fires what was scheduled before.
class RevivalTest {
    private static final long NOW = 1_800_000_000_000L;

    private final MockProcessorContext<Void, Step> context = new MockProcessorContext<>();

    private <M extends Message> KeyValueStore<String, M> store(String name, M prototype) {
        var store = Stores.keyValueStoreBuilder(
                        Stores.inMemoryKeyValueStore(name),
                        org.apache.kafka.common.serialization.Serdes.String(),
                        Serdes.message(prototype))
                .withLoggingDisabled()
                .withCachingDisabled()
                .build();
        store.init(context.getStateStoreContext(), store);
        context.addStateStore(store);
        return store;
    }

    @Test
    void whatWasScheduledBeforeDoesNothing() {
        store(DecideProposal.LEDGERS, Ledger.getDefaultInstance());
        store(DecideProposal.OVERRIDES, dev.snowmelt.v1.Override.getDefaultInstance());
        var signatures = store(DecideProposal.SIGNATURES, DecidedSignature.getDefaultInstance());
        var decide = new DecideProposal("proposals", TrustedKeys.NONE, new RegistrarMetrics(new SimpleMeterRegistry()));
        decide.init(context);
        var before = context.scheduledPunctuators().getFirst();
        decide.close();
        decide.init(context);
        signatures.put("long over", DecidedSignature.getDefaultInstance());

        before.getPunctuator().punctuate(NOW);

        assertThat(signatures.get("long over")).isNotNull();
        assertThat(before.cancelled()).isTrue();
        assertThat(context.scheduledPunctuators())
                .hasSize(2)
                .last()
                .satisfies(timer -> timer.getPunctuator().punctuate(NOW))
                .extracting(CapturedPunctuator::cancelled)
                .isEqualTo(false);
        assertThat(signatures.get("long over")).isNull();
    }
}
