package dev.snowmelt.cli;

import dev.snowmelt.cli.config.Config;
import dev.snowmelt.cli.role.ResolveRole;
import dev.snowmelt.cli.role.RoleRunner;
import dev.snowmelt.cli.role.Roles;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// `snowmelt resolve`: the registry role alone.
@Command(
        name = "resolve",
        description = {
            "Asks image registries whether digests that run, but that no declaration lists, are the declared image",
            "under another name, and has the answers kept with the declaration. The same role runs inside 'detect' and",
            "'up' when registry.enabled is true; detect and remediate need that setting too, here it is not looked at.",
            "What no registry knows (any more) stays UNVERIFIED: it may have been deleted while nodes still run it.",
            "Credentials: registry.authFile, $DOCKER_CONFIG/config.json or ~/.docker/config.json."
        },
        footer = {
            "",
            "Examples:",
            "  snowmelt resolve --bootstrap-server kafka:9092",
            "  SNOWMELT_REGISTRY_AUTH_FILE=/etc/snowmelt/docker.json snowmelt resolve --config snowmelt.yaml"
        })
final class ResolveCommand extends SnowmeltCommand {
    @Mixin
    private HttpOptions http = new HttpOptions();

    @Override
    public Integer call() throws InterruptedException {
        Map<String, String> options = new HashMap<>();
        http.into(options);
        Config config = root().config(options);
        var surroundings = root().surroundings();
        return new RoleRunner(config, surroundings)
                .run(
                        root().patience(),
                        metrics -> new Roles(List.of(new ResolveRole(
                                config,
                                config.kafka().topics(),
                                surroundings.environment(),
                                surroundings.clock(),
                                metrics.registry()))));
    }
}
