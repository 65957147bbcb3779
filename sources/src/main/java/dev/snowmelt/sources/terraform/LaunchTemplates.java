package dev.snowmelt.sources.terraform;

import dev.snowmelt.sources.terraform.MachineImage.Known;
import dev.snowmelt.sources.terraform.MachineImage.Unknown;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/// Which AMI a group gets from the launch template or launch configuration that it names.
///
/// Terraform knows a template's image only for its newest version, so only a group that is pinned
/// to that version has an image that can be told; `$Latest` and `$Default` change by other hands.
/// In a plan, ids and versions may be known only after it is applied; then the configuration's
/// references say what they will be.
final class LaunchTemplates {
    private static final String OTHER_FILE =
            " is not in this file; declare the group from the configuration that has both, or by hand";

    private final Show show;

    LaunchTemplates(Show show) {
        this.show = show;
    }

    /// A group's reference to a template.
    ///
    /// @param group who refers
    /// @param values `launch_template` or `launch_template_specification`
    /// @param expressions the same of the plan's configuration; missing: not known
    record Reference(Resource group, JsonNode values, JsonNode expressions) {
        String id() {
            // The provider plans the text "unknown" for the id of a template that is named.
            return Stream.of(text("id"), text("launch_template_id"))
                    .filter(id -> id.startsWith("lt-"))
                    .findFirst()
                    .orElse("");
        }

        String name() {
            String name = text("name");
            return name.isEmpty() ? text("launch_template_name") : name;
        }

        private String text(String key) {
            return Resource.text(values.path(key));
        }

        /// What an attribute refers to, as the group's module names it.
        Set<String> references(String... keys) {
            Set<String> references = new LinkedHashSet<>();
            for (String key : keys) {
                expressions.path(key).path("references").forEach(each -> references.add(Resource.text(each)));
            }
            return references;
        }
    }

    /// The image of a launch configuration.
    MachineImage configured(Resource group, String name, JsonNode expression) {
        List<Resource> found = new ArrayList<>();
        if (!name.isEmpty()) {
            found.addAll(near(
                    group,
                    named(
                            Types.LAUNCH_CONFIGURATION,
                            each -> each.text("name").equals(name)
                                    || each.text("id").equals(name))));
        } else {
            Set<String> references = new LinkedHashSet<>();
            expression.path("references").forEach(each -> references.add(Resource.text(each)));
            found.addAll(referred(Types.LAUNCH_CONFIGURATION, group, references));
        }
        return found.isEmpty()
                ? new Unknown(
                        name.isEmpty()
                                ? unknownYet("the launch configuration")
                                : "the launch configuration " + name + OTHER_FILE)
                : agreed(found, each -> MachineImage.of(each, show.plan()));
    }

    /// The image of a template in the version that a group is pinned to.
    MachineImage image(Reference reference) {
        List<Resource> found = templates(reference);
        if (found.isEmpty()) {
            String called = reference.id().isEmpty() ? reference.name() : reference.id();
            return new Unknown(
                    called.isEmpty()
                            ? unknownYet("the launch template")
                            : "the launch template " + called + OTHER_FILE);
        }
        return agreed(found, template -> version(reference, template));
    }

    private List<Resource> templates(Reference reference) {
        if (!reference.id().isEmpty()) {
            return named(Types.LAUNCH_TEMPLATE, each -> each.text("id").equals(reference.id()));
        }
        if (!reference.name().isEmpty()) {
            return near(
                    reference.group(),
                    named(Types.LAUNCH_TEMPLATE, each -> each.text("name").equals(reference.name())));
        }
        return referred(
                Types.LAUNCH_TEMPLATE,
                reference.group(),
                reference.references("id", "launch_template_id", "name", "launch_template_name"));
    }

    private MachineImage version(Reference reference, Resource template) {
        JsonNode pinned = reference.values().path("version");
        String version = pinned.isNumber() ? pinned.asString() : Resource.text(pinned);
        String newest = number(template, "latest_version");
        if (version.isEmpty() && show.plan()) {
            return planned(reference, template);
        }
        if (version.isEmpty() || version.startsWith("$")) {
            return new Unknown("runs version " + (version.isEmpty() ? "$Default" : version) + " of "
                    + template.address() + ", whatever that is at a launch; pin it: version = " + template.address()
                    + ".latest_version");
        }
        if (version.equals(newest)) {
            return MachineImage.of(template, show.plan());
        }
        // A template that the plan changes still has its present image in the version that it has now.
        return show.prior().stream()
                .filter(before -> before.address().equals(template.address()))
                .filter(before -> number(before, "latest_version").equals(version))
                .findFirst()
                .map(before -> MachineImage.of(before, false))
                .orElseGet(() -> new Unknown("runs version " + version + " of " + template.address()
                        + ", but Terraform knows only the image of its newest"
                        + (newest.isEmpty() ? "" : " (" + newest + ")")
                        + "; pin it to latest_version, or declare it by hand"));
    }

    /// The version is known only after the plan is applied: it must be the template's newest then.
    private MachineImage planned(Reference reference, Resource template) {
        Set<String> references = reference.references("version");
        boolean newest = references.contains(template.block() + ".latest_version");
        // Of a template with count or for_each the reference does not say which attribute is meant.
        boolean either =
                references.contains(template.block() + ".default_version") || references.contains(template.block());
        boolean same =
                show.creates(template) || Resource.truth(template.values().path("update_default_version"));
        if (newest || (either && same)) {
            return MachineImage.of(template, true);
        }
        return new Unknown(unknownYet("the version of " + template.address()));
    }

    private static String unknownYet(String what) {
        return what + " is known only after the plan is applied; declare from the state then";
    }

    /// Instances of a block that a module's references name. Which one an index selects is not
    /// said.
    private List<Resource> referred(String type, Resource group, Set<String> references) {
        return named(
                type,
                each -> each.module().equals(group.module())
                        && references.stream()
                                .anyMatch(reference -> reference.equals(each.block())
                                        || reference.startsWith(each.block() + ".")
                                        || reference.startsWith(each.block() + "[")));
    }

    /// Names are unique in a region of an account only.
    private static List<Resource> near(Resource group, List<Resource> found) {
        String place = place(group);
        List<Resource> near =
                found.stream().filter(each -> place(each).equals(place)).toList();
        return near.isEmpty() ? found : near;
    }

    /// Region and account of an ARN; empty: it is not known.
    private static String place(Resource resource) {
        String[] parts = resource.text("arn").split(":", 6);
        return parts.length < 6 ? "" : parts[3] + ":" + parts[4];
    }

    private List<Resource> named(String type, Predicate<Resource> test) {
        Predicate<Resource> wanted = each -> each.type().equals(type) && test.test(each);
        List<Resource> found = show.resources().stream().filter(wanted).toList();
        // Data sources that a plan has read are only in the state before it.
        return found.isEmpty()
                ? show.prior().stream().filter(Resource::data).filter(wanted).toList()
                : found;
    }

    /// Several candidates are one when all lead to the same image.
    private static MachineImage agreed(
            List<Resource> found, java.util.function.Function<Resource, MachineImage> image) {
        List<MachineImage> images = found.stream().map(image).distinct().toList();
        if (images.size() == 1) {
            return images.getFirst();
        }
        return images.stream()
                .filter(Unknown.class::isInstance)
                .findFirst()
                .orElseGet(() -> new Unknown("may run any of "
                        + String.join(
                                ", ",
                                images.stream()
                                        .map(each -> ((Known) each).ami())
                                        .toList())
                        + ": several templates are meant by that name or reference; declare from the state behind the"
                        + " plan, or by hand"));
    }

    private static String number(Resource resource, String key) {
        JsonNode value = resource.values().path(key);
        return value.isNumber() ? value.asString() : "";
    }
}
