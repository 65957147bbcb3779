package dev.snowmelt.cli.demo;

import dev.snowmelt.cli.CliException;
import dev.snowmelt.cli.config.Config;
import dev.snowmelt.sandbox.kafka.EmbeddedKafka;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;

/// Where a demo plays: puts up everything that it needs, runs it, and takes it down.
sealed interface Stage permits KubernetesStage, Ec2Stage {
    Duration START = Duration.ofSeconds(60);
    int PARTITIONS = 4;

    /// @param line what a person reads, line by line
    /// @throws CliException when it cannot be put up
    DemoReport run(Path stateDir, InstantSource clock, Consumer<String> line) throws InterruptedException;

    /// Only what belongs to the demo: neither a configuration file nor the environment can point it at a real broker,
    /// cluster or account.
    static Config config(EmbeddedKafka kafka, Path stateDir, Map<String, String> more) {
        Map<String, String> options = new HashMap<>(more);
        options.put("kafka.bootstrapServers", kafka.bootstrapServers());
        options.put("kafka.partitions", Integer.toString(PARTITIONS));
        options.put("kafka.replicationFactor", "1");
        options.put("stateDir", stateDir.toString());
        return Config.load(null, Map.of(), options);
    }
}
