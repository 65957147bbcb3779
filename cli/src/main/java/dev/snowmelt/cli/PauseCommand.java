package dev.snowmelt.cli;

import dev.snowmelt.v1.Override.Kind;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `snowmelt pause`: nothing is terminated until somebody resumes.
@Command(
        name = "pause",
        description = "Stops every termination in a target, in a workload or everywhere, until 'snowmelt resume'.",
        footer = {
            "",
            "Examples:",
            "  snowmelt pause k8s:prod-eu --reason 'incident 4711'",
            "  snowmelt pause k8s:prod-eu/shop/Deployment/cart --for 2h",
            "  snowmelt pause aws:123456789012:eu-west-1/asg/web --reason 'load test'",
            "  snowmelt pause --all"
        })
final class PauseCommand extends SnowmeltCommand {
    @Parameters(paramLabel = "TARGET|WORKLOAD", arity = "0..1", description = "What to pause.")
    private String subject = "";

    @Option(names = "--all", description = "Pause every target.")
    private boolean everything;

    @Option(names = "--for", paramLabel = "DURATION", description = "End by itself after so long.")
    private @Nullable Duration during;

    @Option(names = "--reason", paramLabel = "TEXT", description = "Why; shown by status and explain.")
    private String reason = "";

    @Override
    public Integer call() throws InterruptedException {
        var override = Subjects.override(this, subject, everything, Kind.PAUSE);
        var proposal = Subjects.proposal(
                override,
                Optional.ofNullable(during),
                reason,
                root().surroundings().clock());
        return Proposing.propose(this, config(), List.of(proposal), List.of(override.getSubject()));
    }
}
