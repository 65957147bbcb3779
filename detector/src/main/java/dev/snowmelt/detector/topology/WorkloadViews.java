package dev.snowmelt.detector.topology;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.snowmelt.fingerprint.judge.Judge;
import dev.snowmelt.schemas.id.MalformedIdException;
import dev.snowmelt.schemas.id.WorkloadId;
import dev.snowmelt.v1.Declaration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.utils.Bytes;
import org.jspecify.annotations.Nullable;

/// The workloads that were touched last, parsed, and their own verdicts.
///
/// What a person or a controller changed (declaration, status, template) is emitted at once.
/// Cohorts change with every instance, so they only mark the workload; [#flush] emits what is
/// marked, a few times a second.
final class WorkloadViews {
    private static final long TOMBSTONE = 1;

    private final DetectorTask task;
    private final WorkloadVerdicts verdicts = new WorkloadVerdicts();
    private final Map<Bytes, WorkloadView> views = new LinkedHashMap<>(16, 0.75f, true);
    private final Set<WorkloadView> dirty = new LinkedHashSet<>();
    private @Nullable WorkloadView last;

    WorkloadViews(DetectorTask task) {
        this.task = task;
    }

    /// @throws UnusableRecordException when the key is no workload or is not on its partition
    WorkloadView of(byte[] key, long timestampMillis) {
        WorkloadView memo = last;
        if (memo != null && Arrays.equals(memo.key(), key)) {
            return memo;
        }
        var wrapped = Bytes.wrap(key);
        WorkloadView view = views.get(wrapped);
        if (view == null) {
            view = read(key);
            views.put(wrapped, view);
            // An earlier run may have died before it told the last change of its cohorts.
            dirty.add(view);
            makeRoom(timestampMillis);
        }
        last = view;
        return view;
    }

    /// Its verdict may have changed.
    void mark(WorkloadView view) {
        dirty.add(view);
    }

    /// Its verdict may not have reached anybody.
    void markUnsaid(WorkloadView view) {
        view.emitted = 0;
        dirty.add(view);
    }

    /// Emits the verdicts of the marked workloads that changed.
    void flush(long timestampMillis) {
        if (!dirty.isEmpty()) {
            dirty.forEach(view -> write(view, timestampMillis));
            dirty.clear();
        }
    }

    /// Emits the workload's verdict if it changed.
    void emit(WorkloadView view, long timestampMillis) {
        dirty.remove(view);
        write(view, timestampMillis);
    }

    private void write(WorkloadView view, long timestampMillis) {
        byte[] key = Keys.instancesOf(view.key());
        byte[] bytes = view.empty() ? null : verdicts.write(view);
        long said = bytes == null ? TOMBSTONE : task.hash().of(key, bytes);
        if (said != view.emitted && !(bytes == null && view.emitted == 0 && onlyToldBefore(view))) {
            task.outbox().verdict(key, bytes, timestampMillis);
            view.emitted = said;
        }
    }

    /// Its verdict stands, and only a complete snapshot knows whether it still should.
    private boolean onlyToldBefore(WorkloadView view) {
        WorkloadState state = task.stores().workload(view.key());
        return state != null && state.told();
    }

    /// The workload in a record's key.
    ///
    /// @throws UnusableRecordException when the key is no workload or is not on its partition
    WorkloadId require(byte[] key) {
        WorkloadId id = parse(key);
        task.requirePartition(key, key.length);
        return id;
    }

    private WorkloadView read(byte[] key) {
        WorkloadId id = require(key);
        var view = new WorkloadView(id, task.target(id.target()), key);
        view.declaration = declaration(task.stores().declarations().get(Bytes.wrap(key)));
        WorkloadState state = task.stores().workload(key);
        if (state != null && !state.gone()) {
            view.status = Observations.status(state.observation());
            view.template =
                    Judge.judgeTemplate(view.declaration, task.settings().rules(), view.nextTemplate());
            view.templateSince = state.templateSince();
        }
        for (var each : task.stores().instancesOf(key)) {
            view.stored(each.state()).makeup().instances++;
            view.instances++;
        }
        return view;
    }

    private static WorkloadId parse(byte[] key) {
        Limits.require("a key", key.length, Limits.KEY);
        try {
            var id = WorkloadId.parse(Keys.text(key));
            if (!Arrays.equals(Keys.utf8(id.toString()), key)) {
                throw new UnusableRecordException("the key is no workload: it is spelled '" + id + "'");
            }
            return id;
        } catch (MalformedIdException e) {
            throw new UnusableRecordException("the key is no workload: " + e.getMessage());
        }
    }

    /// Nothing is declared when there is no revision.
    static @Nullable Declaration declaration(byte @Nullable [] stored) {
        if (stored == null) {
            return null;
        }
        try {
            var declaration = Declaration.parseFrom(stored);
            return declaration.getRevisionsCount() == 0 ? null : declaration;
        } catch (InvalidProtocolBufferException e) {
            throw new SerializationException("a stored declaration cannot be read: " + e.getMessage(), e);
        }
    }

    private void makeRoom(long timestampMillis) {
        if (views.size() > task.settings().views()) {
            var eldest = views.values().iterator();
            WorkloadView evicted = eldest.next();
            eldest.remove();
            if (dirty.contains(evicted)) {
                emit(evicted, timestampMillis);
            }
        }
    }
}
