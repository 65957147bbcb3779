package dev.snowmelt.bench;

import dev.snowmelt.bench.latency.LatencyBench;
import dev.snowmelt.bench.latency.LatencyBench.Plan;
import dev.snowmelt.bench.measure.Machine;
import dev.snowmelt.bench.measure.Results;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// `snowmelt bench latency`.
@Command(
        name = "latency",
        mixinStandardHelpOptions = true,
        description = "From an observation to its verdict, and from a pod's status to the request to evict it.")
final class LatencyCommand implements Callable<Integer> {
    @Option(
            names = "--quick",
            description = "few and short pairs, for CI: shows that it works; the figures prove nothing")
    private boolean quick;

    @Option(
            names = "--kafka",
            paramLabel = "KEY=VALUE",
            description = "another setting of Streams or its clients in the detector, to try it")
    private Map<String, String> kafka = new HashMap<>();

    @Override
    public Integer call() throws IOException, InterruptedException {
        var results = new Results(System.err);
        results.say(Machine.describe());
        var plan = quick ? Plan.QUICK : Plan.THOROUGH;
        try (var broker = Brokers.start()) {
            new LatencyBench(plan.with(kafka), results).run(broker.bootstrapServers());
        }
        results.print(System.out);
        return 0;
    }
}
