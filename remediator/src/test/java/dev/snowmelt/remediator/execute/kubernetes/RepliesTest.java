package dev.snowmelt.remediator.execute.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.snowmelt.remediator.execute.Reply;
import dev.snowmelt.v1.Hold;
import io.fabric8.kubernetes.api.model.StatusBuilder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// S5: what may be different a minute later blocks; only what never works fails.
class RepliesTest {
    private static final ApiCall LOOK = ApiCall.get("", "pods", "shop", "cart-1");
    private static final ApiCall EVICT = new ApiCall("create", "", "pods", "eviction", "shop", "cart-1");

    private static ApiResult.Refused refused(int code) {
        return new ApiResult.Refused(code, null, "no", null);
    }

    @ParameterizedTest
    @ValueSource(ints = {400, 401, 403, 404, 409, 422, 429, 500, 503})
    void aFailedLookBlocksWhateverFailed(int code) {
        assertThat(Replies.toLook(LOOK, refused(code))).isInstanceOfSatisfying(Reply.NotNow.class, reply -> {
            assertThat(reply.by()).isEqualTo(Hold.Reason.PLATFORM);
            assertThat(reply.detail()).contains("get pods in namespace shop (" + code + ")");
        });
    }

    @ParameterizedTest
    @ValueSource(ints = {401, 403})
    void aCallWithoutTheRightBlocksAndNamesIt(int code) {
        assertThat(Replies.toCall(EVICT, refused(code), "evicted"))
                .isEqualTo(new Reply.NotNow(
                        Hold.Reason.PLATFORM,
                        "may not create pods/eviction in namespace shop (" + code + "): no",
                        null));
    }

    /// The sentence goes into the outcome, and from there to `explain`: it is the server's, not ours about it.
    @Test
    void whatTheServerItselfSaysIsGoneIsGoneInItsOwnWords() {
        var status = new StatusBuilder()
                .withReason("NotFound")
                .withNewDetails()
                .withName("cart-1")
                .withKind("pods")
                .endDetails()
                .build();
        var refused = new ApiResult.Refused(404, status, "pods \"cart-1\" not found", null);

        assertThat(Replies.toCall(EVICT, refused, "evicted")).isEqualTo(new Reply.Gone("pods \"cart-1\" not found"));
    }

    @Test
    void aProxys404SaysNothingOfThePod() {
        assertThat(Replies.toCall(EVICT, refused(404), "evicted"))
                .isEqualTo(new Reply.Rejected("create pods/eviction in namespace shop (404): no"));
    }

    @Test
    void anInvalidCallFails() {
        assertThat(Replies.toCall(EVICT, refused(422), "evicted")).isInstanceOf(Reply.Rejected.class);
    }
}
