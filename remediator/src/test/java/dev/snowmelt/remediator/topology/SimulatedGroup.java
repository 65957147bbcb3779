package dev.snowmelt.remediator.topology;

import dev.snowmelt.fingerprint.judge.Judge;
import dev.snowmelt.fingerprint.judge.JudgeRules;
import dev.snowmelt.fingerprint.judge.Judgement;
import dev.snowmelt.fingerprint.judge.TemplateJudgement;
import dev.snowmelt.remediator.guard.Times;
import dev.snowmelt.schemas.id.InstanceId;
import dev.snowmelt.schemas.id.SubjectKey;
import dev.snowmelt.schemas.id.WorkloadId;
import dev.snowmelt.v1.Command;
import dev.snowmelt.v1.Declaration;
import dev.snowmelt.v1.DeclarationSpec;
import dev.snowmelt.v1.DeclaredContainer;
import dev.snowmelt.v1.ImageFacet;
import dev.snowmelt.v1.ObservedContainer;
import dev.snowmelt.v1.Outcome.Result;
import dev.snowmelt.v1.RemediationPolicy;
import dev.snowmelt.v1.Revision;
import dev.snowmelt.v1.Template;
import dev.snowmelt.v1.Verdict;
import dev.snowmelt.v1.WorkloadStatus;
import dev.snowmelt.v1.WorkloadVerdict;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// An Auto Scaling group, a detector that judges its instances with the real judge, and an executor
/// that does what it is told. Changing its template replaces nothing; an instance that is
/// terminated is drained by a lifecycle hook for a while, and another is launched beside it.
final class SimulatedGroup {
    private static final Duration BOOT = Duration.ofSeconds(40);

    private static final class Machine {
        private final String ami;
        private final Instant created;
        private Instant readyAt;
        private Instant goneAt = Instant.MAX;
        /// When the detector was last told of it, as far as it remembers that.
        private Instant observedAt;

        private Machine(String ami, Instant created, Instant readyAt) {
            this.ami = ami;
            this.created = created;
            this.readyAt = readyAt;
            this.observedAt = created;
        }

        private boolean terminating() {
            return goneAt.isBefore(Instant.MAX);
        }

        private boolean serves(Instant now) {
            return !terminating() && !readyAt.isAfter(now);
        }
    }

    final WorkloadId id;
    private final PlannerDriver planner;
    private final int desired;
    private final Duration drain;
    private final RemediationPolicy policy;
    private final Map<InstanceId, Machine> machines = new LinkedHashMap<>();
    private final Map<InstanceId, Verdict.State> states = new LinkedHashMap<>();
    private final Declaration.Builder declaration = Declaration.newBuilder();
    private String template;
    private Instant templateSince;
    private Instant declaredAt;
    private int launched;
    private int replaced;
    private int leastAvailable;

    SimulatedGroup(
            PlannerDriver planner, WorkloadId id, int desired, String ami, Duration drain, RemediationPolicy policy) {
        this.planner = planner;
        this.id = id;
        this.desired = desired;
        this.drain = drain;
        this.policy = policy;
        this.template = ami;
        this.templateSince = planner.now();
        this.declaredAt = planner.now();
        this.leastAvailable = desired;
        for (int i = 0; i < desired; i++) {
            launch(planner.now().minus(Duration.ofDays(1)));
        }
        declare(ami, planner.now().minus(Duration.ofDays(1)));
    }

    /// A new revision, which the detector judges everything by at once.
    void declare(String ami) {
        declare(ami, planner.now());
    }

    private void declare(String ami, Instant at) {
        declaredAt = at;
        templateSince = planner.now();
        declaration.addRevisions(
                0,
                Revision.newBuilder()
                        .setNumber(declaration.getRevisionsCount() + 1L)
                        .setSpec(DeclarationSpec.newBuilder()
                                .addContainers(DeclaredContainer.newBuilder()
                                        .setName("ami")
                                        .setType(DeclaredContainer.Type.AMI)
                                        .setImage(ami))
                                .setRemediation(policy)));
        sayGroup();
        machines.keySet().forEach(this::judge);
    }

    private void launch(Instant at) {
        InstanceId instance = InstanceId.parse("%s/i-%05x".formatted(id.target(), ++launched));
        machines.put(instance, new Machine(template, at, at.plus(BOOT)));
    }

    /// An executor carries out a command.
    void carryOut(Command command) {
        switch (command.getAction()) {
            case RESTORE_TEMPLATE -> {
                template = command.getRestore(0).getImage();
                planner.answer(command, Result.RESTORED);
                templateSince = planner.now();
                sayGroup();
            }
            case REPLACE_INSTANCE -> {
                InstanceId instance = InstanceId.parse(command.getInstance());
                machine(instance).goneAt = planner.now().plus(drain);
                replaced++;
                planner.answer(command, Result.TERMINATED);
                say(instance);
                sayGroup();
                launch(planner.now());
                machines.keySet().stream().skip(machines.size() - 1L).forEach(this::say);
            }
            case ACTION_UNSPECIFIED, UNRECOGNIZED -> throw new AssertionError(command);
        }
        leastAvailable = Math.min(leastAvailable, available());
    }

    /// What became due is done and told.
    void work() {
        Instant now = planner.now();
        for (InstanceId instance : List.copyOf(machines.keySet())) {
            Machine machine = machine(instance);
            if (!machine.goneAt.isAfter(now)) {
                machines.remove(instance);
                states.remove(instance);
                planner.gone(new SubjectKey.OfInstance(id, instance));
            } else if (machine.readyAt.equals(now)) {
                say(instance);
                sayGroup();
            }
        }
    }

    private Machine machine(InstanceId instance) {
        Machine machine = machines.get(instance);
        if (machine == null) {
            throw new AssertionError("no instance " + instance);
        }
        return machine;
    }

    private int available() {
        return (int) machines.values().stream()
                .filter(machine -> machine.serves(planner.now()))
                .count();
    }

    /// The fewest that ever served.
    int leastAvailable() {
        return leastAvailable;
    }

    /// How many were terminated.
    int replaced() {
        return replaced;
    }

    int size() {
        return machines.size();
    }

    /// How many were last judged to be what.
    Map<Verdict.State, Integer> states() {
        var counts = new EnumMap<Verdict.State, Integer>(Verdict.State.class);
        states.values().forEach(state -> counts.merge(state, 1, Integer::sum));
        return counts;
    }

    /// Something of it changed.
    private void say(InstanceId instance) {
        machine(instance).observedAt = planner.now();
        judge(instance);
    }

    /// A snapshot: what is not conformant is told once more.
    void repeat() {
        List.copyOf(machines.keySet()).stream()
                .filter(instance -> states.get(instance) != Verdict.State.CONFORMANT)
                .forEach(this::say);
    }

    private void judge(InstanceId instance) {
        Machine machine = machine(instance);
        ImageFacet image = ImageFacet.newBuilder()
                .addContainers(ObservedContainer.newBuilder()
                        .setName("ami")
                        .setType(ObservedContainer.Type.AMI)
                        .setImage(machine.ami)
                        .setImageId(machine.ami))
                .build();
        Judgement judgement = Judge.judge(declaration.build(), JudgeRules.DEFAULT, null, image, List.of());
        states.put(instance, judgement.state());
        planner.sayNews(Verdict.newBuilder()
                .setWorkload(id.toString())
                .setInstance(instance.toString())
                .setState(judgement.state())
                .setRevision(judgement.revision())
                .setMatchedRevision(judgement.matchedRevision())
                .addAllDrifts(judgement.drifts())
                .setId(judgement.state() + ":" + instance + ":" + judgement.revision())
                .setSince(Times.timestamp(declaredAt))
                .setObservedAt(Times.timestamp(machine.observedAt))
                .setCreated(Times.timestamp(machine.created))
                .setReady(machine.serves(planner.now()))
                .setTerminating(machine.terminating()));
    }

    private void sayGroup() {
        Template launches = Template.newBuilder()
                .setId("lt-0abc:" + template)
                .addContainers(Template.Container.newBuilder()
                        .setName("ami")
                        .setType(ObservedContainer.Type.AMI)
                        .setImage(template))
                .build();
        TemplateJudgement judgement = Judge.judgeTemplate(declaration.build(), JudgeRules.DEFAULT, launches);
        Revision newest = declaration.getRevisions(0);
        planner.sayNews(WorkloadVerdict.newBuilder()
                .setWorkload(id.toString())
                .setTemplateState(judgement.state())
                .setTemplateSince(Times.timestamp(templateSince))
                .addAllDrifts(judgement.drifts())
                .setStatus(WorkloadStatus.newBuilder()
                        .setWorkload(id.toString())
                        .setDesired(desired)
                        .setReady(available())
                        .setStrategy(WorkloadStatus.Strategy.ON_DELETE)
                        .setTemplate(launches))
                .setPolicy(policy)
                .setRevision(newest.getNumber())
                .addAllDeclared(newest.getSpec().getContainersList())
                .setDeclaredAt(Times.timestamp(declaredAt)));
    }
}
