package dev.snowmelt.cli.doctor;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/// Whose needs are looked at.
///
/// @param roles at least one
/// @param byName somebody means to run just these, here; otherwise it is all of them, wherever they run
record Asked(Set<ProcessRole> roles, boolean byName) {
    Asked {
        roles = Set.copyOf(roles);
    }

    /// @param named empty: all roles, by nobody's wish
    static Asked of(List<ProcessRole> named) {
        return new Asked(named.isEmpty() ? EnumSet.allOf(ProcessRole.class) : EnumSet.copyOf(named), !named.isEmpty());
    }

    boolean about(ProcessRole role) {
        return roles.contains(role);
    }

    /// One of them speaks to a cluster's API.
    boolean aboutClusters() {
        return roles.stream().anyMatch(role -> !role.clusterRoles().isEmpty());
    }

    /// One of them speaks to AWS.
    boolean aboutAws() {
        return roles.stream().anyMatch(role -> !role.policy().isEmpty());
    }
}
