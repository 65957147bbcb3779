package dev.snowmelt.detector.collect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.snowmelt.schemas.id.TargetId;
import dev.snowmelt.schemas.id.WorkloadId;
import dev.snowmelt.schemas.topic.ObservationHeader;
import dev.snowmelt.schemas.topic.ObservationHeader.Source;
import dev.snowmelt.schemas.topic.Topics;
import dev.snowmelt.schemas.trace.Tracing;
import dev.snowmelt.v1.InstanceGone;
import dev.snowmelt.v1.Observation;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;

class PublisherTest {
    private static final WorkloadId CART = WorkloadId.parse("k8s:test/shop/Deployment/cart");
    private static final Observation GONE = Observation.newBuilder()
            .setInstanceGone(InstanceGone.newBuilder().setInstance("k8s:test/shop/pod/cart-x/u1"))
            .build();

    private final Topics topics = new Topics("t.", 4);
    private final MockProducer<byte[], byte[]> producer =
            new MockProducer<>(false, null, new ByteArraySerializer(), new ByteArraySerializer());
    private final List<RuntimeException> failures = new ArrayList<>();
    private boolean leaseHeld = true;
    private final List<String> steps = new ArrayList<>();
    private final Tracing tracing = (name, parent, began, _) -> new Tracing.Step() {
        @Override
        public byte[] header() {
            return new byte[] {7};
        }

        @Override
        public void end(Instant at) {
            steps.add(name + (parent == null ? " first" : " again") + " at " + began.toEpochMilli());
        }
    };
    private final Publisher publisher = new Publisher(
            producer,
            topics.observations(),
            3,
            () -> leaseHeld,
            () -> Instant.ofEpochMilli(5000),
            new CollectorMetrics(new SimpleMeterRegistry(), TargetId.parse("k8s:test")),
            tracing,
            failures::add);

    @Test
    void putsWhatIsNotPartOfWhatWasSeenIntoTheHeader() {
        publisher.changed(CART, GONE, 42);

        ProducerRecord<byte[], byte[]> record = producer.history().getFirst();
        assertThat(record.partition()).isEqualTo(topics.observations().partitionOf(CART));
        assertThat(record.value()).isEqualTo(GONE.toByteArray());
        assertThat(ObservationHeader.of(record.headers()))
                .contains(new ObservationHeader(3, 0, 42, 5000, Source.WATCH));
    }

    @Test
    void aChangeBeginsAWayThatAListDoesNot() {
        publisher.changed(CART, GONE, 42);
        publisher.listed(CART, GONE, 42, new SnapshotTally(77, 4));
        assertThat(steps).as("not acknowledged yet").isEmpty();
        producer.completeNext();
        producer.completeNext();

        assertThat(producer.history())
                .extracting(record -> Tracing.header(record.headers()))
                .containsExactly(new byte[] {7}, null);
        assertThat(steps).containsExactly("observe first at 5000");
    }

    @Test
    void countsWhatASnapshotListsAndOnlyThat() {
        var tally = new SnapshotTally(77, 4);

        publisher.listed(CART, GONE, 42, tally);
        publisher.changed(CART, GONE, 43);
        publisher.listed(CART, GONE, 42, tally);

        int partition = producer.history().getFirst().partition();
        assertThat(tally.recordsOn(partition)).isEqualTo(2);
        assertThat(ObservationHeader.of(producer.history().get(0).headers())
                        .orElseThrow()
                        .snapshot())
                .isEqualTo(77);
    }

    @Test
    void writesNothingMoreOnceTheLeaseIsLost() {
        publisher.changed(CART, GONE, 1);
        leaseHeld = false;

        assertThatThrownBy(() -> publisher.changed(CART, GONE, 2)).isInstanceOf(PublishException.class);
        assertThat(producer.history()).hasSize(1);
    }

    @Test
    void endsWithTheFirstRecordThatFails() {
        publisher.changed(CART, GONE, 1);
        publisher.changed(CART, GONE, 2);
        producer.errorNext(new TimeoutException("the broker is gone"));
        producer.completeNext();

        assertThatThrownBy(publisher::flush)
                .isInstanceOf(PublishException.class)
                .hasMessageContaining("the broker is gone");
        assertThatThrownBy(() -> publisher.changed(CART, GONE, 3)).isInstanceOf(PublishException.class);
        assertThat(failures).hasSize(1);
    }
}
