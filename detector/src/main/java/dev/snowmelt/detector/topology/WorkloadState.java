package dev.snowmelt.detector.topology;

import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// What was seen of a workload as a whole: value of the store `workloads`, key workload.
///
/// Layout (version 1, big endian): `version:1 order:25 templateSince:8 templateFinding:8 goneAt:8
/// observation:n`. Times are milliseconds since 1970.
///
/// @param order of the newest status, or of the deletion
/// @param templateSince since when the template is in its state
/// @param templateFinding hash of the template's state and drifts
/// @param goneAt record time of its deletion; 0: it is there; 1: it was not seen since the stores
/// that knew it were lost, but its verdict stands
/// @param observation value of the record with its newest status; empty when it is gone
@SuppressWarnings("ArrayRecordComponent") // never compared as a record
record WorkloadState(SeenOrder order, long templateSince, long templateFinding, long goneAt, byte[] observation) {
    private static final byte VERSION = 1;
    private static final int FIXED = 1 + SeenOrder.BYTES + 3 * 8;
    private static final long TOLD = 1;

    static @Nullable WorkloadState read(byte @Nullable [] bytes) {
        if (bytes == null) {
            return null;
        }
        var in = ByteBuffer.wrap(bytes);
        byte version = in.get();
        if (version != VERSION) {
            throw new IllegalStateException("store 'workloads' holds layout " + version + ", this is " + VERSION
                    + ": start it with an empty state folder and reset its changelog");
        }
        return new WorkloadState(
                SeenOrder.read(in),
                in.getLong(),
                in.getLong(),
                in.getLong(),
                Arrays.copyOfRange(bytes, in.position(), bytes.length));
    }

    static WorkloadState tombstone(SeenOrder order, long goneAt) {
        return new WorkloadState(order, 0, 0, goneAt, new byte[0]);
    }

    /// Where a verdict puts it that stands although nothing is known of it any more.
    static WorkloadState toldBefore() {
        return tombstone(new SeenOrder(-1, 0, 0, true), TOLD);
    }

    byte[] toBytes() {
        var out = ByteBuffer.allocate(FIXED + observation.length);
        out.put(VERSION);
        order.write(out);
        out.putLong(templateSince).putLong(templateFinding).putLong(goneAt).put(observation);
        return out.array();
    }

    WorkloadState marked(long mark) {
        return new WorkloadState(order.marked(mark), templateSince, templateFinding, goneAt, observation);
    }

    WorkloadState template(long since, long finding) {
        return new WorkloadState(order, since, finding, goneAt, observation);
    }

    boolean gone() {
        return goneAt != 0;
    }

    /// True when only its verdict stands: whoever looks for it finds it gone, but nobody said that
    /// it is.
    boolean told() {
        return goneAt == TOLD;
    }
}
