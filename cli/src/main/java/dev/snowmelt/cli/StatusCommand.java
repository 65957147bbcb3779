package dev.snowmelt.cli;

import dev.snowmelt.cli.config.Config;
import dev.snowmelt.cli.kafka.FleetView;
import dev.snowmelt.cli.kafka.Part;
import dev.snowmelt.cli.output.StatusReport;
import dev.snowmelt.cli.output.StatusTables;
import dev.snowmelt.cli.output.TrustStatus;
import dev.snowmelt.schemas.topic.Topics;
import dev.snowmelt.schemas.trust.TrustedKeys;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/// `snowmelt status`: what runs where, and what is being done about it.
@Command(
        name = "status",
        description = "Shows workloads, drift, open remediations and collectors, as the topics say now.",
        footer = {
            "",
            "Examples:",
            "  snowmelt status",
            "  snowmelt status k8s:prod-eu",
            "  snowmelt status aws:123456789012:eu-west-1",
            "  snowmelt status k8s:prod-eu/shop/Deployment/cart --output json"
        })
final class StatusCommand extends SnowmeltCommand {
    @Parameters(paramLabel = "TARGET|WORKLOAD", arity = "0..1", description = "Show this one alone.")
    private String subject = "";

    @Override
    public Integer call() throws InterruptedException {
        if (!subject.isEmpty()
                && Subjects.target(subject).isEmpty()
                && Subjects.workload(subject).isEmpty()) {
            throw misused("'" + subject + "' is neither a target such as 'k8s:prod-eu' nor a workload such as"
                    + " 'k8s:prod-eu/shop/Deployment/cart'.");
        }
        Config config = config();
        Config.Kafka kafka = config.kafka();
        Topics topics = kafka.topics();
        await(
                kafka,
                List.of(
                        topics.verdicts(),
                        topics.declarations(),
                        topics.remediations(),
                        topics.overrides(),
                        topics.collectors()),
                Part.STATUS);
        FleetView fleet = FleetView.read(kafka, subject);
        var trust = TrustStatus.of(
                topics.proposals().name(),
                TrustedKeys.read(config.trust().keys()),
                fleet.declarations().values());
        var report = StatusReport.of(fleet, trust, root().surroundings().clock().instant());
        results().print(report::tree, () -> StatusTables.lines(report));
        return ExitCode.OK;
    }
}
