package dev.snowmelt.cli.doctor;

import dev.snowmelt.cli.config.Config;
import dev.snowmelt.cli.kafka.Part;
import java.util.List;
import java.util.Set;

/// The roles whose rights may be asked for, one after the other or together.
@SuppressWarnings("ImmutableEnumChecker") // its lists come from List.of
enum ProcessRole {
    /// `snowmelt collect`
    COLLECT(List.of("snowmelt-collector", "snowmelt-collector-lease"), "aws/collector-policy.json"),
    /// `snowmelt detect`
    DETECT(List.of(), ""),
    /// `snowmelt remediate`
    REMEDIATE(List.of("snowmelt-executor", "snowmelt-restorer"), "aws/executor-policy.json");

    private final List<String> clusterRoles;
    private final String policy;

    ProcessRole(List<String> clusterRoles, String policy) {
        this.clusterRoles = clusterRoles;
        this.policy = policy;
    }

    /// As whom it comes to brokers that check rights, with these settings.
    Set<Part> parts(Config config) {
        return switch (this) {
            // Collectors of a cluster agree by a Lease, those of an account by a group.
            case COLLECT -> Set.of(config.aws().targets().isEmpty() ? Part.COLLECT_KUBERNETES : Part.COLLECT);
            case DETECT -> config.registry().enabled() ? Set.of(Part.DETECT, Part.RESOLVE) : Set.of(Part.DETECT);
            case REMEDIATE -> Set.of(config.remediate().planner() ? Part.REMEDIATE : Part.EXECUTE);
        };
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
