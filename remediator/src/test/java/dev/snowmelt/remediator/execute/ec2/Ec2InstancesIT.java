package dev.snowmelt.remediator.execute.ec2;

import static org.assertj.core.api.Assertions.assertThat;

import dev.snowmelt.fingerprint.ec2.InstanceFingerprint;
import dev.snowmelt.remediator.execute.LiveInstance;
import dev.snowmelt.remediator.execute.LiveTemplate;
import dev.snowmelt.remediator.execute.Platform;
import dev.snowmelt.remediator.execute.Reply;
import dev.snowmelt.remediator.execute.Sighting;
import dev.snowmelt.sandbox.aws.AwsCall;
import dev.snowmelt.sandbox.aws.Ec2Fleet;
import dev.snowmelt.sandbox.aws.Fault;
import dev.snowmelt.sandbox.aws.FaultyProxy;
import dev.snowmelt.sandbox.aws.InstanceRefreshes;
import dev.snowmelt.sandbox.aws.Moto;
import dev.snowmelt.sandbox.aws.MotoExtension;
import dev.snowmelt.schemas.id.InstanceId;
import dev.snowmelt.schemas.id.TargetId;
import dev.snowmelt.schemas.id.WorkloadId;
import dev.snowmelt.v1.Hold;
import dev.snowmelt.v1.ImageFacet;
import dev.snowmelt.v1.Template;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Looks at instances and terminations, against moto or a named endpoint.
@ExtendWith(MotoExtension.class)
@Timeout(120)
class Ec2InstancesIT {
    private static final TargetId TARGET = TargetId.parse(Moto.target());
    private static final String WEB = "web";
    private static final String TERMINATE = "TerminateInstanceInAutoScalingGroup";

    private Ec2Fleet fleet;
    private FaultyProxy aws;
    private LoopbackClients loopback;
    private Platform platform;
    private String ami;
    private String template;

    @BeforeEach
    void start(Moto moto) {
        moto.reset();
        fleet = new Ec2Fleet(moto);
        ami = fleet.ami("web 1");
        template = fleet.launchTemplate("web", ami);
        fleet.group(WEB, 3, template, "1");
        aws = FaultyProxy.before(moto.endpoint());
        loopback = new LoopbackClients(aws.endpoint());
        platform = Ec2Platform.of(TARGET, loopback.clients(), Duration.ofSeconds(20), Duration.ofSeconds(3));
    }

    @AfterEach
    void stop() {
        loopback.close();
        aws.close();
    }

    private void withoutRefreshes() {
        aws.fail(InstanceRefreshes.ACTION, InstanceRefreshes.none());
    }

    private String first() {
        return fleet.instances(WEB).getFirst();
    }

    private static InstanceId id(String instance) {
        return InstanceId.parse(TARGET + "/" + instance);
    }

    private LiveInstance seen(String instance) {
        Sighting<LiveInstance> sighting = platform.instances().look(id(instance));
        if (sighting instanceof Sighting.Seen<LiveInstance>(var live)) {
            return live;
        }
        throw new AssertionError(instance + " is not seen but " + sighting);
    }

    private Reply.NotNow unseen(String instance) {
        Sighting<LiveInstance> sighting = platform.instances().look(id(instance));
        if (sighting instanceof Sighting.Unseen<LiveInstance>(Reply.NotNow why)) {
            return why;
        }
        throw new AssertionError(instance + " is not unseen but " + sighting);
    }

    private static Template next(LiveInstance live) {
        return Objects.requireNonNull(live.next().template(), "what would come in its place is not known");
    }

    @Test
    void seesAnInstanceOfItsGroup() {
        withoutRefreshes();

        LiveInstance live = seen(first());

        assertThat(live.owner()).isEqualTo(WorkloadId.parse(TARGET + "/asg/web"));
        assertThat(live.image().getContainers(0).getImageId()).isEqualTo(ami);
        assertThat(live.image().getReady()).isTrue();
        assertThat(live.notNow()).isNull();
        assertThat(next(live).getId()).isEqualTo(template + ":1");
        assertThat(next(live).getContainers(0).getImage()).isEqualTo(ami);
        assertThat(live.next().userData()).containsExactly(InstanceFingerprint.userDataSha256(null));
        assertThat(live.age()).isPositive();
    }

    @Test
    void seesWithWhichUserDataTheNextOneWouldBeMade(Moto moto) {
        withoutRefreshes();
        String data = Base64.getEncoder().encodeToString("#!/bin/sh".getBytes(StandardCharsets.US_ASCII));
        String other = moto.ec2()
                .createLaunchTemplate(create -> create.launchTemplateName("other")
                        .launchTemplateData(with -> with.imageId(ami).userData(data)))
                .launchTemplate()
                .launchTemplateId();
        fleet.group("other", 1, other, "1");

        assertThat(seen(fleet.instances("other").getFirst()).next().userData())
                .containsExactly(InstanceFingerprint.userDataSha256(data));
        assertThat(platform.templates().look(WorkloadId.parse(TARGET + "/asg/other")))
                .isInstanceOfSatisfying(
                        Sighting.Seen.class,
                        sighting -> assertThat(((LiveTemplate) sighting.what()).userData())
                                .containsExactly(InstanceFingerprint.userDataSha256(data)));
    }

    /// Standby and protection are a person's word, and the last that is asked for.
    @Test
    void whatSpeaksAgainstItIsAskedForLast() {
        withoutRefreshes();

        seen(first());

        assertThat(aws.calls())
                .extracting(AwsCall::action)
                .containsExactly(
                        "DescribeAutoScalingInstances",
                        "DescribeAutoScalingGroups",
                        "DescribeLaunchTemplateVersions",
                        "DescribeImages",
                        "DescribeInstanceAttribute",
                        "DescribeInstanceRefreshes",
                        "DescribeInstanceAttribute",
                        "DescribeInstances",
                        "DescribeAutoScalingGroups",
                        "DescribeAutoScalingInstances");
    }

    @Test
    void whatIsProtectedWhileItIsLookedAtIsSeenToBe() {
        withoutRefreshes();
        String instance = first();
        aws.fail("DescribeInstances", 0, 1, new Fault.Meanwhile(() -> fleet.protect(WEB, instance, true)));

        assertThat(blocked(seen(instance))).isEqualTo("it is protected from scale-in");
    }

    @Test
    void aProcessThatIsSuspendedWhileItIsLookedAtIsSeenToBe() {
        withoutRefreshes();
        aws.fail("DescribeInstances", 0, 1, new Fault.Meanwhile(() -> fleet.suspend(WEB, "Launch")));

        assertThat(blocked(seen(first()))).isEqualTo("process Launch of group web is suspended");
    }

    @Test
    void aGroupThatIsPointedElsewhereWhileItIsLookedAtIsNotNow() {
        withoutRefreshes();
        String version = Long.toString(fleet.launchTemplateVersion(template, fleet.ami("web 2")));
        aws.fail("DescribeImages", 0, 1, new Fault.Meanwhile(() -> fleet.pointAt(WEB, template, version)));

        assertThat(unseen(first()).detail()).isEqualTo("group web launches from something else now");
    }

    @Test
    void anInstanceThatIsTerminatedWhileItIsLookedAtIsNotNow() {
        withoutRefreshes();
        String instance = first();
        aws.fail("DescribeAutoScalingInstances", 1, 1, new Fault.Meanwhile(() -> fleet.terminateInGroup(instance)));

        assertThat(unseen(instance).detail()).isEqualTo(instance + " leaves group web at this moment");
    }

    @Test
    void aDeregisteredImageBlocks(Moto moto) {
        withoutRefreshes();
        moto.ec2().deregisterImage(image -> image.imageId(ami));

        assertThat(blocked(seen(first())))
                .isEqualTo("group web would launch nothing from " + ami
                        + ": EC2 does not show it, so it was deregistered or is not shared any more");
    }

    @ParameterizedTest
    @ValueSource(strings = {"InvalidLaunchTemplateId.NotFound", "InvalidLaunchTemplateId.VersionNotFound"})
    void aLaunchTemplateOrVersionThatIsDeletedBlocks(String code) {
        withoutRefreshes();
        aws.fail("DescribeLaunchTemplateVersions", new Fault.Refused(400, code, "it does not exist"));

        assertThat(blocked(seen(first())))
                .startsWith("group web would launch nothing: ")
                .contains(code + ": it does not exist");
    }

    @Test
    void anInstanceOfALaunchConfigurationIsSeenWithWhatWouldComeInItsPlace() {
        withoutRefreshes();
        fleet.launchConfiguration("old", ami);
        fleet.group("old", 1, group -> group.launchConfigurationName("old"));

        LiveInstance live = seen(fleet.instances("old").getFirst());

        assertThat(live.notNow()).isNull();
        assertThat(next(live).getId()).isEqualTo("lc:old");
        assertThat(next(live).getContainers(0).getImage()).isEqualTo(ami);
    }

    @Test
    void terminatesItInItsGroupWhichKeepsItsSize() {
        withoutRefreshes();
        String instance = first();
        LiveInstance live = seen(instance);

        Reply reply = platform.terminator().terminate(id(instance), live);

        assertThat(reply).isInstanceOf(Reply.Accepted.class);
        assertThat(fleet.instances(WEB)).hasSize(3).doesNotContain(instance);
        assertThat(fleet.describe(WEB).desiredCapacity()).isEqualTo(3);
        assertThat(aws.calls(TERMINATE))
                .singleElement()
                .satisfies(call -> assertThat(call.parameters())
                        .containsEntry("InstanceId", instance)
                        .containsEntry("ShouldDecrementDesiredCapacity", "false"));
    }

    @Test
    void neverTerminatesAStandaloneInstance() {
        withoutRefreshes();
        String alone = fleet.standalone(ami);
        LiveInstance live = seen(alone);

        for (Platform each : List.of(platform, platform.dryRun())) {
            assertThat(each.terminator().terminate(id(alone), live))
                    .isEqualTo(new Reply.Rejected(
                            alone + " is in no Auto Scaling group: on EC2 only instances of groups are terminated"));
        }

        assertThat(live.owner()).isEqualTo(WorkloadId.parse(TARGET + "/standalone/" + alone));
        assertThat(aws.calls()).extracting(AwsCall::action).noneMatch(action -> action.startsWith("Terminate"));
    }

    @Test
    void aDryRunTerminatesNothingAndSaysWhatItDoesNotShow() {
        withoutRefreshes();
        String instance = first();

        Reply reply = platform.dryRun().terminator().terminate(id(instance), seen(instance));

        assertThat(reply).isInstanceOf(Reply.Withheld.class);
        assertThat(reply.detail())
                .contains("would terminate " + instance)
                .contains("whether autoscaling:TerminateInstanceInAutoScalingGroup is allowed was not tried");
        assertThat(aws.calls(TERMINATE)).isEmpty();
        assertThat(fleet.instances(WEB)).contains(instance);
    }

    @Test
    void whatIsTerminatedOrUnknownToAllIsGone() {
        withoutRefreshes();
        String instance = first();
        fleet.terminateInGroup(instance);

        assertThat(platform.instances().look(id(instance)))
                .isEqualTo(new Sighting.Gone<LiveInstance>("is terminated already"));
        assertThat(platform.instances().look(id("i-0123456789abcdef0"))).isInstanceOf(Sighting.Gone.class);
    }

    @Test
    void whatShutsDownIsGone() {
        withoutRefreshes();
        String instance = first();
        aws.fail("DescribeInstances", Scripts.shuttingDown(instance));

        assertThat(platform.instances().look(id(instance)))
                .isEqualTo(new Sighting.Gone<LiveInstance>("is shutting-down already"));
    }

    @Test
    void whatEc2DoesNotFindButItsGroupListsIsNotGone() {
        withoutRefreshes();
        aws.fail("DescribeInstances", new Fault.Refused(400, "InvalidInstanceID.NotFound", "does not exist"));

        assertThat(unseen(first()).detail()).contains("ec2:DescribeInstances").contains("finds nothing");
    }

    @Test
    void anInstanceThatAutoScalingDoesNotListYetIsNotNow() {
        aws.fail("DescribeAutoScalingInstances", new Fault.Answered(200, """
                <DescribeAutoScalingInstancesResponse xmlns="http://autoscaling.amazonaws.com/doc/2011-01-01/">
                  <DescribeAutoScalingInstancesResult><AutoScalingInstances/></DescribeAutoScalingInstancesResult>
                </DescribeAutoScalingInstancesResponse>
                """));

        LiveInstance live = seen(first());

        assertThat(live.owner()).isEqualTo(WorkloadId.parse(TARGET + "/asg/web"));
        assertThat(blocked(live)).contains("bears the tag of group web, but Auto Scaling does not list it");
    }

    private static String blocked(LiveInstance live) {
        Reply.NotNow notNow = Objects.requireNonNull(live.notNow(), "nothing is said against it");
        assertThat(notNow.by()).isEqualTo(Hold.Reason.PLATFORM);
        return notNow.detail();
    }

    @Test
    void scaleInProtectionBlocks() {
        withoutRefreshes();
        fleet.protect(WEB, first(), true);

        assertThat(blocked(seen(first()))).isEqualTo("it is protected from scale-in");

        fleet.protect(WEB, first(), false);
        assertThat(seen(first()).notNow()).isNull();
    }

    @Test
    void standbyBlocks() {
        withoutRefreshes();
        String instance = first();
        fleet.enterStandby(WEB, instance);

        assertThat(blocked(seen(instance)))
                .isEqualTo("its lifecycle state is Standby: somebody took it out of service");
    }

    @ParameterizedTest
    @ValueSource(strings = {"Pending", "Pending:Wait", "Detaching", "Warmed:Stopped", "New"})
    void everythingButInServiceBlocks(String lifecycle) {
        withoutRefreshes();
        aws.fail("DescribeAutoScalingInstances", Scripts.member(first(), WEB, lifecycle));

        assertThat(blocked(seen(first()))).startsWith("its lifecycle state is " + lifecycle + ": ");
    }

    /// BLOCKED would say that nothing was done, and free its slot while a hook drains it.
    @ParameterizedTest
    @ValueSource(
            strings = {"Terminating", "Terminating:Wait", "Terminating:Proceed", "Terminated", "Warmed:Terminating"})
    void whatAutoScalingTerminatesIsGoneThoughItRuns(String lifecycle) {
        withoutRefreshes();
        String instance = first();
        aws.fail("DescribeAutoScalingInstances", Scripts.member(instance, WEB, lifecycle));

        assertThat(platform.instances().look(id(instance)))
                .isEqualTo(new Sighting.Gone<LiveInstance>("is on its way out already (" + lifecycle + ")"));
    }

    @Test
    void whatAutoScalingBeginsToTerminateDuringTheLookIsGone() {
        withoutRefreshes();
        String instance = first();
        aws.fail("DescribeAutoScalingInstances", 1, 1, Scripts.member(instance, WEB, "Terminating:Wait"));

        assertThat(platform.instances().look(id(instance))).isInstanceOf(Sighting.Gone.class);
    }

    /// Then it is not at its end: it may come into service again.
    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void whatTheWarmPoolTakesBackIsNotGone(int look, Moto moto) {
        withoutRefreshes();
        reuseOnScaleIn(moto);
        String instance = first();
        aws.fail("DescribeAutoScalingInstances", look, 1, Scripts.member(instance, WEB, "Terminating:Wait"));

        Reply.NotNow why = unseen(instance);

        assertThat(why.detail()).startsWith("group web has a warm pool that takes instances back (ReuseOnScaleIn)");
        assertThat(why.ofWorkload()).isTrue();
    }

    @Test
    void whatLeavesTheWarmPoolForGoodIsGone(Moto moto) {
        withoutRefreshes();
        reuseOnScaleIn(moto);
        aws.fail("DescribeAutoScalingInstances", Scripts.member(first(), WEB, "Warmed:Terminating:Wait"));

        assertThat(platform.instances().look(id(first()))).isInstanceOf(Sighting.Gone.class);
    }

    private static void reuseOnScaleIn(Moto moto) {
        moto.autoScaling()
                .putWarmPool(pool -> pool.autoScalingGroupName(WEB)
                        .poolState("Stopped")
                        .minSize(0)
                        .maxGroupPreparedCapacity(5)
                        .instanceReusePolicy(reuse -> reuse.reuseOnScaleIn(true)));
    }

    @Test
    void terminationProtectionBlocks(Moto moto) {
        withoutRefreshes();
        String instance = first();
        moto.ec2()
                .modifyInstanceAttribute(
                        change -> change.instanceId(instance).disableApiTermination(protect -> protect.value(true)));

        assertThat(blocked(seen(instance))).isEqualTo("termination protection (disableApiTermination) is on");
    }

    @ParameterizedTest
    @ValueSource(strings = {"Launch", "Terminate", "AddToLoadBalancer", "HealthCheck"})
    void aSuspendedProcessBlocks(String process) {
        withoutRefreshes();
        fleet.suspend(WEB, process);

        assertThat(blocked(seen(first()))).isEqualTo("process " + process + " of group web is suspended");
    }

    @Test
    void aProcessThatDoesNotMatterDoesNotBlock() {
        withoutRefreshes();
        fleet.suspend(WEB, "AZRebalance", "ScheduledActions");

        assertThat(seen(first()).notNow()).isNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"Pending", "InProgress", "Cancelling", "RollbackInProgress", "Baking", "SomethingNew"})
    void aRunningInstanceRefreshBlocks(String status) {
        aws.fail(InstanceRefreshes.ACTION, InstanceRefreshes.one(WEB, status));

        assertThat(blocked(seen(first())))
                .startsWith(
                        "instance refresh 08b91cf7-8fa6-48af-b6a6-d227f40f1b9b of group web is under way (" + status);
    }

    @ParameterizedTest
    @ValueSource(strings = {"Successful", "Failed", "Cancelled", "RollbackFailed", "RollbackSuccessful"})
    void anEndedInstanceRefreshDoesNot(String status) {
        aws.fail(InstanceRefreshes.ACTION, InstanceRefreshes.one(WEB, status));

        assertThat(seen(first()).notNow()).isNull();
    }

    @Test
    void aGroupThatHoldsStateIsSeenToHoldState() {
        withoutRefreshes();
        fleet.tagGroup(WEB, "snowmelt.dev/stateful", "true");

        assertThat(seen(first()).image().getProtectionsList()).containsExactly(ImageFacet.Protection.STATEFUL);
    }

    static Stream<Arguments> faultsOfLooks() {
        return Stream.of(
                Arguments.of(
                        "DescribeAutoScalingInstances",
                        Fault.accessDenied("autoscaling:DescribeAutoScalingInstances"),
                        "allow autoscaling:DescribeAutoScalingInstances in the policy"),
                Arguments.of("DescribeAutoScalingGroups", Fault.expiredToken(), "ExpiredToken"),
                Arguments.of(
                        InstanceRefreshes.ACTION,
                        Fault.accessDenied("autoscaling:DescribeInstanceRefreshes"),
                        "allow autoscaling:DescribeInstanceRefreshes in the policy"),
                Arguments.of(
                        "DescribeInstanceAttribute",
                        Fault.unauthorized(),
                        "allow ec2:DescribeInstanceAttribute in the policy"),
                Arguments.of(
                        "DescribeLaunchTemplateVersions",
                        Fault.unauthorized(),
                        "allow ec2:DescribeLaunchTemplateVersions in the policy"),
                Arguments.of("DescribeImages", Fault.unauthorized(), "allow ec2:DescribeImages in the policy"),
                Arguments.of("DescribeInstances", Fault.unauthorized(), "allow ec2:DescribeInstances in the policy"),
                Arguments.of("DescribeInstances", Fault.expired(), "check profile, role and clock"));
    }

    @ParameterizedTest
    @MethodSource("faultsOfLooks")
    void aLookThatFailsIsNotNowAndSaysWhatToDo(String action, Fault fault, String sentence) {
        aws.fail(action, fault);
        withoutRefreshes();

        assertThat(unseen(first()).detail()).contains(sentence);
        assertThat(aws.calls(TERMINATE)).isEmpty();
    }

    @Test
    void aThrottledLookIsRepeated() {
        aws.fail("DescribeInstances", 0, 2, Fault.throttled());
        withoutRefreshes();

        assertThat(seen(first()).notNow()).isNull();
        assertThat(aws.calls("DescribeInstances")).hasSize(3);
    }

    @Test
    void aLookThatIsThrottledAgainAndAgainIsNotNow() {
        aws.fail("DescribeInstances", Fault.throttled());
        withoutRefreshes();

        assertThat(unseen(first()).detail())
                .contains("throttles ec2:DescribeInstances")
                .contains("RequestLimitExceeded");
    }

    @Test
    void aLookIsBoundedInTime() {
        platform = Ec2Platform.of(TARGET, loopback.clients(), Duration.ofSeconds(2), Duration.ofSeconds(3));
        aws.fail("DescribeInstances", new Fault.Delayed(Duration.ofSeconds(40)));
        withoutRefreshes();
        long before = System.nanoTime();

        assertThat(unseen(first()).detail()).contains("no answer to ec2:DescribeInstances");
        assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(20));
    }

    static Stream<Arguments> faultsOfCalls() {
        return Stream.of(
                Arguments.of(Fault.rateExceeded(), Reply.NotNow.class, "throttles"),
                Arguments.of(
                        Fault.accessDenied("autoscaling:TerminateInstanceInAutoScalingGroup"),
                        Reply.NotNow.class,
                        "allow autoscaling:TerminateInstanceInAutoScalingGroup in the policy"),
                Arguments.of(Fault.expiredToken(), Reply.NotNow.class, "renew them"),
                Arguments.of(
                        new Fault.Refused(400, "ScalingActivityInProgress", "Activity is in progress."),
                        Reply.NotNow.class,
                        "does not suit its present state"),
                Arguments.of(
                        new Fault.Refused(500, "ResourceContention", "pending update"),
                        Reply.NotNow.class,
                        "does not suit its present state"),
                Arguments.of(
                        new Fault.Refused(
                                400,
                                "ValidationError",
                                "Instance Id not found - No managed instance found for instance ID: i-0"),
                        Reply.Conflict.class,
                        "finds nothing"),
                Arguments.of(
                        new Fault.Refused(400, "ValidationError", "1 validation error detected"),
                        Reply.Rejected.class,
                        "refuses"),
                Arguments.of(Fault.internalError(), Reply.EffectUnknown.class, "AWS failed"),
                Arguments.of(new Fault.CutAfter(), Reply.EffectUnknown.class, "no answer"),
                Arguments.of(new Fault.CutBefore(), Reply.EffectUnknown.class, "no answer"),
                Arguments.of(new Fault.Delayed(Duration.ofSeconds(20)), Reply.EffectUnknown.class, "no answer"));
    }

    @ParameterizedTest
    @MethodSource("faultsOfCalls")
    void aTerminationThatFailsIsNotRepeated(Fault fault, Class<? extends Reply> expected, String sentence) {
        withoutRefreshes();
        String instance = first();
        LiveInstance live = seen(instance);
        aws.fail(TERMINATE, fault);

        Reply reply = platform.terminator().terminate(id(instance), live);

        assertThat(reply).isInstanceOf(expected);
        assertThat(reply.detail()).contains(sentence);
        assertThat(aws.calls(TERMINATE)).hasSize(1);
    }
}
