package dev.snowmelt.remediator.plan;

import dev.snowmelt.remediator.guard.GuardSettings;
import dev.snowmelt.remediator.guard.Times;
import dev.snowmelt.schemas.id.InstanceId;
import dev.snowmelt.schemas.id.OverrideKey;
import dev.snowmelt.schemas.id.SubjectKey;
import dev.snowmelt.schemas.id.TargetId;
import dev.snowmelt.schemas.id.WorkloadId;
import dev.snowmelt.v1.Command;
import dev.snowmelt.v1.Hold.Reason;
import dev.snowmelt.v1.Outcome;
import dev.snowmelt.v1.Outcome.Result;
import dev.snowmelt.v1.Override;
import dev.snowmelt.v1.Override.Kind;
import dev.snowmelt.v1.Remediation;
import dev.snowmelt.v1.Verdict;
import dev.snowmelt.v1.Verdict.State;
import dev.snowmelt.v1.VerdictRecord;
import dev.snowmelt.v1.WorkloadVerdict;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// A planner's task with a clock that only tests move.
final class Desk {
    final MapMemory memory = new MapMemory();
    final RecordingOutbox outbox = new RecordingOutbox();
    private TaskPlanner planner = planner();
    private Instant now = Samples.START;
    private final Map<TargetId, Instant> snapshots = new HashMap<>();
    private final SaidBefore detector = new SaidBefore();

    Desk() {
        planner.load(now);
    }

    private TaskPlanner planner() {
        return new TaskPlanner(memory, outbox, GuardSettings.defaults(), PlanSettings.defaults());
    }

    /// Another process takes over, with what was remembered.
    void restart() {
        planner = planner();
        planner.load(now);
        pass(Duration.ofSeconds(3));
    }

    Instant now() {
        return now;
    }

    /// Time passes in steps of at most a second (30 when it is long), with a tick after each. What
    /// has settled repeats its snapshot every ten minutes.
    void pass(Duration time) {
        Instant end = now.plus(time);
        while (now.isBefore(end)) {
            Instant next = now.plusMillis(time.compareTo(Duration.ofMinutes(5)) > 0 ? 30_000 : 1_000);
            now = next.isAfter(end) ? end : next;
            for (TargetId target : List.copyOf(snapshots.keySet())) {
                if (!snapshots
                        .getOrDefault(target, now)
                        .plus(Duration.ofMinutes(10))
                        .isAfter(now)) {
                    whole(target);
                }
            }
            planner.tick(now, 100);
        }
    }

    private void whole(TargetId target) {
        snapshots.put(target, now);
        whole(target, now);
    }

    /// All of a target has been looked at, since a time.
    void whole(TargetId target, Instant began) {
        say(new SubjectKey.OfSnapshot(target, 0), Samples.whole(target, began), now);
    }

    /// From now on the collector is silent.
    void silence() {
        snapshots.clear();
    }

    void settle() {
        settle(Samples.TARGET);
    }

    void settle(TargetId target) {
        whole(target);
        pass(Duration.ofSeconds(3));
    }

    void snapshot(int partition, int partitions, boolean complete) {
        snapshotAt(now, partition, partitions, complete);
    }

    /// Said by the detector at a time that is not now.
    void snapshotAt(Instant said, int partition, int partitions, boolean complete) {
        say(
                new SubjectKey.OfSnapshot(Samples.TARGET, partition),
                Samples.settled(Samples.TARGET, partition, partitions, complete),
                said);
    }

    private void say(SubjectKey key, @Nullable VerdictRecord verdict, Instant said) {
        detector.require(key, verdict);
        planner.verdict(key, verdict, said, now);
    }

    void say(WorkloadVerdict.Builder verdict) {
        say(Samples.key(WorkloadId.parse(verdict.getWorkload())), Samples.record(verdict), now);
    }

    void say(Verdict.Builder verdict) {
        sayAt(verdict, now);
    }

    /// Said by the detector at a time that is not now.
    void sayAt(Verdict.Builder verdict, Instant said) {
        say(SubjectKey.parse(verdict.getWorkload() + "|" + verdict.getInstance()), Samples.record(verdict), said);
    }

    /// What a restarted detector says: nobody may count on it, but it does no harm either.
    void sayAgain(Verdict.Builder verdict) {
        SubjectKey key = SubjectKey.parse(verdict.getWorkload() + "|" + verdict.getInstance());
        planner.verdict(key, Samples.record(verdict), now, now);
    }

    void gone(WorkloadId workload, InstanceId instance) {
        say(Samples.key(workload, instance), null, now);
    }

    void gone(WorkloadId workload) {
        say(Samples.key(workload), null, now);
    }

    /// A workload has so many replicas, the first of which are as said and the others conformant.
    /// The detector says what of that is news.
    void workload(WorkloadId workload, int replicas, State first, int count, Consumer<WorkloadVerdict.Builder> change) {
        var verdict = Samples.workload(workload, replicas, replicas);
        change.accept(verdict);
        sayNews(Samples.key(workload), Samples.record(verdict));
        for (int i = 0; i < replicas; i++) {
            InstanceId pod = Samples.pod(workload, i);
            sayNews(
                    Samples.key(workload, pod),
                    Samples.record(Samples.verdict(workload, pod, i < count ? first : State.CONFORMANT)
                            .setRevision(verdict.getRevision())
                            .setSince(Times.timestamp(now))));
        }
    }

    private void sayNews(SubjectKey key, VerdictRecord verdict) {
        if (detector.isNews(key, verdict)) {
            planner.verdict(key, verdict, now, now);
        }
    }

    /// The same, as it is declared in most tests.
    void workload(WorkloadId workload, int replicas, int drifted) {
        workload(workload, replicas, State.DRIFTED, drifted, _ -> {});
    }

    /// A new pod that runs what is declared, ready.
    void arrives(WorkloadId workload, InstanceId pod, State state) {
        say(Samples.verdict(workload, pod, state)
                .setCreated(Times.timestamp(now))
                .setSince(Times.timestamp(now))
                .setObservedAt(Times.timestamp(now)));
    }

    void answer(Command command, Result result) {
        answer(command, result, _ -> {});
    }

    void answer(Command command, Result result, Consumer<Outcome.Builder> change) {
        var outcome = Outcome.newBuilder()
                .setCommand(command.getId())
                .setWorkload(command.getWorkload())
                .setInstance(command.getInstance())
                .setResult(result);
        change.accept(outcome);
        WorkloadId workload = WorkloadId.parse(command.getWorkload());
        SubjectKey key = command.getInstance().isEmpty()
                ? Samples.key(workload)
                : Samples.key(workload, InstanceId.parse(command.getInstance()));
        planner.outcome(key, outcome.build(), now);
    }

    /// The instance of a command is terminated and goes, and its controller makes another.
    void replace(WorkloadId workload, Command command, InstanceId by, State state) {
        pass(Duration.ofSeconds(1));
        answer(command, Result.TERMINATED);
        gone(workload, InstanceId.parse(command.getInstance()));
        pass(Duration.ofSeconds(1));
        arrives(workload, by, state);
    }

    void override(Kind kind, String subject) {
        override(Samples.override(kind, subject, now));
    }

    void override(Override.Builder override) {
        Override said = override.build();
        planner.override(
                new OverrideKey(OverrideKey.target(said.getTarget()), said.getKind(), said.getSubject()), said, now);
    }

    void withdraw(Kind kind, String subject) {
        planner.override(new OverrideKey(Optional.of(Samples.TARGET), kind, subject), null, now);
    }

    void forgetOld() {
        planner.forgetOld(now);
    }

    List<Command> commands() {
        return outbox.takeCommands();
    }

    Remediation remediation(SubjectKey key) {
        Remediation remediation = outbox.remediations.get(key);
        if (remediation == null) {
            throw new AssertionError("no remediation of " + key + ", only " + outbox.remediations.keySet());
        }
        return remediation;
    }

    Remediation remediation(WorkloadId workload, int pod) {
        return remediation(Samples.key(workload, Samples.pod(workload, pod)));
    }

    Reason held(WorkloadId workload, int pod) {
        Remediation remediation = remediation(workload, pod);
        if (!remediation.hasHold()) {
            throw new AssertionError("not held: " + remediation);
        }
        return remediation.getHold().getReason();
    }

    Figures figures() {
        return planner.figures();
    }
}
