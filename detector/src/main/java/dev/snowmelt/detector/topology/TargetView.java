package dev.snowmelt.detector.topology;

import com.google.protobuf.util.Timestamps;
import dev.snowmelt.schemas.id.TargetId;
import dev.snowmelt.v1.SnapshotSettled;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.kafka.common.errors.SerializationException;
import org.jspecify.annotations.Nullable;

/// What one partition knows of a target: its epoch, the snapshots under way and how the last one
/// ended.
///
/// Epoch, last end and what could not be used since live in the store `targets` (layout version 2,
/// big endian: `version:1 epoch:8 endOffset:8 unusable:8 settled:n`); the tallies live in the heap
/// alone, so that a restart in the middle of a snapshot makes its count disagree and nothing is
/// concluded from it.
final class TargetView {
    /// What has come of a snapshot.
    static final class Tally {
        final long snapshot;
        final long began;
        final long beganAt;
        private long records;

        Tally(long snapshot, long began, long beganAt) {
            this.snapshot = snapshot;
            this.began = began;
            this.beganAt = beganAt;
        }

        void count() {
            records++;
        }

        long records() {
            return records;
        }
    }

    private static final byte VERSION = 2;
    /// Version 1 did not have `unusable`.
    private static final byte FIRST_VERSION = 1;

    private static final int FIXED = 25;
    /// A collector makes one snapshot at a time; a second one may be under way when it was
    /// restarted.
    private static final int MOST_TALLIES = 4;

    private final TargetId id;
    private final byte[] prefix;
    private final List<Tally> tallies = new ArrayList<>(MOST_TALLIES);
    private long epoch;
    private long endOffset = -1;
    private @Nullable SnapshotSettled settled;
    private long unusable = -1;
    private long shownAt;
    /// The last believable snapshot of this run was empty although something is known.
    private boolean emptyBefore;
    /// How many instances and workloads are there; only right once they were counted.
    private long present;

    private boolean counted;
    /// There are tombstones, or things that only agents know.
    private boolean untidy;

    TargetView(TargetId id, byte @Nullable [] stored) {
        this.id = id;
        this.prefix = Keys.workloadsOf(id.toString());
        if (stored != null) {
            var in = ByteBuffer.wrap(stored);
            byte version = in.get();
            if (version != VERSION && version != FIRST_VERSION) {
                throw new IllegalStateException("store 'targets' holds layout " + version + ", this is " + VERSION);
            }
            epoch = in.getLong();
            endOffset = in.getLong();
            unusable = version == FIRST_VERSION ? -1 : in.getLong();
            SnapshotSettled last = parse(Arrays.copyOfRange(stored, in.position(), stored.length));
            if (last != null) {
                settled(endOffset, last);
            }
        }
    }

    byte[] toBytes() {
        byte[] last = settled == null ? new byte[0] : settled.toByteArray();
        return ByteBuffer.allocate(FIXED + last.length)
                .put(VERSION)
                .putLong(epoch)
                .putLong(endOffset)
                .putLong(unusable)
                .put(last)
                .array();
    }

    /// The same stored bytes, but for the offsets in them.
    static byte[] withoutOffsets(byte[] stored) {
        var out = ByteBuffer.wrap(stored.clone()).putLong(1 + Long.BYTES, -1);
        return (stored[0] == FIRST_VERSION ? out : out.putLong(1 + 2 * Long.BYTES, -1)).array();
    }

    TargetId id() {
        return id;
    }

    /// What the keys of its workloads begin with.
    byte[] prefix() {
        return prefix;
    }

    boolean owns(byte[] workload) {
        return Keys.startsWith(workload, prefix);
    }

    long epoch() {
        return epoch;
    }

    /// What a former holder of the lease began, it will not end.
    void raise(long newEpoch) {
        epoch = newEpoch;
        tallies.clear();
    }

    /// @param offset of the BEGIN
    /// @param atMillis when the collector began, in milliseconds since 1970
    void begin(long snapshot, long offset, long atMillis) {
        tallies.removeIf(tally -> tally.snapshot == snapshot);
        if (tallies.size() == MOST_TALLIES) {
            tallies.removeFirst();
        }
        tallies.add(new Tally(snapshot, offset, atMillis));
        if (unusable > offset) {
            // Of a log that was cut since.
            unusable = -1;
        }
    }

    /// The tally of a snapshot, or null when its BEGIN was not seen in this run.
    @Nullable Tally tally(long snapshot) {
        for (int i = tallies.size() - 1; i >= 0; i--) {
            if (tallies.get(i).snapshot == snapshot) {
                return tallies.get(i);
            }
        }
        return null;
    }

    /// Counts a record of a snapshot; 0 is none.
    void count(long snapshot) {
        if (snapshot != 0) {
            Tally tally = tally(snapshot);
            if (tally != null) {
                tally.count();
            }
        }
    }

    /// Where the snapshot began, or -1.
    long began(long snapshot) {
        Tally tally = tally(snapshot);
        return tally == null ? -1 : tally.began;
    }

    /// Ends a snapshot, and those that began before it.
    void settle(Tally tally) {
        tallies.removeIf(other -> other.began <= tally.began);
        if (unusable < tally.began) {
            unusable = -1;
        }
    }

    /// An observation could not be used, of whichever target it was.
    void unusable(long offset) {
        unusable = Math.max(unusable, offset);
    }

    /// Offset of the last observation that could not be used since the last snapshot began; -1:
    /// none.
    long unusable() {
        return unusable;
    }

    void settled(long offset, SnapshotSettled result) {
        endOffset = offset;
        settled = result;
        shownAt = result.getComplete() && result.hasBegan() ? Timestamps.toMillis(result.getBegan()) : shownAt;
    }

    /// How the snapshot ended whose END lies at this offset, if that was the last one.
    @Nullable SnapshotSettled settledAt(long offset) {
        return offset == endOffset ? settled : null;
    }

    /// How the last snapshot ended; null: none has.
    @Nullable SnapshotSettled lastSettled() {
        return settled;
    }

    /// When the last complete snapshot began, in milliseconds since 1970: all that was there at its
    /// end was seen since. 0: not known.
    long shownAt() {
        return shownAt;
    }

    boolean emptyBefore() {
        return emptyBefore;
    }

    void emptyBefore(boolean empty) {
        emptyBefore = empty;
    }

    /// One instance or workload more.
    void appeared() {
        present++;
    }

    /// One instance or workload less.
    void disappeared() {
        present--;
    }

    /// Something was stored that is not there, and must be looked at when a snapshot ends.
    void untidy() {
        untidy = true;
    }

    /// The stores were read.
    ///
    /// @param there how many instances and workloads are there
    /// @param leftovers how many things are stored that are not
    void counted(long there, int leftovers) {
        present = there;
        counted = true;
        untidy = leftovers > 0;
    }

    /// True when nothing can be missing from a snapshot of so many usable records, so that the
    /// stores need not be read: each record shows a subject, and there are no more subjects than
    /// records.
    boolean allShown(long records) {
        return counted && !untidy && records == present;
    }

    /// True when nothing is stored but what is there.
    boolean tidy() {
        return counted && !untidy;
    }

    private static @Nullable SnapshotSettled parse(byte[] bytes) {
        if (bytes.length == 0) {
            return null;
        }
        try {
            return SnapshotSettled.parseFrom(bytes);
        } catch (com.google.protobuf.InvalidProtocolBufferException e) {
            throw new SerializationException("store 'targets': " + e.getMessage(), e);
        }
    }
}
