package dev.snowmelt.cli.doctor;

import dev.snowmelt.cli.kafka.Part;
import java.util.List;

/// The roles whose rights may be asked for, one after the other or together.
@SuppressWarnings("ImmutableEnumChecker") // its lists come from List.of
enum ProcessRole {
    /// `snowmelt collect`
    COLLECT(Part.COLLECT, List.of("snowmelt-collector", "snowmelt-collector-lease"), "aws/collector-policy.json"),
    /// `snowmelt detect`
    DETECT(Part.DETECT, List.of(), ""),
    /// `snowmelt remediate`
    REMEDIATE(Part.REMEDIATE, List.of("snowmelt-executor", "snowmelt-restorer"), "aws/executor-policy.json");

    private final Part part;
    private final List<String> clusterRoles;
    private final String policy;

    ProcessRole(Part part, List<String> clusterRoles, String policy) {
        this.part = part;
        this.clusterRoles = clusterRoles;
        this.policy = policy;
    }

    /// As whom it comes to brokers that check rights.
    Part part() {
        return part;
    }

    /// Names of its Roles and ClusterRoles in docs/rbac.yaml.
    List<String> clusterRoles() {
        return clusterRoles;
    }

    /// Its policy in docs; empty: it makes no call to AWS.
    String policy() {
        return policy;
    }
}
