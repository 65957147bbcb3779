package dev.snowmelt.detector.topology;

import dev.snowmelt.fingerprint.judge.Judge;
import dev.snowmelt.fingerprint.judge.TemplateJudgement;
import dev.snowmelt.v1.Drift;
import dev.snowmelt.v1.Template;
import dev.snowmelt.v1.WorkloadStatus;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// What collectors say of workloads as a whole.
final class Workloads {
    private static final FacetHash STABLE = new FacetHash(0);

    private final DetectorTask task;
    private final WorkloadViews views;
    private final Instances instances;

    Workloads(DetectorTask task, WorkloadViews views, Instances instances) {
        this.task = task;
        this.views = views;
        this.instances = instances;
    }

    /// A status came.
    void observe(WorkloadView view, Origin origin, WorkloadStatus status, byte[] value) {
        requireSame(view, status.getWorkload());
        WorkloadState state = task.stores().workload(view.key());
        if (state != null && task.ahead(state.order(), origin)) {
            // The store has this status, or a later one; the verdicts that its template led to may not have left.
            instances.judgeAgain(view, origin);
            sayAgain(view, origin);
            return;
        }
        if (state != null && state.told()) {
            state = null;
        }
        if (state != null && state.gone()) {
            if (!state.order().revivedBy(origin, task.began(view, origin))) {
                sayAgainIfReplayed(view, origin);
                return;
            }
            state = null;
        } else if (state != null && state.order().newerThan(origin)) {
            task.stores().putWorkload(view.key(), state.marked(origin.offset()));
            task.index(view.key(), state.observation(), origin.offset());
            sayAgainIfReplayed(view, origin);
            return;
        }
        accept(view, state, origin, status, value);
    }

    private void accept(
            WorkloadView view, @Nullable WorkloadState state, Origin origin, WorkloadStatus status, byte[] value) {
        boolean same = state != null && Arrays.equals(state.observation(), value);
        if (state != null && !same) {
            task.unindex(view.key(), state.observation());
        }
        if (state == null) {
            view.target().appeared();
        }
        task.index(view.key(), value, origin.offset());
        Template before = view.nextTemplate();
        view.status = status;
        long since = state == null ? 0 : state.templateSince();
        long finding = state == null ? 0 : state.templateFinding();
        var next = judgeTemplate(
                view, new WorkloadState(SeenOrder.of(origin), since, finding, 0, value), origin.observedAtMillis());
        boolean beyond = state != null && state.order().mark() > origin.offset();
        if (!same || next.templateFinding() != finding || beyond) {
            task.stores().putWorkload(view.key(), next);
        }
        if (origin.replayed()) {
            view.emitted = 0;
        }
        views.emit(view, origin.timestampMillis());
        if (!Objects.equals(before, view.nextTemplate())) {
            instances.judgeAgain(view, origin);
        }
    }

    /// The workload was deleted.
    void gone(WorkloadView view, Origin origin, String workload) {
        requireSame(view, workload);
        WorkloadState state = task.stores().workload(view.key());
        if (state != null && task.ahead(state.order(), origin)) {
            sayAgain(view, origin);
            return;
        }
        bury(view, state, SeenOrder.of(origin), origin);
    }

    /// A verdict of a workload stands. If nothing is known of it, a complete snapshot that does not
    /// show it either will tell what is known then.
    void toldBefore(byte[] key, TargetView target) {
        if (task.stores().workload(key) == null) {
            task.stores().putWorkload(key, WorkloadState.toldBefore());
            target.untidy();
        }
    }

    /// Keeps a tombstone of a workload and tells.
    void bury(WorkloadView view, @Nullable WorkloadState state, SeenOrder order, Origin origin) {
        if (state != null && !state.gone()) {
            task.unindex(view.key(), state.observation());
            view.target().disappeared();
        }
        view.target().untidy();
        task.stores().putWorkload(view.key(), WorkloadState.tombstone(order, Math.max(2, origin.timestampMillis())));
        view.status = null;
        view.template = TemplateJudgement.UNKNOWN;
        view.templateSince = 0;
        sayAgain(view, origin);
    }

    /// The declaration changed; the template must be judged by it.
    void declared(WorkloadView view, Origin origin) {
        WorkloadState state = task.stores().workload(view.key());
        if (state != null && !state.gone()) {
            // It cannot be in this state for longer than the one before began; a declaration that is read again is old.
            var next = judgeTemplate(view, state, Math.max(origin.timestampMillis(), state.templateSince()));
            if (next.templateFinding() != state.templateFinding()) {
                task.stores().putWorkload(view.key(), next);
            }
        }
        if (origin.replayed()) {
            view.emitted = 0;
        }
        views.emit(view, origin.timestampMillis());
    }

    /// Offset of the record that showed the workload last.
    long mark(byte[] key, WorkloadState state) {
        long indexed = task.mark(key, state.observation());
        return indexed == FacetIndex.ABSENT ? state.order().mark() : indexed;
    }

    private WorkloadState judgeTemplate(WorkloadView view, WorkloadState state, long now) {
        view.template = Judge.judgeTemplate(view.declaration, task.settings().rules(), view.nextTemplate());
        long finding = view.template.state().getNumber();
        for (Drift drift : view.template.drifts()) {
            finding = 31 * finding + STABLE.of(drift.toByteArray());
        }
        WorkloadState next = state.templateSince() != 0 && finding == state.templateFinding()
                ? state
                : state.template(Math.max(1, now), finding);
        view.templateSince = next.templateSince();
        return next;
    }

    private void sayAgain(WorkloadView view, Origin origin) {
        view.emitted = 0;
        views.emit(view, origin.timestampMillis());
    }

    private void sayAgainIfReplayed(WorkloadView view, Origin origin) {
        if (origin.replayed()) {
            sayAgain(view, origin);
        }
    }

    private static void requireSame(WorkloadView view, String workload) {
        if (!view.text().equals(workload)) {
            throw new UnusableRecordException("the value is about '" + workload + "', the key is another workload");
        }
    }
}
