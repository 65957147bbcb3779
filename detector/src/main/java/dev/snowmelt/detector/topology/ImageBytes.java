package dev.snowmelt.detector.topology;

import com.google.protobuf.DiscardUnknownFieldsParser;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Parser;
import com.google.protobuf.Timestamp;
import com.google.protobuf.util.Timestamps;
import dev.snowmelt.v1.ImageFacet;
import dev.snowmelt.v1.InstanceObserved;
import dev.snowmelt.v1.Observation;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Where the fields of an image facet lie in the bytes of its observation, so that they need not be
/// made objects of and written again.
///
/// Collectors serialise deterministically: each field once, in the order of numbers, nothing that
/// this version does not know. Only that shape, with texts in ASCII, is read in place. Whatever
/// else Protobuf allows is parsed by Protobuf and read from what it writes then.
final class ImageBytes {
    private static final Parser<Observation> KNOWN_FIELDS = DiscardUnknownFieldsParser.wrap(Observation.parser());
    private static final int VARINT = 0;
    private static final int DELIMITED = 2;
    private static final int LONGEST_VARINT = 10;

    private static final int OBSERVED = tag(Observation.INSTANCE_FIELD_NUMBER, DELIMITED);
    private static final int INSTANCE = tag(InstanceObserved.INSTANCE_FIELD_NUMBER, DELIMITED);
    private static final int IMAGE = tag(InstanceObserved.IMAGE_FIELD_NUMBER, DELIMITED);
    private static final int SECONDS = tag(Timestamp.SECONDS_FIELD_NUMBER, VARINT);
    private static final int NANOS = tag(Timestamp.NANOS_FIELD_NUMBER, VARINT);

    private final byte[] bytes;
    private final boolean trusted;
    private int at;
    /// End of what was entered last.
    private int to;

    private int instanceFrom;
    private int instanceTo;
    private int nodeFrom;
    private int nodeTo;
    private int templateFrom;
    private int templateTo;
    private int makeupFrom;
    private int makeupTo;
    private int protectionsFrom;
    private int protectionsTo;
    private int userDataFrom;
    private int userDataTo;
    private boolean created;
    private long createdSeconds;
    private int createdNanos;
    private boolean ready;
    private boolean terminating;

    private ImageBytes(byte[] bytes, boolean trusted) {
        this.bytes = bytes;
        this.trusted = trusted;
    }

    /// Reads an observation in place; null: it is no image facet, or not in the shape that
    /// collectors write.
    ///
    /// Containers are not looked into: [Makeup] does, once for all instances that are alike.
    static @Nullable ImageBytes read(byte[] observation) {
        var image = new ImageBytes(observation, false);
        return image.scan() ? image : null;
    }

    /// Of an observation that was parsed.
    ///
    /// @param observation of an instance's image facet
    static ImageBytes of(Observation observation) {
        try {
            byte[] known = KNOWN_FIELDS.parseFrom(observation.toByteString()).toByteArray();
            var image = new ImageBytes(known, true);
            if (image.scan()) {
                return image;
            }
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException("Protobuf cannot read what it wrote", e);
        }
        throw new IllegalArgumentException("no image facet: " + observation.getWhatCase());
    }

    /// Of an observation that was read before and stored as it came.
    static ImageBytes stored(byte[] observation) {
        ImageBytes image = read(observation);
        return image == null ? of(Observations.parse(observation)) : image;
    }

    /// `workload|instance`.
    byte[] key(byte[] workload) {
        int length = instanceTo - instanceFrom;
        byte[] key = Arrays.copyOf(workload, workload.length + 1 + length);
        key[workload.length] = '|';
        System.arraycopy(bytes, instanceFrom, key, workload.length + 1, length);
        return key;
    }

    String instance() {
        return Keys.text(Arrays.copyOfRange(bytes, instanceFrom, instanceTo));
    }

    /// False when it was created at a time that Protobuf does not know.
    boolean validCreated() {
        return !created
                || Timestamps.isValid(Timestamp.newBuilder()
                        .setSeconds(createdSeconds)
                        .setNanos(createdNanos)
                        .build());
    }

    /// Writes what a verdict says of when it was created and of its state.
    void writeState(ReverseEncoder out, int createdField, int readyField, int terminatingField, int protectionsField) {
        out.bytes(protectionsField, bytes, protectionsFrom, protectionsTo);
        out.number(terminatingField, terminating ? 1 : 0);
        out.number(readyField, ready ? 1 : 0);
        if (created) {
            out.timestamp(createdField, createdSeconds, createdNanos);
        }
    }

    void writeNode(ReverseEncoder out, int field) {
        out.bytes(field, bytes, nodeFrom, nodeTo);
    }

    void writeTemplate(ReverseEncoder out, int field) {
        out.bytes(field, bytes, templateFrom, templateTo);
    }

    /// What all instances that are alike have in common.
    Makeup.Key makeup() {
        return new Makeup.Key(bytes, makeupFrom, makeupTo, userDataFrom, userDataTo);
    }

    private boolean scan() {
        if (!enter(OBSERVED, bytes.length) || to != bytes.length) {
            return false;
        }
        if (enter(INSTANCE, bytes.length)) {
            instanceFrom = at;
            instanceTo = to;
            at = to;
        }
        return enter(IMAGE, bytes.length)
                && to == bytes.length
                && facet()
                && ascii(instanceFrom, instanceTo)
                && ascii(nodeFrom, nodeTo);
    }

    private boolean facet() {
        int end = bytes.length;
        if (enter(tag(ImageFacet.CREATED_FIELD_NUMBER, DELIMITED), end) && !created(to)) {
            return false;
        }
        if (enter(tag(ImageFacet.NODE_FIELD_NUMBER, DELIMITED), end)) {
            nodeFrom = at;
            nodeTo = to;
            at = to;
        }
        makeupFrom = at;
        if (enter(tag(ImageFacet.TEMPLATE_FIELD_NUMBER, DELIMITED), end)) {
            templateFrom = at;
            templateTo = to;
            at = to;
        }
        while (enter(tag(ImageFacet.CONTAINERS_FIELD_NUMBER, DELIMITED), end)) {
            at = to;
        }
        makeupTo = at;
        if (is(tag(ImageFacet.READY_FIELD_NUMBER, VARINT))) {
            ready = varint() != 0;
        }
        if (is(tag(ImageFacet.TERMINATING_FIELD_NUMBER, VARINT))) {
            terminating = varint() != 0;
        }
        if (is(tag(ImageFacet.PHASE_FIELD_NUMBER, VARINT))) {
            varint();
        }
        if (enter(tag(ImageFacet.PROTECTIONS_FIELD_NUMBER, DELIMITED), end)) {
            protectionsFrom = at;
            protectionsTo = to;
            at = to;
        }
        userDataFrom = at;
        if (enter(tag(ImageFacet.USER_DATA_SHA256_FIELD_NUMBER, DELIMITED), end)) {
            at = to;
        }
        userDataTo = at;
        // An enum's values are varints as well: within ASCII each is one byte.
        return at == end && ascii(protectionsFrom, protectionsTo);
    }

    private boolean created(int end) {
        created = true;
        if (at < end && is(SECONDS)) {
            createdSeconds = varint();
        }
        if (at < end && is(NANOS)) {
            createdNanos = (int) varint();
        }
        return at == end;
    }

    /// If the next field is this one, goes to its first byte; what holds it must have the room.
    private boolean enter(int tag, int end) {
        int before = at;
        if (!is(tag)) {
            return false;
        }
        long length = varint();
        if (length < 0 || length > end - at) {
            at = before;
            return false;
        }
        to = at + (int) length;
        return true;
    }

    private boolean is(int tag) {
        if (at < bytes.length && bytes[at] == tag) {
            at++;
            return true;
        }
        return false;
    }

    /// What is cut off or too long puts the cursor behind the end, where nothing agrees any more.
    private long varint() {
        long value = 0;
        for (int i = 0; i < LONGEST_VARINT && at < bytes.length; i++) {
            byte next = bytes[at++];
            value |= (next & 0x7fL) << (7 * i);
            if (next >= 0) {
                return value;
            }
        }
        at = bytes.length + 1;
        return -1;
    }

    private boolean ascii(int from, int end) {
        return trusted || Keys.ascii(bytes, from, end);
    }

    private static int tag(int field, int wireType) {
        return field << 3 | wireType;
    }
}
