package dev.snowmelt.bench;

import dev.snowmelt.bench.measure.Machine;
import dev.snowmelt.bench.measure.Results;
import dev.snowmelt.bench.memory.UpMemory;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// `snowmelt bench memory`.
@Command(
        name = "memory",
        mixinStandardHelpOptions = true,
        description = "What a whole 'snowmelt up', with its embedded broker, takes of memory (Linux).",
        footer = {"", "Examples:", "  snowmelt bench memory", "  snowmelt bench memory --instances 200000 --heap 768m"})
final class MemoryCommand implements Callable<Integer> {
    private static final int INSTANCES = 100_000;
    private static final int QUICK_INSTANCES = 5_000;

    @Option(
            names = "--instances",
            paramLabel = "N",
            description = "pods in the simulated cluster (default: 100000; with --quick 5000)")
    private int instances;

    @Option(names = "--heap", paramLabel = "SIZE", description = "largest heap of 'up' (default: ${DEFAULT-VALUE})")
    private String heap = "512m";

    @Option(names = "--quick", description = "few pods, for CI: shows that it works")
    private boolean quick;

    @Option(
            names = "--limit",
            paramLabel = "SECONDS",
            description = "how long judging all pods may take (default: ${DEFAULT-VALUE})")
    private int limit = 600;

    @Override
    public Integer call() throws IOException, InterruptedException {
        var results = new Results(System.err);
        results.say(Machine.describe());
        int pods = instances > 0 ? instances : quick ? QUICK_INSTANCES : INSTANCES;
        new UpMemory(results, pods, heap, Duration.ofSeconds(limit)).run();
        results.print(System.out);
        return 0;
    }
}
