package dev.snowmelt.cli;

import com.google.protobuf.util.Timestamps;
import dev.snowmelt.schemas.id.MalformedIdException;
import dev.snowmelt.schemas.id.OverrideKey;
import dev.snowmelt.schemas.id.TargetId;
import dev.snowmelt.schemas.id.WorkloadId;
import dev.snowmelt.v1.Override;
import dev.snowmelt.v1.Proposal;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;

/// What a command is about: a target, a workload, or everything.
public final class Subjects {
    private Subjects() {}

    /// @param subject target or workload; empty with `everything`
    static Override.Builder override(SnowmeltCommand command, String subject, boolean everything, Override.Kind kind) {
        if (everything == !subject.isEmpty()) {
            throw command.misused("Say either what it is about (a target or a workload) or --all.");
        }
        if (everything) {
            return Override.newBuilder()
                    .setTarget(OverrideKey.EVERY_TARGET)
                    .setKind(kind)
                    .setSubject(OverrideKey.EVERY_TARGET);
        }
        TargetId target = target(subject)
                .or(() -> workload(subject).map(WorkloadId::target))
                .orElseThrow(() -> command.misused("'" + subject + "' is neither a target such as 'k8s:prod-eu' nor a"
                        + " workload such as 'k8s:prod-eu/shop/Deployment/cart'."));
        return Override.newBuilder().setTarget(target.toString()).setKind(kind).setSubject(subject);
    }

    static Proposal proposal(Override.Builder override, Optional<Duration> during, String reason, InstantSource clock) {
        during.ifPresent(duration -> override.setUntil(
                Timestamps.fromMillis(clock.instant().plus(duration).toEpochMilli())));
        return Proposal.newBuilder()
                .setOverride(override)
                .setBy(SnowmeltCommand.user())
                .setReason(reason)
                .build();
    }

    /// The target that a text names; empty: it names none.
    public static Optional<TargetId> target(String text) {
        try {
            return Optional.of(TargetId.parse(text));
        } catch (MalformedIdException _) {
            return Optional.empty();
        }
    }

    /// The workload that a text names; empty: it names none.
    public static Optional<WorkloadId> workload(String text) {
        try {
            return Optional.of(WorkloadId.parse(text));
        } catch (MalformedIdException _) {
            return Optional.empty();
        }
    }
}
