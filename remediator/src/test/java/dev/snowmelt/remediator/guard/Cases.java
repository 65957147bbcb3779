package dev.snowmelt.remediator.guard;

import dev.snowmelt.remediator.plan.Samples;
import dev.snowmelt.schemas.id.InstanceId;
import dev.snowmelt.schemas.id.OverrideKey;
import dev.snowmelt.schemas.id.WorkloadId;
import dev.snowmelt.v1.Override;
import dev.snowmelt.v1.RemediationPolicy;
import dev.snowmelt.v1.TargetStanding;
import dev.snowmelt.v1.Verdict;
import dev.snowmelt.v1.Verdict.State;
import dev.snowmelt.v1.WorkloadStanding;
import dev.snowmelt.v1.WorkloadStatus;
import dev.snowmelt.v1.WorkloadVerdict;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Builds a case that every guard admits: ten ready replicas of `cart`, one of which has been
/// drifted for an hour, in a target of a hundred that was seen. A test changes what its guard asks
/// about.
final class Cases {
    static final Instant NOW = Samples.START.plus(Duration.ofHours(1));

    WorkloadId id = Samples.CART;
    WorkloadVerdict.@Nullable Builder workload = Samples.workload(Samples.CART, 10, 10);
    final Verdict.Builder verdict;
    final InstanceId instance = Samples.pod(Samples.CART, 1);
    boolean template;
    int known = 10;
    int outdated;
    final Set<InstanceId> unavailable = new HashSet<>();
    final Set<InstanceId> slots = new HashSet<>();
    int readySlots;
    int asked;
    boolean overdue;
    boolean restoring;
    final WorkloadStanding.Builder standing = WorkloadStanding.newBuilder();
    final TargetStanding.Builder target = TargetStanding.newBuilder()
            .setFirstComplete(Times.timestamp(Samples.START))
            .setLastComplete(Times.timestamp(NOW.minus(Duration.ofMinutes(10))));
    final Overrides.Layer own = new Overrides.Layer();
    final Overrides.Layer fleet = new Overrides.Layer();
    long newlyOutdated;
    long restarting;

    @Nullable Instant unsettledUntil;

    final Set<WorkloadId> rolling = new HashSet<>();
    final Set<WorkloadId> restoringThere = new HashSet<>();

    Cases() {
        verdict = Samples.verdict(Samples.CART, instance, State.DRIFTED);
    }

    static Case with(Consumer<Cases> changes) {
        var cases = new Cases();
        changes.accept(cases);
        return cases.build();
    }

    static Case template(Consumer<Cases> changes) {
        return with(cases -> {
            cases.template = true;
            cases.workload().setTemplateState(WorkloadVerdict.TemplateState.MISMATCHED);
            cases.policy().getRestoreTemplateBuilder().setEnabled(true);
            changes.accept(cases);
        });
    }

    WorkloadVerdict.Builder workload() {
        if (workload == null) {
            throw new IllegalStateException("this case has no workload verdict");
        }
        return workload;
    }

    RemediationPolicy.Builder policy() {
        return workload().getPolicyBuilder();
    }

    WorkloadStatus.Builder status() {
        return workload().getStatusBuilder();
    }

    void say(Override.Builder override) {
        Override said = override.build();
        OverrideKey key = new OverrideKey(OverrideKey.target(said.getTarget()), said.getKind(), said.getSubject());
        (key.target().isPresent() ? own : fleet).put(key, said);
    }

    Case build() {
        var view = new WorkloadView(
                id,
                workload == null ? null : workload.build(),
                known,
                known - unavailable.size(),
                outdated,
                unavailable,
                slots,
                readySlots,
                asked,
                overdue,
                restoring,
                standing.build());
        var seen = new TargetView(
                Samples.TARGET,
                new Overrides(own, fleet),
                target.build(),
                100,
                5,
                newlyOutdated,
                restarting,
                unsettledUntil,
                rolling,
                restoringThere);
        Subject subject = template ? new Subject.OfTemplate() : new Subject.OfInstance(instance, verdict.build());
        return new Case(NOW, subject, view, seen, GuardSettings.defaults());
    }
}
