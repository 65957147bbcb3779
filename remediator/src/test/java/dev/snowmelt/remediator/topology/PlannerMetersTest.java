package dev.snowmelt.remediator.topology;

import static dev.snowmelt.remediator.plan.Samples.CART;
import static dev.snowmelt.remediator.plan.Samples.TARGET;
import static dev.snowmelt.remediator.plan.Samples.enforce;
import static dev.snowmelt.remediator.plan.Samples.key;
import static dev.snowmelt.remediator.plan.Samples.pod;
import static dev.snowmelt.remediator.plan.Samples.verdict;
import static dev.snowmelt.remediator.plan.Samples.workload;
import static org.assertj.core.api.Assertions.assertThat;

import dev.snowmelt.remediator.guard.Times;
import dev.snowmelt.remediator.plan.Samples;
import dev.snowmelt.schemas.id.OverrideKey;
import dev.snowmelt.schemas.id.SubjectKey;
import dev.snowmelt.schemas.id.TargetId;
import dev.snowmelt.schemas.id.WorkloadId;
import dev.snowmelt.v1.Drift;
import dev.snowmelt.v1.Override.Kind;
import dev.snowmelt.v1.RemediationPolicy.Mode;
import dev.snowmelt.v1.Verdict.State;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// What operators see of the fleet: exact, bounded, and gone when it is over.
class PlannerMetersTest {
    @Test
    void theCensusIsCountedByVerdictAndDriftsByKind() {
        try (var planner = new PlannerDriver()) {
            planner.say(verdict(CART, pod(CART, 1), State.CONFORMANT));
            planner.say(verdict(CART, pod(CART, 2), State.UNDECLARED));
            planner.say(verdict(CART, pod(CART, 3), State.DRIFTED)
                    .clearDrifts()
                    .addDrifts(Drift.newBuilder().setKind(Drift.Kind.IMAGE_MISMATCH))
                    .addDrifts(Drift.newBuilder().setKind(Drift.Kind.CONTAINER_UNEXPECTED)));
            planner.say(workload(CART, 3, 3).addDrifts(Drift.newBuilder().setKind(Drift.Kind.COHORT_SPLIT)));
            planner.pass(Duration.ofSeconds(1));

            assertThat(value(planner, "snowmelt.planner.instances", "verdict", "conformant"))
                    .isEqualTo(1);
            assertThat(value(planner, "snowmelt.planner.instances", "verdict", "undeclared"))
                    .isEqualTo(1);
            assertThat(value(planner, "snowmelt.planner.instances", "verdict", "drifted"))
                    .isEqualTo(1);
            assertThat(value(planner, "snowmelt.planner.drifts", "kind", "image_mismatch"))
                    .isEqualTo(1);
            assertThat(value(planner, "snowmelt.planner.drifts", "kind", "cohort_split"))
                    .isEqualTo(1);

            planner.say(verdict(CART, pod(CART, 3), State.CONFORMANT));
            planner.gone(key(CART, pod(CART, 2)));
            planner.say(workload(CART, 3, 3));
            planner.pass(Duration.ofSeconds(1));

            assertThat(value(planner, "snowmelt.planner.instances", "verdict", "conformant"))
                    .isEqualTo(2);
            assertThat(value(planner, "snowmelt.planner.instances", "verdict", "undeclared"))
                    .isZero();
            assertThat(value(planner, "snowmelt.planner.drifts", "kind", "image_mismatch"))
                    .isZero();
            assertThat(value(planner, "snowmelt.planner.drifts", "kind", "cohort_split"))
                    .isZero();
        }
    }

    @Test
    void whatIsDeclaredIsCountedWhetherItIsSeenOrNot() {
        try (var planner = new PlannerDriver()) {
            var unseen = new WorkloadId(TARGET, "shop", WorkloadId.DEPLOYMENT, "unseen");
            planner.say(workload(CART, 3, 3).setRevision(2));
            planner.say(workload(unseen, 0, 0).clearStatus().setRevision(1));
            planner.say(workload(new WorkloadId(TARGET, "shop", WorkloadId.DEPLOYMENT, "other"), 1, 1)
                    .setRevision(0));
            planner.pass(Duration.ofSeconds(1));
            assertThat(value(planner, "snowmelt.planner.declared.workloads", "target", TARGET.toString()))
                    .isEqualTo(2);

            planner.say(workload(CART, 3, 3).setRevision(0));
            planner.gone(new SubjectKey.OfWorkload(unseen));
            planner.pass(Duration.ofSeconds(1));
            assertThat(value(planner, "snowmelt.planner.declared.workloads", "target", TARGET.toString()))
                    .isZero();
        }
    }

    @Test
    void aWorkloadHasSeriesOnlyWhileASnowflakeIsOpenThere() {
        try (var planner = new PlannerDriver()) {
            planner.settle(TARGET);
            planner.say(workload(CART, 3, 3).setPolicy(enforce().setMode(Mode.OBSERVE)));
            planner.say(verdict(CART, pod(CART, 1), State.CONFORMANT));
            planner.pass(Duration.ofSeconds(1));
            assertThat(series(planner)).isEmpty();
            Instant first = planner.now();
            planner.say(verdict(CART, pod(CART, 2), State.DRIFTED).setSince(Times.timestamp(first)));
            planner.say(verdict(CART, pod(CART, 3), State.DRIFTED).setSince(Times.timestamp(first.plusSeconds(5))));
            planner.pass(Duration.ofSeconds(90));

            assertThat(series(planner)).singleElement().satisfies(gauge -> {
                assertThat(gauge.value()).isEqualTo(2);
                assertThat(gauge.getId().getTag("workload")).isEqualTo(CART.toString());
                assertThat(gauge.getId().getTag("reason")).isEqualTo("mode");
            });
            assertThat(value(planner, "snowmelt.planner.open.age", "reason", "mode"))
                    .isEqualTo(90);
            assertThat(value(planner, "snowmelt.planner.oldest.open", "target", TARGET.toString()))
                    .isEqualTo(90);

            planner.say(verdict(CART, pod(CART, 2), State.CONFORMANT));
            planner.gone(key(CART, pod(CART, 3)));
            planner.pass(Duration.ofSeconds(1));

            assertThat(series(planner)).isEmpty();
            assertThat(value(planner, "snowmelt.planner.oldest.open", "target", TARGET.toString()))
                    .isZero();
        }
    }

    @Test
    void thereAreNeverMoreSeriesOfWorkloadsThanTheCapAndTheOldestAreShown() {
        try (var planner = new PlannerDriver()) {
            Instant start = planner.now();
            for (int i = 0; i < WorkloadSeries.MOST + 7; i++) {
                var id = new WorkloadId(TARGET, "shop", WorkloadId.DEPLOYMENT, "w" + i);
                planner.say(workload(id, 1, 1).setPolicy(enforce().setMode(Mode.OFF)));
                planner.say(verdict(id, pod(id, 1), State.DRIFTED).setSince(Times.timestamp(start.minusSeconds(i))));
            }
            planner.pass(Duration.ofSeconds(1));

            assertThat(series(planner))
                    .hasSize(WorkloadSeries.MOST)
                    .extracting(gauge -> gauge.getId().getTag("workload"))
                    .contains(TARGET + "/shop/Deployment/w206")
                    .doesNotContain(TARGET + "/shop/Deployment/w6");
            assertThat(planner.meters
                            .get("snowmelt.planner.open.left.out")
                            .gauge()
                            .value())
                    .isEqualTo(7);
        }
    }

    @Test
    void thePictureOfATargetAgesUntilASnapshotIsComplete() {
        try (var planner = new PlannerDriver()) {
            planner.say(verdict(CART, pod(CART, 1), State.CONFORMANT));
            planner.pass(Duration.ofMinutes(3));
            assertThat(value(planner, "snowmelt.planner.snapshot.age", "target", TARGET.toString()))
                    .isEqualTo(180);
            assertThat(value(planner, "snowmelt.planner.seen", "target", TARGET.toString()))
                    .isZero();
            planner.settle(TARGET);

            assertThat(value(planner, "snowmelt.planner.snapshot.age", "target", TARGET.toString()))
                    .isEqualTo(3);
            assertThat(value(planner, "snowmelt.planner.seen", "target", TARGET.toString()))
                    .isEqualTo(1);
        }
    }

    @Test
    void aTargetThatOnlyPeopleSpokeOfHasNoSeries() {
        try (var planner = new PlannerDriver()) {
            var typo = TargetId.parse("k8s:typo");
            var key = new OverrideKey(Optional.of(typo), Kind.PAUSE, typo.toString());
            planner.overrides.pipeInput(
                    key,
                    Samples.override(Kind.PAUSE, typo.toString(), planner.now())
                            .setTarget(typo.toString())
                            .build(),
                    planner.now());
            planner.pass(Duration.ofSeconds(1));
            assertThat(of(planner, typo)).isEmpty();

            var id = new WorkloadId(typo, "shop", WorkloadId.DEPLOYMENT, "cart");
            planner.say(workload(id, 0, 0));
            planner.pass(Duration.ofSeconds(1));
            assertThat(value(planner, "snowmelt.planner.paused", "target", typo.toString()))
                    .isEqualTo(1);

            planner.gone(new SubjectKey.OfWorkload(id));
            planner.pass(Duration.ofSeconds(1));
            assertThat(of(planner, typo))
                    .as("it was declared by mistake, and is not any more")
                    .noneMatch(meter -> meter.getId().getName().equals("snowmelt.planner.snapshot.age"))
                    .noneMatch(meter -> meter.getId().getName().equals("snowmelt.planner.seen"));
        }
    }

    @Test
    void aTargetWhoseCollectorNeverSeesItWholeIsTold() {
        try (var planner = new PlannerDriver()) {
            planner.verdicts.pipeInput(
                    new SubjectKey.OfSnapshot(TARGET, 0), Samples.settled(TARGET, 0, 1, false), planner.now());
            planner.pass(Duration.ofSeconds(60));

            assertThat(value(planner, "snowmelt.planner.snapshot.age", "target", TARGET.toString()))
                    .isEqualTo(60);
            assertThat(value(planner, "snowmelt.planner.seen", "target", TARGET.toString()))
                    .isZero();
        }
    }

    @Test
    void aTargetThatMovesAwayLeavesNoSeriesBehind() {
        var planner = new PlannerDriver();
        planner.say(verdict(CART, pod(CART, 1), State.DRIFTED));
        planner.pass(Duration.ofSeconds(1));
        assertThat(planner.meters.find("snowmelt.planner.instances").gauges()).isNotEmpty();
        planner.close();

        assertThat(planner.meters.getMeters()).noneMatch(meter -> meter.getId().getTag("target") != null);
    }

    private static Collection<Gauge> series(PlannerDriver planner) {
        return planner.meters.find("snowmelt.planner.open.snowflakes").gauges();
    }

    private static List<Meter> of(PlannerDriver planner, TargetId target) {
        return planner.meters.getMeters().stream()
                .filter(meter -> target.toString().equals(meter.getId().getTag("target")))
                .toList();
    }

    private static double value(PlannerDriver planner, String meter, String tag, String value) {
        return planner.meters.get(meter).tag(tag, value).gauge().value();
    }
}
