package dev.snowmelt.remediator.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.snowmelt.remediator.guard.GuardSettings;
import dev.snowmelt.remediator.guard.Times;
import dev.snowmelt.schemas.id.InstanceId;
import dev.snowmelt.schemas.id.OverrideKey;
import dev.snowmelt.schemas.id.SubjectKey;
import dev.snowmelt.v1.Command;
import dev.snowmelt.v1.Command.Action;
import dev.snowmelt.v1.Hold.Reason;
import dev.snowmelt.v1.Outcome;
import dev.snowmelt.v1.Outcome.Result;
import dev.snowmelt.v1.Override;
import dev.snowmelt.v1.Override.Kind;
import dev.snowmelt.v1.Remediation.Phase;
import dev.snowmelt.v1.TrackedRemediation;
import dev.snowmelt.v1.Verdict;
import dev.snowmelt.v1.WorkloadStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;

/// A planner that crashes, an executor that loses, repeats and delays, and a workload that drifts,
/// in an order that a seed decides. After every step that the planner committed, what it ordered is
/// held against what it could know.
final class RandomLife {
    private static final Duration EXPIRY = PlanSettings.defaults().commandExpiry();

    private record Answer(Instant at, Outcome outcome) {}

    final RecordingOutbox outbox = new RecordingOutbox();
    final MapMemory memory = new MapMemory();
    final SimulatedWorkload workload;
    private final boolean restless;
    private final boolean rolls;
    private final int budget;
    private final Random random;
    private final List<Command> sent = new ArrayList<>();
    private final List<Answer> answers = new ArrayList<>();
    private final Map<String, Command> lost = new HashMap<>();
    private final Map<String, String> instanceOfCommand = new HashMap<>();
    private final Map<InstanceId, Verdict> heard = new HashMap<>();
    private final GuardSettings guards = GuardSettings.defaults();
    private WorkloadStatus status = WorkloadStatus.getDefaultInstance();
    private TaskPlanner planner;
    private Instant now = Samples.START;
    int crashes;

    /// @param restless readiness flaps and the desired count changes
    /// @param rolls nothing drifts and nothing is refused for good, but now and then the other one
    /// of two images is declared: so little waits for a person that whatever waits for ever is seen
    RandomLife(long seed, int desired, int budget, boolean restless, boolean rolls) {
        this.random = new Random(seed);
        this.budget = budget;
        this.restless = restless;
        this.rolls = rolls;
        this.workload = new SimulatedWorkload(Samples.CART, desired, Integer.toString(budget), random, now);
        this.planner = started();
        inOneTransaction(() -> planner.verdict(
                new SubjectKey.OfSnapshot(Samples.TARGET, 0), Samples.whole(Samples.TARGET, now), now, now));
    }

    private TaskPlanner started() {
        var next = new TaskPlanner(memory, outbox, guards, PlanSettings.defaults());
        next.load(now);
        return next;
    }

    void step() {
        switch (random.nextInt(restless ? 14 : 12)) {
            case 0, 1, 2, 3 -> hear();
            case 4, 5 -> execute();
            case 6 -> beAnswered();
            case 7, 8 -> workload.work(now, false);
            case 9 -> inOneTransaction(() -> planner.tick(now, 100));
            case 10 -> pass();
            case 11 -> maybeChange();
            case 12 -> workload.flap(now);
            default -> maybeScale();
        }
        if (!restless) {
            assertThat(workload.unavailable()).as("replicas that really miss").isLessThanOrEqualTo(budget);
        }
    }

    private void maybeChange() {
        if (!rolls && random.nextInt(4) == 0) {
            workload.drift(now);
        } else if (rolls && random.nextInt(12) == 0) {
            workload.declare(now);
            if (random.nextInt(4) > 0) {
                say(approval());
            }
        }
    }

    private void maybeScale() {
        if (random.nextInt(8) == 0) {
            workload.scale(Math.max(2, workload.desired() + random.nextInt(3) - 1));
        }
    }

    private Override.Builder approval() {
        return Samples.override(Kind.APPROVAL, workload.id.toString(), now).setRevision(workload.revision());
    }

    private void say(Override.Builder word) {
        var key = new OverrideKey(Optional.of(Samples.TARGET), word.getKind(), word.getSubject());
        inOneTransaction(() -> planner.override(key, word.build(), now));
    }

    private void pass() {
        int kind = random.nextInt(20);
        now = now.plusMillis(kind == 0 ? 150_000 : kind < 4 ? 20_000 : random.nextInt(2_000));
        if (random.nextInt(10) == 0) {
            workload.repeat(now);
        }
    }

    private void hear() {
        SimulatedWorkload.Said next = workload.said.peek();
        if (next == null) {
            return;
        }
        inOneTransaction(() -> planner.verdict(next.key(), next.verdict(), now, now));
        workload.said.remove();
    }

    /// The planner may die before it commits; then it starts again from what it had committed and
    /// gets the same input.
    private void inOneTransaction(Runnable input) {
        if (random.nextInt(10) == 0) {
            crashes++;
            input.run();
            outbox.takeCommands().forEach(command -> lost.putIfAbsent(command.getInstance(), command));
            memory.rollBack();
            planner = started();
        }
        input.run();
        List<Command> issued = outbox.takeCommands();
        note(issued);
        memory.commit();
    }

    private void note(List<Command> issued) {
        memory.census().each((key, entry) -> {
            if (key instanceof SubjectKey.OfInstance(var _, var instance)) {
                heard.put(instance, entry.getRecord().getInstance());
            } else {
                status = entry.getRecord().getWorkload().getStatus();
            }
        });
        heard.keySet().removeIf(instance -> memory.census().get(Samples.key(workload.id, instance)) == null);
        for (Command command : issued) {
            String before = instanceOfCommand.put(command.getId(), command.getInstance());
            assertThat(before).as("command %s went out before", command.getId()).isNull();
            assertThat(sent)
                    .as("one instance at a time has a command whose time is not over")
                    .noneMatch(other -> other.getInstance().equals(command.getInstance())
                            && open(other)
                            && Times.instant(other.getExpiresAt()).isAfter(now));
            Command repeated = lost.remove(command.getInstance());
            if (repeated != null && repeated.getVerdict().equals(command.getVerdict())) {
                assertThat(command.getId()).as("a replay repeats the id").isEqualTo(repeated.getId());
            }
            sent.add(command);
        }
        // A restore restarts nothing by itself here.
        if (!issued.stream().allMatch(RandomLife::isRestore)) {
            assertBudget();
        }
    }

    private final Set<String> answered = new HashSet<>();
    /// What was answered by anything else than that it is done is remembered by the executor: it
    /// does not act on it later.
    private final Set<String> declined = new HashSet<>();

    private boolean open(Command command) {
        return !answered.contains(command.getId());
    }

    /// Spent slots and everyone else who is not ready, by what the planner had heard when it
    /// ordered.
    private void assertBudget() {
        Set<InstanceId> spent = new HashSet<>();
        memory.allRemediations().forEach((key, life) -> {
            if (key instanceof SubjectKey.OfInstance(var _, var instance) && spends(life)) {
                spent.add(instance);
            }
        });
        long unready = heard.entrySet().stream()
                .filter(entry -> !spent.contains(entry.getKey()))
                .filter(entry ->
                        !entry.getValue().getReady() || entry.getValue().getTerminating())
                .count();
        long surplus = Math.max(0, heard.size() - status.getDesired());
        long missing = Math.max(0, status.getDesired() - heard.size());
        assertThat(spent.size() + Math.max(0, unready - surplus) + missing)
                .as("slots %s, %d others not ready, %d missing", spent, unready, missing)
                .isLessThanOrEqualTo(budget);
    }

    private static boolean spends(TrackedRemediation life) {
        return switch (life.getRemediation().getPhase()) {
            case ISSUED, TERMINATED, STUCK -> true;
            case REPLACED, RETIRED, RESOLVED -> false;
            case HELD, BLOCKED, FAILED, PHASE_UNSPECIFIED, UNRECOGNIZED -> life.hasEffectUnknownUntil();
        };
    }

    private void execute() {
        if (sent.isEmpty()) {
            return;
        }
        Command command = sent.get(random.nextInt(sent.size()));
        // Also again, long after it was answered: Kafka may repeat what was not committed.
        boolean expired = Times.instant(command.getExpiresAt()).isBefore(now);
        switch (random.nextInt(rolls ? 6 : 8)) {
            case 0 -> {} // lost
            case 1 -> answer(command, Result.BLOCKED, unknown(command, expired));
            case 2 -> answer(command, Result.FAILED, rolls || unknown(command, expired));
            case 3 -> answer(command, Result.REFUSED, unknown(command, expired));
            default -> look(command, expired);
        }
    }

    /// Nobody can tell whether the call had an effect, or whether an executor that died before it
    /// answered made it.
    private boolean unknown(Command command, boolean expired) {
        if (random.nextBoolean()) {
            return false;
        }
        if (random.nextBoolean() && !expired && open(command) && toBeDone(command)) {
            act(command);
        }
        return true;
    }

    private boolean toBeDone(Command command) {
        return command.getRevision() == workload.revision()
                && (isRestore(command) ? !workload.deleted() : workload.wrong(InstanceId.parse(command.getInstance())));
    }

    private static boolean isRestore(Command command) {
        return command.getAction() == Action.RESTORE_TEMPLATE;
    }

    private void look(Command command, boolean expired) {
        if (declined.contains(command.getId())) {
            return;
        }
        if (!isRestore(command) && !workload.exists(InstanceId.parse(command.getInstance()))) {
            answer(command, Result.ALREADY_GONE, false);
        } else if (expired || !toBeDone(command)) {
            answer(command, Result.REFUSED, false);
        } else {
            act(command);
            if (random.nextInt(4) > 0) {
                answer(command, isRestore(command) ? Result.RESTORED : Result.TERMINATED, false);
            }
        }
    }

    private void act(Command command) {
        if (isRestore(command)) {
            workload.restore(command, now);
        } else {
            workload.evict(InstanceId.parse(command.getInstance()), now);
        }
    }

    private void answer(Command command, Result result, boolean unknown) {
        boolean fact = result == Result.TERMINATED || result == Result.RESTORED || result == Result.ALREADY_GONE;
        if (!fact && !answered.add(command.getId())) {
            return;
        }
        answered.add(command.getId());
        if (!fact) {
            declined.add(command.getId());
        }
        var outcome = Outcome.newBuilder()
                .setCommand(command.getId())
                .setWorkload(command.getWorkload())
                .setInstance(command.getInstance())
                .setResult(result)
                .setEffectUnknown(unknown)
                .build();
        int copies = 1 + random.nextInt(2);
        for (int i = 0; i < copies; i++) {
            answers.add(new Answer(now.plusMillis(random.nextInt(i == 0 ? 500 : 200_000)), outcome));
        }
    }

    private void beAnswered() {
        Optional<Answer> due =
                answers.stream().filter(answer -> !answer.at().isAfter(now)).findFirst();
        due.ifPresent(answer -> {
            answers.remove(answer);
            String instance = answer.outcome().getInstance();
            SubjectKey key = instance.isEmpty()
                    ? Samples.key(workload.id)
                    : Samples.key(workload.id, InstanceId.parse(instance));
            inOneTransaction(() -> planner.outcome(key, answer.outcome(), now));
        });
    }

    /// From now on nothing goes wrong any more, and a person does what only a person can do. What
    /// rolls may be deleted first: then nothing needs to be restored, but nothing may stay charged.
    void calmDown() {
        if (rolls && random.nextInt(3) == 0) {
            workload.delete(now);
        }
        for (int look = 0; look < 24 * 60; look++) {
            now = now.plus(Duration.ofSeconds(20));
            if (look % 30 == 0) {
                workload.repeat(now);
                attend();
            }
            workload.work(now, true);
            drain();
            if (workload.conformant() && over()) {
                return;
            }
        }
    }

    /// A person attends to what has said for a while that it waits for one, and to nothing else: the
    /// rest has to go on by itself.
    private void attend() {
        List<TrackedRemediation> lives = memory.allRemediations().values().stream()
                .filter(life -> Times.instant(life.getRemediation().getUpdatedAt())
                        .plus(EXPIRY)
                        .isBefore(now))
                .toList();
        if (lives.stream().anyMatch(life -> heldBy(life, Reason.APPROVAL))) {
            say(approval());
        }
        if (lives.stream().anyMatch(RandomLife::waitsForAPerson)) {
            say(Samples.override(Kind.RESUME, Samples.TARGET.toString(), now));
        }
    }

    private static boolean waitsForAPerson(TrackedRemediation life) {
        Phase phase = life.getRemediation().getPhase();
        return phase == Phase.STUCK
                || (phase == Phase.FAILED && !life.hasEffectUnknownUntil())
                || heldBy(life, Reason.BREAKER)
                || heldBy(life, Reason.SUSPENDED);
    }

    private static boolean heldBy(TrackedRemediation life, Reason reason) {
        return life.getRemediation().getPhase() == Phase.HELD
                && life.getRemediation().getHold().getReason() == reason;
    }

    private void drain() {
        boolean more = true;
        while (more) {
            while (!workload.said.isEmpty()) {
                hear();
            }
            more = false;
            for (Command command : List.copyOf(sent)) {
                if (open(command)) {
                    more = true;
                    look(command, Times.instant(command.getExpiresAt()).isBefore(now));
                    answered.add(command.getId());
                }
            }
            now = now.plusMillis(500);
            while (answers.stream().anyMatch(answer -> !answer.at().isAfter(now))) {
                more = true;
                beAnswered();
            }
            inOneTransaction(() -> planner.tick(now, 100));
        }
    }

    /// Every remediation has ended; what is to become of a template that is deleted may stay open.
    boolean over() {
        return memory.allRemediations().entrySet().stream()
                .noneMatch(entry -> (workload.deleted() && entry.getKey() instanceof SubjectKey.OfWorkload)
                        ? spends(entry.getValue())
                        : alive(entry.getValue()));
    }

    private static boolean alive(TrackedRemediation life) {
        Phase phase = life.getRemediation().getPhase();
        return phase != Phase.REPLACED && phase != Phase.RETIRED && phase != Phase.RESOLVED;
    }

    static Duration expiry() {
        return EXPIRY;
    }
}
