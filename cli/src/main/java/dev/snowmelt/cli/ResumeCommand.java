package dev.snowmelt.cli;

import dev.snowmelt.v1.Override.Kind;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `snowmelt resume`: a person says to go on.
@Command(
        name = "resume",
        description = {
            "Ends the pause of a target, of a workload or of everything, closes its breaker,",
            "and lifts suspensions that began before now."
        },
        footer = {
            "",
            "Examples:",
            "  snowmelt resume k8s:prod-eu",
            "  snowmelt resume k8s:prod-eu/shop/Deployment/cart --reason 'registry fixed'",
            "  snowmelt resume aws:123456789012:eu-west-1/asg/web",
            "  snowmelt resume --all"
        })
final class ResumeCommand extends SnowmeltCommand {
    @Parameters(paramLabel = "TARGET|WORKLOAD", arity = "0..1", description = "What to resume.")
    private String subject = "";

    @Option(names = "--all", description = "Resume every target.")
    private boolean everything;

    @Option(names = "--reason", paramLabel = "TEXT", description = "Why.")
    private String reason = "";

    @Override
    public Integer call() throws InterruptedException {
        var override = Subjects.override(this, subject, everything, Kind.RESUME);
        var proposal = Subjects.proposal(
                override, Optional.empty(), reason, root().surroundings().clock());
        return Proposing.propose(this, config(), List.of(proposal), List.of(override.getSubject()));
    }
}
