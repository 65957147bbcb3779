package dev.snowmelt.detector.register;

import com.google.protobuf.util.Timestamps;
import dev.snowmelt.schemas.id.TargetId.Platform;
import dev.snowmelt.v1.DeclaredContainer;
import dev.snowmelt.v1.Resolution;
import dev.snowmelt.v1.ResolvedDigest;

/// What a registry's word about a digest must be, whatever is declared now.
final class ResolutionRules {
    private final Problems problems;

    ResolutionRules(Problems problems) {
        this.problems = problems;
    }

    void check(Resolution resolution) {
        DeclarationRules.workload(resolution.getWorkload(), "resolution.workload", problems)
                .ifPresent(workload -> problems.require(
                        workload.target().platform() == Platform.K8S,
                        "resolution.workload",
                        "must be on Kubernetes: no registry knows machine images"));
        problems.require(resolution.getRevision() > 0, "resolution.revision", "must be from 1");
        ResolvedDigest resolved = resolution.getResolved();
        problems.require(
                !resolved.getContainer().isEmpty(), "resolution.resolved.container", "must be a container's name");
        problems.require(
                resolved.getType() != DeclaredContainer.Type.UNRECOGNIZED
                        && resolved.getType() != DeclaredContainer.Type.AMI,
                "resolution.resolved.type",
                "must be APP or INIT");
        problems.require(
                DeclarationRules.isDigest(resolved.getDigest()),
                "resolution.resolved.digest",
                "must be 'sha256:' and 64 hexadecimal digits in lower case, not '" + resolved.getDigest() + "'");
        problems.require(
                !resolved.hasAt() || Timestamps.isValid(resolved.getAt()),
                "resolution.resolved.at",
                "must be a time from year 1 to 9999");
    }
}
