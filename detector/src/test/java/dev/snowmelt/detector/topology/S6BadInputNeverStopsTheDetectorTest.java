package dev.snowmelt.detector.topology;

import static dev.snowmelt.detector.topology.Sample.CART;
import static dev.snowmelt.detector.topology.Sample.TARGET;
import static dev.snowmelt.detector.topology.Sample.begin;
import static dev.snowmelt.detector.topology.Sample.declaration;
import static dev.snowmelt.detector.topology.Sample.observed;
import static dev.snowmelt.detector.topology.Sample.pod;
import static dev.snowmelt.detector.topology.Sample.status;
import static org.assertj.core.api.Assertions.assertThat;

import dev.snowmelt.schemas.topic.DeadLetter;
import dev.snowmelt.schemas.topic.ObservationHeader;
import dev.snowmelt.schemas.topic.ObservationHeader.Source;
import dev.snowmelt.v1.Observation;
import dev.snowmelt.v1.Verdict;
import java.nio.charset.StandardCharsets;
import java.util.stream.Stream;
import org.apache.kafka.streams.test.TestRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// S6: bad input goes to the dead letters with the reason, is counted, and nothing else is lost.
class S6BadInputNeverStopsTheDetectorTest {
    private static final byte[] HEADER = new ObservationHeader(1, 0, 0, 1, Source.WATCH).toBytes();
    private static final byte[] AGENT = new ObservationHeader(0, 0, 0, 1, Source.AGENT).toBytes();

    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Bad(String says, byte @Nullable [] key, byte @Nullable [] value, byte @Nullable [] header) {}

    static Stream<Bad> bad() {
        byte[] cart = Keys.utf8(CART);
        byte[] good = observed(pod(CART, 1), 'a').toByteArray();
        return Stream.of(
                new Bad("no Observation", cart, Keys.utf8("this is no message at all"), HEADER),
                new Bad("an observation of nothing", cart, new byte[0], HEADER),
                new Bad("without a value", cart, null, HEADER),
                new Bad("without a key", null, good, HEADER),
                new Bad("no well-formed header", cart, good, null),
                new Bad("no well-formed header", cart, good, new byte[7]),
                new Bad("the key is no workload", Keys.utf8("cart"), good, HEADER),
                new Bad("the key is no workload", new byte[] {(byte) 0xff, (byte) 0xfe}, good, HEADER),
                new Bad("instance", cart, observed("cart-1", 'a').toByteArray(), HEADER),
                new Bad(
                        "another target",
                        cart,
                        observed("k8s:other/shop/pod/x/y", 'a').toByteArray(),
                        HEADER),
                new Bad("another workload", cart, status(Sample.WEB, 1, 1, "x").toByteArray(), HEADER),
                new Bad("snapshot's id", null, begin(TARGET).toByteArray(), HEADER),
                new Bad("from an agent", cart, good, AGENT),
                new Bad("an agent speaks", cart, Sample.gone(pod(CART, 1)).toByteArray(), AGENT),
                new Bad("an agent speaks", null, Sample.end(TARGET, 0, 0, true).toByteArray(), AGENT),
                new Bad("header's time", cart, good, header(Long.MAX_VALUE)),
                new Bad("header's time", cart, good, header(Long.MIN_VALUE)),
                new Bad(
                        "created at no valid time",
                        cart,
                        createdAt(Long.MAX_VALUE).toByteArray(),
                        HEADER),
                new Bad(
                        "a touch at no valid time",
                        cart,
                        touchedAt(Long.MIN_VALUE).toByteArray(),
                        AGENT),
                new Bad("the key is no workload", Keys.utf8(CART + "%41"), good, HEADER),
                new Bad("without a facet", cart, withoutFacet().toByteArray(), HEADER));
    }

    private static byte[] header(long observedAtMillis) {
        return new ObservationHeader(1, 0, 0, observedAtMillis, Source.WATCH).toBytes();
    }

    private static Observation createdAt(long seconds) {
        var observation = observed(pod(CART, 1), 'a').toBuilder();
        observation.getInstanceBuilder().getImageBuilder().getCreatedBuilder().setSeconds(seconds);
        return observation.build();
    }

    private static Observation touchedAt(long seconds) {
        var observation = Sample.touched(pod(CART, 1), 1).toBuilder();
        observation.getInstanceBuilder().getTouchBuilder().getAtBuilder().setSeconds(seconds);
        return observation.build();
    }

    private static Observation withoutFacet() {
        var observation = observed(pod(CART, 1), 'a').toBuilder();
        observation.getInstanceBuilder().clearFacet();
        return observation.build();
    }

    @ParameterizedTest
    @MethodSource("bad")
    void putsItAsideAndGoesOn(Bad bad) {
        try (var rig = new Rig()) {
            rig.declare(declaration(CART, 'a'));

            rig.sendRaw(bad.key(), bad.value(), bad.header()).watch(CART, observed(pod(CART, 1), 'b'));

            var letters = rig.deadLetters();
            assertThat(letters).hasSize(1);
            assertThat(header(letters.getFirst(), DeadLetter.ERROR)).contains(bad.says());
            assertThat(header(letters.getFirst(), DeadLetter.TOPIC)).isEqualTo("snowmelt.observations");
            assertThat(header(letters.getFirst(), DeadLetter.PARTITION)).isEqualTo("0");
            assertThat(header(letters.getFirst(), DeadLetter.OFFSET)).isEqualTo("0");
            assertThat(header(letters.getFirst(), DeadLetter.STAGE)).isEqualTo("detector");
            assertThat(letters.getFirst().key()).isEqualTo(bad.key());
            assertThat(letters.getFirst().value()).isEqualTo(bad.value());
            assertThat(rig.records("dead_letter")).isEqualTo(1);
            assertThat(rig.verdict(CART, 1).getState()).isEqualTo(Verdict.State.DRIFTED);
        }
    }

    @Test
    void putsAsideWhatHasAHeaderWithoutAValue() {
        try (var rig = new Rig()) {
            rig.declare(declaration(CART, 'a')).watch(CART, observed(pod(CART, 1), 'a'));

            rig.sendNullHeader(Keys.utf8(CART), observed(pod(CART, 2), 'b').toByteArray())
                    .watch(CART, observed(pod(CART, 3), 'b'));

            assertThat(rig.deadLetters())
                    .singleElement()
                    .satisfies(letter ->
                            assertThat(header(letter, DeadLetter.ERROR)).contains("no well-formed header"));
            assertThat(rig.verdict(CART, 3).getState()).isEqualTo(Verdict.State.DRIFTED);
        }
    }

    @Test
    void putsBadDeclarationsAsideAndKeepsTheLastGoodOne() {
        try (var rig = new Rig()) {
            rig.declare(declaration(CART, 'a')).watch(CART, observed(pod(CART, 1), 'a'));

            rig.declareRaw(Keys.utf8(CART), Keys.utf8("this is no message at all"))
                    .declareRaw(Keys.utf8(CART), declaration(Sample.WEB, 'b').toByteArray())
                    .declareRaw(Keys.utf8("nonsense"), declaration(CART, 'b').toByteArray())
                    .declareRaw(null, declaration(CART, 'b').toByteArray())
                    .watch(CART, observed(pod(CART, 2), 'b'));

            assertThat(rig.deadLetters()).hasSize(4);
            assertThat(rig.verdict(CART, 1).getState()).isEqualTo(Verdict.State.CONFORMANT);
            assertThat(rig.verdict(CART, 2).getState()).isEqualTo(Verdict.State.DRIFTED);
        }
    }

    @Test
    void putsAsideWhatIsOnTheWrongPartitionButNoMarker() {
        try (var rig = new Rig(DetectorSettings.DEFAULT, 12)) {
            // The driver knows partition 0 alone: eleven of twelve workloads are not at home there.
            for (int i = 0; i < 60; i++) {
                String workload = Sample.workload("w" + i);
                rig.watch(workload, observed(pod(workload, 1), 'a'));
            }
            rig.list(null, begin(TARGET), 5).list(null, Sample.end(TARGET, 0, 9, true), 5);

            var letters = rig.deadLetters();
            assertThat(letters).hasSizeBetween(40, 59);
            assertThat(letters)
                    .allSatisfy(letter ->
                            assertThat(header(letter, DeadLetter.ERROR)).contains("partition"));
            assertThat(rig.settled(TARGET).getPartitions()).isEqualTo(12);
        }
    }

    private static String header(TestRecord<byte[], byte[]> letter, String name) {
        return new String(letter.headers().lastHeader(name).value(), StandardCharsets.UTF_8);
    }
}
