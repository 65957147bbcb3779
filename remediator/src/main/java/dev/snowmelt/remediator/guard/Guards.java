package dev.snowmelt.remediator.guard;

import java.util.List;

/// The guards in their order. The first that holds gives the reason that people see, so what only a
/// person can change comes first, then what must be known, then what time heals, and last what
/// other replacements free: a budget is asked when nothing else speaks against it any more.
public final class Guards {
    private static final List<Guard> INSTANCE = List.of(
            new ModeGuard(),
            new ExemptGuard(),
            new NobodyRecreatesGuard(),
            new SupportedGuard(),
            new SuspendedGuard(),
            new PauseGuard(),
            new KnownGuard(),
            new FirstSnapshotGuard(),
            new StaleGuard(),
            new BreakerGuard(),
            new ApprovalGuard(),
            new GracePeriodGuard(),
            new TouchGuard(),
            new TemplateGuard(),
            new RolloutGuard(),
            new SettleGuard(),
            new OverdueGuard(),
            new PlatformGuard(),
            new DegradedGuard(),
            new CanaryGuard(),
            new BudgetGuard());

    /// A rollout in progress or a degraded workload does not speak against a restore: they are what
    /// a wrong template makes.
    private static final List<Guard> TEMPLATE = List.of(
            new ModeGuard(),
            new ExemptGuard(),
            new NobodyRecreatesGuard(),
            new SupportedGuard(),
            new RestorableGuard(),
            new SuspendedGuard(),
            new PauseGuard(),
            new KnownGuard(),
            new FirstSnapshotGuard(),
            new StaleGuard(),
            new ApprovalGuard(),
            new GracePeriodGuard(),
            new BreakerGuard(),
            new SettleGuard(),
            new CanaryGuard());

    private Guards() {}

    /// What the guards say together.
    public static Ruling rule(Case question) {
        List<Guard> guards = switch (question.subject()) {
            case Subject.OfInstance _ -> INSTANCE;
            case Subject.OfTemplate() -> TEMPLATE;
        };
        for (Guard guard : guards) {
            Ruling ruling = guard.rule(question);
            if (ruling instanceof Ruling.Hold) {
                return ruling;
            }
        }
        return Ruling.ADMIT;
    }
}
