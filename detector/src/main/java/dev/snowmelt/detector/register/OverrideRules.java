package dev.snowmelt.detector.register;

import com.google.protobuf.util.Timestamps;
import dev.snowmelt.schemas.id.InstanceId;
import dev.snowmelt.schemas.id.MalformedIdException;
import dev.snowmelt.schemas.id.OverrideKey;
import dev.snowmelt.schemas.id.TargetId;
import dev.snowmelt.schemas.id.WorkloadId;
import dev.snowmelt.v1.Override;
import dev.snowmelt.v1.Override.Kind;
import java.time.Instant;
import java.util.Optional;

/// What an override must be, and what it is about.
final class OverrideRules {
    // It is written as key and in the value: a gate's name may be anything else.
    private static final int LONGEST_SUBJECT = 1_024;

    private final Problems problems;
    private final String path;

    /// @param path what paths begin with, for example `override.`
    OverrideRules(Problems problems, String path) {
        this.problems = problems;
        this.path = path;
    }

    /// @param at when it was proposed
    void check(Override override, Instant at) {
        key(override.getTarget(), override.getKind(), override.getSubject());
        if (override.hasUntil()) {
            boolean valid = Timestamps.isValid(override.getUntil());
            problems.require(
                    valid && Timestamps.toMillis(override.getUntil()) > at.toEpochMilli(),
                    path + "until",
                    "is over already");
        } else {
            problems.require(
                    override.getKind() != Kind.ALERT_GATE, path + "until", "must say until when the gate is open");
        }
        problems.require(
                override.getRevision() == 0 || override.getKind() == Kind.APPROVAL,
                path + "revision",
                "has a meaning for approvals alone");
    }

    /// The three parts of its key; says what is wrong with them.
    void key(String target, Kind kind, String subject) {
        Optional<TargetId> named = Optional.empty();
        boolean everywhere = false;
        try {
            named = OverrideKey.target(target);
            everywhere = named.isEmpty();
        } catch (MalformedIdException e) {
            problems.add(path + "target", e.getMessage() + ", nor '*'");
        }
        problems.require(!subject.isEmpty(), path + "subject", "must say what it is about");
        problems.require(
                subject.length() <= LONGEST_SUBJECT,
                path + "subject",
                "must have at most " + LONGEST_SUBJECT + " characters");
        switch (kind) {
            case KIND_UNSPECIFIED, UNRECOGNIZED ->
                problems.add(
                        path + "kind", "must be one of EXEMPTION, APPROVAL, PAUSE, ALERT_GATE, RESUME, SUSPENSION");
            case EXEMPTION, APPROVAL -> subject(named, subject, "a workload or an instance", Level.BELOW_TARGET);
            case PAUSE, RESUME -> {
                if (!(everywhere && subject.equals(OverrideKey.EVERY_TARGET))) {
                    subject(named, subject, "the target or one of its workloads", Level.ABOVE_INSTANCE);
                }
            }
            case SUSPENSION -> {
                problems.require(everywhere, path + "target", "of a suspension must be '*'");
                subject(Optional.empty(), subject, "a target", Level.TARGET);
            }
            case ALERT_GATE -> {}
        }
    }

    private enum Level {
        TARGET,
        ABOVE_INSTANCE,
        BELOW_TARGET
    }

    private void subject(Optional<TargetId> target, String subject, String expected, Level level) {
        if (subject.isEmpty()) {
            return; // said already
        }
        Optional<TargetId> its = Optional.<TargetId>empty()
                .or(() -> level == Level.BELOW_TARGET ? Optional.empty() : target(subject))
                .or(() -> level == Level.TARGET ? Optional.empty() : workload(subject))
                .or(() -> level == Level.BELOW_TARGET ? instance(subject) : Optional.empty());
        if (its.isEmpty()) {
            problems.add(path + "subject", "must be " + expected + ", not '" + subject + "'");
        } else if (target.isPresent() && !target.equals(its)) {
            problems.add(path + "subject", "'" + subject + "' is not in " + target.get());
        }
    }

    private static Optional<TargetId> target(String text) {
        try {
            return Optional.of(TargetId.parse(text));
        } catch (MalformedIdException _) {
            return Optional.empty();
        }
    }

    private static Optional<TargetId> workload(String text) {
        try {
            return Optional.of(WorkloadId.parse(text).target());
        } catch (MalformedIdException _) {
            return Optional.empty();
        }
    }

    private static Optional<TargetId> instance(String text) {
        try {
            return Optional.of(InstanceId.parse(text).target());
        } catch (MalformedIdException _) {
            return Optional.empty();
        }
    }
}
