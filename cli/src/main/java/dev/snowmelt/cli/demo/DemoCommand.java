package dev.snowmelt.cli.demo;

import ch.qos.logback.classic.Level;
import dev.snowmelt.cli.ExitCode;
import dev.snowmelt.cli.Quiet;
import dev.snowmelt.cli.SnowmeltCommand;
import dev.snowmelt.cli.StopGuard;
import dev.snowmelt.cli.TemporaryFolder;
import dev.snowmelt.cli.output.Format;
import java.io.PrintWriter;
import java.net.URI;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// `snowmelt demo`.
@Command(
        name = "demo",
        description = {
            "Starts a broker and a simulated cluster of 80 pods in this process, makes snowflakes of some, and shows how they are"
                    + " found, replaced, restored or held.",
            "With --ec2 the same with 71 instances in Auto Scaling groups, one of which is rolled to its next AMI and back.",
            "Exit code 0 only when everything that should be replaced was, and nothing else was touched, counted from the"
                    + " platform's side."
        },
        footer = {
            "",
            "Examples:",
            "  snowmelt demo",
            "  snowmelt demo --output json | tail -n 1",
            "  snowmelt demo --ec2        # needs moto_server: pip install 'moto[server]'",
            "  snowmelt demo --aws-endpoint http://127.0.0.1:5000"
        })
public final class DemoCommand extends SnowmeltCommand {
    @Option(names = "--ec2", description = "Plays on EC2, emulated by moto.")
    private boolean ec2;

    @Option(
            names = "--aws-endpoint",
            paramLabel = "URL",
            description = "Plays on EC2, in an emulator that runs already. Credentials are made up.")
    private @Nullable URI endpoint;

    @Override
    public Integer call() throws InterruptedException {
        // The story is what a person wants to read.
        Quiet.below(Level.ERROR, root().surroundings());
        if (endpoint != null && endpoint.getHost() == null) {
            throw misused("--aws-endpoint must be a URL such as http://127.0.0.1:5000, not '" + endpoint + "'.");
        }
        Stage stage = ec2 || endpoint != null ? new Ec2Stage(Optional.ofNullable(endpoint)) : new KubernetesStage();
        PrintWriter lines = root().format() == Format.TABLE
                ? root().surroundings().out()
                : root().surroundings().err();
        try (var _ = StopGuard.onThisThread()) {
            DemoReport report;
            try (var stateDir = TemporaryFolder.create("snowmelt-demo")) {
                report = stage.run(stateDir.path(), root().surroundings().clock(), line -> {
                    lines.println(line);
                    lines.flush();
                });
            }
            if (root().format() == Format.TABLE) {
                lines.println();
                report.table().forEach(lines::println);
            } else {
                root().surroundings().out().println(report.json());
            }
            lines.flush();
            return report.violations().isEmpty() ? ExitCode.OK : ExitCode.ERROR;
        }
    }
}
