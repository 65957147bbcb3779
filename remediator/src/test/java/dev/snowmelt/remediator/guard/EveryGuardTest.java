package dev.snowmelt.remediator.guard;

import static dev.snowmelt.remediator.guard.Cases.NOW;
import static dev.snowmelt.remediator.plan.Samples.CART;
import static dev.snowmelt.remediator.plan.Samples.TARGET;
import static dev.snowmelt.remediator.plan.Samples.deployment;
import static dev.snowmelt.remediator.plan.Samples.override;
import static dev.snowmelt.remediator.plan.Samples.pod;
import static org.assertj.core.api.Assertions.assertThat;

import dev.snowmelt.schemas.id.OverrideKey;
import dev.snowmelt.schemas.id.WorkloadId;
import dev.snowmelt.v1.Hold;
import dev.snowmelt.v1.Hold.Reason;
import dev.snowmelt.v1.ImageFacet.Protection;
import dev.snowmelt.v1.Override.Kind;
import dev.snowmelt.v1.Rate;
import dev.snowmelt.v1.RemediationPolicy.Mode;
import dev.snowmelt.v1.RemediationPolicy.Protected;
import dev.snowmelt.v1.Verdict.State;
import dev.snowmelt.v1.Window;
import dev.snowmelt.v1.WorkloadStatus.Strategy;
import dev.snowmelt.v1.WorkloadVerdict.TemplateState;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Every guard alone: what it admits, what it holds and why.
class EveryGuardTest {
    private static final @Nullable Reason ADMITTED = null;

    /// @param reason null: admitted
    record Row(
            String when,
            Guard guard,
            Case question,
            @Nullable Reason reason) {
        @Override
        public String toString() {
            return guard.getClass().getSimpleName() + ": " + when + " → " + (reason == null ? "admitted" : reason);
        }
    }

    private static Row row(Guard guard, String when, @Nullable Reason reason, Consumer<Cases> changes) {
        return new Row(when, guard, Cases.with(changes), reason);
    }

    private static Row template(Guard guard, String when, @Nullable Reason reason, Consumer<Cases> changes) {
        return new Row(when, guard, Cases.template(changes), reason);
    }

    private static Instant ago(Duration time) {
        return NOW.minus(time);
    }

    static Stream<Row> people() {
        var mode = new ModeGuard();
        var exempt = new ExemptGuard();
        var pause = new PauseGuard();
        var suspended = new SuspendedGuard();
        String cart = CART.toString();
        String target = TARGET.toString();
        return Stream.of(
                row(mode, "ENFORCE", ADMITTED, _ -> {}),
                row(mode, "OBSERVE", Reason.MODE, c -> c.policy().setMode(Mode.OBSERVE)),
                row(mode, "no mode", Reason.MODE, c -> c.policy().clearMode()),
                row(mode, "no declaration", Reason.MODE, c -> c.workload().clearPolicy()),
                row(mode, "OFF", Reason.MODE, c -> c.policy().setMode(Mode.OFF)),
                row(
                        mode,
                        "a mode of the future",
                        Reason.UNKNOWN,
                        c -> c.policy().setModeValue(99)),
                row(
                        mode,
                        "APPROVE, nobody did",
                        Reason.APPROVAL,
                        c -> c.policy().setMode(Mode.APPROVE)),
                row(mode, "APPROVE, the instance was", ADMITTED, c -> {
                    c.policy().setMode(Mode.APPROVE);
                    c.say(override(Kind.APPROVAL, c.instance.toString(), ago(Duration.ofMinutes(5))));
                }),
                row(mode, "APPROVE, before this drift", Reason.APPROVAL, c -> {
                    c.policy().setMode(Mode.APPROVE);
                    c.say(override(Kind.APPROVAL, c.instance.toString(), ago(Duration.ofHours(2))));
                }),
                row(mode, "APPROVE, another revision was", Reason.APPROVAL, c -> {
                    c.policy().setMode(Mode.APPROVE);
                    c.say(override(Kind.APPROVAL, cart, NOW).setRevision(2));
                }),
                row(mode, "APPROVE, this revision was", ADMITTED, c -> {
                    c.policy().setMode(Mode.APPROVE);
                    c.say(override(Kind.APPROVAL, cart, NOW).setRevision(1));
                }),
                row(exempt, "nobody", ADMITTED, _ -> {}),
                row(
                        exempt,
                        "the instance",
                        Reason.EXEMPT,
                        c -> c.say(override(Kind.EXEMPTION, c.instance.toString(), NOW))),
                row(exempt, "the workload", Reason.EXEMPT, c -> c.say(override(Kind.EXEMPTION, cart, NOW))),
                row(
                        exempt,
                        "until a minute ago",
                        ADMITTED,
                        c -> c.say(override(Kind.EXEMPTION, cart, ago(Duration.ofDays(1)))
                                .setUntil(Times.timestamp(ago(Duration.ofMinutes(1)))))),
                row(pause, "nobody", ADMITTED, _ -> {}),
                row(pause, "the workload", Reason.PAUSED, c -> c.say(override(Kind.PAUSE, cart, NOW))),
                row(pause, "the target", Reason.PAUSED, c -> c.say(override(Kind.PAUSE, target, NOW))),
                row(
                        pause,
                        "everything",
                        Reason.PAUSED,
                        c -> c.say(override(Kind.PAUSE, "*", NOW).setTarget("*"))),
                row(
                        pause,
                        "another workload",
                        ADMITTED,
                        c -> c.say(override(Kind.PAUSE, deployment("x").toString(), NOW))),
                row(
                        pause,
                        "over",
                        ADMITTED,
                        c -> c.say(override(Kind.PAUSE, target, NOW).setUntil(Times.timestamp(NOW)))),
                row(suspended, "nothing", ADMITTED, _ -> {}),
                row(suspended, "the workload", Reason.SUSPENDED, c -> c.standing.setSuspendedAt(Times.timestamp(NOW))),
                row(suspended, "the target", Reason.SUSPENDED, c -> c.target.setSuspendedAt(Times.timestamp(NOW))),
                row(suspended, "one other target", ADMITTED, c -> c.say(suspension("k8s:a"))),
                row(suspended, "two other targets", Reason.SUSPENDED, c -> {
                    c.say(suspension("k8s:a"));
                    c.say(suspension("k8s:b"));
                }),
                row(suspended, "two others, one of which was resumed", ADMITTED, c -> {
                    c.say(suspension("k8s:a"));
                    c.say(suspension("k8s:b"));
                    c.say(override(Kind.RESUME, "k8s:b", NOW).setTarget("*"));
                }));
    }

    private static dev.snowmelt.v1.Override.Builder suspension(String target) {
        return override(Kind.SUSPENSION, target, ago(Duration.ofHours(1))).setTarget(OverrideKey.EVERY_TARGET);
    }

    static Stream<Row> whatItIs() {
        var nobody = new NobodyRecreatesGuard();
        var supported = new SupportedGuard();
        return Stream.of(
                row(nobody, "a Deployment", ADMITTED, _ -> {}),
                row(nobody, "standalone", Reason.NOBODY_RECREATES, c -> c.id = kind(WorkloadId.STANDALONE)),
                row(nobody, "standalone, named", ADMITTED, c -> {
                    c.id = kind(WorkloadId.STANDALONE);
                    c.policy().addAlsoTerminate(Protected.STANDALONE);
                }),
                row(nobody, "a foreign controller", Reason.NOBODY_RECREATES, c -> {
                    c.id = kind("Rollout");
                    c.policy().addAlsoTerminate(Protected.STANDALONE);
                }),
                row(nobody, "a StatefulSet", Reason.NOBODY_RECREATES, c -> c.id = kind(WorkloadId.STATEFUL_SET)),
                row(nobody, "a StatefulSet, named", ADMITTED, c -> {
                    c.id = kind(WorkloadId.STATEFUL_SET);
                    c.policy().addAlsoTerminate(Protected.STATEFUL);
                }),
                row(
                        nobody,
                        "volume claims",
                        Reason.NOBODY_RECREATES,
                        c -> c.verdict.addProtections(Protection.STATEFUL)),
                row(
                        nobody,
                        "a stateful label",
                        Reason.NOBODY_RECREATES,
                        c -> c.status().setStateful(true)),
                row(nobody, "static, even if all is named", Reason.NOBODY_RECREATES, c -> {
                    c.policy().addAlsoTerminate(Protected.STATEFUL).addAlsoTerminate(Protected.STANDALONE);
                    c.verdict.addProtections(Protection.STATIC_POD);
                }),
                row(nobody, "physical, even if all is named", Reason.NOBODY_RECREATES, c -> {
                    c.policy().addAlsoTerminate(Protected.STATEFUL).addAlsoTerminate(Protected.STANDALONE);
                    c.verdict.addProtections(Protection.PHYSICAL);
                }),
                row(
                        nobody,
                        "protected for a reason of the future",
                        Reason.UNKNOWN,
                        c -> c.verdict.addProtectionsValue(99)),
                row(supported, "plain", ADMITTED, _ -> {}),
                row(
                        supported,
                        "windows",
                        Reason.WINDOW,
                        c -> c.policy().addWindows(Window.newBuilder().setFrom("22:00"))),
                row(
                        supported,
                        "a rate",
                        Reason.RATE,
                        c -> c.policy().setRate(Rate.newBuilder().setCount(1))),
                row(
                        supported,
                        "an alert gate",
                        Reason.ALERT_GATE,
                        c -> c.policy().setAlertGate("slo")));
    }

    private static WorkloadId kind(String kind) {
        return new WorkloadId(TARGET, "shop", kind, "cart");
    }

    static Stream<Row> whatIsKnown() {
        var known = new KnownGuard();
        var snapshot = new FirstSnapshotGuard();
        var stale = new StaleGuard();
        var settle = new SettleGuard();
        var grace = new GracePeriodGuard();
        var touch = new TouchGuard();
        var replicas = new TemplateGuard();
        var rollout = new RolloutGuard();
        return Stream.of(
                row(known, "all", ADMITTED, _ -> {}),
                row(known, "no workload verdict", Reason.UNKNOWN, c -> c.workload = null),
                row(known, "no status", Reason.UNKNOWN, c -> c.workload().clearStatus()),
                row(known, "negative desired", Reason.UNKNOWN, c -> c.status().setDesired(-1)),
                row(known, "judged by another revision", Reason.UNKNOWN, c -> c.verdict.setRevision(2)),
                row(known, "no since", Reason.UNKNOWN, c -> c.verdict.clearSince()),
                row(known, "standalone without status", ADMITTED, c -> {
                    c.id = kind(WorkloadId.STANDALONE);
                    c.workload().clearStatus();
                }),
                row(snapshot, "seen", ADMITTED, _ -> {}),
                row(snapshot, "not seen", Reason.FIRST_SNAPSHOT, c -> c.target.clearFirstComplete()),
                row(stale, "seen whole 35 min ago", ADMITTED, c -> seen(c, Duration.ofMinutes(35))),
                row(stale, "seen whole 36 min ago", Reason.UNKNOWN, c -> seen(c, Duration.ofMinutes(36))),
                row(stale, "never said when", Reason.UNKNOWN, c -> c.target.clearLastComplete()),
                row(settle, "quiet", ADMITTED, _ -> {}),
                row(settle, "moving", Reason.SETTLING, c -> c.unsettledUntil = NOW.plusSeconds(1)),
                row(settle, "moved", ADMITTED, c -> c.unsettledUntil = NOW),
                row(grace, "60 s unless declared: 59 s", Reason.GRACE_PERIOD, c -> {
                    c.policy().clearGracePeriod();
                    c.verdict.setSince(Times.timestamp(ago(Duration.ofSeconds(59))));
                }),
                row(grace, "60 s unless declared: 60 s", ADMITTED, c -> {
                    c.policy().clearGracePeriod();
                    c.verdict.setSince(Times.timestamp(ago(Duration.ofSeconds(60))));
                }),
                row(
                        grace,
                        "declared",
                        Reason.GRACE_PERIOD,
                        c -> c.policy().setGracePeriod(Times.protobuf(Duration.ofHours(2)))),
                template(
                        grace,
                        "10 min for templates",
                        Reason.GRACE_PERIOD,
                        c -> c.workload().setTemplateSince(Times.timestamp(ago(Duration.ofMinutes(9))))),
                template(grace, "declared for templates", ADMITTED, c -> {
                    c.workload().setTemplateSince(Times.timestamp(ago(Duration.ofMinutes(9))));
                    c.policy().getRestoreTemplateBuilder().setGracePeriod(Times.protobuf(Duration.ofMinutes(5)));
                }),
                row(touch, "never", ADMITTED, _ -> {}),
                row(
                        touch,
                        "half an hour ago",
                        Reason.TOUCHED,
                        c -> c.verdict.setTouchedAt(Times.timestamp(ago(Duration.ofMinutes(30))))),
                row(touch, "half an hour ago, 10 min declared", ADMITTED, c -> {
                    c.policy().setTouchHold(Times.protobuf(Duration.ofMinutes(10)));
                    c.verdict.setTouchedAt(Times.timestamp(ago(Duration.ofMinutes(30))));
                }),
                row(replicas, "matching", ADMITTED, _ -> {}),
                row(
                        replicas,
                        "mismatched",
                        Reason.TEMPLATE_MISMATCHED,
                        c -> c.workload().setTemplateState(TemplateState.MISMATCHED)),
                row(
                        replicas,
                        "unpinned",
                        Reason.TEMPLATE_UNPINNED,
                        c -> c.workload().setTemplateState(TemplateState.UNPINNED)),
                row(
                        replicas,
                        "unknown",
                        Reason.UNKNOWN,
                        c -> c.workload().setTemplateState(TemplateState.TEMPLATE_UNKNOWN)),
                row(replicas, "never judged", Reason.UNKNOWN, c -> c.workload = null),
                row(rollout, "none", ADMITTED, _ -> {}),
                row(
                        rollout,
                        "in progress",
                        Reason.ROLLOUT_IN_PROGRESS,
                        c -> c.status().setRolloutInProgress(true)),
                row(
                        rollout,
                        "not observed yet",
                        Reason.ROLLOUT_IN_PROGRESS,
                        c -> c.status().setGeneration(2)),
                row(
                        rollout,
                        "paused",
                        Reason.ROLLOUT_IN_PROGRESS,
                        c -> c.status().setPaused(true)),
                row(rollout, "a restore", Reason.ROLLOUT_IN_PROGRESS, c -> c.restoring = true),
                row(rollout, "it is going already", Reason.ROLLOUT_IN_PROGRESS, c -> c.verdict.setTerminating(true)));
    }

    private static void blocked(Cases cases, Instant until) {
        cases.standing.setBlocked(Hold.newBuilder()
                .setReason(Reason.PLATFORM)
                .setDetail("refreshed")
                .setUntil(Times.timestamp(until)));
    }

    private static void seen(Cases cases, Duration before) {
        cases.target.setLastComplete(Times.timestamp(ago(before)));
    }

    static Stream<Row> howMany() {
        var breaker = new BreakerGuard();
        var approval = new ApprovalGuard();
        var degraded = new DegradedGuard();
        var overdue = new OverdueGuard();
        var platform = new PlatformGuard();
        var canary = new CanaryGuard();
        var budget = new BudgetGuard();
        return Stream.of(
                row(breaker, "closed", ADMITTED, _ -> {}),
                row(breaker, "open", Reason.BREAKER, c -> c.target.setBreakerOpenedAt(Times.timestamp(NOW))),
                template(breaker, "a restore of 10 of 100", ADMITTED, _ -> {}),
                template(breaker, "a restore of 31 of 100", Reason.BREAKER, c -> c.known = 31),
                template(breaker, "a restore of 10 beside 21", Reason.BREAKER, c -> c.restarting = 21),
                template(breaker, "a restore of 31 that restarts nothing", ADMITTED, c -> {
                    c.known = 31;
                    c.status().setStrategy(Strategy.ON_DELETE);
                }),
                template(breaker, "a restore that restarts nothing beside 30", Reason.BREAKER, c -> {
                    c.restarting = 30;
                    c.status().setStrategy(Strategy.ON_DELETE);
                }),
                template(breaker, "a restore of 31 by an unknown strategy", Reason.BREAKER, c -> {
                    c.known = 31;
                    c.status().setStrategy(Strategy.STRATEGY_UNSPECIFIED);
                }),
                template(breaker, "a restore of 31, approved", ADMITTED, c -> {
                    c.known = 31;
                    c.say(override(Kind.APPROVAL, CART.toString(), NOW));
                }),
                row(approval, "snowflakes never", ADMITTED, c -> justDeclared(c, State.DRIFTED, 40)),
                row(approval, "30 of 100 outdated", ADMITTED, c -> justDeclared(c, State.OUTDATED, 30)),
                row(approval, "31 of 100 outdated", Reason.APPROVAL, c -> justDeclared(c, State.OUTDATED, 31)),
                row(approval, "31 of 100, approved", ADMITTED, c -> {
                    justDeclared(c, State.OUTDATED, 31);
                    c.say(override(Kind.APPROVAL, CART.toString(), NOW).setRevision(1));
                }),
                row(approval, "declared a day ago, heard of 9 min ago", Reason.APPROVAL, c -> heard(c, 1)),
                row(approval, "another revision was heard of 9 min ago", ADMITTED, c -> heard(c, 2)),
                row(approval, "long ago, but never approved", Reason.APPROVAL, c -> {
                    c.verdict.setState(State.OUTDATED);
                    c.standing.setApprovalRevision(1);
                }),
                row(approval, "an earlier revision needed it", ADMITTED, c -> {
                    c.verdict.setState(State.OUTDATED).setRevision(2);
                    c.workload().setRevision(2);
                    c.standing.setApprovalRevision(1);
                }),
                row(degraded, "all ready", ADMITTED, _ -> {}),
                row(degraded, "itself is not ready", ADMITTED, c -> c.unavailable.add(c.instance)),
                row(degraded, "another is not ready", Reason.DEGRADED, c -> c.unavailable.add(pod(CART, 2))),
                row(degraded, "another is not ready, two may be", ADMITTED, c -> {
                    c.policy().setMaxUnavailable("2");
                    c.unavailable.add(pod(CART, 2));
                }),
                row(degraded, "one is missing", Reason.DEGRADED, c -> c.known = 9),
                row(degraded, "ours is not ready", ADMITTED, c -> {
                    c.unavailable.add(pod(CART, 2));
                    c.slots.add(pod(CART, 2));
                }),
                row(degraded, "a failed pod beside ten good ones", ADMITTED, c -> {
                    c.known = 11;
                    c.unavailable.add(pod(CART, 2));
                }),
                row(degraded, "no status", Reason.UNKNOWN, c -> c.workload().clearStatus()),
                row(overdue, "nothing is overdue", ADMITTED, _ -> {}),
                row(overdue, "a replacement is", Reason.UNKNOWN, c -> c.overdue = true),
                row(platform, "nothing is in the way", ADMITTED, c -> c.asked = 3),
                row(platform, "said a moment ago", Reason.PLATFORM, c -> blocked(c, NOW.plusSeconds(1))),
                row(platform, "its time has come", ADMITTED, c -> blocked(c, NOW)),
                row(platform, "its time has come, and another one asks", Reason.PLATFORM, c -> {
                    blocked(c, NOW);
                    c.asked = 1;
                }),
                row(canary, "the first", ADMITTED, _ -> {}),
                row(canary, "the second before the first is proven", Reason.CANARY, c -> {
                    c.policy().setMaxUnavailable("3");
                    c.slots.add(pod(CART, 2));
                }),
                row(canary, "the second after one is proven", ADMITTED, c -> {
                    c.standing.setProvenRevision(1);
                    c.slots.add(pod(CART, 2));
                }),
                row(canary, "the same again", ADMITTED, c -> c.slots.add(c.instance)),
                row(canary, "outdated, another workload rolls", Reason.CANARY, c -> {
                    c.verdict.setState(State.OUTDATED);
                    c.rolling.add(deployment("other"));
                }),
                row(canary, "drifted, another workload rolls", ADMITTED, c -> c.rolling.add(deployment("other"))),
                template(
                        canary,
                        "a restore, another restores",
                        Reason.CANARY,
                        c -> c.restoringThere.add(deployment("other"))),
                template(
                        canary,
                        "a restore, its own replacements are out",
                        Reason.CANARY,
                        c -> c.slots.add(pod(CART, 2))),
                template(canary, "a restore again", ADMITTED, c -> c.restoringThere.add(CART)),
                row(budget, "free", ADMITTED, _ -> {}),
                row(budget, "spent", Reason.BUDGET, c -> c.slots.add(pod(CART, 2))),
                row(budget, "spent by the same", ADMITTED, c -> c.slots.add(c.instance)),
                row(budget, "0", Reason.BUDGET, c -> c.policy().setMaxUnavailable("0")),
                row(budget, "25 % of 10 is 2", Reason.BUDGET, c -> {
                    c.policy().setMaxUnavailable("25%");
                    c.slots.addAll(List.of(pod(CART, 2), pod(CART, 3)));
                }),
                row(budget, "30 % of 10 is 3", ADMITTED, c -> {
                    c.policy().setMaxUnavailable("30%");
                    c.slots.addAll(List.of(pod(CART, 2), pod(CART, 3)));
                }),
                row(budget, "10 % of 10 is 1", ADMITTED, c -> c.policy().setMaxUnavailable("10%")),
                row(budget, "10 % of 1 is none", Reason.BUDGET, c -> single(c, "10%")),
                row(budget, "99 % of 1 is none", Reason.BUDGET, c -> single(c, "99%")),
                row(budget, "100 % of 1 is 1", ADMITTED, c -> single(c, "100%")),
                row(budget, "1 of 1", ADMITTED, c -> single(c, "1")),
                row(budget, "nothing said of 1", ADMITTED, c -> single(c, "")),
                row(budget, "nonsense", Reason.UNKNOWN, c -> c.policy().setMaxUnavailable("half")),
                row(budget, "101 %", Reason.UNKNOWN, c -> c.policy().setMaxUnavailable("101%")),
                row(budget, "not ready costs nothing more", ADMITTED, c -> {
                    c.unavailable.add(c.instance);
                    c.status().setReady(9);
                }),
                row(
                        budget,
                        "the controller counts one less",
                        Reason.BUDGET,
                        c -> c.status().setReady(9)),
                row(
                        budget,
                        "a slot whose pod is gone and whose successor is not ready counts twice",
                        Reason.BUDGET,
                        c -> {
                            c.policy().setMaxUnavailable("2");
                            c.slots.add(pod(CART, 2));
                            c.unavailable.add(pod(CART, 11));
                        }));
    }

    private static void heard(Cases cases, long revision) {
        justDeclared(cases, State.OUTDATED, 31);
        cases.workload().setDeclaredAt(Times.timestamp(ago(Duration.ofDays(1))));
        cases.standing.setHeardRevision(revision).setHeardAt(Times.timestamp(ago(Duration.ofMinutes(9))));
    }

    private static void justDeclared(Cases cases, State state, int outdated) {
        cases.verdict.setState(state);
        cases.outdated = 10;
        cases.newlyOutdated = outdated;
        cases.workload().setDeclaredAt(Times.timestamp(ago(Duration.ofMinutes(9))));
    }

    private static void single(Cases cases, String maxUnavailable) {
        cases.known = 1;
        cases.status().setDesired(1).setReady(1);
        cases.policy().setMaxUnavailable(maxUnavailable);
    }

    static Stream<Row> templates() {
        var restorable = new RestorableGuard();
        var nobody = new NobodyRecreatesGuard();
        return Stream.of(
                template(restorable, "allowed", ADMITTED, _ -> {}),
                template(
                        restorable,
                        "off",
                        Reason.TEMPLATE_MISMATCHED,
                        c -> c.policy().clearRestoreTemplate()),
                template(restorable, "off, unpinned", Reason.TEMPLATE_UNPINNED, c -> {
                    c.policy().clearRestoreTemplate();
                    c.workload().setTemplateState(TemplateState.UNPINNED);
                }),
                template(
                        restorable,
                        "Recreate",
                        Reason.TEMPLATE_MISMATCHED,
                        c -> c.status().setStrategy(Strategy.RECREATE)),
                template(restorable, "Recreate, named", ADMITTED, c -> {
                    c.status().setStrategy(Strategy.RECREATE);
                    c.policy().addAlsoTerminate(Protected.RECREATE);
                }),
                template(
                        restorable,
                        "a tag declared",
                        Reason.TEMPLATE_MISMATCHED,
                        c -> c.workload().getDeclaredBuilder(0).setImage("registry/cart:1")),
                template(
                        restorable,
                        "only digests declared",
                        Reason.TEMPLATE_MISMATCHED,
                        c -> c.workload().getDeclaredBuilder(0).clearImage()),
                template(
                        restorable,
                        "nothing declared",
                        Reason.UNKNOWN,
                        c -> c.workload().clearDeclared()),
                template(
                        nobody,
                        "stateful",
                        Reason.NOBODY_RECREATES,
                        c -> c.status().setStateful(true)),
                template(nobody, "stateful, named", ADMITTED, c -> {
                    c.status().setStateful(true);
                    c.policy().addAlsoTerminate(Protected.STATEFUL);
                }));
    }

    @ParameterizedTest
    @MethodSource({"people", "whatItIs", "whatIsKnown", "howMany", "templates"})
    void answers(Row row) {
        Ruling ruling = row.guard().rule(row.question());

        switch (ruling) {
            case Ruling.Admit() ->
                assertThat(row.reason()).as("it was admitted").isNull();
            case Ruling.Hold hold -> {
                assertThat(hold.reason()).as(hold.detail()).isEqualTo(row.reason());
                assertThat(hold.detail()).isNotBlank();
            }
        }
    }

    @Test
    void allTogetherAdmitTheOrdinaryCase() {
        assertThat(Guards.rule(Cases.with(_ -> {}))).isEqualTo(Ruling.ADMIT);
        assertThat(Guards.rule(Cases.template(_ -> {}))).isEqualTo(Ruling.ADMIT);
    }

    @Test
    void aTargetThatNothingIsHeardOfIsLeftAlone() {
        for (Case silent : List.of(
                Cases.with(c -> seen(c, Duration.ofHours(3))), Cases.template(c -> seen(c, Duration.ofHours(3))))) {
            assertThat(Guards.rule(silent)).isInstanceOfSatisfying(Ruling.Hold.class, hold -> {
                assertThat(hold.reason()).isEqualTo(Reason.UNKNOWN);
                assertThat(hold.detail()).contains("nothing complete was heard of the target since");
            });
        }
    }

    @Test
    void aShareOfASingleReplicaSaysWhatToDeclare() {
        assertThat(new BudgetGuard().rule(Cases.with(c -> single(c, "10%"))))
                .isInstanceOfSatisfying(
                        Ruling.Hold.class,
                        hold -> assertThat(hold.detail()).isEqualTo("10% of 1 replica is none; declare 1 to allow it"));
    }

    @Test
    void whatAPersonMustChangeIsSaidBeforeWhatTimeHeals() {
        Ruling ruling = Guards.rule(Cases.with(c -> {
            c.policy().setMode(Mode.OBSERVE);
            c.unsettledUntil = NOW.plusSeconds(1);
            c.slots.add(pod(CART, 2));
        }));

        assertThat(ruling)
                .isInstanceOfSatisfying(
                        Ruling.Hold.class, hold -> assertThat(hold.reason()).isEqualTo(Reason.MODE));
    }

    @Test
    void aHoldThatTimeEndsSaysWhen() {
        Ruling ruling = new GracePeriodGuard()
                .rule(Cases.with(c -> c.policy().setGracePeriod(Times.protobuf(Duration.ofHours(2)))));

        assertThat(ruling)
                .isInstanceOfSatisfying(
                        Ruling.Hold.class, hold -> assertThat(hold.until()).isEqualTo(NOW.plus(Duration.ofHours(1))));
    }
}
