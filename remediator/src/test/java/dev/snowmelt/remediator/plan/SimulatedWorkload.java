package dev.snowmelt.remediator.plan;

import dev.snowmelt.remediator.guard.Times;
import dev.snowmelt.schemas.id.InstanceId;
import dev.snowmelt.schemas.id.SubjectKey;
import dev.snowmelt.schemas.id.WorkloadId;
import dev.snowmelt.v1.Command;
import dev.snowmelt.v1.DeclaredContainer;
import dev.snowmelt.v1.RestoreTemplate;
import dev.snowmelt.v1.Verdict.State;
import dev.snowmelt.v1.VerdictRecord;
import dev.snowmelt.v1.WorkloadStatus.Strategy;
import dev.snowmelt.v1.WorkloadVerdict.TemplateState;
import java.time.Duration;
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

/// A workload whose controller restarts nothing when its template changes, its pods, what is
/// declared for it, and a detector that tells of every change in order, and of nothing else.
final class SimulatedWorkload {
    private static final String IMAGE = "ami-0";

    /// One word of the detector.
    record Said(SubjectKey key, @Nullable VerdictRecord verdict) {}

    private static final class Pod {
        private final Instant created;
        private final int image;
        private boolean ready;
        private boolean terminating;
        private boolean drifted;
        private Instant since;
        /// Of what the detector remembers: it does not look at what stays conformant.
        private Instant observedAt;

        private Pod(Instant created, int image) {
            this.created = created;
            this.image = image;
            this.since = created;
            this.observedAt = created;
        }
    }

    final WorkloadId id;
    final Deque<Said> said = new ArrayDeque<>();
    private final String maxUnavailable;
    private final Random random;
    private final Map<InstanceId, Pod> pods = new LinkedHashMap<>();
    private final SaidBefore before = new SaidBefore();
    /// The images that were declared; the last one is in force.
    private final List<Integer> revisions = new ArrayList<>(List.of(1));
    private Instant declaredAt;
    private int template = 1;
    private Instant templateSince;
    private int desired;
    private int names;
    private boolean deleted;

    SimulatedWorkload(WorkloadId id, int desired, String maxUnavailable, Random random, Instant now) {
        this.id = id;
        this.desired = desired;
        this.maxUnavailable = maxUnavailable;
        this.random = random;
        this.declaredAt = now.minusSeconds(86_400);
        this.templateSince = declaredAt;
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

    /// Whether it is there, and is not what is declared.
    boolean wrong(InstanceId pod) {
        return pods.containsKey(pod) && state(at(pod)) != State.CONFORMANT;
    }

    /// Or deleted, and all of it is gone.
    boolean conformant() {
        return (deleted || template == declared())
                && pods.values().stream().allMatch(pod -> state(pod) == State.CONFORMANT);
    }

    private State state(Pod pod) {
        if (pod.drifted) {
            return State.DRIFTED;
        }
        return pod.image == declared() ? State.CONFORMANT : State.OUTDATED;
    }

    private int declared() {
        return revisions.getLast();
    }

    long revision() {
        return revisions.size();
    }

    /// A person declares the other one of two images.
    void declare(Instant now) {
        revisions.add(3 - declared());
        declaredAt = now;
        templateSince = now;
        sayWorkload();
        pods.forEach((id, pod) -> {
            pod.since = now;
            judge(id);
        });
    }

    /// The template is patched.
    void restore(Command command, Instant now) {
        template = Integer.parseInt(command.getRestore(0).getImage().substring(IMAGE.length()));
        templateSince = now;
        sayWorkload();
    }

    /// It is gone for good, but still declared: a detector goes on to tell what is declared.
    void delete(Instant now) {
        deleted = true;
        desired = 0;
        sayWorkload();
        List.copyOf(pods.keySet()).forEach(pod -> evict(pod, now));
    }

    boolean deleted() {
        return deleted;
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
                add(Samples.key(id, entry.getKey()), null);
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

    /// A snapshot: what is not conformant is told once more.
    void repeat(Instant now) {
        pods.keySet().stream().filter(this::wrong).forEach(pod -> say(pod, now));
        add(new SubjectKey.OfSnapshot(id.target(), 0), Samples.whole(id.target(), now));
    }

    private void create(Instant now) {
        InstanceId pod = Samples.pod(id, names++);
        pods.put(pod, new Pod(now, template));
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

    private void add(SubjectKey key, @Nullable VerdictRecord verdict) {
        if (before.isNews(key, verdict)) {
            said.add(new Said(key, verdict));
        }
    }

    /// It was looked at.
    private void say(InstanceId pod, Instant now) {
        at(pod).observedAt = now;
        judge(pod);
    }

    private void judge(InstanceId id) {
        Pod pod = at(id);
        State state = state(pod);
        add(
                Samples.key(this.id, id),
                Samples.record(Samples.verdict(this.id, id, state)
                        .setId(state + ":" + id + ":" + revision())
                        .setRevision(revision())
                        .setMatchedRevision(pod.drifted ? 0 : revisions.lastIndexOf(pod.image) + 1L)
                        .setCreated(Times.timestamp(pod.created.truncatedTo(ChronoUnit.SECONDS)))
                        .setSince(Times.timestamp(pod.since))
                        .setObservedAt(Times.timestamp(pod.observedAt))
                        .setReady(pod.ready)
                        .setTerminating(pod.terminating)));
    }

    private void sayWorkload() {
        boolean matches = template == declared();
        var verdict = Samples.workload(id, desired, available())
                .setTemplateState(matches ? TemplateState.MATCHING : TemplateState.MISMATCHED)
                .setTemplateSince(Times.timestamp(templateSince))
                .setRevision(revision())
                .setDeclaredAt(Times.timestamp(declaredAt))
                .clearDeclared()
                .addDeclared(DeclaredContainer.newBuilder().setName("ami").setImage(IMAGE + declared()))
                .setPolicy(Samples.enforce()
                        .setMaxUnavailable(maxUnavailable)
                        .setRestoreTemplate(RestoreTemplate.newBuilder()
                                .setEnabled(true)
                                .setGracePeriod(Times.protobuf(Duration.ofSeconds(5)))));
        verdict.getStatusBuilder().setStrategy(Strategy.ON_DELETE);
        if (deleted) {
            verdict.clearStatus().setTemplateState(TemplateState.TEMPLATE_UNKNOWN);
        }
        add(Samples.key(id), Samples.record(verdict));
    }
}
