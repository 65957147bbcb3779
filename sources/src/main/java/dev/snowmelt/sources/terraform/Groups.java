package dev.snowmelt.sources.terraform;

import dev.snowmelt.schemas.id.MalformedIdException;
import dev.snowmelt.schemas.id.TargetId;
import dev.snowmelt.schemas.id.WorkloadId;
import dev.snowmelt.sources.Found.Unresolved;
import dev.snowmelt.sources.Targets;
import dev.snowmelt.sources.terraform.LaunchTemplates.Reference;
import dev.snowmelt.sources.terraform.MachineImage.Known;
import dev.snowmelt.sources.terraform.MachineImage.Unknown;
import dev.snowmelt.v1.DeclarationSpec;
import dev.snowmelt.v1.Declare;
import dev.snowmelt.v1.DeclaredContainer;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.SequencedSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/// Declares Auto Scaling groups: the account and region of their ARN, the image of what they
/// launch.
final class Groups {
    private static final Pattern ARN =
            Pattern.compile("arn:[a-z-]+:autoscaling:([a-z0-9-]+):([0-9]{12}):.*", Pattern.DOTALL);
    /// A zone's name begins with its region's: `eu-west-1a`, `us-west-2-lax-1a`.
    private static final Pattern ZONE = Pattern.compile("([a-z]{2}(?:-[a-z]+)+-[0-9]+).*");

    private final Show show;
    private final LaunchTemplates templates;
    private final Targets targets;
    private final List<Unresolved> unresolved;

    /// @param unresolved gets what cannot be declared
    Groups(Show show, Targets targets, List<Unresolved> unresolved) {
        this.show = show;
        this.templates = new LaunchTemplates(show);
        this.targets = targets;
        this.unresolved = unresolved;
    }

    /// @param place where the group stands
    Optional<Declare> declare(String place, Resource group) {
        List<String> faults = new ArrayList<>();
        Optional<WorkloadId> workload = workload(group, faults);
        Optional<DeclaredContainer> image = image(group, faults);
        faults.stream().distinct().forEach(fault -> unresolved.add(new Unresolved(place, fault)));
        return faults.isEmpty() && workload.isPresent()
                ? image.map(ami -> Declare.newBuilder()
                        .setWorkload(workload.get().toString())
                        .setSpec(DeclarationSpec.newBuilder().addContainers(ami))
                        .build())
                : Optional.empty();
    }

    private Optional<WorkloadId> workload(Resource group, List<String> faults) {
        Optional<TargetId> target = target(group, faults);
        if (group.hides("name")) {
            faults.add("its name is sensitive, and a declaration is read by everybody: mark it nonsensitive()");
            return Optional.empty();
        }
        if (group.text("name").isEmpty()) {
            faults.add(
                    show.plan()
                            ? "its name is known only after the plan is applied; declare from the state then"
                            : "it has no name");
            return Optional.empty();
        }
        try {
            return target.map(in -> new WorkloadId(in, "", WorkloadId.ASG, group.text("name")));
        } catch (MalformedIdException e) {
            faults.add(String.valueOf(e.getMessage()));
            return Optional.empty();
        }
    }

    private Optional<TargetId> target(Resource group, List<String> faults) {
        Matcher arn = ARN.matcher(group.text("arn"));
        if (arn.matches()) {
            try {
                var target = new TargetId(TargetId.Platform.AWS, arn.group(2) + ":" + arn.group(1));
                if (targets.account().filter(named -> !named.equals(target)).isPresent()) {
                    faults.add(
                            "is in " + target + ", not in " + targets.account().get() + " as --target says");
                }
                return Optional.of(target);
            } catch (MalformedIdException e) {
                faults.add(String.valueOf(e.getMessage()));
                return Optional.empty();
            }
        }
        Optional<TargetId> target = targets.account();
        String region = region(group);
        if (target.isEmpty()) {
            faults.add("its ARN, and so its account and region, is known only after the plan is applied; add --target"
                    + " aws:ACCOUNT:" + (region.isEmpty() ? "REGION" : region));
        } else if (!region.isEmpty() && !target.get().name().endsWith(":" + region)) {
            faults.add("its zones are in " + region + ", not in " + target.get() + " as --target says");
        }
        return target;
    }

    private static String region(Resource group) {
        for (JsonNode zone : group.values().path("availability_zones")) {
            Matcher matcher = ZONE.matcher(Resource.text(zone));
            if (matcher.matches()) {
                return matcher.group(1);
            }
        }
        return "";
    }

    private Optional<DeclaredContainer> image(Resource group, List<String> faults) {
        SequencedSet<String> images = new LinkedHashSet<>();
        for (MachineImage image : images(group)) {
            switch (image) {
                case Known known -> images.add(known.ami());
                case Unknown unknown -> faults.add(unknown.why());
            }
        }
        if (images.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(DeclaredContainer.newBuilder()
                .setName("ami")
                .setImage(images.removeFirst())
                .addAllDigests(images)
                .build());
    }

    /// The main image first, then those of the overrides.
    private List<MachineImage> images(Resource group) {
        JsonNode values = group.values();
        JsonNode expressions = show.expressions(group);
        if (hidden(group)) {
            return List.of(new Unknown("what it launches is sensitive; mark it nonsensitive(), or declare it by hand"));
        }
        if (present(values.path("launch_template"))) {
            return List.of(templates.image(new Reference(
                    group,
                    values.path("launch_template").path(0),
                    expressions.path("launch_template").path(0))));
        }
        if (present(values.path("mixed_instances_policy"))) {
            return mixed(group, values, expressions);
        }
        String configuration = group.text("launch_configuration");
        JsonNode expression = expressions.path("launch_configuration");
        if (!configuration.isEmpty() || !expression.path("references").isEmpty()) {
            return List.of(templates.configured(group, configuration, expression));
        }
        return List.of(new Unknown(
                show.plan()
                        ? "what it launches is known only after the plan is applied; declare from the state then"
                        : "it names neither a launch template nor a launch configuration"));
    }

    private List<MachineImage> mixed(Resource group, JsonNode values, JsonNode expressions) {
        JsonNode policy = values.path("mixed_instances_policy")
                .path(0)
                .path("launch_template")
                .path(0);
        JsonNode configured = expressions
                .path("mixed_instances_policy")
                .path(0)
                .path("launch_template")
                .path(0);
        List<MachineImage> images = new ArrayList<>();
        images.add(specified(group, policy, configured));
        JsonNode overrides = policy.path("override");
        for (int i = 0; i < overrides.size(); i++) {
            // An override without a template of its own takes the main one.
            if (present(overrides.path(i).path("launch_template_specification"))) {
                images.add(specified(
                        group, overrides.path(i), configured.path("override").path(i)));
            }
        }
        return images;
    }

    private MachineImage specified(Resource group, JsonNode values, JsonNode expressions) {
        return templates.image(new Reference(
                group,
                values.path("launch_template_specification").path(0),
                expressions.path("launch_template_specification").path(0)));
    }

    private static boolean hidden(Resource group) {
        return group.hides("launch_template")
                || group.hides("mixed_instances_policy")
                || group.hides("launch_configuration");
    }

    private static boolean present(JsonNode list) {
        return list.isArray() && !list.isEmpty();
    }
}
