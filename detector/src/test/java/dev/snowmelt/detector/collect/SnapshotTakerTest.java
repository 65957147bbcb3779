package dev.snowmelt.detector.collect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.snowmelt.schemas.id.TargetId;
import dev.snowmelt.schemas.id.WorkloadId;
import dev.snowmelt.schemas.topic.Topics;
import dev.snowmelt.schemas.trace.Tracing;
import dev.snowmelt.v1.InstanceGone;
import dev.snowmelt.v1.Observation;
import dev.snowmelt.v1.Observation.WhatCase;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Instant;
import java.util.List;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;

/// A snapshot of a platform that lists nothing but what a test says.
class SnapshotTakerTest {
    private static final TargetId TARGET = TargetId.parse("k8s:test");
    private static final WorkloadId CART = WorkloadId.parse("k8s:test/shop/Deployment/cart");
    private static final Observation SEEN = Observation.newBuilder()
            .setInstanceGone(InstanceGone.newBuilder().setInstance("k8s:test/shop/pod/cart-x/u1"))
            .build();

    private interface Listing {
        void list(SnapshotTally tally) throws LookException;
    }

    private final Topics topics = new Topics("t.", 2);
    private final MockProducer<byte[], byte[]> producer =
            new MockProducer<>(true, null, new ByteArraySerializer(), new ByteArraySerializer());
    private final Publisher publisher = new Publisher(
            producer,
            topics.observations(),
            3,
            () -> true,
            () -> Instant.ofEpochMilli(5000),
            new CollectorMetrics(new SimpleMeterRegistry(), TARGET),
            Tracing.NONE,
            _ -> {});
    private final SnapshotTaker taker = new SnapshotTaker(TARGET, "test/k8s:test", publisher, () -> 77);

    private SnapshotTaker.Taken take(Listing listing) throws LookException {
        return taker.take(
                "",
                new Platform.Lookout() {
                    @Override
                    public void list(SnapshotTally tally) throws LookException {
                        listing.list(tally);
                    }

                    @Override
                    public boolean following() {
                        return false;
                    }

                    @Override
                    public void close() {}
                },
                Believability.UNKNOWN);
    }

    private List<Observation> written() {
        return producer.history().stream()
                .map(record -> topics.observations().valueSerde().deserializer().deserialize("", record.value()))
                .toList();
    }

    @Test
    void putsEverythingBetweenABeginAndAnEndOnEachPartition() throws LookException {
        take(tally -> {
            publisher.listed(CART, SEEN, 1, tally);
            tally.countInstance();
        });

        assertThat(written())
                .extracting(Observation::getWhatCase)
                .containsExactly(WhatCase.BEGIN, WhatCase.BEGIN, WhatCase.INSTANCE_GONE, WhatCase.END, WhatCase.END);
        assertThat(written())
                .filteredOn(Observation::hasEnd)
                .extracting(end -> end.getEnd().getRecordsOnPartition())
                .containsExactlyInAnyOrder(1L, 0L);
        assertThat(written().getLast().getEnd().getBelievable()).isTrue();
    }

    @Test
    void hasNoEndWhenTheListFails() {
        assertThatThrownBy(() -> take(tally -> {
                    publisher.listed(CART, SEEN, 1, tally);
                    throw new LookException("cannot reach it", null, false);
                }))
                .isInstanceOf(LookException.class);

        assertThat(written()).noneMatch(Observation::hasEnd);
    }

    @Test
    void concludesNothingFromAListWithSomethingUnreadableInIt() throws LookException {
        SnapshotTaker.Taken taken = take(tally -> {
            tally.countInstance();
            tally.countUnreadable();
        });

        assertThat(taken.believable()).isFalse();
        assertThat(written().getLast().getEnd().getBelievable()).isFalse();
        assertThat(written().getLast().getEnd().getDoubt()).contains("could not read 1 ");
    }
}
