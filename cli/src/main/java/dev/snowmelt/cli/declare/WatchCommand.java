package dev.snowmelt.cli.declare;

import dev.snowmelt.cli.HttpOptions;
import dev.snowmelt.cli.SnowmeltCommand;
import dev.snowmelt.cli.config.Config;
import dev.snowmelt.cli.role.RoleRunner;
import dev.snowmelt.cli.role.Roles;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `snowmelt declare watch`: keeps a folder published.
@Command(
        name = "watch",
        description = {
            "Keeps a folder (a mounted ConfigMap, a Git checkout) published: at start, and whenever it changes, until Ctrl-C.",
            "Of a file with a fault nothing is published. What somebody else declared or removed since is not overwritten"
                    + " until the document changes."
        },
        footer = {
            "",
            "Examples:",
            "  snowmelt declare watch declarations/",
            "  snowmelt declare watch /etc/snowmelt/declarations --name prod-eu --prune --http-port 9090"
        })
final class WatchCommand extends SnowmeltCommand {
    private static final Duration QUIET = Duration.ofMillis(500);

    @Parameters(paramLabel = "DIR", description = "The folder.")
    private Path folder = Path.of("");

    @Option(
            names = "--name",
            paramLabel = "NAME",
            description =
                    "Its declarations are declared by watch:NAME, which tells them from others' (the folder's name)."
                            + " Two watchers must not share one.")
    private @Nullable String name;

    @Option(
            names = "--prune",
            description =
                    "Remove declarations of this watcher whose documents vanished; needs --name. Never all of them.")
    private boolean prune;

    @Option(
            names = "--prune-limit",
            paramLabel = "N|N%",
            defaultValue = "50%",
            description =
                    "Remove nothing when more than so many would go at once (${DEFAULT-VALUE}), of those that this"
                            + " watcher had declared before the first of them lost its document.")
    private String pruneLimit = "50%";

    @Option(
            names = "--prune-after",
            paramLabel = "DURATION",
            defaultValue = "30s",
            description = "How long a document must be missing before (${DEFAULT-VALUE}).")
    private Duration pruneAfter = Duration.ofSeconds(30);

    @Option(
            names = "--interval",
            paramLabel = "DURATION",
            defaultValue = "10s",
            description = "Time between looks when the file system tells of no change (${DEFAULT-VALUE}).")
    private Duration interval = Duration.ofSeconds(10);

    @Option(names = "--force", description = "The folder wins: declare over what somebody else declared.")
    private boolean force;

    @Mixin
    private HttpOptions http = new HttpOptions();

    @Override
    public Integer call() throws InterruptedException {
        if (!Files.isDirectory(folder)) {
            throw misused(folder + " is no folder.");
        }
        if (prune && name == null) {
            throw misused(
                    "--prune needs --name: two watchers of the same name would remove each other's declarations.");
        }
        Map<String, String> options = new HashMap<>();
        http.into(options);
        Config config = root().config(options);
        WatchSettings settings = settings(config);
        return new RoleRunner(config, root().surroundings())
                .run(
                        root().patience(),
                        metrics -> new Roles(List.of(
                                new WatchRole(settings, root().surroundings().clock(), metrics.registry()))));
    }

    private WatchSettings settings(Config config) {
        String called =
                name == null ? folder.toAbsolutePath().normalize().getFileName().toString() : name;
        if (!called.matches("[A-Za-z0-9._-]{1,100}")) {
            throw misused("'" + called + "' is no name: up to 100 letters, digits and '.', '_', '-'; see --name.");
        }
        PruneLimit limit;
        try {
            limit = PruneLimit.parse(pruneLimit);
        } catch (IllegalArgumentException e) {
            throw misused("--prune-limit: " + e.getMessage());
        }
        return new WatchSettings(
                config.kafka(),
                config.trust().signer(),
                folder,
                new Reconciliation.Rules(WatchSettings.mark(called), force, limit),
                prune,
                pruneAfter,
                interval,
                QUIET,
                root().patience());
    }
}
