package dev.snowmelt.detector.topology;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.WireFormat;
import dev.snowmelt.v1.Declaration;
import dev.snowmelt.v1.Revision;
import java.io.IOException;
import java.util.LinkedHashMap;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.utils.Bytes;
import org.jspecify.annotations.Nullable;

/// Follows the declarations: whoever they are about is judged again.
final class Declarations {
    private static final byte[] NO_VALUE = {};

    private final DetectorTask task;
    private final WorkloadViews views;
    private final Instances instances;
    private final Workloads workloads;
    /// Hash of a workload → offset of its declaration that was followed ahead.
    private final FacetIndex followed = new FacetIndex();

    Declarations(DetectorTask task, WorkloadViews views, Instances instances, Workloads workloads) {
        this.task = task;
        this.views = views;
        this.instances = instances;
        this.workloads = workloads;
    }

    /// Follows, before anything else is judged, the newest declaration of each workload among those
    /// that will come. Otherwise who reads the log again would judge by revisions that are long
    /// over, or by none, and tell.
    ///
    /// When they come nothing is left to do; should it die before they are committed, the next one
    /// follows them.
    ///
    /// @param end of the topic when the task started
    void followAhead(EndOffsets unread, long end) {
        var newest = new LinkedHashMap<Bytes, Origin>();
        String topic = task.topics().declarations().name();
        unread.unread(new TopicPartition(topic, task.partition()), end, (offset, timestampMillis, key, value) -> {
            if (key != null && usable(key, value)) {
                put(key, value);
                newest.put(Bytes.wrap(key), Origin.declaration(offset, Math.max(0, timestampMillis), true));
            }
        });
        newest.forEach((key, origin) -> {
            // Its view reads the store.
            judge(views.of(key.get(), origin.timestampMillis()), origin);
            followed.put(task.hash().of(key.get(), NO_VALUE), origin.offset());
        });
    }

    private boolean usable(byte[] key, byte @Nullable [] value) {
        try {
            views.require(key);
            read(key, value);
            return true;
        } catch (UnusableRecordException _) {
            // It becomes a dead letter when it is followed; what it should have replaced is still in force.
            return false;
        }
    }

    /// @param value null: nothing is declared any more
    void follow(byte[] key, byte @Nullable [] value, Origin origin) {
        views.require(key);
        Declaration declaration = read(key, value);
        if (origin.offset() <= followed.mark(task.hash().of(key, NO_VALUE))) {
            return;
        }
        WorkloadView view = views.of(key, origin.timestampMillis());
        put(key, value);
        view.declaration = declaration == null || declaration.getRevisionsCount() == 0 ? null : declaration;
        judge(view, origin);
    }

    private void judge(WorkloadView view, Origin origin) {
        workloads.declared(view, origin);
        instances.judgeAgain(view, origin);
    }

    private void put(byte[] key, byte @Nullable [] value) {
        if (value == null) {
            task.stores().declarations().delete(Bytes.wrap(key));
        } else {
            task.stores().declarations().put(Bytes.wrap(key), value);
        }
    }

    /// @return null: nothing is declared any more
    /// @throws UnusableRecordException when it is no declaration of the workload
    private static @Nullable Declaration read(byte[] key, byte @Nullable [] value) {
        Limits.require("a declaration", key.length + (value == null ? 0L : value.length), Limits.DECLARATION);
        Declaration declaration = value == null ? null : parse(value);
        if (declaration != null && !declaration.getWorkload().equals(Keys.text(key))) {
            throw new UnusableRecordException(
                    "the value is about '" + declaration.getWorkload() + "', the key is another workload");
        }
        return declaration;
    }

    /// Number of the newest revision in a stored declaration, without parsing the rest; 0: none.
    static long newestRevision(byte[] value) {
        var input = CodedInputStream.newInstance(value);
        try {
            if (!skipTo(input, Declaration.REVISIONS_FIELD_NUMBER)) {
                return 0;
            }
            input.pushLimit(input.readRawVarint32());
            return skipTo(input, Revision.NUMBER_FIELD_NUMBER) ? input.readUInt64() : 0;
        } catch (IOException e) {
            throw new IllegalStateException("what was stored was a declaration", e);
        }
    }

    private static boolean skipTo(CodedInputStream input, int field) throws IOException {
        for (int tag = input.readTag(); tag != 0; tag = input.readTag()) {
            if (WireFormat.getTagFieldNumber(tag) == field) {
                return true;
            }
            input.skipField(tag);
        }
        return false;
    }

    private static Declaration parse(byte[] value) {
        try {
            return Declaration.parseFrom(value);
        } catch (InvalidProtocolBufferException e) {
            throw new UnusableRecordException("the value is no Declaration: " + e.getMessage());
        }
    }
}
