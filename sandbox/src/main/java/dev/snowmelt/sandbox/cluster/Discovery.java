package dev.snowmelt.sandbox.cluster;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// What a client asks before it asks for resources: versions, groups, resources, health.
final class Discovery {

    private static final List<String> VERBS =
            List.of("create", "delete", "deletecollection", "get", "list", "patch", "update", "watch");

    private final String version;

    /// @param version such as `1.34.0`
    Discovery(String version) {
        this.version = version;
    }

    /// The body for a path that is no resource's; empty when there is nothing there.
    Optional<byte[]> answer(String path) {
        String trimmed = path.endsWith("/") && path.length() > 1 ? path.substring(0, path.length() - 1) : path;
        return switch (trimmed) {
            case "/healthz", "/livez", "/readyz" -> Optional.of("ok".getBytes(StandardCharsets.UTF_8));
            case "/version" -> Optional.of(Json.bytes(version()));
            case "/api" -> Optional.of(Json.bytes(coreVersions()));
            case "/apis" -> Optional.of(Json.bytes(groups()));
            case "/api/v1" -> Optional.of(Json.bytes(resources("", "v1")));
            default -> groupOrVersion(trimmed);
        };
    }

    private Optional<byte[]> groupOrVersion(String path) {
        if (!path.startsWith("/apis/")) {
            return Optional.empty();
        }
        String[] parts = path.substring("/apis/".length()).split("/", -1);
        boolean known = ResourceType.ALL.stream()
                .anyMatch(t -> !t.group().isEmpty() && t.group().equals(parts[0]));
        if (!known || parts.length > 2) {
            return Optional.empty();
        }
        return switch (parts.length) {
            case 1 -> {
                ObjectNode group = group(parts[0]);
                group.put("kind", "APIGroup").put("apiVersion", "v1");
                yield Optional.of(Json.bytes(group));
            }
            default -> parts[1].equals("v1") ? Optional.of(Json.bytes(resources(parts[0], "v1"))) : Optional.empty();
        };
    }

    private ObjectNode version() {
        String[] numbers = version.split("\\.", -1);
        ObjectNode info = Json.object();
        info.put("major", numbers[0]).put("minor", numbers[1]).put("gitVersion", "v" + version);
        info.put("gitCommit", "0000000000000000000000000000000000000000").put("gitTreeState", "clean");
        info.put("buildDate", "2026-01-01T00:00:00Z").put("goVersion", "go1.25.0");
        return info.put("compiler", "gc").put("platform", "linux/amd64");
    }

    private static ObjectNode coreVersions() {
        ObjectNode versions = Json.object();
        versions.put("kind", "APIVersions");
        versions.putArray("versions").add("v1");
        versions.putArray("serverAddressByClientCIDRs")
                .addObject()
                .put("clientCIDR", "0.0.0.0/0")
                .put("serverAddress", "127.0.0.1");
        return versions;
    }

    private static ObjectNode groups() {
        ObjectNode list = Json.object();
        list.put("kind", "APIGroupList").put("apiVersion", "v1");
        ArrayNode groups = list.putArray("groups");
        ResourceType.ALL.stream()
                .map(ResourceType::group)
                .filter(group -> !group.isEmpty())
                .distinct()
                .forEach(group -> groups.add(group(group)));
        return list;
    }

    private static ObjectNode group(String name) {
        ObjectNode group = Json.object();
        group.put("name", name);
        group.putArray("versions").addObject().put("groupVersion", name + "/v1").put("version", "v1");
        group.putObject("preferredVersion").put("groupVersion", name + "/v1").put("version", "v1");
        return group;
    }

    private static ObjectNode resources(String group, String version) {
        ObjectNode list = Json.object();
        list.put("kind", "APIResourceList").put("apiVersion", "v1");
        list.put("groupVersion", group.isEmpty() ? version : group + "/" + version);
        ArrayNode resources = list.putArray("resources");
        for (ResourceType type : ResourceType.ALL) {
            if (!type.group().equals(group)) {
                continue;
            }
            ObjectNode main = resources.addObject();
            main.put("name", type.plural()).put("singularName", type.kind().toLowerCase(java.util.Locale.ROOT));
            main.put("namespaced", type.namespaced()).put("kind", type.kind());
            ArrayNode verbs = main.putArray("verbs");
            VERBS.forEach(verbs::add);
            if (!type.shortNames().isEmpty()) {
                ArrayNode shorts = main.putArray("shortNames");
                type.shortNames().forEach(shorts::add);
            }
            type.subresources().forEach(sub -> resources.add(subresource(type, sub)));
        }
        return list;
    }

    private static ObjectNode subresource(ResourceType type, String name) {
        ObjectNode sub = Json.object();
        sub.put("name", type.plural() + "/" + name).put("singularName", "").put("namespaced", type.namespaced());
        switch (name) {
            case "eviction" -> {
                sub.put("group", "policy").put("version", "v1").put("kind", "Eviction");
                sub.putArray("verbs").add("create");
            }
            case "scale" -> {
                sub.put("group", "autoscaling").put("version", "v1").put("kind", "Scale");
                sub.putArray("verbs").add("get").add("patch").add("update");
            }
            default -> {
                sub.put("kind", type.kind());
                sub.putArray("verbs").add("get").add("patch").add("update");
            }
        }
        return sub;
    }
}
