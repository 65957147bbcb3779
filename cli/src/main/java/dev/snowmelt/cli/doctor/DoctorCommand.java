package dev.snowmelt.cli.doctor;

import dev.snowmelt.cli.ExitCode;
import dev.snowmelt.cli.SnowmeltCommand;
import dev.snowmelt.cli.TargetOptions;
import dev.snowmelt.cli.config.Config;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `snowmelt doctor`: what a role would trip over, before it does.
@Command(
        name = "doctor",
        description = {
            "Checks everything that the roles rest on: Kafka, topics and their settings, ACLs, groups and lag, silent",
            "collectors, Kubernetes and IAM rights, clocks, registries, keys, disk. It looks and changes nothing.",
            "Exit code 0: nothing failed (warnings are allowed); 1: something did. SKIPPED is not known, never well."
        },
        footer = {
            "",
            "Examples:",
            "  snowmelt doctor",
            "  snowmelt doctor --bootstrap-server kafka:9092 --context prod-eu",
            "  snowmelt doctor --role collect --target aws:123456789012:eu-west-1 --output json",
            "  kubectl -n snowmelt exec statefulset/snowmelt-remediator -- snowmelt doctor --role remediate"
        })
public final class DoctorCommand extends SnowmeltCommand {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @Mixin
    private TargetOptions targets = new TargetOptions();

    @Option(
            names = "--role",
            paramLabel = "ROLE",
            split = ",",
            description = "collect, detect or remediate: ask for what this role needs (all three).")
    private List<ProcessRole> roles = List.of();

    @Override
    public Integer call() throws InterruptedException {
        Map<String, String> options = new HashMap<>();
        targets.into(options);
        Config config = root().config(options);
        var report = new DoctorReport(new Doctor(root().patience(PATIENCE)).examine(examinations(config)));
        results().print(report::tree, report::lines);
        return report.well() ? ExitCode.OK : ExitCode.ERROR;
    }

    private List<Examination> examinations(Config config) {
        Asked asked = Asked.of(roles);
        var surroundings = root().surroundings();
        List<Examination> all = new ArrayList<>();
        all.add(new KafkaExamination(config, surroundings.environment(), asked, surroundings.clock()));
        // A detector reaches neither a cluster nor AWS, and has no credentials there, whatever its settings name.
        if (asked.aboutClusters()
                && (config.kubernetes().named() || config.aws().targets().isEmpty())) {
            all.add(new ClusterExamination(config.kubernetes(), asked.roles(), surroundings.clock()));
        }
        if (asked.aboutAws()) {
            config.aws()
                    .targets()
                    .forEach(target -> all.add(new AwsExamination(target, asked.roles(), surroundings.clock())));
        }
        all.add(new LocalExamination(config, asked));
        return all;
    }
}
