package dev.snowmelt.remediator.execute;

import static dev.snowmelt.remediator.execute.Commands.ENFORCE;
import static dev.snowmelt.remediator.execute.Commands.NOON;
import static dev.snowmelt.remediator.execute.Commands.declaration;
import static dev.snowmelt.remediator.execute.Commands.pod;
import static dev.snowmelt.remediator.execute.Commands.replace;
import static dev.snowmelt.remediator.execute.Commands.restore;
import static org.assertj.core.api.Assertions.assertThat;

import dev.snowmelt.v1.Declaration;
import dev.snowmelt.v1.Hold;
import dev.snowmelt.v1.Outcome;
import dev.snowmelt.v1.Outcome.Result;
import org.junit.jupiter.api.Test;

/// S10: commands expire, and rest on the newest declaration or on nothing.
class S10NoStalePlanIsCarriedOutTest {
    private final Executing executing = new Executing();

    @Test
    void aCommandIsCarriedOutUntilItExpires() {
        executing.now(NOON.plusSeconds(120).minusNanos(1));

        assertThat(executing.handle(replace("c1", pod(1))).getResult()).isEqualTo(Result.TERMINATED);
    }

    @Test
    void anExpiredCommandIsRefusedWithoutEvenLooking() {
        executing.now(NOON.plusSeconds(120));

        refuses("expired");
        assertThat(executing.platform.looks()).isZero();
    }

    @Test
    void aCommandThatExpiresDuringTheLookIsRefusedRightBeforeTheCall() {
        executing.platform.uponLook(() -> executing.now(NOON.plusSeconds(121)));

        refuses("expired");
        assertThat(executing.platform.looks()).isEqualTo(1);
    }

    @Test
    void aCommandThatExpiresWhileItIsLookedAtAgainIsRefused() {
        executing.platform.willReply(new Reply.Conflict("changed"));
        executing.platform.uponLook(() -> {
            if (executing.platform.looks() == 2) {
                executing.now(NOON.plusSeconds(121));
            }
        });

        refuses("expired");
    }

    @Test
    void anOlderRevisionIsRefused() {
        executing.declared(declaration(8, ENFORCE));

        refuses("rests on revision 7, but the newest is 8");
    }

    @Test
    void aRevisionThatIsDeclaredDuringTheLookIsHeeded() {
        executing.platform.uponLook(() -> executing.declared(declaration(8, ENFORCE)));

        refuses("rests on revision 7, but the newest is 8");
    }

    @Test
    void aDeclarationThatIsRemovedDuringTheLookIsMissed() {
        executing.platform.uponLook(() -> executing.declared(null));

        refuses("nothing is declared");
    }

    @Test
    void aDeclarationThatCannotBeMadeSureOfAfterTheLookBlocks() {
        executing.platform.uponLook(() -> executing.declarationsUnknown("not read to the end"));

        assertThat(executing.handle(replace("c1", pod(1))).getResult()).isEqualTo(Result.BLOCKED);
        assertThat(executing.platform.terminated()).isEmpty();
    }

    @Test
    void aRevisionThatIsNotKnownHereIsRefused() {
        executing.declared(declaration(6, ENFORCE));

        refuses("rests on revision 7, but the newest is 6");
    }

    @Test
    void aRemovedDeclarationIsRefused() {
        executing.declared(null);
        refuses("nothing is declared");

        var other = new Executing();
        other.declared(Declaration.getDefaultInstance());
        assertThat(other.handle(replace("c1", pod(1))).getResult()).isEqualTo(Result.REFUSED);
    }

    @Test
    void aDeclarationThatCannotBeMadeSureOfBlocks() {
        executing.declarationsUnknown("not read to the end");

        Outcome outcome = executing.handle(replace("c1", pod(1)));

        assertThat(outcome.getResult()).isEqualTo(Result.BLOCKED);
        assertThat(outcome.getBlockedBy()).isEqualTo(Hold.Reason.PLATFORM);
        assertThat(outcome.getDetail()).contains("not read to the end");
        assertThat(executing.platform.terminated()).isEmpty();
    }

    @Test
    void aRestoreIsNoBetter() {
        executing.declared(declaration(8, ENFORCE));

        Outcome outcome = executing.handle(restore("c1"));

        assertThat(outcome.getResult()).isNotEqualTo(Result.RESTORED);
        assertThat(executing.platform.restored()).isEmpty();
    }

    private void refuses(String why) {
        Outcome outcome = executing.handle(replace("c1", pod(1)));

        assertThat(outcome.getResult()).isEqualTo(Result.REFUSED);
        assertThat(outcome.getDetail()).contains(why);
        assertThat(executing.platform.terminated()).isEmpty();
    }
}
