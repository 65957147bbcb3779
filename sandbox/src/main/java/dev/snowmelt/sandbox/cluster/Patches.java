package dev.snowmelt.sandbox.cluster;

import io.fabric8.zjsonpatch.JsonPatch;
import io.fabric8.zjsonpatch.JsonPatchException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// The three kinds of patch the cluster understands: JSON patch (RFC 6902), merge patch (RFC 7386), strategic
/// merge patch. Server-side apply is answered with 415.
final class Patches {

    private static final String ACCEPTED =
            "application/json-patch+json, application/merge-patch+json, application/strategic-merge-patch+json";

    /// Lists that strategic merge merges by a key, by the name of their field, as the API types'
    /// `patchMergeKey` says.
    private static final Map<String, String> MERGE_KEYS = Map.ofEntries(
            Map.entry("containers", "name"),
            Map.entry("initContainers", "name"),
            Map.entry("ephemeralContainers", "name"),
            Map.entry("volumes", "name"),
            Map.entry("env", "name"),
            Map.entry("imagePullSecrets", "name"),
            Map.entry("resourceClaims", "name"),
            Map.entry("ports", "containerPort"),
            Map.entry("volumeMounts", "mountPath"),
            Map.entry("volumeDevices", "devicePath"),
            Map.entry("hostAliases", "ip"),
            Map.entry("conditions", "type"),
            Map.entry("ownerReferences", "uid"),
            Map.entry("podIPs", "ip"),
            Map.entry("addresses", "type"),
            Map.entry("taints", "key"),
            Map.entry("topologySpreadConstraints", "topologyKey"));

    private static final String REJECTED = "the server rejected our request due to an error in our request";

    private static final Set<String> MERGED_PRIMITIVES = Set.of("finalizers");

    private Patches() {}

    /// The object after the patch; the argument is left alone.
    ///
    /// @throws Refusal 415 for another content type, 400 or 422 for a patch that cannot be applied
    static ObjectNode apply(String contentType, ObjectNode current, byte[] body) {
        String type = contentType.replaceAll(";.*", "").strip();
        if (!Set.of(
                        "application/json-patch+json",
                        "application/merge-patch+json",
                        "application/strategic-merge-patch+json")
                .contains(type)) {
            throw Refusal.unsupportedMediaType(ACCEPTED);
        }
        JsonNode patch = Bodies.json(body);
        if (type.startsWith("application/json-patch")) {
            return jsonPatch(current, patch);
        }
        if (!(patch instanceof ObjectNode object)) {
            throw Refusal.badRequest(
                    "error decoding patch: json: cannot unmarshal into Go value of type map[string]interface {}");
        }
        return type.startsWith("application/merge-patch")
                ? merge(current.deepCopy(), object)
                : strategic(current.deepCopy(), object);
    }

    private static ObjectNode jsonPatch(ObjectNode current, JsonNode patch) {
        if (!patch.isArray()) {
            throw Refusal.badRequest(
                    "error decoding patch: json: cannot unmarshal object into Go value of type jsonpatch.Patch");
        }
        JsonNode patched = current.deepCopy();
        for (JsonNode operation : patch) {
            patched = step(patched, operation);
        }
        return (ObjectNode) patched;
    }

    /// One operation. Removing or replacing what is not there is an error, where the library is lenient.
    private static JsonNode step(JsonNode target, JsonNode operation) {
        String kind = Json.text(operation, "op");
        try {
            boolean needsTarget = Set.of("remove", "replace", "test").contains(kind);
            if (needsTarget && target.at(Json.text(operation, "path")).isMissingNode()) {
                throw Refusal.unprocessable(REJECTED);
            }
            return JsonPatch.apply(Json.array().add(operation), target);
        } catch (JsonPatchException | IllegalArgumentException e) {
            throw Refusal.unprocessable(REJECTED);
        }
    }

    static ObjectNode merge(ObjectNode target, ObjectNode patch) {
        for (Map.Entry<String, JsonNode> entry : patch.properties()) {
            String name = entry.getKey();
            JsonNode value = entry.getValue();
            if (value.isNull()) {
                target.remove(name);
            } else if (value instanceof ObjectNode object) {
                ObjectNode below = target.path(name) instanceof ObjectNode there ? there : target.putObject(name);
                merge(below, object);
            } else {
                target.set(name, value.deepCopy());
            }
        }
        return target;
    }

    private static ObjectNode strategic(ObjectNode target, ObjectNode patch) {
        if (Json.text(patch, "$patch").equals("replace")) {
            ObjectNode only = patch.deepCopy();
            only.remove("$patch");
            return only;
        }
        for (Map.Entry<String, JsonNode> entry : patch.properties()) {
            String name = entry.getKey();
            JsonNode value = entry.getValue();
            if (name.startsWith("$deleteFromPrimitiveList/")) {
                removeAll(Json.list(target, name.substring(name.indexOf('/') + 1)), value);
            } else if (name.equals("$retainKeys")) {
                retain(target, value);
            } else if (!name.startsWith("$")) { // other directives only say the order of a list, which is kept as it is
                strategicField(target, name, value);
            }
        }
        return target;
    }

    private static void strategicField(ObjectNode target, String name, JsonNode value) {
        switch (value) {
            case ObjectNode object -> strategicObject(target, name, object);
            case ArrayNode array -> strategicList(target, name, array);
            default -> {
                if (value.isNull()) {
                    target.remove(name);
                } else {
                    target.set(name, value.deepCopy());
                }
            }
        }
    }

    private static void strategicObject(ObjectNode target, String name, ObjectNode patch) {
        if (Json.text(patch, "$patch").equals("delete")) {
            target.remove(name);
            return;
        }
        ObjectNode below = target.path(name) instanceof ObjectNode there ? there : Json.object();
        target.set(name, strategic(below, patch));
    }

    private static void strategicList(ObjectNode target, String name, ArrayNode patch) {
        String key = MERGE_KEYS.get(name);
        if (MERGED_PRIMITIVES.contains(name)) {
            ArrayNode list = Json.list(target, name);
            for (JsonNode item : patch) {
                if (!contains(list, item)) {
                    list.add(item);
                }
            }
            return;
        }
        if (key == null || !(target.path(name) instanceof ArrayNode)) {
            target.set(name, withoutDirectives(patch));
            return;
        }
        List<ObjectNode> merged = new ArrayList<>(Json.objects(target.path(name)));
        boolean replace = false;
        for (ObjectNode item : Json.objects(patch)) {
            String directive = Json.text(item, "$patch");
            if (directive.equals("replace") && !item.has(key)) {
                replace = true;
                continue;
            }
            int at = indexOf(merged, key, item.path(key));
            if (directive.equals("delete")) {
                if (at >= 0) {
                    merged.remove(at);
                }
            } else if (at >= 0 && !replace) {
                merged.set(at, strategic(merged.get(at), item));
            } else {
                merged.add(item.deepCopy());
            }
        }
        target.set(name, replace ? withoutDirectives(patch) : Json.array().addAll(merged));
    }

    private static ArrayNode withoutDirectives(ArrayNode patch) {
        ArrayNode list = Json.array();
        for (JsonNode item : patch) {
            if (!item.has("$patch")) {
                list.add(item.deepCopy());
            }
        }
        return list;
    }

    private static int indexOf(List<ObjectNode> list, String key, JsonNode value) {
        for (int i = 0; i < list.size(); i++) {
            if (list.get(i).path(key).equals(value)) {
                return i;
            }
        }
        return -1;
    }

    private static boolean contains(ArrayNode list, JsonNode value) {
        return list.valueStream().anyMatch(value::equals);
    }

    private static void removeAll(ArrayNode list, JsonNode values) {
        list.removeIf(item -> values.valueStream().anyMatch(item::equals));
    }

    private static void retain(ObjectNode target, JsonNode names) {
        List<String> kept = names.valueStream().map(n -> n.asString("")).toList();
        target.retain(kept);
    }
}
