package dev.snowmelt.remediator.execute;

import static dev.snowmelt.remediator.execute.Commands.CART;
import static dev.snowmelt.remediator.execute.Commands.NOON;
import static dev.snowmelt.remediator.execute.Commands.TARGET;
import static dev.snowmelt.remediator.execute.Commands.pod;
import static dev.snowmelt.remediator.execute.Commands.replace;
import static dev.snowmelt.remediator.execute.Commands.timestamp;
import static org.assertj.core.api.Assertions.assertThat;

import dev.snowmelt.schemas.id.OverrideKey;
import dev.snowmelt.v1.Outcome;
import dev.snowmelt.v1.Outcome.Result;
import dev.snowmelt.v1.Override;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A command that was issued before a pause or an exemption does not outrun it.
class S1NothingIsTerminatedAgainstAPersonsWordTest {
    private static final Override.Builder SAID =
            Override.newBuilder().setBy("anna").setReason("audit");

    private final Executing executing = new Executing();

    private void said(String key, Override.Builder override) {
        executing.overrides.put(OverrideKey.parse(key), new Followed.Word.Said<>(override.build()));
    }

    private Outcome outcome() {
        return executing.handle(replace("c1", pod(1)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "*|PAUSE|*",
                "*|PAUSE|k8s:test",
                "k8s:test|PAUSE|k8s:test",
                "k8s:test|PAUSE|k8s:test/shop/Deployment/cart"
            })
    void aPauseIsObeyed(String key) {
        said(key, SAID);

        Outcome outcome = outcome();

        assertThat(outcome.getResult()).isEqualTo(Result.REFUSED);
        assertThat(outcome.getDetail()).isEqualTo("paused by anna: audit");
        assertThat(executing.platform.terminated()).isEmpty();
    }

    @Test
    void anExemptionIsObeyed() {
        said(TARGET + "|EXEMPTION|" + CART, SAID);
        assertThat(outcome().getDetail()).isEqualTo("exempt by anna: audit");

        var other = new Executing();
        other.overrides.put(OverrideKey.parse(TARGET + "|EXEMPTION|" + pod(1)), new Followed.Word.Said<>(SAID.build()));
        assertThat(other.handle(replace("c1", pod(1))).getResult()).isEqualTo(Result.REFUSED);
        assertThat(executing.platform.terminated()).isEmpty();
        assertThat(other.platform.terminated()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "k8s:test|PAUSE|k8s:test/shop/Deployment/other",
                "k8s:test|EXEMPTION|k8s:test/shop/Deployment/other",
                "k8s:test|RESUME|k8s:test"
            })
    void whatIsSaidAboutOthersIsNoObstacle(String key) {
        said(key, SAID);

        assertThat(outcome().getResult()).isEqualTo(Result.TERMINATED);
    }

    @Test
    void aPauseThatHasEndedIsNoObstacle() {
        said("*|PAUSE|*", SAID.clone().setUntil(timestamp(NOON)));
        assertThat(outcome().getResult()).isEqualTo(Result.TERMINATED);
    }

    @Test
    void aPauseHoldsUntilItsEnd() {
        said("*|PAUSE|*", SAID.clone().setUntil(timestamp(NOON.plusNanos(1))));
        assertThat(outcome().getResult()).isEqualTo(Result.REFUSED);
    }

    @Test
    void aPauseDuringTheLookIsObeyed() {
        executing.platform.uponLook(() -> said("*|PAUSE|*", SAID));

        assertThat(outcome().getResult()).isEqualTo(Result.REFUSED);
        assertThat(executing.platform.terminated()).isEmpty();
    }

    @Test
    void aPauseThatCannotBeReadBlocks() {
        executing.overrides.put(OverrideKey.parse("*|PAUSE|*"), new Followed.Word.Unreadable<>("no Protobuf"));

        assertThat(outcome().getResult()).isEqualTo(Result.BLOCKED);
        assertThat(executing.platform.terminated()).isEmpty();
    }

    @Test
    void aCommandThatExpiresMeanwhileIsRefused() {
        executing.whenAskedForOverrides(() -> executing.now(NOON.plusSeconds(121)));

        assertThat(outcome().getDetail()).contains("expired");
        assertThat(executing.platform.terminated()).isEmpty();
    }
}
