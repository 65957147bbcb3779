package dev.snowmelt.remediator.execute;

import static dev.snowmelt.remediator.execute.Commands.CART;
import static dev.snowmelt.remediator.execute.Commands.ENFORCE;
import static dev.snowmelt.remediator.execute.Commands.EVIL;
import static dev.snowmelt.remediator.execute.Commands.NOON;
import static dev.snowmelt.remediator.execute.Commands.declaration;
import static dev.snowmelt.remediator.execute.Commands.restore;
import static org.assertj.core.api.Assertions.assertThat;

import dev.snowmelt.schemas.id.OverrideKey;
import dev.snowmelt.v1.Declaration;
import dev.snowmelt.v1.ObservedContainer;
import dev.snowmelt.v1.Outcome;
import dev.snowmelt.v1.Outcome.Result;
import dev.snowmelt.v1.RestoreTemplate;
import dev.snowmelt.v1.WorkloadStatus;
import org.junit.jupiter.api.Test;

/// S10: a restore of several calls is allowed before each of them, or ends.
class S10NoStaleRestoreGoesOnTest {
    private final Executing executing = new Executing();

    S10NoStaleRestoreGoesOnTest() {
        executing.declared(restoring(7));
        var status = WorkloadStatus.newBuilder()
                .setWorkload(CART.toString())
                .setStrategy(WorkloadStatus.Strategy.ROLLING_UPDATE);
        status.getTemplateBuilder()
                .addContainersBuilder()
                .setType(ObservedContainer.Type.APP)
                .setName("app")
                .setImage("registry.test/cart@" + EVIL);
        executing.platform.template(new LiveTemplate("42", status.build()));
    }

    private static Declaration restoring(long revision) {
        return declaration(
                revision,
                ENFORCE.toBuilder()
                        .setRestoreTemplate(RestoreTemplate.newBuilder().setEnabled(true))
                        .build());
    }

    private void ends(Result result, String why) {
        Outcome outcome = executing.handle(restore("c1"));

        assertThat(outcome.getResult()).isEqualTo(result);
        assertThat(outcome.getDetail()).contains(why);
        assertThat(executing.platform.restored()).isEmpty();
    }

    @Test
    void goesOnWhileNothingChanges() {
        executing.platform.betweenCalls(() -> executing.now(NOON.plusSeconds(119)));

        assertThat(executing.handle(restore("c1")).getResult()).isEqualTo(Result.RESTORED);
    }

    @Test
    void endsWhenItExpires() {
        executing.platform.betweenCalls(() -> executing.now(NOON.plusSeconds(120)));

        ends(Result.REFUSED, "expired at");
    }

    @Test
    void endsWhenSomethingElseIsDeclared() {
        executing.platform.betweenCalls(() -> executing.declared(restoring(8)));

        ends(Result.REFUSED, "rests on revision 7, but the newest is 8");
    }

    @Test
    void waitsWhenWhatIsDeclaredCannotBeMadeSureOf() {
        executing.platform.betweenCalls(() -> executing.declarationsUnknown("not read to the end"));

        ends(Result.BLOCKED, "not read to the end");
    }

    @Test
    void endsWhenAPersonPauses() {
        executing.platform.betweenCalls(() -> executing.overrides.put(
                OverrideKey.parse("k8s:test|PAUSE|k8s:test"),
                new Followed.Word.Said<>(dev.snowmelt.v1.Override.newBuilder()
                        .setBy("anna")
                        .setReason("audit")
                        .build())));

        ends(Result.REFUSED, "paused by anna: audit");
    }

    @Test
    void waitsWhenAPauseCannotBeRead() {
        executing.platform.betweenCalls(() ->
                executing.overrides.put(OverrideKey.parse("*|PAUSE|*"), new Followed.Word.Unreadable<>("no Protobuf")));

        ends(Result.BLOCKED, "cannot be read: no Protobuf");
    }

    @Test
    void endsWhenTheExecutorStops() {
        executing.platform.betweenCalls(() -> Thread.currentThread().interrupt());
        try {
            ends(Result.BLOCKED, "the executor is stopping");
        } finally {
            assertThat(Thread.interrupted()).isTrue();
        }
    }
}
