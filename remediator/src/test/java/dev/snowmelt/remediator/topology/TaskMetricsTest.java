package dev.snowmelt.remediator.topology;

import static dev.snowmelt.remediator.plan.Samples.START;
import static org.assertj.core.api.Assertions.assertThat;

import dev.snowmelt.remediator.plan.Figures;
import dev.snowmelt.remediator.plan.OpenFinding;
import dev.snowmelt.remediator.plan.TargetFigures;
import dev.snowmelt.schemas.id.TargetId;
import dev.snowmelt.schemas.id.WorkloadId;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// Tasks that come and go beside others of the same process.
class TaskMetricsTest {
    private static final TargetId HERE = TargetId.parse("k8s:here");
    private static final TargetId MOVED = TargetId.parse("k8s:moved");

    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final PlannerMetrics metrics = new PlannerMetrics(meters);

    /// A rule takes a target that is told without its open findings for one where they are over.
    @Test
    void whatIsOpenInATargetThatMovesHereIsToldBeforeTheTarget() {
        metrics.task().stand(figures(HERE, START));
        var told = new ArrayList<String>();
        meters.config().onMeterAdded(meter -> told.add(meter.getId().getName()));

        metrics.task().stand(figures(MOVED, START.plusMillis(100)));

        assertThat(open()).containsExactlyInAnyOrder("k8s:here", "k8s:moved");
        assertThat(told.indexOf("snowmelt.planner.open.age"))
                .isNotNegative()
                .isLessThan(told.indexOf("snowmelt.planner.seen"));
    }

    @Test
    void soIsThatOfATargetWhichATaskHearsOfLater() {
        TaskMetrics task = metrics.task();
        task.stand(figures(HERE, START));

        task.stand(figures(MOVED, START.plusMillis(100)));

        assertThat(open()).containsExactly("k8s:moved");
    }

    @Test
    void afterThatItIsToldOnceASecond() {
        TaskMetrics task = metrics.task();
        task.stand(figures(HERE, START));
        task.stand(figures(HERE, START.plusMillis(1000)));
        task.stand(figures(HERE, START.plusMillis(1100)));

        assertThat(meters.get("snowmelt.planner.open.age").gauge().value())
                .as("ten seconds at the start")
                .isEqualTo(11.0);
    }

    private List<String> open() {
        return meters.find("snowmelt.planner.open.age").gauges().stream()
                .map(Gauge::getId)
                .map(id -> String.valueOf(id.getTag("target")))
                .toList();
    }

    private static Figures figures(TargetId target, Instant at) {
        var cart = new WorkloadId(target, "shop", WorkloadId.DEPLOYMENT, "cart");
        var open = List.of(new OpenFinding(cart, OpenFinding.STUCK, 1, START.minus(Duration.ofSeconds(10))));
        return new Figures(List.of(new TargetFigures(
                target, at, Map.of(), Map.of(), 1, true, START, false, false, 0, false, Map.of(), open)));
    }
}
