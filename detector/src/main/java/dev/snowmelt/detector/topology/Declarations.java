package dev.snowmelt.detector.topology;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.WireFormat;
import dev.snowmelt.v1.Declaration;
import dev.snowmelt.v1.Revision;
import java.io.IOException;
import org.apache.kafka.common.utils.Bytes;
import org.jspecify.annotations.Nullable;

/// Follows the declarations: whoever they are about is judged again.
final class Declarations {
    private final DetectorTask task;
    private final WorkloadViews views;
    private final Instances instances;
    private final Workloads workloads;

    Declarations(DetectorTask task, WorkloadViews views, Instances instances, Workloads workloads) {
        this.task = task;
        this.views = views;
        this.instances = instances;
        this.workloads = workloads;
    }

    /// @param value null: nothing is declared any more
    void follow(byte[] key, byte @Nullable [] value, Origin origin) {
        Limits.require("a declaration", key.length + (value == null ? 0L : value.length), Limits.DECLARATION);
        WorkloadView view = views.of(key, origin.timestampMillis());
        Declaration declaration = value == null ? null : parse(value);
        if (declaration != null && !declaration.getWorkload().equals(view.text())) {
            throw new UnusableRecordException(
                    "the value is about '" + declaration.getWorkload() + "', the key is another workload");
        }
        if (value == null) {
            task.stores().declarations().delete(Bytes.wrap(key));
        } else {
            task.stores().declarations().put(Bytes.wrap(key), value);
        }
        view.declaration = declaration == null || declaration.getRevisionsCount() == 0 ? null : declaration;
        workloads.declared(view, origin);
        instances.judgeAgain(view, origin);
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
