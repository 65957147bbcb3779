package dev.snowmelt.cli;

import dev.snowmelt.cli.config.Config;
import dev.snowmelt.cli.role.DetectRole;
import dev.snowmelt.cli.role.ResolveRole;
import dev.snowmelt.cli.role.Role;
import dev.snowmelt.cli.role.RoleRunner;
import dev.snowmelt.cli.role.Roles;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// `snowmelt detect`: registrar, detector and scanner.
@Command(
        name = "detect",
        description = {
            "Runs the registrar, the detector and the scanner: numbers declarations, judges what collectors see, reports"
                    + " scans.",
            "With registry.enabled it also asks image registries about digests that no declaration lists."
        },
        footer = {
            "",
            "Examples:",
            "  snowmelt detect --bootstrap-server kafka:9092",
            "  SNOWMELT_DETECT_THREADS=4 snowmelt detect --config snowmelt.yaml --http-port 9090",
            "  SNOWMELT_REGISTRY_ENABLED=true snowmelt detect --bootstrap-server kafka:9092"
        })
final class DetectCommand extends SnowmeltCommand {
    @Mixin
    private HttpOptions http = new HttpOptions();

    @Override
    public Integer call() throws InterruptedException {
        Map<String, String> options = new HashMap<>();
        http.into(options);
        Config config = root().config(options);
        return new RoleRunner(config, root().surroundings())
                .run(root().patience(), metrics -> roles(config, root().surroundings(), metrics.registry()));
    }

    private static Roles roles(Config config, Surroundings surroundings, MeterRegistry meters) {
        var topics = config.kafka().topics();
        List<Role> roles = new ArrayList<>();
        roles.add(new DetectRole(config, topics, meters));
        roles.addAll(ResolveRole.where(config, topics, surroundings.environment(), surroundings.clock(), meters));
        return new Roles(roles);
    }
}
