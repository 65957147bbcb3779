package dev.snowmelt.sandbox.cluster;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A request for a resource, taken apart: RBAC's verb, the resource, where and which.
///
/// @param namespace "" for all namespaces or a resource without one
/// @param name "" for the collection
/// @param subresource "" for the object itself
@SuppressWarnings("ArrayRecordComponent") // never changed and never compared
record Request(
        String verb,
        ResourceType type,
        String namespace,
        String name,
        String subresource,
        Map<String, String> query,
        String contentType,
        byte[] body) {

    /// Of a path such as `/apis/apps/v1/namespaces/shop/deployments/cart/scale`; empty when it is no
    /// resource's.
    static Optional<Request> parse(
            String method, String path, Map<String, String> query, String contentType, byte[] body) {
        List<String> parts = Arrays.stream(path.split("/", -1))
                .filter(part -> !part.isEmpty())
                .toList();
        if (parts.size() < 3
                || (!parts.getFirst().equals("api") && (!parts.getFirst().equals("apis") || parts.size() < 4))) {
            return Optional.empty();
        }
        boolean core = parts.getFirst().equals("api");
        String group = core ? "" : parts.get(1);
        String version = parts.get(core ? 1 : 2);
        List<String> rest = parts.subList(core ? 2 : 3, parts.size());
        String namespace = "";
        if (rest.getFirst().equals("namespaces")
                && rest.size() >= 3
                && !List.of("status", "finalize").contains(rest.get(2))) {
            namespace = rest.get(1);
            rest = rest.subList(2, rest.size());
        }
        String name = rest.size() > 1 ? rest.get(1) : "";
        String subresource = rest.size() > 2 ? rest.get(2) : "";
        String where = rest.getFirst().equals("namespaces") ? name : namespace;
        return ResourceType.find(group, version, rest.getFirst())
                .filter(type -> subresource.isEmpty() || type.subresources().contains(subresource))
                .map(type -> new Request(
                        verb(method, name, query), type, where, name, subresource, query, contentType, body));
    }

    private static String verb(String method, String name, Map<String, String> query) {
        boolean watch = List.of("true", "1").contains(query.getOrDefault("watch", ""));
        return switch (method) {
            case "GET", "HEAD" -> !name.isEmpty() ? "get" : watch ? "watch" : "list";
            case "POST" -> "create";
            case "PUT" -> "update";
            case "PATCH" -> "patch";
            case "DELETE" -> name.isEmpty() ? "deletecollection" : "delete";
            default -> method;
        };
    }

    /// As RBAC names it: `pods/eviction`.
    String resource() {
        return subresource.isEmpty() ? type.plural() : type.plural() + "/" + subresource;
    }

    /// Where the object is stored: namespaces themselves are in none.
    String home() {
        return type.namespaced() ? namespace : "";
    }

    @Nullable String param(String key) {
        String value = query.get(key);
        return value == null || value.isEmpty() ? null : value;
    }

    boolean flag(String key) {
        return List.of("true", "1").contains(query.getOrDefault(key, ""));
    }

    boolean isDryRun() {
        return param("dryRun") != null;
    }

    boolean isWrite() {
        return !List.of("get", "list", "watch").contains(verb);
    }
}
