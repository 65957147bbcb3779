package dev.snowmelt.cli.doctor;

import io.fabric8.kubernetes.api.model.rbac.ClusterRole;
import io.fabric8.kubernetes.api.model.rbac.PolicyRule;
import io.fabric8.kubernetes.api.model.rbac.Role;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The rights that docs/rbac.yaml gives, by the name of the Role or ClusterRole: there is no second list.
final class ClusterRights {
    private ClusterRights() {}

    /// One verb on one resource.
    ///
    /// @param group "" is the core group
    /// @param subresource "" is the object itself
    /// @param inLeaseNamespace it is needed in the collectors' namespace alone
    record Right(String verb, String group, String resource, String subresource, boolean inLeaseNamespace) {
        @Override
        public String toString() {
            return verb + " " + resource + (subresource.isEmpty() ? "" : "/" + subresource);
        }
    }

    /// What the documentation says, as it is packed with the command.
    static Map<String, List<Right>> documented() {
        try (InputStream in = ClusterRights.class.getResourceAsStream("/rbac.yaml")) {
            if (in == null) {
                throw new IllegalStateException("rbac.yaml is not packed with the command");
            }
            return parse(new String(in.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Map<String, List<Right>> parse(String manifest) {
        Map<String, List<Right>> rights = new LinkedHashMap<>();
        var serialization = new KubernetesSerialization();
        for (String document : List.of(manifest.split("(?m)^---\\s*$", -1))) {
            Object parsed = document.isBlank() ? "" : serialization.unmarshal(document);
            if (parsed instanceof ClusterRole role) {
                rights.put(role.getMetadata().getName(), rights(role.getRules(), false));
            } else if (parsed instanceof Role role) {
                rights.put(role.getMetadata().getName(), rights(role.getRules(), true));
            }
        }
        return rights;
    }

    private static List<Right> rights(List<PolicyRule> rules, boolean inLeaseNamespace) {
        List<Right> rights = new ArrayList<>();
        for (PolicyRule rule : rules) {
            for (String group : rule.getApiGroups()) {
                for (String resource : rule.getResources()) {
                    for (String verb : rule.getVerbs()) {
                        int slash = resource.indexOf('/');
                        rights.add(new Right(
                                verb,
                                group,
                                slash < 0 ? resource : resource.substring(0, slash),
                                slash < 0 ? "" : resource.substring(slash + 1),
                                inLeaseNamespace));
                    }
                }
            }
        }
        return rights;
    }
}
