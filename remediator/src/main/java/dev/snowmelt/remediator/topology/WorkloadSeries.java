package dev.snowmelt.remediator.topology;

import dev.snowmelt.remediator.plan.OpenFinding;
import dev.snowmelt.remediator.plan.TargetFigures;
import dev.snowmelt.schemas.id.WorkloadId;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Series that name a workload: only where something is open or suspended, no more than [#MOST] of
/// each kind, and gone when it ends. When there are more, the most urgent are shown, of these the
/// ones that are open longest, and how many are not.
final class WorkloadSeries {
    static final int MOST = 200;

    /// How much a person can do about it, most first: so hundreds of old findings that were left
    /// alone on purpose hide none that is stuck.
    private enum Urgency {
        /// Nothing goes on there before somebody looks.
        BROKEN,
        /// Snowmelt may replace it, and does not get there.
        DUE,
        /// It waits for a time, for a sight of the target, or for what is stopped elsewhere.
        WAITING,
        /// Somebody decided to leave it to people.
        LEFT;

        static Urgency of(OpenFinding finding) {
            return switch (finding.reason()) {
                case OpenFinding.STUCK, OpenFinding.FAILED -> BROKEN;
                case "window", "grace_period", "touched", "suspended", "breaker", "first_snapshot" -> WAITING;
                case "mode", "exempt", "approval", "dry_run", "nobody_recreates", "paused" -> LEFT;
                default -> DUE;
            };
        }
    }

    private record Open(TargetFigures target, OpenFinding finding) {
        Duration age() {
            return target.age(finding.since());
        }
    }

    private record Stopped(WorkloadId workload, Instant since) {}

    private final ComingAndGoing findings;
    private final ComingAndGoing ages;
    private final ComingAndGoing suspended;
    private volatile int leftOut;

    WorkloadSeries(MeterRegistry registry) {
        findings = new ComingAndGoing(
                registry,
                "snowmelt.planner.open.snowflakes",
                null,
                "Snowflakes of a workload that are still there, by why; gone when there is none");
        ages = new ComingAndGoing(
                registry,
                "snowmelt.planner.open.age",
                "seconds",
                "How long ago the oldest of a workload's open snowflakes was first seen, by why it is open");
        suspended = new ComingAndGoing(
                registry,
                "snowmelt.planner.suspended",
                null,
                "1 for a workload where Snowmelt has stopped itself until a person resumes it");
        Gauge.builder("snowmelt.planner.open.left.out", () -> leftOut)
                .description("Workloads' series that are not shown because there are too many")
                .register(registry);
    }

    void show(List<TargetFigures> targets) {
        var open = new ArrayList<Open>();
        var stopped = new ArrayList<Stopped>();
        for (TargetFigures target : targets) {
            target.open().forEach(finding -> open.add(new Open(target, finding)));
            target.suspendedWorkloads().forEach((workload, since) -> stopped.add(new Stopped(workload, since)));
        }
        open.sort(Comparator.comparing((Open each) -> Urgency.of(each.finding()))
                .thenComparing(each -> each.finding().since())
                .thenComparing(each -> each.finding().workload().toString())
                .thenComparing(each -> each.finding().reason()));
        stopped.sort(Comparator.comparing(Stopped::since)
                .thenComparing(each -> each.workload().toString()));
        leftOut = Math.max(0, open.size() - MOST) + Math.max(0, stopped.size() - MOST);

        Map<Tags, Double> counts = new HashMap<>();
        Map<Tags, Double> seconds = new HashMap<>();
        for (Open each : open.subList(0, Math.min(MOST, open.size()))) {
            Tags tags =
                    tags(each.finding().workload()).and("reason", each.finding().reason());
            counts.put(tags, (double) each.finding().findings());
            seconds.put(tags, each.age().toMillis() / 1e3);
        }
        findings.show(counts);
        ages.show(seconds);
        Map<Tags, Double> ones = new HashMap<>();
        stopped.stream().limit(MOST).forEach(each -> ones.put(tags(each.workload()), 1.0));
        suspended.show(ones);
    }

    private static Tags tags(WorkloadId workload) {
        return Tags.of("target", workload.target().toString(), "workload", workload.toString());
    }
}
