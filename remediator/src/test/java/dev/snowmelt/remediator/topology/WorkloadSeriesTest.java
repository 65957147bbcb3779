package dev.snowmelt.remediator.topology;

import static dev.snowmelt.remediator.plan.Samples.START;
import static dev.snowmelt.remediator.plan.Samples.TARGET;
import static java.util.stream.Collectors.toMap;
import static org.assertj.core.api.Assertions.assertThat;

import dev.snowmelt.remediator.plan.OpenFinding;
import dev.snowmelt.remediator.plan.TargetFigures;
import dev.snowmelt.schemas.id.WorkloadId;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// Which workloads are shown when there are too many.
class WorkloadSeriesTest {
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final WorkloadSeries series = new WorkloadSeries(meters);

    @Test
    void whatIsBrokenIsShownBeforeWhatIsOnlyOld() {
        var open = new ArrayList<OpenFinding>();
        IntStream.range(0, WorkloadSeries.MOST - 3)
                .forEach(i -> open.add(finding("old" + i, "mode", START.minusSeconds(90_000 + i))));
        IntStream.range(0, 3).forEach(i -> open.add(finding("night" + i, "window", START.minusSeconds(9_000 - i))));
        open.add(finding("late", "budget", START.minusSeconds(20)));
        open.add(finding("refused", OpenFinding.FAILED, START.minusSeconds(11)));
        open.add(finding("broken", OpenFinding.STUCK, START.minusSeconds(10)));

        series.show(List.of(figures(open, Map.of())));

        assertThat(shown("snowmelt.planner.open.snowflakes"))
                .hasSize(WorkloadSeries.MOST)
                .contains("broken", "refused", "late", "night0", "night1", "night2", "old196")
                .doesNotContain("old0", "old1", "old2");
        assertThat(shown("snowmelt.planner.open.age"))
                .containsExactlyInAnyOrderElementsOf(shown("snowmelt.planner.open.snowflakes"));
        assertThat(meters.get("snowmelt.planner.open.left.out").gauge().value()).isEqualTo(3);
    }

    @Test
    void theOldestSuspensionsAreShown() {
        Map<WorkloadId, Instant> suspended = IntStream.range(0, WorkloadSeries.MOST + 1)
                .boxed()
                .collect(toMap(i -> workload("w" + i), i -> START.minusSeconds(i)));

        series.show(List.of(figures(List.of(), suspended)));

        assertThat(shown("snowmelt.planner.suspended"))
                .hasSize(WorkloadSeries.MOST)
                .contains("w200")
                .doesNotContain("w0");
    }

    @Test
    void everyReasonOfTheAlertsHasItsPlace() {
        var open = new ArrayList<OpenFinding>();
        var reasons = List.copyOf(OpenFinding.reasons());
        assertThat(reasons)
                .contains("window", "grace_period", "touched", "suspended", "breaker", "first_snapshot")
                .contains("mode", "exempt", "approval", "dry_run", "nobody_recreates", "paused");
        reasons.forEach(reason -> open.add(finding("one", reason, START)));

        series.show(List.of(figures(open, Map.of())));

        assertThat(meters.find("snowmelt.planner.open.age").gauges())
                .extracting(gauge -> gauge.getId().getTag("reason"))
                .containsExactlyInAnyOrderElementsOf(reasons);
    }

    private List<String> shown(String meter) {
        return meters.find(meter).gauges().stream()
                .map(gauge -> String.valueOf(gauge.getId().getTag("workload")))
                .map(workload -> workload.replaceAll(".*/", ""))
                .toList();
    }

    private static OpenFinding finding(String workload, String reason, Instant since) {
        return new OpenFinding(workload(workload), reason, 1, since);
    }

    private static WorkloadId workload(String name) {
        return new WorkloadId(TARGET, "shop", WorkloadId.DEPLOYMENT, name);
    }

    private static TargetFigures figures(List<OpenFinding> open, Map<WorkloadId, Instant> suspended) {
        return new TargetFigures(
                TARGET, START, Map.of(), Map.of(), 0, true, START, false, false, 0, false, suspended, open);
    }
}
