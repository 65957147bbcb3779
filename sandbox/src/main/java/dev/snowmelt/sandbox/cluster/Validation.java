package dev.snowmelt.sandbox.cluster;

import dev.snowmelt.sandbox.cluster.Refusal.Fault;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// What a server refuses with 422: the part of validation that a tool which changes workloads meets.
final class Validation {

    private static final Pattern NAME = Pattern.compile("[a-z0-9]([-a-z0-9.]*[a-z0-9])?");
    private static final Set<String> CHANGEABLE_IN_A_POD = Set.of("activeDeadlineSeconds", "tolerations");
    private static final Set<String> CHANGEABLE_IN_A_STATEFUL_SET = Set.of(
            "replicas",
            "ordinals",
            "template",
            "updateStrategy",
            "revisionHistoryLimit",
            "persistentVolumeClaimRetentionPolicy",
            "minReadySeconds");

    private Validation() {}

    static void created(ResourceType type, ObjectNode object) {
        List<Fault> faults = new ArrayList<>();
        String name = Json.text(object, "metadata", "name");
        if (name.isEmpty()) {
            faults.add(required("metadata.name", "name or generateName is required"));
        } else if (!NAME.matcher(name).matches() || name.length() > 253) {
            faults.add(new Fault(
                    "FieldValueInvalid",
                    "metadata.name",
                    "Invalid value: \"%s\": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')"
                            .formatted(name)));
        }
        if (type == ResourceType.PODS) {
            podSpec(object.path("spec"), "spec", faults);
        } else if (object.path("spec").has("template") || type.subresources().contains("scale")) {
            template(object.path("spec"), faults);
        }
        check(type, name, faults);
    }

    private static void template(JsonNode spec, List<Fault> faults) {
        if (spec.path("selector").isEmpty()) {
            faults.add(required("spec.selector", ""));
        }
        if (!Selector.ofObject(spec.path("selector"))
                .test(Json.strings(Json.at(spec, "template", "metadata", "labels")))) {
            faults.add(new Fault(
                    "FieldValueInvalid",
                    "spec.template.metadata.labels",
                    "Invalid value: %s: `selector` does not match template `labels`"
                            .formatted(Json.at(spec, "template", "metadata", "labels"))));
        }
        podSpec(Json.at(spec, "template", "spec"), "spec.template.spec", faults);
    }

    private static void podSpec(JsonNode spec, String path, List<Fault> faults) {
        if (spec.path("containers").isEmpty()) {
            faults.add(required(path + ".containers", ""));
        }
        Set<String> names = new HashSet<>();
        int index = 0;
        for (ObjectNode container : Json.objects(spec.path("containers"))) {
            String at = "%s.containers[%d]".formatted(path, index++);
            String name = Json.text(container, "name");
            if (name.isEmpty()) {
                faults.add(required(at + ".name", ""));
            } else if (!names.add(name)) {
                faults.add(new Fault("FieldValueDuplicate", at + ".name", "Duplicate value: \"" + name + "\""));
            }
            if (Json.text(container, "image").isEmpty()) {
                faults.add(required(at + ".image", ""));
            }
        }
    }

    static void updated(ResourceType type, ObjectNode old, ObjectNode now) {
        List<Fault> faults = new ArrayList<>();
        String name = Json.text(old, "metadata", "name");
        if (type == ResourceType.PODS) {
            podUpdate(old.path("spec"), now.path("spec"), faults);
        } else if (type.subresources().contains("scale") || type == ResourceType.DAEMON_SETS) {
            template(now.path("spec"), faults);
            if (!old.path("spec").path("selector").equals(now.path("spec").path("selector"))
                    && type != ResourceType.STATEFUL_SETS) {
                faults.add(new Fault(
                        "FieldValueInvalid",
                        "spec.selector",
                        "Invalid value: %s: field is immutable"
                                .formatted(now.path("spec").path("selector"))));
            }
            if (type == ResourceType.STATEFUL_SETS
                    && !without(old.path("spec"), CHANGEABLE_IN_A_STATEFUL_SET)
                            .equals(without(now.path("spec"), CHANGEABLE_IN_A_STATEFUL_SET))) {
                faults.add(
                        forbidden(
                                "spec",
                                "updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', 'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden"));
            }
        }
        check(type, name, faults);
    }

    private static void podUpdate(JsonNode old, JsonNode now, List<Fault> faults) {
        for (String list : List.of("containers", "initContainers")) {
            if (old.path(list).size() != now.path(list).size()) {
                faults.add(forbidden("spec." + list, "pod updates may not add or remove containers"));
                return;
            }
        }
        int added = now.path("tolerations").size();
        for (JsonNode toleration : old.path("tolerations")) {
            if (now.path("tolerations").valueStream().noneMatch(toleration::equals)) {
                faults.add(forbidden(
                        "spec.tolerations", "existing toleration can not be modified except its tolerationSeconds"));
            }
        }
        podSpec(now, "spec", faults);
        if (added < old.path("tolerations").size() || !fixed(old).equals(fixed(now))) {
            faults.add(
                    forbidden(
                            "spec",
                            "pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)"));
        }
    }

    /// A pod's spec without what may change: what is left must stay.
    private static ObjectNode fixed(JsonNode spec) {
        ObjectNode fixed = without(spec, CHANGEABLE_IN_A_POD);
        for (String list : List.of("containers", "initContainers")) {
            Json.objects(fixed.path(list)).forEach(container -> container.remove("image"));
        }
        return fixed;
    }

    private static ObjectNode without(JsonNode spec, Set<String> names) {
        ObjectNode copy = spec instanceof ObjectNode object ? object.deepCopy() : Json.object();
        copy.remove(names);
        return copy;
    }

    /// Ephemeral containers are only ever added, and only through their subresource.
    static void ephemeral(ObjectNode old, ObjectNode now) {
        List<Fault> faults = new ArrayList<>();
        List<ObjectNode> before = Json.objects(Json.at(old, "spec", "ephemeralContainers"));
        List<ObjectNode> after = Json.objects(Json.at(now, "spec", "ephemeralContainers"));
        for (ObjectNode container : before) {
            String name = Json.text(container, "name");
            if (after.stream().noneMatch(c -> Json.text(c, "name").equals(name))) {
                faults.add(forbidden(
                        "spec.ephemeralContainers",
                        "existing ephemeral containers \"%s\" may not be removed\n".formatted(name)));
            } else if (after.stream().noneMatch(container::equals)) {
                faults.add(forbidden(
                        "spec.ephemeralContainers",
                        "existing ephemeral containers \"%s\" may not be changed\n".formatted(name)));
            }
        }
        for (int i = 0; i < after.size(); i++) {

            for (String field : List.of("name", "image")) {
                if (Json.text(after.get(i), field).isEmpty()) {
                    faults.add(required("spec.ephemeralContainers[%d].%s".formatted(i, field), ""));
                }
            }
        }
        check(ResourceType.PODS, Json.text(old, "metadata", "name"), faults);
    }

    static void check(ResourceType type, String name, List<Fault> faults) {
        if (!faults.isEmpty()) {
            throw Refusal.invalid(type, name, faults);
        }
    }

    private static Fault required(String field, String message) {
        return new Fault(
                "FieldValueRequired", field, message.isEmpty() ? "Required value" : "Required value: " + message);
    }

    static Fault forbidden(String field, String message) {
        return new Fault("FieldValueForbidden", field, "Forbidden: " + message);
    }
}
