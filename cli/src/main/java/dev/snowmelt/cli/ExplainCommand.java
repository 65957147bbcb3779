package dev.snowmelt.cli;

import dev.snowmelt.cli.config.Config;
import dev.snowmelt.cli.kafka.FleetView;
import dev.snowmelt.cli.kafka.Part;
import dev.snowmelt.cli.output.Explanation;
import dev.snowmelt.cli.output.Results;
import dev.snowmelt.schemas.id.InstanceId;
import dev.snowmelt.schemas.id.MalformedIdException;
import dev.snowmelt.schemas.id.SubjectKey;
import dev.snowmelt.schemas.topic.Topics;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/// `snowmelt explain`: what is known of one instance, and why it is (not) replaced.
@Command(
        name = "explain",
        description = "Says what one instance is, what differs, and why it is or is not being replaced.",
        footer = {
            "",
            "Examples:",
            "  snowmelt explain cart-7d9f-x2x4l",
            "  snowmelt explain shop/cart-7d9f-x2x4l",
            "  snowmelt explain k8s:prod-eu/shop/pod/cart-7d9f-x2x4l/0b9e8a6e-1c2d-4e5f-8a9b-0c1d2e3f4a5b",
            "  snowmelt explain k8s:prod-eu/shop/Deployment/cart",
            "  snowmelt explain i-0123456789abcdef0",
            "  snowmelt explain aws:123456789012:eu-west-1/asg/web"
        })
final class ExplainCommand extends SnowmeltCommand {
    @Parameters(
            paramLabel = "INSTANCE",
            description =
                    "Its id, a pod as NAMESPACE/NAME or NAME, an EC2 instance as i-..., or a workload (its template).")
    private String asked = "";

    @Override
    public Integer call() throws InterruptedException {
        Config.Kafka kafka = config().kafka();
        Topics topics = kafka.topics();
        await(
                kafka,
                List.of(topics.verdicts(), topics.declarations(), topics.remediations(), topics.overrides()),
                Part.STATUS);
        FleetView fleet = FleetView.read(kafka, target());
        List<SubjectKey> found = found(fleet);
        if (found.isEmpty()) {
            throw new CliException("Nothing is known of " + asked + ". See 'snowmelt status'.");
        }
        var now = root().surroundings().clock().instant();
        List<Explanation> explanations =
                found.stream().map(key -> Explanation.of(fleet, key, now)).toList();
        results()
                .print(
                        () -> {
                            var tree = Results.object();
                            var list = tree.putArray("explanations");
                            explanations.forEach(each -> list.add(each.tree()));
                            return tree;
                        },
                        () -> {
                            List<String> lines = new ArrayList<>();
                            for (Explanation each : explanations) {
                                lines.addAll(lines.isEmpty() ? List.of() : List.of(""));
                                lines.addAll(each.lines());
                            }
                            return lines;
                        });
        return ExitCode.OK;
    }

    /// The target that an id names; empty for a bare name, which may be in any.
    private String target() {
        String first = asked.split("/", 2)[0];
        return Subjects.target(first).isPresent() ? first : "";
    }

    private List<SubjectKey> found(FleetView fleet) {
        Set<SubjectKey> keys = new TreeSet<>((a, b) -> a.toString().compareTo(b.toString()));
        keys.addAll(fleet.verdicts().keySet());
        keys.addAll(fleet.remediations().keySet());
        return keys.stream().filter(this::isAsked).toList();
    }

    private boolean isAsked(SubjectKey key) {
        return switch (key) {
            case SubjectKey.OfWorkload workload ->
                workload.workload().toString().equals(asked);
            case SubjectKey.OfInstance instance -> isAsked(instance.instance());
            case SubjectKey.OfSnapshot _ -> false;
        };
    }

    private boolean isAsked(InstanceId instance) {
        try {
            return instance.equals(InstanceId.parse(asked));
        } catch (MalformedIdException _) {
            return asked.equals(instance.name()) || asked.equals(instance.namespace() + "/" + instance.name());
        }
    }
}
