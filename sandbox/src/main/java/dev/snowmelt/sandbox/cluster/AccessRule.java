package dev.snowmelt.sandbox.cluster;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.rbac.ClusterRole;
import io.fabric8.kubernetes.api.model.rbac.PolicyRule;
import io.fabric8.kubernetes.api.model.rbac.Role;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/// One rule of RBAC: these verbs on these resources. `*` in a set is any; resources may name a subresource
/// (`pods/eviction`).
///
/// @param namespace where it holds; "" is everywhere, cluster-scoped resources included
/// @param names of objects it is limited to; empty is all. As in RBAC, such a rule never allows create or list
/// of all
public record AccessRule(
        Set<String> groups, Set<String> resources, Set<String> verbs, Set<String> names, String namespace) {

    public AccessRule {
        groups = Set.copyOf(groups);
        resources = Set.copyOf(resources);
        verbs = Set.copyOf(verbs);
        names = Set.copyOf(names);
    }

    /// The rules of a manifest's ClusterRoles (everywhere) and Roles (in their namespace; a Role that names
    /// none holds in `namespace`). Other documents in it, such as bindings and service accounts, are left out.
    public static List<AccessRule> parse(String manifest, String namespace) {
        List<AccessRule> rules = new ArrayList<>();
        KubernetesSerialization serialization = new KubernetesSerialization();
        for (String document : List.of(manifest.split("(?m)^---\\s*$", -1))) {
            if (document.isBlank()) {
                continue;
            }
            Object parsed = serialization.unmarshal(document);
            if (parsed instanceof ClusterRole role) {
                role.getRules().forEach(rule -> rules.add(of(rule, "")));
            } else if (parsed instanceof Role role) {
                String home = namespaceOf(role, namespace);
                role.getRules().forEach(rule -> rules.add(of(rule, home)));
            }
        }
        return rules;
    }

    private static String namespaceOf(HasMetadata role, String fallback) {
        String namespace = role.getMetadata().getNamespace();
        return namespace == null || namespace.isEmpty() ? fallback : namespace;
    }

    private static AccessRule of(PolicyRule rule, String namespace) {
        return new AccessRule(
                Set.copyOf(rule.getApiGroups()),
                Set.copyOf(rule.getResources()),
                Set.copyOf(rule.getVerbs()),
                Set.copyOf(rule.getResourceNames()),
                namespace);
    }

    /// @param where the request's namespace, "" when it spans all or the resource has none
    boolean allows(String verb, String group, String resource, String where, String name) {
        return in(verbs, verb)
                && in(groups, group)
                && in(resources, resource)
                && (namespace.isEmpty() || namespace.equals(where))
                && (names.isEmpty() || names.contains(name));
    }

    private static boolean in(Set<String> set, String value) {
        return set.contains("*") || set.contains(value);
    }
}
