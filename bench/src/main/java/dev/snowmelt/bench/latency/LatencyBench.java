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
import java.util.Map;
import java.util.function.Supplier;

/// Everything that `bench latency` measures.
public final class LatencyBench {
    private static final int PARTITIONS = 4;
    private static final int WORKLOADS = 30;
    private static final OpenLoop ONE_A_SECOND = new OpenLoop(1);
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
    /// @param evictionWarmUp how long pods drift, one a second, before their evictions count
    /// @param evictions how long they drift while they do
    /// @param kafka further settings of the detector's clients, to try them
    public record Plan(
            int instances,
            OpenLoop load,
            Duration stretch,
            Pairs pairs,
            Duration evictionWarmUp,
            Duration evictions,
            Map<String, String> kafka) {
        private static final OpenLoop THOUSAND = new OpenLoop(1000);

        /// What design §9 asks for.
        public static final Plan THOROUGH = new Plan(
                20_000,
                THOUSAND,
                Duration.ofSeconds(4),
                Pairs.THOROUGH,
                Duration.ofSeconds(20),
                Duration.ofSeconds(100),
                Map.of());
        /// For CI.
        public static final Plan QUICK = new Plan(
                20_000,
                THOUSAND,
                Duration.ofSeconds(1),
                Pairs.QUICK,
                Duration.ofSeconds(5),
                Duration.ofSeconds(10),
                Map.of());

        /// Copies the settings.
        public Plan {
            kafka = Map.copyOf(kafka);
        }

        /// The same with other settings of the detector's clients.
        public Plan with(Map<String, String> otherKafka) {
            return new Plan(instances, load, stretch, pairs, evictionWarmUp, evictions, otherKafka);
        }
    }

    /// @param bootstrapServers a broker in another process
    public void run(String bootstrapServers) throws IOException, InterruptedException {
        verdicts(bootstrapServers);
        evictions(bootstrapServers);
    }

    /// All roles in this JVM, as `up` runs them.
    private void evictions(String bootstrapServers) throws IOException, InterruptedException {
        var topics = new Topics("evict.", PARTITIONS);
        try (var load = new Load(topics, bootstrapServers);
                var scratch = Scratch.folder()) {
            load.createTopics();
            try (var trip = new EvictionTrip(topics, bootstrapServers, scratch.path(), WORKLOADS)) {
                results.say("pod status at the API server -> eviction request, one drift a second, grace 0");
                trip.start(topics, bootstrapServers);
                // The first ones load classes, compile, and wait for the first snapshot.
                var warmUp = trip.measure(ONE_A_SECOND, plan.evictionWarmUp());
                results.say("  warm-up  " + new Timed(warmUp, 0));
                var measured = trip.measure(ONE_A_SECOND, plan.evictions());
                results.say("  " + measured.count() + " evictions: " + new Timed(measured, 0));
                results.figure("latency.evict.p99", measured.millisAt(0.99), "ms", "250");
            }
        }
    }

    private void verdicts(String bootstrapServers) throws IOException {
        var topics = new Topics("latency.", PARTITIONS);
        var fleet = new Fleet(plan.instances(), PARTITIONS);
        var bare = new Topics("bare.", PARTITIONS);
        try (var load = new Load(topics, bootstrapServers);
                var bareLoad = new Load(bare, bootstrapServers);
                var scratch = Scratch.folder();
                var detector = new DetectorUnderTest(
                        topics, Storage.ROCKSDB, bootstrapServers, scratch.path(), plan.kafka())) {
            load.createTopics();
            bareLoad.createTopics();
            try (var writer = new FleetWriter(topics, fleet, bootstrapServers)) {
                writer.declare();
                writer.snapshots(Change.NONE, 1);
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
