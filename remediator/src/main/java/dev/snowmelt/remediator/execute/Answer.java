package dev.snowmelt.remediator.execute;

import com.google.protobuf.Timestamp;
import dev.snowmelt.v1.Hold;
import dev.snowmelt.v1.Outcome;
import dev.snowmelt.v1.Outcome.Result;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// What became of an order, before it is dated.
///
/// @param result how it ended
/// @param detail one sentence for people
/// @param blockedBy BLOCKED: by what; otherwise REASON_UNSPECIFIED
/// @param retryAfter BLOCKED: how long the platform asks to wait; null: the planner's default
/// @param blocksWorkload BLOCKED: every other instance of the workload would be answered alike
/// @param effectUnknown FAILED: it cannot be told whether the call took effect; also REFUSED,
/// BLOCKED and ALREADY_GONE: or whether another executor's did
record Answer(
        Result result,
        String detail,
        Hold.Reason blockedBy,
        @Nullable Duration retryAfter,
        boolean blocksWorkload,
        boolean effectUnknown) {
    private static Answer plain(Result result, String detail) {
        return new Answer(result, detail, Hold.Reason.REASON_UNSPECIFIED, null, false, false);
    }

    static Answer refused(String why) {
        return plain(Result.REFUSED, why);
    }

    static Answer gone(String detail) {
        return plain(Result.ALREADY_GONE, detail);
    }

    static Answer blocked(Hold.Reason by, String detail, @Nullable Duration retryAfter) {
        return new Answer(Result.BLOCKED, detail, by, retryAfter, false, false);
    }

    static Answer effectUnknown(String detail) {
        return new Answer(Result.FAILED, detail, Hold.Reason.REASON_UNSPECIFIED, null, false, true);
    }

    static Answer failed(String detail) {
        return plain(Result.FAILED, detail);
    }

    /// @param accepted what an accepted call means: TERMINATED or RESTORED
    static Answer to(Reply reply, Result accepted) {
        return switch (reply) {
            case Reply.Accepted(var detail) -> plain(accepted, detail);
            case Reply.Gone(var detail) -> gone(detail);
            case Reply.Conflict(var detail) ->
                blocked(Hold.Reason.PLATFORM, "changes faster than it can be looked at: " + detail, null);
            case Reply.NotNow(var by, var detail, var retryAfter, var ofWorkload) ->
                new Answer(Result.BLOCKED, detail, by, retryAfter, ofWorkload, false);
            case Reply.Refused(var detail) -> refused(detail);
            case Reply.Rejected(var detail) -> failed(detail);
            case Reply.EffectUnknown(var detail) -> effectUnknown(detail);
            case Reply.Withheld(var detail) -> plain(Result.DRY_RUN, detail);
        };
    }

    /// The same of a command that somebody else may have begun too and not told of: that nothing
    /// was done here does not mean that nothing was.
    static Outcome ofRepetition(Outcome outcome) {
        return switch (outcome.getResult()) {
            case REFUSED, BLOCKED, FAILED, ALREADY_GONE ->
                outcome.toBuilder().setEffectUnknown(true).build();
            case TERMINATED, RESTORED, DRY_RUN, RESULT_UNSPECIFIED, UNRECOGNIZED -> outcome;
        };
    }

    /// @param at when the answer came
    Outcome toOutcome(Order order, Instant at) {
        Outcome.Builder outcome = Outcome.newBuilder()
                .setCommand(order.command().getId())
                .setWorkload(order.workload().toString())
                .setInstance(order.command().getInstance())
                .setResult(result)
                .setDetail(detail)
                .setAt(timestamp(at))
                .setBlockedBy(blockedBy)
                .setBlocksWorkload(blocksWorkload)
                .setEffectUnknown(effectUnknown);
        if (retryAfter != null) {
            outcome.setRetryAt(timestamp(at.plus(retryAfter)));
        }
        return outcome.build();
    }

    private static Timestamp timestamp(Instant instant) {
        return Timestamp.newBuilder()
                .setSeconds(instant.getEpochSecond())
                .setNanos(instant.getNano())
                .build();
    }
}
