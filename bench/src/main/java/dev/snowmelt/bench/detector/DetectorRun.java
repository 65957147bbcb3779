package dev.snowmelt.bench.detector;

import dev.snowmelt.bench.fleet.Change;
import dev.snowmelt.bench.fleet.Fleet;
import dev.snowmelt.bench.fleet.FleetWriter;
import dev.snowmelt.bench.fleet.Segment;
import dev.snowmelt.bench.measure.BenchException;
import dev.snowmelt.bench.measure.Median;
import dev.snowmelt.bench.measure.Pairs;
import dev.snowmelt.bench.measure.Results;
import dev.snowmelt.bench.measure.ThreadMeter;
import dev.snowmelt.detector.topology.DetectorSettings.Storage;
import dev.snowmelt.schemas.topic.Topics;
import dev.snowmelt.v1.Verdict;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// The real detector over snapshots of a made-up fleet, in turn with the parsing consumer over the same records.
///
/// Whatever is measured is verified afterwards: by the topic `verdicts` every snapshot was complete by the detector's
/// own
/// count and every change was told, and by its meters the unchanged rest was settled by the index.
final class DetectorRun implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofMinutes(10);

    private final Plan plan;
    private final Results results;
    private final Fleet fleet;
    private final Load load;
    private final FleetWriter writer;
    private final VerdictWatch watch;
    private final ParsingConsumer consumer;
    private final DetectorUnderTest detector;

    /// @param bootstrapServers a broker in another process
    /// @param state an empty folder for the stores
    DetectorRun(Plan plan, Results results, Storage storage, String bootstrapServers, Path state) {
        this.plan = plan;
        this.results = results;
        var topics = new Topics("bench-" + storage.name().toLowerCase(Locale.ROOT) + ".", plan.partitions());
        this.fleet = new Fleet(plan.instances(), plan.partitions());
        this.load = new Load(topics, bootstrapServers);
        load.createTopics();
        this.writer = new FleetWriter(topics, fleet, bootstrapServers);
        this.watch = new VerdictWatch(topics, bootstrapServers);
        this.consumer = new ParsingConsumer(topics, bootstrapServers);
        this.detector = new DetectorUnderTest(topics, storage, bootstrapServers, state, plan.kafka());
        results.say(String.format(
                Locale.ROOT,
                "%s: %,d pods in %,d workloads of %d clusters, observations of %.0f bytes",
                storage,
                fleet.instances(),
                fleet.workloads(),
                Fleet.TARGETS,
                writer.averageValueBytes()));
    }

    /// What one kind of change showed.
    ///
    /// @param pairs A: the detector, B: the parsing consumer, both in records a second
    /// @param cpuMicros the stream thread's CPU time a record
    /// @param kilobytes what the stream thread allocated a record, in units of 1000 bytes
    record Finding(Pairs.Measured pairs, double cpuMicros, double kilobytes) {}

    /// Writes the fleet, starts the detector over it with empty stores, and waits until all of it is judged.
    ///
    /// @return seconds from the start to the last verdict
    double coldStart() {
        writer.declare();
        Segment segment = writer.snapshots(Change.NONE, 1);
        Gate.open();
        long start = System.nanoTime();
        detector.start();
        var tally = watch.await(settledBy(segment), fleet.instances(), start, LIMIT);
        if (tally.in(Verdict.State.DRIFTED) > 0) {
            throw new BenchException(
                    "all pods are as declared, but the detector calls " + tally.in(Verdict.State.DRIFTED) + " drifted");
        }
        load.forget(segment);
        return (tally.lastGrowth() - start) / 1e9;
    }

    /// Measures one kind of change.
    Finding measure(Change change) {
        int rounds = change == Change.ALL ? 1 : plan.unchangedRounds();
        var cpu = new ArrayList<Double>();
        var kilobytes = new ArrayList<Double>();
        results.say(change + ": A the detector, B the parsing consumer, in records a second");
        var pairs = plan.pairs().run(results, () -> {
            Gate.shut();
            Segment segment = writer.snapshots(change, rounds);
            var detected = detect(segment);
            long a = detected.nanos();
            long start = System.nanoTime();
            double b = consumer.rate(segment, plan.yardstick());
            long bNanos = System.nanoTime() - start;
            load.forget(segment);
            cpu.add(detected.used().cpuNanos() / 1e3 / segment.records());
            kilobytes.add(detected.used().bytes() / 1e3 / segment.records());
            return new Pairs.Pair(segment.records() * 1e9 / a, a, b, bNanos);
        });
        // Those of the warm-up come first.
        return new Finding(pairs, lastMedian(cpu), lastMedian(kilobytes));
    }

    /// Brings every pod back to what is declared, outside of any measurement.
    void heal() {
        Gate.shut();
        Segment segment = writer.snapshots(Change.HEAL, 1);
        detect(segment);
        load.forget(segment);
    }

    /// Stops the detector and starts it again on the same stores.
    ///
    /// @return seconds from the start to RUNNING with all partitions
    double restart() {
        Gate.open();
        detector.stop();
        long start = System.nanoTime();
        detector.start();
        return (System.nanoTime() - start) / 1e9;
    }

    private int settledBy(Segment segment) {
        return segment.rounds() * Fleet.TARGETS * plan.partitions();
    }

    private record Detected(long nanos, ThreadMeter.Reading used) {}

    private Detected detect(Segment segment) {
        long hits = detector.hits();
        var meter = ThreadMeter.ofThreadsNamed(DetectorUnderTest.THREAD);
        var before = meter.read();
        long start = System.nanoTime();
        Gate.open();
        var tally = watch.await(settledBy(segment), 0, start, LIMIT);
        var used = meter.read().since(before);
        verify(segment, tally, detector.hits() - hits);
        return new Detected(tally.lastGrowth() - start, used);
    }

    private void verify(Segment segment, VerdictWatch.Tally tally, long hits) {
        if (tally.instances() < segment.changed()) {
            throw new BenchException(
                    segment.changed() + " records changed, but the detector told only " + tally.instances());
        }
        // A pod that is drifted is looked at again in every round, so it is never a hit.
        long least = segment.instanceRecords() - segment.changed() - segment.stillDrifted();
        if (hits < least) {
            throw new BenchException(
                    "the index settled only " + hits + " of the " + least + " records that did not change");
        }
    }

    private double lastMedian(List<Double> values) {
        return Median.of(values.subList(values.size() - plan.pairs().pairs(), values.size()));
    }

    @Override
    public void close() {
        Gate.open();
        detector.close();
        consumer.close();
        watch.close();
        writer.close();
        load.close();
    }
}
