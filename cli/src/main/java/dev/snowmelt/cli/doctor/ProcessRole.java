package dev.snowmelt.cli.doctor;

import java.util.List;

/// The roles whose rights may be asked for, one after the other or together.
@SuppressWarnings("ImmutableEnumChecker") // its lists come from List.of
enum ProcessRole {
    /// `snowmelt collect`
    COLLECT(
            List.of("observations", "collectors"),
            List.of("scan.requests", "collectors"),
            List.of("snowmelt-collector", "snowmelt-collector-lease"),
            "aws/collector-policy.json"),
    /// `snowmelt detect`
    DETECT(
            List.of(
                    "answers",
                    "declarations",
                    "overrides",
                    "verdicts",
                    "evidence",
                    "scan.tallies",
                    "scan.reports",
                    "dead.letters"),
            List.of("proposals", "observations", "declarations", "scan.requests", "scan.tallies", "collectors"),
            List.of(),
            ""),
    /// `snowmelt remediate`
    REMEDIATE(
            List.of("commands", "outcomes", "remediations", "evidence", "proposals", "dead.letters"),
            List.of("verdicts", "overrides", "outcomes", "commands", "declarations"),
            List.of("snowmelt-executor", "snowmelt-restorer"),
            "aws/executor-policy.json");

    /// What [#DETECT] reads and writes besides, where `registry.enabled`: it tells of digests by proposals.
    static final List<String> RESOLVER_READS = List.of("verdicts", "declarations");
    static final List<String> RESOLVER_WRITES = List.of("proposals");

    private final List<String> writes;
    private final List<String> reads;
    private final List<String> clusterRoles;
    private final String policy;

    ProcessRole(List<String> writes, List<String> reads, List<String> clusterRoles, String policy) {
        this.writes = writes;
        this.reads = reads;
        this.clusterRoles = clusterRoles;
        this.policy = policy;
    }

    /// Topics that it writes, without their prefix.
    List<String> writes() {
        return writes;
    }

    /// Topics that it reads, without their prefix.
    List<String> reads() {
        return reads;
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
