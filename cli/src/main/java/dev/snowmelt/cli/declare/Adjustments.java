package dev.snowmelt.cli.declare;

import dev.snowmelt.sources.Found;
import dev.snowmelt.v1.Declare;
import dev.snowmelt.v1.RemediationPolicy;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// What the command line changes about everything that was read.
///
/// @param resolver turns tags and indexes into accepted digests by asking registries; empty: they
/// are not asked
/// @param roots baseline roots to set
/// @param policy replaces every policy; empty: documents keep theirs, sources keep the declared one
/// @param mode set in whatever policy there is
record Adjustments(
        Optional<Resolver> resolver,
        List<BaselineRoot> roots,
        Optional<RemediationPolicy> policy,
        Optional<RemediationPolicy.Mode> mode) {
    /// Asks registries.
    interface Resolver {
        /// @param sourced workloads whose digests a source knows to be the image's, as the builder
        /// of it does: they must be what the registry has
        /// @return the declarations that could be resolved, with their workloads as they were, and
        /// why not for the others
        Found resolve(List<Declare> declarations, Set<String> sourced);
    }

    static final Adjustments NONE = new Adjustments(Optional.empty(), List.of(), Optional.empty(), Optional.empty());

    Adjustments {
        roots = List.copyOf(roots);
    }

    /// True when it says what policy there shall be, so that the declared one does not stay.
    boolean replacesPolicy() {
        return policy.isPresent();
    }

    /// True when something of a document would change, which a signed one does not allow.
    boolean changesDocuments() {
        return resolver.isPresent() || !roots.isEmpty() || policy.isPresent() || mode.isPresent();
    }

    /// Policy and mode as they were asked for.
    Declare adjustPolicy(Declare declare) {
        if (policy.isEmpty() && mode.isEmpty()) {
            return declare;
        }
        var adjusted = declare.toBuilder();
        policy.ifPresent(adjusted.getSpecBuilder()::setRemediation);
        mode.ifPresent(adjusted.getSpecBuilder().getRemediationBuilder()::setMode);
        return adjusted.build();
    }
}
