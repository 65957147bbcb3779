package dev.snowmelt.detector.topology;

import dev.snowmelt.schemas.id.TargetId;
import dev.snowmelt.v1.Verdict;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.LongStream;

/// The detector's meters. What is counted for every record is an adder of our own that Micrometer
/// reads when it is asked.
final class DetectorMetrics {
    /// The objective is a second.
    private static final Duration[] BOUNDS = LongStream.of(
                    10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 30_000, 60_000, 300_000)
            .mapToObj(Duration::ofMillis)
            .toArray(Duration[]::new);

    /// Records that were settled by the index alone.
    final LongAdder hits = new LongAdder();
    /// Records that were parsed and judged.
    final LongAdder misses = new LongAdder();
    /// Records of a former holder of a lease.
    final LongAdder stale = new LongAdder();
    /// Records that could not be used.
    final LongAdder dead = new LongAdder();
    /// Records that no broker took because of their size.
    final LongAdder tooLarge = new LongAdder();
    /// Facets in the indexes of all partitions.
    final LongAdder indexed = new LongAdder();

    private final Map<Verdict.State, Counter> changes = new EnumMap<>(Verdict.State.class);
    private final Counter repeats;
    private final Counter complete;
    private final Counter incomplete;
    private final Map<TargetId, Timer> detection = new ConcurrentHashMap<>();
    private final MeterRegistry registry;
    private final Counter tallies;
    private final Timer counting;

    DetectorMetrics(MeterRegistry registry) {
        this.registry = registry;
        count(registry, "hit", hits);
        count(registry, "miss", misses);
        count(registry, "stale", stale);
        count(registry, "dead_letter", dead);
        FunctionCounter.builder("snowmelt.dead.letters", dead, adder -> adder.sum() + tooLarge.sum())
                .description("Records that a stage could not use and put into the dead letters")
                .tag("stage", JudgeProcessor.STAGE)
                .register(registry);
        FunctionCounter.builder("snowmelt.detector.too.large", tooLarge, LongAdder::sum)
                .description("Records that no broker took because of their size and that went to the dead letters")
                .register(registry);
        Gauge.builder("snowmelt.detector.index.facets", indexed, LongAdder::sum)
                .description("Facets of conformant instances whose unchanged records need no second look")
                .register(registry);
        for (Verdict.State state : Verdict.State.values()) {
            if (state != Verdict.State.STATE_UNSPECIFIED && state != Verdict.State.UNRECOGNIZED) {
                changes.put(
                        state,
                        Counter.builder("snowmelt.detector.verdict.changes")
                                .description("New findings, by what was found")
                                .tag("state", state.name().toLowerCase(Locale.ROOT))
                                .register(registry));
            }
        }
        repeats = Counter.builder("snowmelt.detector.verdict.repeats")
                .description("Verdicts written again with the same finding")
                .register(registry);
        complete = snapshots(registry, "true");
        incomplete = snapshots(registry, "false");
        tallies = Counter.builder("snowmelt.detector.scan.tallies")
                .description("Tallies written for scans, by scan and partition")
                .register(registry);
        counting = Timer.builder("snowmelt.detector.scan.counting")
                .description("Counting a target on a partition for scans; nothing else is judged there meanwhile")
                .register(registry);
    }

    private Timer detection(TargetId target) {
        return Timer.builder("snowmelt.detector.detection")
                .description(
                        "From the collector's look at an instance to the verdict that finds it drifted or outdated")
                .tag("target", target.toString())
                .serviceLevelObjectives(BOUNDS)
                .register(registry);
    }

    void found(Verdict.State state) {
        Counter counter = changes.get(state);
        if (counter != null) {
            counter.increment();
        }
    }

    void repeated() {
        repeats.increment();
    }

    void settled(boolean wasComplete) {
        (wasComplete ? complete : incomplete).increment();
    }

    /// A target's figures are there from when it is first heard of: a rate needs the zero before
    /// the first drift.
    void met(TargetId target) {
        detection.computeIfAbsent(target, this::detection);
    }

    /// Only of new findings, so the look into a map costs nothing that counts.
    ///
    /// @param millis negative when the clocks disagree; counted as 0
    void detected(TargetId target, long millis) {
        detection.computeIfAbsent(target, this::detection).record(Duration.ofMillis(Math.max(0, millis)));
    }

    /// Scans were counted on a partition.
    void scanned(int count, long nanos) {
        tallies.increment(count);
        counting.record(Duration.ofNanos(nanos));
    }

    private static void count(MeterRegistry registry, String outcome, LongAdder adder) {
        FunctionCounter.builder("snowmelt.detector.records", adder, LongAdder::sum)
                .description("Observations read, by how they were settled")
                .tag("outcome", outcome)
                .register(registry);
    }

    private static Counter snapshots(MeterRegistry registry, String complete) {
        return Counter.builder("snowmelt.detector.snapshots")
                .description("Snapshots settled, by partition; a complete one shows what is gone")
                .tag("complete", complete)
                .register(registry);
    }
}
