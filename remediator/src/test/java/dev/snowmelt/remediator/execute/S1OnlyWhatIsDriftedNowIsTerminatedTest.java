package dev.snowmelt.remediator.execute;

import static dev.snowmelt.remediator.execute.Commands.CART;
import static dev.snowmelt.remediator.execute.Commands.ENFORCE;
import static dev.snowmelt.remediator.execute.Commands.EVIL;
import static dev.snowmelt.remediator.execute.Commands.GOOD;
import static dev.snowmelt.remediator.execute.Commands.declaration;
import static dev.snowmelt.remediator.execute.Commands.live;
import static dev.snowmelt.remediator.execute.Commands.pod;
import static dev.snowmelt.remediator.execute.Commands.replace;
import static dev.snowmelt.remediator.execute.Commands.running;
import static org.assertj.core.api.Assertions.assertThat;

import dev.snowmelt.fingerprint.judge.JudgeRules;
import dev.snowmelt.fingerprint.judge.Undeclared;
import dev.snowmelt.schemas.id.WorkloadId;
import dev.snowmelt.v1.Declaration;
import dev.snowmelt.v1.DeclaredContainer;
import dev.snowmelt.v1.Hold;
import dev.snowmelt.v1.ImageFacet;
import dev.snowmelt.v1.Outcome;
import dev.snowmelt.v1.Outcome.Result;
import dev.snowmelt.v1.ResolvedDigest;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/// S1: no instance is terminated whose drift was not true when last looked at, immediately before
/// the call.
class S1OnlyWhatIsDriftedNowIsTerminatedTest {
    private final Executing executing = new Executing();
    private final InMemoryPlatform platform = executing.platform;

    @Test
    void whatIsDriftedIsTerminated() {
        Outcome outcome = executing.handle(replace("c1", pod(1)));

        assertThat(outcome.getResult()).isEqualTo(Result.TERMINATED);
        assertThat(outcome.getCommand()).isEqualTo("c1");
        assertThat(outcome.getWorkload()).isEqualTo(CART.toString());
        assertThat(outcome.getInstance()).isEqualTo(pod(1).toString());
        assertThat(outcome.getAt()).isEqualTo(Commands.timestamp(Commands.NOON));
        assertThat(platform.terminated()).containsExactly(pod(1));
    }

    @Test
    void whatIsConformantAgainIsLeftAlone() {
        platform.lives(pod(1), live(GOOD));

        refuses("CONFORMANT");
    }

    @Test
    void whatCannotBeToldIsLeftAlone() {
        ImageFacet restarting = running(EVIL).toBuilder()
                .setContainers(0, running(EVIL).getContainers(0).toBuilder().clearImageId())
                .build();
        platform.lives(pod(1), new LiveInstance(CART, "100", restarting, null));

        refuses("UNVERIFIED");
    }

    @Test
    void whatARegistryCallsTheDeclaredImageIsLeftAlone() {
        executing.declared(resolved(true));

        refuses("CONFORMANT");
    }

    @Test
    void whatARegistryCallsAnotherImageIsTerminated() {
        var asking = new Executing(new JudgeRules(Undeclared.REPORT, true));
        asking.declared(resolved(false));

        assertThat(asking.handle(replace("c1", pod(1))).getResult()).isEqualTo(Result.TERMINATED);
    }

    @Test
    void whatARegistryMayStillTellOfIsLeftAlone() {
        var asking = new Executing(new JudgeRules(Undeclared.REPORT, true));

        Outcome outcome = asking.handle(replace("c1", pod(1)));

        assertThat(outcome.getResult()).isEqualTo(Result.REFUSED);
        assertThat(outcome.getDetail()).contains("UNVERIFIED");
        assertThat(asking.platform.terminated()).isEmpty();
    }

    /// The executor's `registry.enabled` is off here; the detector's may be on.
    @Test
    void whatNobodyJudgedIsLeftAloneEvenWhenTheExecutorAsksNoRegistry() {
        String copied = "sha256:" + "c".repeat(64); // the declared image, as a mirror wrote it
        platform.lives(pod(1), live(copied));

        refuses("runs registry.test/cart@" + copied + " now, which is not what the command is about");
    }

    @Test
    void whatARegistryCallsAnotherImageNeedsNoCommandAboutIt() {
        executing.declared(resolved(false));

        Outcome outcome =
                executing.handle(replace("c1", pod(1)).toBuilder().clearDrifts().build());

        assertThat(outcome.getResult()).isEqualTo(Result.TERMINATED);
    }

    private static Declaration resolved(boolean accepted) {
        Declaration.Builder declaration = declaration(7, ENFORCE).toBuilder();
        declaration
                .getRevisionsBuilder(0)
                .addResolved(ResolvedDigest.newBuilder()
                        .setContainer("app")
                        .setType(DeclaredContainer.Type.APP)
                        .setDigest(EVIL)
                        .setAccepted(accepted));
        return declaration.build();
    }

    @Test
    void anEmptyReplyIsNoDrift() {
        platform.lives(pod(1), new LiveInstance(CART, "100", ImageFacet.getDefaultInstance(), null));

        refuses("UNVERIFIED");
    }

    @Test
    void driftOfContentAloneIsNotBelieved() {
        platform.lives(pod(1), live(GOOD));

        Outcome outcome = executing.handle(replace("c1", pod(1)).toBuilder()
                .addDrifts(dev.snowmelt.v1.Drift.newBuilder()
                        .setKind(dev.snowmelt.v1.Drift.Kind.CONTENT_CHANGED)
                        .setSubject("file:/etc/passwd"))
                .build());

        assertThat(outcome.getResult()).isEqualTo(Result.REFUSED);
    }

    @Test
    void whatThePlatformWantsLeftAloneIsBlocked() {
        platform.lives(pod(1), protectedOne(EVIL));

        Outcome outcome = executing.handle(replace("c1", pod(1)));

        assertThat(outcome.getResult()).isEqualTo(Result.BLOCKED);
        assertThat(outcome.getDetail()).isEqualTo("is protected");
        assertThat(outcome.getRetryAt()).isEqualTo(Commands.timestamp(Commands.NOON.plusSeconds(60)));
        assertThat(platform.terminated()).isEmpty();
    }

    @Test
    void whatIsConformantIsRefusedEvenWhereThePlatformWouldBlock() {
        platform.lives(pod(1), protectedOne(GOOD));

        refuses("CONFORMANT");
    }

    private static LiveInstance protectedOne(String digest) {
        return new LiveInstance(
                CART,
                "",
                running(digest),
                null,
                new Reply.NotNow(Hold.Reason.PLATFORM, "is protected", Duration.ofMinutes(1)));
    }

    @Test
    void whatWasLookedAtTooLongAgoIsLookedAtAgain() {
        executing.whenAskedForOverrides(() -> {
            if (platform.looks() == 1) {
                executing.now(Commands.NOON.plusMillis(2_001));
                platform.lives(pod(1), live(GOOD));
            }
        });

        refuses("CONFORMANT");
        assertThat(platform.looks()).isEqualTo(2);
    }

    /// A look of several requests is as old as the first of them that asked for what may change.
    @Test
    void howLongALookTookCounts() {
        platform.lives(pod(1), readBefore(Duration.ofMillis(1_500)));
        executing.whenAskedForOverrides(() -> {
            if (platform.looks() == 1) {
                executing.now(Commands.NOON.plusMillis(501));
                platform.lives(pod(1), live(GOOD));
            }
        });

        refuses("CONFORMANT");
        assertThat(platform.looks()).isEqualTo(2);
    }

    @Test
    void aLookThatTakesTooLongEachTimeIsBlocked() {
        platform.lives(pod(1), readBefore(Duration.ofMillis(2_001)));

        Outcome outcome = executing.handle(replace("c1", pod(1)));

        assertThat(outcome.getResult()).isEqualTo(Result.BLOCKED);
        assertThat(outcome.getDetail()).contains("2001 ms passed between the look and the call");
        assertThat(platform.looks()).isEqualTo(3);
        assertThat(platform.terminated()).isEmpty();
    }

    private static LiveInstance readBefore(Duration age) {
        return new LiveInstance(CART, "", running(EVIL), null, null, LiveInstance.Next.NOT_ASKED, age);
    }

    @Test
    void lookingAgainEnds() {
        executing.whenAskedForOverrides(() -> executing.now(Commands.NOON.plusSeconds(3L * platform.looks())));

        Outcome outcome = executing.handle(replace("c1", pod(1)));

        assertThat(outcome.getResult()).isEqualTo(Result.BLOCKED);
        assertThat(outcome.getDetail()).contains("3000 ms passed between the look and the call");
        assertThat(platform.looks()).isEqualTo(3);
        assertThat(platform.terminated()).isEmpty();
    }

    @Test
    void whatBelongsToAnotherWorkloadNowIsLeftAlone() {
        var other = WorkloadId.parse("k8s:test/shop/Deployment/other");
        platform.lives(pod(1), new LiveInstance(other, "100", running(EVIL), null));

        refuses("belongs to " + other);
    }

    @Test
    void whatLostItsControllerIsLeftAlone() {
        platform.lives(pod(1), new LiveInstance(null, "100", running(EVIL), null));

        refuses("its controller is gone");
    }

    @Test
    void whatIsGoneIsGone() {
        Outcome outcome = executing.handle(replace("c1", pod(2)));

        assertThat(outcome.getResult()).isEqualTo(Result.ALREADY_GONE);
        assertThat(platform.terminated()).isEmpty();
    }

    @Test
    void whatChangedBetweenLookAndCallIsLookedAtAgain() {
        platform.willReply(new Reply.Conflict("resourceVersion"));

        Outcome outcome = executing.handle(replace("c1", pod(1)));

        assertThat(outcome.getResult()).isEqualTo(Result.TERMINATED);
        assertThat(platform.looks()).isEqualTo(2);
    }

    @Test
    void whatTurnsConformantBetweenLookAndCallIsSpared() {
        platform.willReply(new Reply.Conflict("resourceVersion"));
        platform.uponLook(() -> {
            if (platform.looks() == 2) {
                platform.lives(pod(1), live(GOOD));
            }
        });

        refuses("CONFORMANT");
    }

    @Test
    void whatKeepsChangingIsBlockedAfterThreeLooks() {
        var conflict = new Reply.Conflict("resourceVersion");
        platform.willReply(conflict, conflict, conflict);

        Outcome outcome = executing.handle(replace("c1", pod(1)));

        assertThat(outcome.getResult()).isEqualTo(Result.BLOCKED);
        assertThat(outcome.getBlockedBy()).isEqualTo(Hold.Reason.PLATFORM);
        assertThat(platform.looks()).isEqualTo(3);
        assertThat(platform.terminated()).isEmpty();
    }

    @Test
    void aModeThatOnlyObservesTerminatesNothing() {
        for (var mode : dev.snowmelt.v1.RemediationPolicy.Mode.values()) {
            if (mode == dev.snowmelt.v1.RemediationPolicy.Mode.UNRECOGNIZED) {
                continue;
            }
            var fresh = new Executing();
            fresh.declared(declaration(7, ENFORCE.toBuilder().setMode(mode).build()));

            Outcome outcome = fresh.handle(replace("c1", pod(1)));

            boolean acts = mode == dev.snowmelt.v1.RemediationPolicy.Mode.ENFORCE
                    || mode == dev.snowmelt.v1.RemediationPolicy.Mode.APPROVE;
            assertThat(outcome.getResult()).as("%s", mode).isEqualTo(acts ? Result.TERMINATED : Result.REFUSED);
        }
    }

    @Test
    void whatThePlatformRefusesIsToldWithItsReason() {
        platform.willReply(
                new Reply.NotNow(Hold.Reason.DISRUPTION_BUDGET, "budget", Duration.ofSeconds(10)),
                new Reply.Rejected("may not"),
                new Reply.EffectUnknown("lost"));

        Outcome blocked = executing.handle(replace("c1", pod(1)));
        Outcome failed = executing.handle(replace("c2", pod(1)));
        Outcome unknown = executing.handle(replace("c3", pod(1)));

        assertThat(blocked.getResult()).isEqualTo(Result.BLOCKED);
        assertThat(blocked.getBlockedBy()).isEqualTo(Hold.Reason.DISRUPTION_BUDGET);
        assertThat(blocked.getRetryAt()).isEqualTo(Commands.timestamp(Commands.NOON.plusSeconds(10)));
        assertThat(failed.getResult()).isEqualTo(Result.FAILED);
        assertThat(failed.getEffectUnknown()).isFalse();
        assertThat(unknown.getResult()).isEqualTo(Result.FAILED);
        assertThat(unknown.getEffectUnknown()).isTrue();
    }

    @Test
    void aDefectStopsNobodyAndIsNotTakenForSuccess() {
        platform.uponLook(() -> {
            throw new IllegalStateException("defect");
        });

        Outcome outcome = executing.handle(replace("c1", pod(1)));

        assertThat(outcome.getResult()).isEqualTo(Result.FAILED);
        assertThat(outcome.getEffectUnknown()).isTrue();
    }

    @Test
    void aDryRunLooksAndTerminatesNothing() {
        var dry = new Executing(true);

        Outcome drifted = dry.handle(replace("c1", pod(1)));
        dry.platform.lives(pod(1), live(GOOD));
        Outcome conformant = dry.handle(replace("c2", pod(1)));

        assertThat(drifted.getResult()).isEqualTo(Result.DRY_RUN);
        assertThat(conformant.getResult()).isEqualTo(Result.REFUSED);
        assertThat(dry.platform.terminated()).isEmpty();
    }

    private void refuses(String why) {
        Outcome outcome = executing.handle(replace("c1", pod(1)));

        assertThat(outcome.getResult()).isEqualTo(Result.REFUSED);
        assertThat(outcome.getDetail()).contains(why);
        assertThat(platform.terminated()).isEmpty();
    }
}
