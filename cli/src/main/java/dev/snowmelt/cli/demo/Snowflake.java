package dev.snowmelt.cli.demo;

import dev.snowmelt.schemas.id.InstanceId;
import dev.snowmelt.schemas.id.WorkloadId;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
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
    private final int instances;
    private final Set<InstanceId> rolled = new HashSet<>();
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
        this(what, workload, instance, expected, madeAt, 0);
    }

    private Snowflake(
            String what,
            WorkloadId workload,
            Optional<InstanceId> instance,
            End expected,
            Instant madeAt,
            int instances) {
        this.instances = instances;
        this.what = what;
        this.workload = workload;
        this.instance = instance;
        this.expected = expected;
        this.madeAt = madeAt;
    }

    /// A whole fleet that is outdated, and ends when each of its instances was replaced.
    static Snowflake roll(String what, WorkloadId workload, int instances, Instant madeAt) {
        return new Snowflake(what, workload, Optional.empty(), End.REPLACED, madeAt, instances);
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

    /// It ended as it had to.
    boolean done() {
        return end == expected;
    }

    boolean isRoll() {
        return instances > 0;
    }

    /// How many instances a fleet has.
    int instances() {
        return instances;
    }

    /// How many of them were replaced.
    int rolled() {
        return rolled.size();
    }

    /// Notes that one more was replaced.
    ///
    /// @return false when that was known
    boolean rolled(InstanceId replaced, Instant at) {
        boolean news = rolled.add(replaced);
        if (news && rolled.size() == instances) {
            ended(End.REPLACED, at, instances + " instances, one proof after another");
        }
        return news;
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
