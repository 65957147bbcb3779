package dev.snowmelt.remediator.execute.kubernetes;

import dev.snowmelt.remediator.execute.Reply;
import dev.snowmelt.v1.Hold.Reason;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// What an API server's answers mean. Sources: Kubernetes API conventions ("HTTP Status codes"), and for evictions
/// "API-initiated Eviction" in the documentation: 429 for a disruption budget, 500 for a misconfiguration such as two
/// budgets over one pod.
final class Replies {
    // https://github.com/kubernetes/kubernetes pkg/registry/core/pod/storage/eviction.go
    private static final String TWO_BUDGETS = "more than one PodDisruptionBudget";
    private static final String BUDGET = "DisruptionBudget";

    private Replies() {}

    /// What a request that changes nothing failed with. Whatever it was, nothing was done, and a right that is granted
    /// or a token that is renewed later must find the order again.
    static Reply toLook(ApiCall call, ApiResult.Refused refused) {
        return new Reply.NotNow(Reason.PLATFORM, told(call, refused), refused.retryAfter());
    }

    /// What a request that changes nothing ended with when no answer came.
    static Reply toLook(ApiCall call, String why) {
        return new Reply.NotNow(Reason.PLATFORM, call.inWords() + ": " + why, null);
    }

    /// What a request that changes something was answered with.
    static Reply toCall(ApiCall call, ApiResult result, String accepted) {
        return switch (result) {
            case ApiResult.Ok _ -> new Reply.Accepted(accepted);
            case ApiResult.NotSent(var why) -> new Reply.NotNow(Reason.PLATFORM, call.inWords() + ": " + why, null);
            case ApiResult.NoAnswer(var why) -> new Reply.EffectUnknown(call.inWords() + ": " + why);
            case ApiResult.Refused refused -> toCall(call, refused);
        };
    }

    private static Reply toCall(ApiCall call, ApiResult.Refused refused) {
        String told = told(call, refused);
        if (refused.isAdmission()) {
            return notNow(Reason.PLATFORM, told, refused.retryAfter());
        }
        return switch (refused.code()) {
            // A token being renewed, or a right that is granted late: before any change, and worth another try.
            case 401, 403 -> notNow(Reason.PLATFORM, told, refused.retryAfter());
            // Gone only when the server itself says so: a proxy's 404 says nothing.
            case 404 -> refused.saysGone(call.name()) ? new Reply.Gone(refused.message()) : new Reply.Rejected(told);
            case 409 -> new Reply.Conflict(refused.message());
            case 429 ->
                refused.causedBy(BUDGET) || refused.message().contains("disruption budget")
                        ? notNow(Reason.DISRUPTION_BUDGET, refused.message(), refused.retryAfter())
                        : notNow(Reason.PLATFORM, "throttled: " + told, refused.retryAfter());
            case 503 ->
                // Said by the server itself: it does not take requests now. From a proxy it may mean a lost answer.
                refused.status() != null
                        ? notNow(Reason.PLATFORM, told, refused.retryAfter())
                        : new Reply.EffectUnknown(told);
            default -> {
                if (refused.code() == 500 && refused.message().contains(TWO_BUDGETS)) {
                    yield notNow(Reason.DISRUPTION_BUDGET, refused.message(), refused.retryAfter());
                }
                // Other server errors (a timeout of its store, a broken proxy) can come after the change.
                yield refused.code() >= 500 ? new Reply.EffectUnknown(told) : new Reply.Rejected(told);
            }
        };
    }

    private static Reply notNow(Reason by, String detail, @Nullable Duration retryAfter) {
        return new Reply.NotNow(by, detail, retryAfter);
    }

    private static String told(ApiCall call, ApiResult.Refused refused) {
        String what = refused.code() == 401 || refused.code() == 403 ? "may not " : "";
        return what + call.inWords() + " (" + refused.code() + "): " + refused.message();
    }
}
