package dev.snowmelt.bench;

import dev.snowmelt.bench.failover.FailoverBench;
import dev.snowmelt.bench.failover.FailoverPlan;
import dev.snowmelt.bench.measure.Machine;
import dev.snowmelt.bench.measure.Results;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// `snowmelt bench failover`.
@Command(
        name = "failover",
        mixinStandardHelpOptions = true,
        description =
                "How long detection stands still when a detector is killed or restarted, with a standby and without.",
        footer = {"", "Examples:", "  snowmelt bench failover", "  snowmelt bench failover --instances 5000 --quick"})
final class FailoverCommand implements Callable<Integer> {
    private static final int INSTANCES = 100_000;
    private static final int QUICK_INSTANCES = 2_000;

    @Option(
            names = "--instances",
            paramLabel = "N",
            description = "pods whose state is taken over (default: 100000; with --quick 2000)")
    private int instances;

    @Option(names = "--quick", description = "few pods, one round, for CI: shows that it works")
    private boolean quick;

    @Override
    public Integer call() throws IOException, InterruptedException {
        var results = new Results(System.err);
        results.say(Machine.describe());
        int pods = instances > 0 ? instances : quick ? QUICK_INSTANCES : INSTANCES;
        try (var broker = Brokers.start()) {
            new FailoverBench(quick ? FailoverPlan.quick(pods) : FailoverPlan.thorough(pods), results)
                    .run(broker.bootstrapServers());
        }
        results.print(System.out);
        return 0;
    }
}
