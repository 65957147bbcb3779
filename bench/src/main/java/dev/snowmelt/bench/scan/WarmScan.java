package dev.snowmelt.bench.scan;

import com.google.protobuf.util.Timestamps;
import dev.snowmelt.bench.measure.BenchException;
import dev.snowmelt.cli.config.Config;
import dev.snowmelt.cli.http.Metrics;
import dev.snowmelt.cli.role.Clusters;
import dev.snowmelt.cli.role.CollectRole;
import dev.snowmelt.cli.role.DetectRole;
import dev.snowmelt.cli.role.Roles;
import dev.snowmelt.cli.scan.ScanClient;
import dev.snowmelt.cli.scan.ScanClient.Asked;
import dev.snowmelt.sandbox.cluster.SimulatedCluster;
import dev.snowmelt.v1.ScanReport;
import dev.snowmelt.v1.ScanRequest;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/// Detector, scanner and collector as they run in production, and somebody who asks them for scans.
final class WarmScan implements AutoCloseable {
    /// A collector answers by a snapshot that is younger than 10 s without a list, which would be
    /// no scan to measure.
    private static final Duration FRESH = Duration.ofSeconds(11);

    private static final Duration LONGEST = Duration.ofMinutes(2);
    private static final String LISTED = "list pods";
    private static final String WATCHED = "watch pods";
    private static final Duration LOOK = Duration.ofMillis(20);

    private final SimulatedCluster cluster;
    private final int pods;
    private final Metrics metrics = new Metrics();
    private final Roles roles;
    private final ScanClient client;
    private final List<Stages> stages = new ArrayList<>();
    private long lastAsked;

    /// What a scan spends its time on, in milliseconds.
    ///
    /// @param listed from the request to the snapshot's end
    /// @param counted from there to the report being made
    /// @param read from there to the report being read
    record Stages(double listed, double counted, double read) {}

    WarmScan(SimulatedCluster cluster, int pods, Config config) {
        this.cluster = cluster;
        this.pods = pods;
        var topics = config.kafka().topics();
        var clock = InstantSource.system();
        var reached = new Clusters.Cluster(
                ScannedFleet.TARGET,
                new KubernetesClientBuilder()
                        .withConfig(cluster.kubernetesConfig())
                        .build());
        roles = new Roles(List.of(
                new DetectRole(config, topics, metrics.registry()),
                CollectRole.alone(config, topics, reached, clock, metrics.registry())));
        client = new ScanClient(config.kafka(), clock);
    }

    void start() {
        roles.start();
        long end = System.nanoTime() + LONGEST.toNanos();
        while (!roles.unready().isEmpty()) {
            if (System.nanoTime() > end) {
                throw new BenchException("waited in vain for the roles: " + roles.unready());
            }
            LockSupport.parkNanos(LOOK.toNanos());
        }
        lastAsked = System.nanoTime();
    }

    /// One scan for which the cluster is listed anew.
    ///
    /// @return from writing the request to having read the report, in nanoseconds
    long run() throws InterruptedException {
        long early = lastAsked + FRESH.toNanos() - System.nanoTime();
        if (early > 0) {
            Thread.sleep(Duration.ofNanos(early));
        }
        long before = looks();
        long start = System.nanoTime();
        lastAsked = start;
        Asked asked = client.ask(
                ScanRequest.Scope.newBuilder()
                        .addTargets(ScannedFleet.TARGET.toString())
                        .build(),
                "bench",
                LONGEST,
                _ -> {});
        long took = System.nanoTime() - start;
        stages.add(stages(check(asked), System.currentTimeMillis()));
        if (looks() == before) {
            throw new BenchException("the scan did not list the cluster");
        }
        return took;
    }

    /// Lists and streamed lists, which are watches.
    private long looks() {
        return cluster.ledger().count(LISTED) + cluster.ledger().count(WATCHED);
    }

    private static Stages stages(ScanReport report, long now) {
        long asked = Timestamps.toMillis(report.getStarted());
        long listed = Timestamps.toMillis(report.getTargets(0).getSnapshotAt());
        long made = Timestamps.toMillis(report.getFinished());
        return new Stages(listed - asked, made - listed, now - made);
    }

    /// Of all scans so far, the last first.
    List<Stages> stages() {
        return stages.reversed();
    }

    private ScanReport check(Asked asked) {
        return switch (asked) {
            case Asked.Answered(ScanReport report) -> {
                if (report.getResult() != ScanReport.Result.CLEAN
                        || report.getTotal().getConformant() != pods) {
                    throw new BenchException("the report is not of " + pods + " conformant pods: " + report);
                }
                yield report;
            }
            case Asked.Unanswered unanswered -> throw new BenchException("no report came: " + unanswered);
        };
    }

    @Override
    public void close() {
        client.close();
        roles.close();
        metrics.close();
    }
}
