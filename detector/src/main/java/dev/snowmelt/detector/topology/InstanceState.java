package dev.snowmelt.detector.topology;

import dev.snowmelt.v1.Verdict;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What is known of an instance: value of the store `instances`, key `workload|instance`.
///
/// The layout (version 1, big endian) is fixed fields in front and the observations' bytes as they
/// came behind, so that a change costs no parsing of what it replaces: `version:1 flags:1 verdict:1
/// order:25 observedAt:8 since:8 finding:8 repeatedIn:8 touchedAt:8 ranFrom:8 images:8 image:4+n
/// contents:2 (seenAt:8 observation:4+n)* ended:n`. Times are milliseconds since 1970.
final class InstanceState {
    private static final byte VERSION = 1;
    private static final int GONE = 1;
    private static final int IMAGES = 3 + SeenOrder.BYTES + 6 * 8;
    private static final int FIXED = 3 + SeenOrder.BYTES + 7 * 8 + 4 + 2;
    /// No bytes.
    static final byte[] NOTHING = {};

    /// What an agent found inside.
    ///
    /// @param seenAt when it was last seen
    /// @param observation the value of its record
    @SuppressWarnings("ArrayRecordComponent") // passed on as it was, never compared as a record
    record Content(long seenAt, byte[] observation) {}

    /// A tombstone: it was deleted, and is remembered so that nothing late brings it back. `since`
    /// says when.
    boolean gone;
    /// Last verdict; STATE_UNSPECIFIED: none yet. With no image facet: one stands that this store
    /// did not make.
    Verdict.State verdict = Verdict.State.STATE_UNSPECIFIED;
    /// Of its image facet, or of its deletion.
    SeenOrder order = new SeenOrder(-1, 0, 0, true);
    /// When the image facet was seen, by the collector's clock.
    long observedAt;
    /// When the finding was first made; of a tombstone: record time of the deletion.
    long since;
    /// Hash of the verdict's id.
    long finding;
    /// Snapshot in which the verdict was last emitted; 0: outside of one.
    long repeatedIn;
    /// Last touch; 0: never.
    long touchedAt;
    /// Since when it runs what the image facet shows, if evidence of that is open; 0: not.
    long ranFrom;
    /// What it ran last, a `Ran` with its end, while nothing is open; empty: nothing.
    byte[] ended = NOTHING;
    /// [Makeup#images] of its image facet.
    long images;
    /// Value of the record that showed its image facet; empty: none yet.
    byte[] image = NOTHING;
    /// What agents found inside, at most one a container.
    final List<Content> contents = new ArrayList<>(0);

    /// Where a record puts it that is not yet known.
    static InstanceState unknown() {
        return new InstanceState();
    }

    /// Where a verdict puts it that stands although nothing is known of it any more.
    static InstanceState toldBefore() {
        var state = new InstanceState();
        state.tell();
        return state;
    }

    static @Nullable InstanceState read(byte @Nullable [] bytes) {
        if (bytes == null) {
            return null;
        }
        var in = ByteBuffer.wrap(bytes);
        byte version = in.get();
        if (version != VERSION) {
            throw new IllegalStateException("store 'instances' holds layout " + version + ", this is " + VERSION
                    + ": start it with an empty state folder and reset its changelog");
        }
        var state = new InstanceState();
        state.gone = (in.get() & GONE) != 0;
        state.verdict = verdict(in.get());
        state.order = SeenOrder.read(in);
        state.observedAt = in.getLong();
        state.since = in.getLong();
        state.finding = in.getLong();
        state.repeatedIn = in.getLong();
        state.touchedAt = in.getLong();
        state.ranFrom = in.getLong();
        state.images = in.getLong();
        state.image = array(in);
        for (int left = in.getShort(); left > 0; left--) {
            state.contents.add(new Content(in.getLong(), array(in)));
        }
        if (in.hasRemaining()) {
            state.ended = Arrays.copyOfRange(bytes, in.position(), bytes.length);
        }
        return state;
    }

    /// The verdict in stored bytes, without copying what was observed.
    ///
    /// @return null: it is not there
    static Verdict.@Nullable State verdictIn(byte[] stored) {
        boolean alive = stored[0] == VERSION
                && (stored[1] & GONE) == 0
                && ByteBuffer.wrap(stored).getInt(IMAGES + 8) > 0;
        return alive ? verdict(stored[2]) : null;
    }

    /// Hash of template and images in stored bytes.
    static long imagesIn(byte[] stored) {
        return ByteBuffer.wrap(stored).getLong(IMAGES);
    }

    byte[] toBytes() {
        int size = FIXED + image.length + ended.length;
        for (Content content : contents) {
            size += 12 + content.observation.length;
        }
        var out = ByteBuffer.allocate(size);
        out.put(VERSION).put((byte) (gone ? GONE : 0)).put((byte) verdict.getNumber());
        order.write(out);
        out.putLong(observedAt).putLong(since).putLong(finding).putLong(repeatedIn);
        out.putLong(touchedAt).putLong(ranFrom).putLong(images);
        out.putInt(image.length).put(image).putShort((short) contents.size());
        for (Content content : contents) {
            out.putLong(content.seenAt).putInt(content.observation.length).put(content.observation);
        }
        return out.put(ended).array();
    }

    /// True when its image facet is known and it was not deleted.
    boolean alive() {
        return !gone && image.length > 0;
    }

    /// True when a verdict of it stands, though nothing of it was seen since the stores that knew
    /// it were lost.
    boolean told() {
        return !gone && image.length == 0 && verdict != Verdict.State.STATE_UNSPECIFIED;
    }

    /// Makes it [#told]: which verdict it was does not matter.
    void tell() {
        verdict = Verdict.State.UNVERIFIED;
    }

    boolean conformant() {
        return alive() && verdict == Verdict.State.CONFORMANT;
    }

    /// True when agents said nothing of it since.
    boolean quietSince(long millis) {
        return touchedAt < millis && contents.stream().allMatch(content -> content.seenAt() < millis);
    }

    private static Verdict.State verdict(int number) {
        Verdict.State state = Verdict.State.forNumber(number);
        return state == null ? Verdict.State.STATE_UNSPECIFIED : state;
    }

    private static byte[] array(ByteBuffer in) {
        int length = in.getInt();
        byte[] bytes = new byte[length];
        in.get(bytes);
        return bytes;
    }
}
