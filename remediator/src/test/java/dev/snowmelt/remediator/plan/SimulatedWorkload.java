package dev.snowmelt.remediator.plan;

import dev.snowmelt.remediator.guard.Times;
import dev.snowmelt.schemas.id.InstanceId;
import dev.snowmelt.schemas.id.SubjectKey;
import dev.snowmelt.schemas.id.WorkloadId;
import dev.snowmelt.v1.Verdict.State;
import dev.snowmelt.v1.VerdictRecord;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/// A Deployment, its pods and a detector that tells of every change in order.
final class SimulatedWorkload {
    /// One word of the detector.
    record Said(SubjectKey key, @Nullable VerdictRecord verdict) {}

    private static final class Pod {
        private final Instant created;
        private boolean ready;
        private boolean terminating;
        private boolean drifted;
        private Instant since;

        private Pod(Instant created) {
            this.created = created;
            this.since = created;
        }
    }

    final WorkloadId id;
    final Deque<Said> said = new ArrayDeque<>();
    private final String maxUnavailable;
    private final Random random;
    private final Map<InstanceId, Pod> pods = new LinkedHashMap<>();
    private int desired;
    private int names;

    SimulatedWorkload(WorkloadId id, int desired, String maxUnavailable, Random random, Instant now) {
        this.id = id;
        this.desired = desired;
        this.maxUnavailable = maxUnavailable;
        this.random = random;
        sayWorkload();
        while (pods.size() < desired) {
            create(now.minusSeconds(3600));
        }
        pods.keySet().forEach(pod -> setReady(pod, true, now));
    }

    int desired() {
        return desired;
    }

    /// Replicas that really miss at this moment.
    int unavailable() {
        return Math.max(0, desired - available());
    }

    private int available() {
        return (int) pods.values().stream()
                .filter(pod -> pod.ready && !pod.terminating)
                .count();
    }

    boolean exists(InstanceId pod) {
        return pods.containsKey(pod);
    }

    boolean drifted(InstanceId pod) {
        return pods.containsKey(pod) && at(pod).drifted;
    }

    boolean conformant() {
        return pods.values().stream().noneMatch(pod -> pod.drifted);
    }

    void scale(int to) {
        desired = to;
        sayWorkload();
    }

    /// Somebody edits a pod in place.
    void drift(Instant now) {
        List<InstanceId> all = new ArrayList<>(pods.keySet());
        if (!all.isEmpty()) {
            InstanceId pod = all.get(random.nextInt(all.size()));
            if (!at(pod).drifted && !at(pod).terminating) {
                at(pod).drifted = true;
                at(pod).since = now;
                say(pod, now);
            }
        }
    }

    /// A readiness probe changes its mind.
    void flap(Instant now) {
        List<InstanceId> all = new ArrayList<>(pods.keySet());
        if (!all.isEmpty()) {
            InstanceId pod = all.get(random.nextInt(all.size()));
            setReady(pod, !at(pod).ready, now);
        }
    }

    /// The Eviction API.
    ///
    /// @return false: there is no such pod
    boolean evict(InstanceId pod, Instant now) {
        if (!pods.containsKey(pod)) {
            return false;
        }
        if (!at(pod).terminating) {
            at(pod).terminating = true;
            say(pod, now);
            sayWorkload();
        }
        return true;
    }

    /// Kubelets and the controller do some of what is to be done.
    void work(Instant now, boolean all) {
        for (var entry : List.copyOf(pods.entrySet())) {
            if (entry.getValue().terminating && (all || random.nextBoolean())) {
                pods.remove(entry.getKey());
                said.add(new Said(Samples.key(id, entry.getKey()), null));
                sayWorkload();
            } else if (!entry.getValue().ready && (all || random.nextInt(3) == 0)) {
                setReady(entry.getKey(), true, now);
            }
        }
        long alive = pods.values().stream().filter(pod -> !pod.terminating).count();
        for (; alive < desired; alive++) {
            create(now);
        }
        for (var entry : List.copyOf(pods.entrySet())) {
            if (alive > desired && !entry.getValue().terminating) {
                evict(entry.getKey(), now);
                alive--;
            }
        }
    }

    /// What a snapshot makes the detector repeat.
    void repeat(Instant now) {
        said.add(new Said(new SubjectKey.OfSnapshot(id.target(), 0), Samples.whole(id.target(), now)));
        pods.forEach((pod, state) -> {
            if (state.drifted) {
                say(pod, now);
            }
        });
    }

    private void create(Instant now) {
        InstanceId pod = Samples.pod(id, names++);
        pods.put(pod, new Pod(now));
        say(pod, now);
    }

    private void setReady(InstanceId pod, boolean ready, Instant now) {
        at(pod).ready = ready;
        say(pod, now);
        sayWorkload();
    }

    private Pod at(InstanceId id) {
        Pod pod = pods.get(id);
        if (pod == null) {
            throw new IllegalStateException("no pod " + id);
        }
        return pod;
    }

    private void say(InstanceId pod, Instant now) {
        Pod state = at(pod);
        said.add(new Said(
                Samples.key(id, pod),
                Samples.record(Samples.verdict(id, pod, state.drifted ? State.DRIFTED : State.CONFORMANT)
                        .setCreated(Times.timestamp(state.created.truncatedTo(ChronoUnit.SECONDS)))
                        .setSince(Times.timestamp(state.since))
                        .setObservedAt(Times.timestamp(now))
                        .setReady(state.ready)
                        .setTerminating(state.terminating))));
    }

    private void sayWorkload() {
        said.add(new Said(
                Samples.key(id),
                Samples.record(Samples.workload(id, desired, available())
                        .setPolicy(Samples.enforce().setMaxUnavailable(maxUnavailable)))));
    }
}
