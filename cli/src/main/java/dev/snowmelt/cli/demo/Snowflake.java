package dev.snowmelt.cli.demo;

import dev.snowmelt.schemas.id.InstanceId;
import dev.snowmelt.schemas.id.WorkloadId;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// One drift that the demo makes, and what became of it. Not thread-safe: the [Story] guards it.
final class Snowflake {
    /// How a drift may end.
    enum End {
        /// The instance was replaced from its image, and that was proven.
        REPLACED,
        /// The template was put back, and the rollout that followed ended.
        RESTORED,
        /// Nothing was done, for a reason that stands in the story.
        HELD
    }

    private final String what;
    private final WorkloadId workload;
    private final Optional<InstanceId> instance;
    private final End expected;
    private final Instant madeAt;
    private @Nullable Instant seenAt;
    private @Nullable Instant endedAt;
    private @Nullable End end;
    private String drift = "";
    private String reason = "";

    /// @param what one line for people
    /// @param instance the drifted instance; empty when the drift is in the workload's template or
    /// in whichever instance comes next
    /// @param expected how it must end
    Snowflake(String what, WorkloadId workload, Optional<InstanceId> instance, End expected, Instant madeAt) {
        this.what = what;
        this.workload = workload;
        this.instance = instance;
        this.expected = expected;
        this.madeAt = madeAt;
    }

    String what() {
        return what;
    }

    WorkloadId workload() {
        return workload;
    }

    Optional<InstanceId> instance() {
        return instance;
    }

    End expected() {
        return expected;
    }

    /// What differed, once seen.
    String drift() {
        return drift;
    }

    /// Why it is held or how it ended, in the planner's words.
    String reason() {
        return reason;
    }

    boolean seen() {
        return seenAt != null;
    }

    Optional<End> end() {
        return Optional.ofNullable(end);
    }

    /// True when a message about a workload and perhaps an instance is about this drift.
    boolean concerns(WorkloadId where, Optional<InstanceId> who) {
        return workload.equals(where) && (instance.isEmpty() || instance.equals(who));
    }

    void seen(Instant at, String difference) {
        if (seenAt == null) {
            seenAt = at;
            drift = difference;
        }
    }

    void ended(End how, Instant at, String why) {
        end = how;
        endedAt = at;
        reason = why;
    }

    /// Milliseconds from making it to its verdict.
    Optional<Long> detectMillis() {
        return since(seenAt);
    }

    /// Milliseconds from making it to its end.
    Optional<Long> endMillis() {
        return since(endedAt);
    }

    private Optional<Long> since(@Nullable Instant then) {
        return then == null
                ? Optional.empty()
                : Optional.of(Duration.between(madeAt, then).toMillis());
    }
}
