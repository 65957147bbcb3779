package dev.snowmelt.remediator.plan;

import dev.snowmelt.remediator.guard.Times;
import dev.snowmelt.schemas.id.InstanceId;
import dev.snowmelt.schemas.id.SubjectKey;
import dev.snowmelt.schemas.id.TargetId;
import dev.snowmelt.schemas.id.WorkloadId;
import dev.snowmelt.v1.DeclaredContainer;
import dev.snowmelt.v1.Drift;
import dev.snowmelt.v1.Override;
import dev.snowmelt.v1.Override.Kind;
import dev.snowmelt.v1.RemediationPolicy;
import dev.snowmelt.v1.RemediationPolicy.Mode;
import dev.snowmelt.v1.SnapshotSettled;
import dev.snowmelt.v1.Verdict;
import dev.snowmelt.v1.Verdict.State;
import dev.snowmelt.v1.VerdictRecord;
import dev.snowmelt.v1.WorkloadStatus;
import dev.snowmelt.v1.WorkloadStatus.Strategy;
import dev.snowmelt.v1.WorkloadVerdict;
import dev.snowmelt.v1.WorkloadVerdict.TemplateState;
import java.time.Duration;
import java.time.Instant;

/// Records as a detector, a person or an executor would write them.
public final class Samples {
    public static final Instant START = Instant.parse("2026-11-23T10:00:00Z");
    public static final TargetId TARGET = TargetId.parse("k8s:prod-eu");
    public static final WorkloadId CART = deployment("cart");
    public static final String DIGEST = "sha256:" + "a".repeat(64);

    private Samples() {}

    public static WorkloadId deployment(String name) {
        return new WorkloadId(TARGET, "shop", WorkloadId.DEPLOYMENT, name);
    }

    public static InstanceId pod(WorkloadId workload, int number) {
        String name = workload.name() + "-" + number;
        return InstanceId.pod(workload.target(), "shop", name, "uid-" + name);
    }

    public static SubjectKey key(WorkloadId workload, InstanceId instance) {
        return new SubjectKey.OfInstance(workload, instance);
    }

    public static SubjectKey key(WorkloadId workload) {
        return new SubjectKey.OfWorkload(workload);
    }

    /// ENFORCE, without any grace.
    public static RemediationPolicy.Builder enforce() {
        return RemediationPolicy.newBuilder().setMode(Mode.ENFORCE).setGracePeriod(Times.protobuf(Duration.ZERO));
    }

    public static WorkloadStatus.Builder status(WorkloadId workload, int desired, int ready) {
        return WorkloadStatus.newBuilder()
                .setWorkload(workload.toString())
                .setDesired(desired)
                .setReady(ready)
                .setUpdated(desired)
                .setGeneration(1)
                .setObservedGeneration(1)
                .setStrategy(Strategy.ROLLING_UPDATE);
    }

    /// Revision 1 is declared, and the template matches it.
    public static WorkloadVerdict.Builder workload(WorkloadId workload, int desired, int ready) {
        return WorkloadVerdict.newBuilder()
                .setWorkload(workload.toString())
                .setTemplateState(TemplateState.MATCHING)
                .setTemplateSince(Times.timestamp(START))
                .setStatus(status(workload, desired, ready))
                .setPolicy(enforce())
                .setRevision(1)
                .setDeclaredAt(Times.timestamp(START.minus(Duration.ofDays(1))))
                .addDeclared(DeclaredContainer.newBuilder().setName("app").setImage("registry/cart@" + DIGEST));
    }

    /// Created an hour before [#START], ready, judged by revision 1.
    public static Verdict.Builder verdict(WorkloadId workload, InstanceId instance, State state) {
        var verdict = Verdict.newBuilder()
                .setWorkload(workload.toString())
                .setInstance(instance.toString())
                .setState(state)
                .setRevision(1)
                .setId(state + ":" + instance + ":1")
                .setSince(Times.timestamp(START))
                .setObservedAt(Times.timestamp(START))
                .setCreated(Times.timestamp(START.minus(Duration.ofHours(1))))
                .setReady(true);
        if (state == State.DRIFTED || state == State.OUTDATED) {
            verdict.addDrifts(
                    Drift.newBuilder().setKind(Drift.Kind.IMAGE_MISMATCH).setSubject("app"));
        }
        return verdict;
    }

    public static VerdictRecord record(Verdict.Builder verdict) {
        return VerdictRecord.newBuilder().setInstance(verdict).build();
    }

    public static VerdictRecord record(WorkloadVerdict.Builder verdict) {
        return VerdictRecord.newBuilder().setWorkload(verdict).build();
    }

    public static VerdictRecord settled(TargetId target, int partition, int partitions, boolean complete) {
        return VerdictRecord.newBuilder()
                .setSnapshot(SnapshotSettled.newBuilder()
                        .setTarget(target.toString())
                        .setPartition(partition)
                        .setPartitions(partitions)
                        .setSnapshot(1)
                        .setComplete(complete))
                .build();
    }

    /// The only partition is settled, by a snapshot that was begun then.
    public static VerdictRecord whole(TargetId target, Instant began) {
        var settled = settled(target, 0, 1, true).toBuilder();
        settled.getSnapshotBuilder().setBegan(Times.timestamp(began));
        return settled.build();
    }

    public static Override.Builder override(Kind kind, String subject, Instant at) {
        return Override.newBuilder()
                .setTarget(TARGET.toString())
                .setKind(kind)
                .setSubject(subject)
                .setBy("ann")
                .setReason("because")
                .setAt(Times.timestamp(at));
    }
}
