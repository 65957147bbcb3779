package dev.snowmelt.cli;

import dev.snowmelt.cli.config.Config;
import dev.snowmelt.cli.role.DetectRole;
import dev.snowmelt.cli.role.RoleRunner;
import dev.snowmelt.cli.role.Roles;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// `snowmelt detect`: registrar and detector.
@Command(
        name = "detect",
        description = "Runs the registrar and the detector: numbers declarations, judges what collectors see.",
        footer = {
            "",
            "Examples:",
            "  snowmelt detect --bootstrap-server kafka:9092",
            "  SNOWMELT_DETECT_THREADS=4 snowmelt detect --config snowmelt.yaml --http-port 9090"
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
                .run(
                        root().patience(),
                        metrics -> new Roles(
                                List.of(new DetectRole(config, config.kafka().topics(), metrics.registry()))));
    }
}
