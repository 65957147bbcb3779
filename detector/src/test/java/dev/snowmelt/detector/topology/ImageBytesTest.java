package dev.snowmelt.detector.topology;

import static dev.snowmelt.detector.topology.Sample.CART;
import static dev.snowmelt.detector.topology.Sample.facet;
import static dev.snowmelt.detector.topology.Sample.observed;
import static dev.snowmelt.detector.topology.Sample.pod;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Timestamp;
import com.google.protobuf.UnknownFieldSet;
import dev.snowmelt.schemas.topic.Serdes;
import dev.snowmelt.v1.ImageFacet;
import dev.snowmelt.v1.Observation;
import dev.snowmelt.v1.ObservedContainer;
import dev.snowmelt.v1.Verdict;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Objects;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/// What is read in place is what Protobuf reads.
class ImageBytesTest {
    private static final int TRIES = 2000;

    @Test
    void readsWhatCollectorsWrite() throws InvalidProtocolBufferException {
        var random = new SplittableRandom(1);
        for (int i = 0; i < TRIES; i++) {
            ImageFacet facet = random(random);
            byte[] bytes = Serdes.deterministicBytes(observed(pod(CART, i), facet));

            ImageBytes image = ImageBytes.read(bytes);

            assertSame(Objects.requireNonNull(image), pod(CART, i), facet);
        }
    }

    @Test
    void leavesOtherShapesToProtobuf() throws InvalidProtocolBufferException {
        var unknown = UnknownFieldSet.newBuilder()
                .addField(99, UnknownFieldSet.Field.newBuilder().addVarint(1).build())
                .build();
        byte[] plain = observed(pod(CART, 1), 'a').toByteArray();
        byte[] facet = facet('a').toByteArray();
        byte[] repeated = Arrays.copyOf(plain, 2 * plain.length);
        System.arraycopy(plain, 0, repeated, plain.length, plain.length);

        for (byte[] shape : new byte[][] {
            observed(
                            pod(CART, 1),
                            facet('a').toBuilder().setUnknownFields(unknown).build())
                    .toByteArray(),
            observed(pod(CART, 1), 'a').toBuilder()
                    .setUnknownFields(unknown)
                    .build()
                    .toByteArray(),
            observed(pod(CART, 1), facet('a').toBuilder().setNode("knöten").build())
                    .toByteArray(),
            observed(pod(CART, 1) + "ü", 'a').toByteArray(),
            repeated,
            nested(concat(new byte[] {0x40, 1, 0x40, 3}, facet)),
        }) {
            Observation parsed = Observation.parseFrom(shape);

            assertThat(ImageBytes.read(shape)).isNull();
            assertSame(
                    ImageBytes.stored(shape),
                    parsed.getInstance().getInstance(),
                    parsed.getInstance().getImage());
        }
    }

    /// Any record that was bent in one place is read as Protobuf reads it, or refused if Protobuf
    /// refuses it.
    @Test
    void readsBentBytesAsProtobufDoes() throws InvalidProtocolBufferException {
        var random = new SplittableRandom(2);
        int inPlace = 0;
        for (int i = 0; i < 20 * TRIES; i++) {
            byte[] bytes = Serdes.deterministicBytes(observed(pod(CART, i), random(random)));
            bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
            if (random.nextInt(4) == 0) {
                bytes = Arrays.copyOf(bytes, random.nextInt(bytes.length));
            }

            ImageBytes image = ImageBytes.read(bytes);

            if (image != null) {
                inPlace++;
                Makeup.Key key = image.makeup().kept();
                try {
                    Observation parsed = Observation.parseFrom(bytes);
                    assertSame(
                            image,
                            parsed.getInstance().getInstance(),
                            parsed.getInstance().getImage());
                } catch (InvalidProtocolBufferException e) {
                    assertThatThrownBy(() -> Makeup.parse(key)).isInstanceOf(UnusableRecordException.class);
                }
            }
        }
        assertThat(inPlace).isGreaterThan(TRIES);
    }

    @Test
    void isNoImageFacetWhenItIsAnythingElse() {
        for (Observation other : new Observation[] {
            Sample.gone(pod(CART, 1)),
            Sample.content(pod(CART, 1), "app", "root"),
            Sample.touched(pod(CART, 1), 1),
            Sample.status(CART, 1, 1, Sample.TAGGED),
            Sample.begin(Sample.TARGET),
            Observation.getDefaultInstance(),
        }) {
            assertThat(ImageBytes.read(other.toByteArray())).isNull();
        }
    }

    @Test
    void knowsTimesThatProtobufDoesNot() {
        var image = ImageBytes.read(observed(
                        pod(CART, 1),
                        facet('a').toBuilder()
                                .setCreated(Timestamp.newBuilder().setSeconds(Long.MAX_VALUE))
                                .build())
                .toByteArray());

        assertThat(Objects.requireNonNull(image).validCreated()).isFalse();
    }

    private static void assertSame(ImageBytes image, String instance, ImageFacet facet)
            throws InvalidProtocolBufferException {
        var out = new ReverseEncoder();
        image.writeTemplate(out, Verdict.TEMPLATE_FIELD_NUMBER);
        image.writeState(
                out,
                Verdict.CREATED_FIELD_NUMBER,
                Verdict.READY_FIELD_NUMBER,
                Verdict.TERMINATING_FIELD_NUMBER,
                Verdict.PROTECTIONS_FIELD_NUMBER);
        image.writeNode(out, Verdict.ID_FIELD_NUMBER);
        var expected = Verdict.newBuilder()
                .setId(facet.getNode())
                .setReady(facet.getReady())
                .setTerminating(facet.getTerminating())
                .addAllProtectionsValue(facet.getProtectionsValueList())
                .setTemplate(facet.getTemplate());
        if (facet.hasCreated()) {
            expected.setCreated(facet.getCreated());
        }
        assertThat(Verdict.parseFrom(out.end())).isEqualTo(expected.build());
        assertThat(image.instance()).isEqualTo(instance);
        assertThat(image.key(Keys.utf8(CART)))
                .isEqualTo(Keys.instance(Keys.utf8(CART), ByteString.copyFromUtf8(instance)));
        assertThat(Makeup.parse(image.makeup().kept()).facet())
                .isEqualTo(ImageFacet.newBuilder()
                        .setTemplate(facet.getTemplate())
                        .addAllContainers(facet.getContainersList())
                        .setUserDataSha256(facet.getUserDataSha256())
                        .build());
    }

    static ImageFacet random(SplittableRandom random) {
        var facet = ImageFacet.newBuilder().setReady(random.nextBoolean()).setTerminating(random.nextInt(5) == 0);
        if (random.nextInt(5) > 0) {
            facet.setCreated(Timestamp.newBuilder()
                    .setSeconds(random.nextLong(-1000, 2_000_000_000L))
                    .setNanos(random.nextBoolean() ? 0 : random.nextInt(1_000_000_000)));
        }
        if (random.nextInt(5) > 0) {
            facet.setNode("node-" + random.nextInt(1000));
        }
        if (random.nextInt(5) > 0) {
            facet.setTemplate("template-" + random.nextInt(3));
        }
        for (int i = random.nextInt(4); i > 0; i--) {
            facet.addContainers(ObservedContainer.newBuilder()
                    .setName("c" + i)
                    .setTypeValue(random.nextInt(5))
                    .setImage("registry/shop/app:" + random.nextInt(3))
                    .setImageId(random.nextBoolean() ? "" : Sample.image((char) ('a' + random.nextInt(3)))));
        }
        facet.setPhaseValue(random.nextInt(5));
        for (int i = random.nextInt(3); i > 0; i--) {
            facet.addProtectionsValue(i);
        }
        if (random.nextInt(5) == 0) {
            facet.setUserDataSha256("f".repeat(64));
        }
        return facet.build();
    }

    /// An observation with this image facet.
    private static byte[] nested(byte[] facet) {
        byte[] instance = pod(CART, 1).getBytes(StandardCharsets.UTF_8);
        var out = new ReverseEncoder();
        out.begin();
        out.raw(facet);
        out.message(2, 0);
        out.bytes(1, instance);
        out.message(1, 0);
        return out.end();
    }

    private static byte[] concat(byte[] a, byte[] b) {
        byte[] both = Arrays.copyOf(a, a.length + b.length);
        System.arraycopy(b, 0, both, a.length, b.length);
        return both;
    }
}
