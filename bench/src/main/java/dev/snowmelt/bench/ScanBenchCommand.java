package dev.snowmelt.bench;

import dev.snowmelt.bench.measure.Machine;
import dev.snowmelt.bench.measure.Results;
import dev.snowmelt.bench.scan.ScanBench;
import dev.snowmelt.bench.scan.ScanPlan;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// `snowmelt bench scan`.
@Command(
        name = "scan",
        mixinStandardHelpOptions = true,
        description = "A scan of a cluster, from the request to the report, beside a bare list of the same pods.")
final class ScanBenchCommand implements Callable<Integer> {
    private static final int PODS = 10_000;
    private static final int QUICK_PODS = 2_000;

    @Option(names = "--pods", paramLabel = "N", description = "pods in the cluster (default: 10000; with --quick 2000)")
    private int pods;

    @Option(
            names = "--quick",
            description = "few and short pairs, for CI: shows that it works; the figures prove nothing")
    private boolean quick;

    @Override
    public Integer call() throws IOException, InterruptedException {
        var results = new Results(System.err);
        results.say(Machine.describe());
        var plan = quick ? ScanPlan.quick(pods == 0 ? QUICK_PODS : pods) : ScanPlan.thorough(pods == 0 ? PODS : pods);
        try (var broker = Brokers.start()) {
            new ScanBench(plan, results).run(broker.bootstrapServers());
        }
        results.print(System.out);
        return 0;
    }
}
