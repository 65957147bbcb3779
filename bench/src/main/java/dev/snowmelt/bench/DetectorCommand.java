package dev.snowmelt.bench;

import dev.snowmelt.bench.detector.DetectorBench;
import dev.snowmelt.bench.detector.Plan;
import dev.snowmelt.bench.fleet.Change;
import dev.snowmelt.bench.measure.Machine;
import dev.snowmelt.bench.measure.Results;
import dev.snowmelt.detector.topology.DetectorSettings.Storage;
import java.io.IOException;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// `snowmelt bench detector`.
@Command(
        name = "detector",
        mixinStandardHelpOptions = true,
        description = "Throughput of the detector with one stream thread, beside a consumer that only parses.")
final class DetectorCommand implements Callable<Integer> {
    private static final int INSTANCES = 200_000;
    private static final int QUICK_INSTANCES = 20_000;

    @Option(
            names = "--instances",
            paramLabel = "N",
            description = "pods in the fleet (default: 200000; with --quick 20000)")
    private int instances;

    @Option(
            names = "--quick",
            description = "few and short pairs, for CI: shows that it works; the figures prove nothing")
    private boolean quick;

    @Option(names = "--stores", split = ",", paramLabel = "STORE", description = "only these: ${COMPLETION-CANDIDATES}")
    private Set<Storage> stores = EnumSet.noneOf(Storage.class);

    @Option(
            names = "--changes",
            split = ",",
            paramLabel = "CHANGE",
            description = "only these: ${COMPLETION-CANDIDATES}")
    private Set<Change> changes = EnumSet.noneOf(Change.class);

    @Option(
            names = "--kafka",
            paramLabel = "KEY=VALUE",
            description = "another setting of Streams or its clients in the detector, to try it")
    private Map<String, String> kafka = new HashMap<>();

    @Override
    public Integer call() throws IOException {
        var results = new Results(System.err);
        results.say(Machine.describe());
        var plan = quick
                ? Plan.quick(instances == 0 ? QUICK_INSTANCES : instances)
                : Plan.thorough(instances == 0 ? INSTANCES : instances);
        try (var broker = Brokers.start()) {
            new DetectorBench(plan.only(stores, changes, kafka), results).run(broker.bootstrapServers());
        }
        results.print(System.out);
        return 0;
    }
}
