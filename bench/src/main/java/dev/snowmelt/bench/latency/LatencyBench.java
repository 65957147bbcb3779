package dev.snowmelt.bench.latency;

import dev.snowmelt.bench.detector.DetectorUnderTest;
import dev.snowmelt.bench.detector.Gate;
import dev.snowmelt.bench.detector.Load;
import dev.snowmelt.bench.fleet.Change;
import dev.snowmelt.bench.fleet.Fleet;
import dev.snowmelt.bench.fleet.FleetWriter;
import dev.snowmelt.bench.measure.Latencies;
import dev.snowmelt.bench.measure.Pairs;
import dev.snowmelt.bench.measure.Results;
import dev.snowmelt.bench.measure.Scratch;
import dev.snowmelt.detector.topology.DetectorSettings.Storage;
import dev.snowmelt.schemas.topic.Topics;
import java.io.IOException;
import java.time.Duration;
import java.util.Locale;
import java.util.function.Supplier;

/// Everything that `bench latency` measures.
public final class LatencyBench {
    private static final int PARTITIONS = 4;
    private static final Duration LIMIT = Duration.ofMinutes(1);

    private final Plan plan;
    private final Results results;

    public LatencyBench(Plan plan, Results results) {
        this.plan = plan;
        this.results = results;
    }

    /// How long a run is.
    ///
    /// @param instances pods in the fleet; each must be judged before it is its turn again
    /// @param load how many of them change a second
    /// @param stretch how long each side of a pair runs
    /// @param pairs how often, after what warm-up
    public record Plan(int instances, OpenLoop load, Duration stretch, Pairs pairs) {
        private static final OpenLoop THOUSAND = new OpenLoop(1000);

        /// What design §9 asks for.
        public static final Plan THOROUGH = new Plan(20_000, THOUSAND, Duration.ofSeconds(4), Pairs.THOROUGH);
        /// For CI.
        public static final Plan QUICK = new Plan(20_000, THOUSAND, Duration.ofSeconds(1), Pairs.QUICK);
    }

    /// @param bootstrapServers a broker in another process
    public void run(String bootstrapServers) throws IOException {
        verdicts(bootstrapServers);
    }

    private void verdicts(String bootstrapServers) throws IOException {
        var topics = new Topics("latency.", PARTITIONS);
        var fleet = new Fleet(plan.instances(), PARTITIONS);
        var bare = new Topics("bare.", PARTITIONS);
        try (var load = new Load(topics, bootstrapServers);
                var bareLoad = new Load(bare, bootstrapServers);
                var scratch = Scratch.folder();
                var detector = new DetectorUnderTest(topics, Storage.ROCKSDB, bootstrapServers, scratch.path())) {
            load.createTopics();
            bareLoad.createTopics();
            try (var writer = new FleetWriter(topics, fleet, bootstrapServers)) {
                writer.declare();
                writer.snapshot(Change.NONE, 1);
            }
            Gate.open();
            detector.start();
            byte[] value = topics.observations()
                    .valueSerde()
                    .serializer()
                    .serialize(topics.observations().name(), fleet.observation(0, false));
            try (var trip = new VerdictTrip(topics, fleet, bootstrapServers, plan.load());
                    var bareTrip = new RoundTrip(
                            bare.observations().name(),
                            bare.verdicts().name(),
                            PARTITIONS,
                            bootstrapServers,
                            value,
                            plan.load())) {
                results.say("A observation -> verdict, B bare round trip over two topics, p50 in microseconds at "
                        + plan.load().perSecond() + "/s");
                var measured = plan.pairs().run(results, () -> {
                    var a = timed(() -> trip.measure(plan.stretch(), LIMIT));
                    var b = timed(() -> bareTrip.measure(plan.stretch(), LIMIT));
                    results.say("  " + a + "; bare " + b);
                    return new Pairs.Pair(a.p50() * 1000, a.nanos(), b.p50() * 1000, b.nanos());
                });
                results.ratio("latency.verdict", measured.ratio(), "4");
            }
        }
    }

    private record Timed(Latencies latencies, long nanos) {
        double p50() {
            return latencies.millisAt(0.5);
        }

        @Override
        public String toString() {
            return String.format(
                    Locale.ROOT,
                    "p50 %.2f ms, p99 %.2f ms, max %.1f ms",
                    p50(),
                    latencies.millisAt(0.99),
                    latencies.millisAt(1));
        }
    }

    private static Timed timed(Supplier<Latencies> measurement) {
        long start = System.nanoTime();
        var latencies = measurement.get();
        return new Timed(latencies, System.nanoTime() - start);
    }
}
