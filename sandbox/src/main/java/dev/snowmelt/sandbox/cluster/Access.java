package dev.snowmelt.sandbox.cluster;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// Who a bearer token is, and what they may do. Until the first user is added everything is allowed to
/// everybody.
final class Access {

    static final String ADMIN_TOKEN = "admin";

    private record User(String name, List<AccessRule> rules) {}

    private final Map<String, User> users = new ConcurrentHashMap<>();

    void add(String token, String name, List<AccessRule> rules) {
        users.put(token, new User(name, List.copyOf(rules)));
    }

    /// The user's name.
    ///
    /// @throws Refusal 401 for a token nobody has
    String authenticate(String token) {
        if (token.equals(ADMIN_TOKEN)) {
            return "kubernetes-admin";
        }
        User user = users.get(token);
        if (user != null) {
            return user.name();
        }
        if (users.isEmpty()) {
            return "system:anonymous";
        }
        throw Refusal.unauthorized();
    }

    boolean allows(String token, String verb, String group, String resource, String namespace, String name) {
        User user = users.get(token);
        return token.equals(ADMIN_TOKEN)
                || users.isEmpty()
                || (user != null
                        && user.rules().stream().anyMatch(rule -> rule.allows(verb, group, resource, namespace, name)));
    }

    /// @throws Refusal 403 in the words of a real server
    void authorize(String token, String user, Request request) {
        ResourceType type = request.type();
        String name = request.verb().equals("create") && request.subresource().isEmpty() ? "" : request.name();
        if (!allows(token, request.verb(), type.group(), request.resource(), request.namespace(), name)) {
            String scope = request.namespace().isEmpty()
                    ? "at the cluster scope"
                    : "in the namespace \"%s\"".formatted(request.namespace());
            throw Refusal.forbidden(
                    type,
                    name,
                    "User \"%s\" cannot %s resource \"%s\" in API group \"%s\" %s"
                            .formatted(user, request.verb(), request.resource(), type.group(), scope));
        }
    }
}
