package dev.snowmelt.bench.scan;

import dev.snowmelt.bench.measure.BenchException;
import dev.snowmelt.bench.measure.Median;
import dev.snowmelt.bench.measure.Pairs;
import dev.snowmelt.bench.measure.Results;
import dev.snowmelt.bench.measure.Scratch;
import dev.snowmelt.cli.config.Config;
import dev.snowmelt.sandbox.cluster.SimulatedCluster;
import dev.snowmelt.schemas.topic.TopicProvisioning;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;

/// Everything that `bench scan` measures.
public final class ScanBench {
    private static final int PARTITIONS = 4;
    private static final Duration PROVISION_WITHIN = Duration.ofSeconds(60);

    private final ScanPlan plan;
    private final Results results;

    public ScanBench(ScanPlan plan, Results results) {
        this.plan = plan;
        this.results = results;
    }

    /// @param bootstrapServers a broker without topics
    public void run(String bootstrapServers) throws IOException, InterruptedException {
        try (var scratch = Scratch.folder();
                var cluster = SimulatedCluster.builder().start()) {
            var fleet = new ScannedFleet(cluster, plan.pods());
            fleet.create();
            results.say("scan: " + plan.pods() + " pods");
            beside(cluster, fleet, config(bootstrapServers, scratch.path()));
            Path kubeconfig = scratch.path().resolve("kubeconfig");
            cluster.writeKubeconfig(kubeconfig);
            once(new OnceRun(kubeconfig));
        }
    }

    private static Config config(String bootstrapServers, Path stateDir) {
        return Config.load(
                null,
                Map.of(),
                Map.of(
                        "kafka.bootstrapServers", bootstrapServers,
                        "kafka.partitions", Integer.toString(PARTITIONS),
                        "kafka.replicationFactor", "1",
                        "kubernetes.target", ScannedFleet.TARGET.toString(),
                        "stateDir", stateDir.toString()));
    }

    private void beside(SimulatedCluster cluster, ScannedFleet fleet, Config config) {
        String bootstrapServers = config.kafka().bootstrapServers();
        try (var admin = Admin.create(Map.of("bootstrap.servers", bootstrapServers))) {
            new TopicProvisioning(admin, 1, 1, PROVISION_WITHIN)
                    .provision(config.kafka().topics());
        }
        fleet.declare(config.kafka().topics(), bootstrapServers);
        try (var client = new KubernetesClientBuilder()
                        .withConfig(cluster.kubernetesConfig())
                        .build();
                var scan = new WarmScan(cluster, plan.pods(), config)) {
            scan.start();
            var list = new BareList(client, plan.pods());
            List<Double> requests = new ArrayList<>();
            Pairs.Measured measured = plan.pairs().run(results, () -> {
                long before = requests(cluster);
                long a = scan(scan);
                requests.add((double) (requests(cluster) - before));
                long b = list.run();
                return new Pairs.Pair(a / 1e6, a, b / 1e6, b);
            });
            List<WarmScan.Stages> stages = scan.stages().subList(0, plan.pairs().pairs());
            results.say(String.format(
                    Locale.ROOT,
                    "  medians of a scan's stages: %.0f ms to the snapshot's end, %.0f ms to the report, %.0f ms to its reader",
                    Median.of(stages.stream().map(WarmScan.Stages::listed).toList()),
                    Median.of(stages.stream().map(WarmScan.Stages::counted).toList()),
                    Median.of(stages.stream().map(WarmScan.Stages::read).toList())));
            results.ratio("scan.list", measured.ratio(), "2.0");
            results.figure("scan.seconds", measured.a() / 1e3, "s", "-");
            results.figure("scan.list.seconds", measured.b() / 1e3, "s", "-");
            results.figure("scan.requests", Median.of(requests), "requests", "-");
        }
    }

    private static long requests(SimulatedCluster cluster) {
        return cluster.ledger().counts().values().stream()
                .mapToLong(Long::longValue)
                .sum();
    }

    private static long scan(WarmScan scan) {
        try {
            return scan.run();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BenchException("interrupted", e);
        }
    }

    private void once(OnceRun once) throws IOException, InterruptedException {
        List<Double> seconds = new ArrayList<>();
        for (int i = 0; i < plan.onces(); i++) {
            seconds.add(once.run() / 1e9);
        }
        results.figure("scan.once", Median.of(seconds), "s", "-");
    }
}
