package dev.snowmelt.remediator.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.snowmelt.remediator.guard.GuardSettings;
import dev.snowmelt.schemas.id.InstanceId;
import dev.snowmelt.schemas.id.OverrideKey;
import dev.snowmelt.schemas.id.SubjectKey;
import dev.snowmelt.v1.Command;
import dev.snowmelt.v1.Outcome;
import dev.snowmelt.v1.Outcome.Result;
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
import org.jspecify.annotations.Nullable;

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
    private final int budget;
    private final Random random;
    private final List<Command> sent = new ArrayList<>();
    private final List<Answer> answers = new ArrayList<>();
    private final Map<String, String> lost = new HashMap<>();
    private final Map<String, String> instanceOfCommand = new HashMap<>();
    private final Map<InstanceId, Verdict> heard = new HashMap<>();
    private final GuardSettings guards = GuardSettings.defaults();
    private WorkloadStatus status = WorkloadStatus.getDefaultInstance();
    private TaskPlanner planner;
    private Instant now = Samples.START;
    int crashes;

    /// @param restless readiness flaps and the desired count changes
    RandomLife(long seed, int desired, int budget, boolean restless) {
        this.random = new Random(seed);
        this.budget = budget;
        this.restless = restless;
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
            case 11 -> maybeDrift();
            case 12 -> workload.flap(now);
            default -> maybeScale();
        }
        if (!restless) {
            assertThat(workload.unavailable()).as("replicas that really miss").isLessThanOrEqualTo(budget);
        }
    }

    private void maybeDrift() {
        if (random.nextInt(4) == 0) {
            workload.drift(now);
        }
    }

    private void maybeScale() {
        if (random.nextInt(8) == 0) {
            workload.scale(Math.max(2, workload.desired() + random.nextInt(3) - 1));
        }
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
            outbox.takeCommands().forEach(command -> lost.putIfAbsent(command.getInstance(), command.getId()));
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
                            && dev.snowmelt.remediator.guard.Times.instant(other.getExpiresAt())
                                    .isAfter(now));
            String repeated = lost.remove(command.getInstance());
            assertThat(repeated == null ? command.getId() : repeated)
                    .as("a replay repeats the id")
                    .isEqualTo(command.getId());
            sent.add(command);
        }
        if (!issued.isEmpty()) {
            assertBudget();
        }
    }

    private final Set<String> answered = new HashSet<>();

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
        boolean expired = dev.snowmelt.remediator.guard.Times.instant(command.getExpiresAt())
                .isBefore(now);
        switch (random.nextInt(8)) {
            case 0 -> {} // lost
            case 1 -> answer(command, Result.BLOCKED, false);
            case 2 -> answer(command, Result.FAILED, random.nextBoolean() && !expired && act(command, Result.FAILED));
            default -> look(command, expired);
        }
    }

    private void look(Command command, boolean expired) {
        InstanceId pod = InstanceId.parse(command.getInstance());
        if (!workload.exists(pod)) {
            answer(command, Result.ALREADY_GONE, false);
        } else if (expired || !workload.drifted(pod)) {
            answer(command, Result.REFUSED, false);
        } else {
            act(command, Result.TERMINATED);
            if (random.nextInt(4) > 0) {
                answer(command, Result.TERMINATED, false);
            }
        }
    }

    private boolean act(Command command, @Nullable Result unused) {
        // A command that was answered with "nothing was done" is remembered by the executor: it does not act on it
        // later.
        return !answered.contains(command.getId()) && workload.evict(InstanceId.parse(command.getInstance()), now);
    }

    private void answer(Command command, Result result, boolean unknown) {
        if (result != Result.TERMINATED && result != Result.ALREADY_GONE && !answered.add(command.getId())) {
            return;
        }
        answered.add(command.getId());
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
            InstanceId instance = InstanceId.parse(answer.outcome().getInstance());
            inOneTransaction(() -> planner.outcome(Samples.key(workload.id, instance), answer.outcome(), now));
        });
    }

    /// From now on nothing goes wrong any more, and a person resumes what stands still.
    void calmDown() {
        Instant resumed = now;
        for (int minute = 0; minute < 24 * 60; minute++) {
            now = now.plus(Duration.ofSeconds(20));
            if (minute % 30 == 0) {
                workload.repeat(now);
                Instant at = now;
                resumed = at;
                inOneTransaction(() -> planner.override(
                        new OverrideKey(Optional.of(Samples.TARGET), Kind.RESUME, Samples.TARGET.toString()),
                        Samples.override(Kind.RESUME, Samples.TARGET.toString(), at)
                                .build(),
                        at));
            }
            workload.work(now, true);
            drain();
            if (workload.conformant()
                    && memory.allRemediations().values().stream().noneMatch(RandomLife::alive)) {
                return;
            }
        }
        assertThat(resumed).isNotNull();
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
                    look(
                            command,
                            dev.snowmelt.remediator.guard.Times.instant(command.getExpiresAt())
                                    .isBefore(now));
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

    static boolean alive(TrackedRemediation life) {
        Phase phase = life.getRemediation().getPhase();
        return phase != Phase.REPLACED && phase != Phase.RETIRED && phase != Phase.RESOLVED;
    }

    static Duration expiry() {
        return EXPIRY;
    }
}
