package dev.snowmelt.remediator.execute.ec2;

import static org.assertj.core.api.Assertions.assertThat;

import dev.snowmelt.remediator.execute.ImageChange;
import dev.snowmelt.remediator.execute.LiveTemplate;
import dev.snowmelt.remediator.execute.Order;
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
import dev.snowmelt.schemas.id.TargetId;
import dev.snowmelt.schemas.id.WorkloadId;
import dev.snowmelt.v1.Command;
import dev.snowmelt.v1.ObservedContainer;
import dev.snowmelt.v1.WorkloadStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
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
import software.amazon.awssdk.services.autoscaling.model.AutoScalingGroup;
import software.amazon.awssdk.services.autoscaling.model.LaunchTemplateOverrides;
import software.amazon.awssdk.services.autoscaling.model.LaunchTemplateSpecification;
import software.amazon.awssdk.services.ec2.model.LaunchTemplateVersion;

/// Looks at launch templates and restores of them, against moto or a named endpoint.
@ExtendWith(MotoExtension.class)
@Timeout(120)
class Ec2TemplateRestorerIT {
    private static final TargetId TARGET = TargetId.parse(Moto.target());
    private static final WorkloadId WEB = WorkloadId.parse(TARGET + "/asg/web");
    private static final String CREATE = "CreateLaunchTemplateVersion";
    private static final String UPDATE = "UpdateAutoScalingGroup";

    private Moto moto;
    private Ec2Fleet fleet;
    private FaultyProxy aws;
    private LoopbackClients loopback;
    private Platform platform;
    private String good;
    private String evil;
    private String template;

    @BeforeEach
    void start(Moto emulator) {
        moto = emulator;
        moto.reset();
        fleet = new Ec2Fleet(moto);
        good = fleet.ami("good");
        evil = fleet.ami("evil");
        template = fleet.launchTemplate("web", evil);
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

    private LiveTemplate seen() {
        Sighting<LiveTemplate> sighting = platform.templates().look(WEB);
        if (sighting instanceof Sighting.Seen<LiveTemplate>(var live)) {
            return live;
        }
        throw new AssertionError("not seen but " + sighting);
    }

    private Reply unseen() {
        Sighting<LiveTemplate> sighting = platform.templates().look(WEB);
        if (sighting instanceof Sighting.Unseen<LiveTemplate>(var why)) {
            return why;
        }
        throw new AssertionError("not unseen but " + sighting);
    }

    private static Order.Restore order(String command) {
        return new Order.Restore(
                Command.newBuilder().setId(command).setRevision(7).build(), WEB);
    }

    private NewVersion made() {
        return new NewVersion(template, 1, good, 7, "c1 of " + Instant.EPOCH);
    }

    private List<ImageChange> change() {
        return List.of(new ImageChange(ObservedContainer.Type.AMI, "ami", evil, good));
    }

    private Reply restore(LiveTemplate seen) {
        return platform.restorer().restore(order("c1"), seen, change(), Optional::empty);
    }

    private List<LaunchTemplateVersion> versions() {
        return moto
                .ec2()
                .describeLaunchTemplateVersions(request -> request.launchTemplateId(template))
                .launchTemplateVersions()
                .stream()
                .sorted(java.util.Comparator.comparing(LaunchTemplateVersion::versionNumber))
                .toList();
    }

    private void nothingWasChanged() {
        assertThat(aws.calls()).extracting(AwsCall::action).doesNotContain(CREATE, UPDATE);
        assertThat(versions()).hasSize(1);
    }

    @Test
    void seesWhatAGroupWouldLaunch() {
        withoutRefreshes();
        fleet.group("web", 2, template, "$Default");

        LiveTemplate live = seen();

        assertThat(live.status().getTemplate().getId()).isEqualTo(template + ":1");
        assertThat(live.status().getTemplate().getContainers(0).getImage()).isEqualTo(evil);
        assertThat(live.status().getStrategy()).isEqualTo(WorkloadStatus.Strategy.ON_DELETE);
        assertThat(live.notNow()).isNull();
    }

    @Test
    void makesANewVersionAndPointsTheGroupAtIt() {
        withoutRefreshes();
        fleet.group("web", 2, template, "1");

        Reply reply = restore(seen());

        assertThat(reply)
                .isEqualTo(new Reply.Accepted(
                        "group web launches %s from version 2 of %s; version 1 is kept".formatted(good, template)));
        assertThat(fleet.describe("web").launchTemplate().version()).isEqualTo("2");
        assertThat(versions())
                .extracting(version -> version.launchTemplateData().imageId())
                .containsExactly(evil, good);
        assertThat(aws.calls(CREATE))
                .singleElement()
                .satisfies(call -> assertThat(call.parameters())
                        .containsEntry("SourceVersion", "1")
                        .containsEntry("ClientToken", made().token())
                        .containsEntry("VersionDescription", made().description())
                        .doesNotContainKey("DryRun"));
        assertThat(fleet.images("web").values())
                .as("no instance is replaced by it")
                .containsOnly(evil);
        assertThat(seen().status().getTemplate().getContainers(0).getImage()).isEqualTo(good);
    }

    @Test
    void keepsTheRestOfAMixedInstancesPolicy() {
        withoutRefreshes();
        fleet.group(
                "web",
                2,
                group -> group.mixedInstancesPolicy(policy -> policy.launchTemplate(
                                launch -> launch.launchTemplateSpecification(source -> source.launchTemplateId(template)
                                                .version("1"))
                                        .overrides(type("t3.small", "1"), type("t3.large", "2")))
                        .instancesDistribution(distribution ->
                                distribution.onDemandBaseCapacity(1).spotAllocationStrategy("lowest-price"))));
        AutoScalingGroup before = fleet.describe("web");

        assertThat(restore(seen())).isInstanceOf(Reply.Accepted.class);

        AutoScalingGroup after = fleet.describe("web");
        assertThat(after.launchTemplate()).isNull();
        var launch = after.mixedInstancesPolicy().launchTemplate();
        assertThat(launch.launchTemplateSpecification().version()).isEqualTo("2");
        assertThat(launch.overrides())
                .isEqualTo(before.mixedInstancesPolicy().launchTemplate().overrides());
        assertThat(after.mixedInstancesPolicy().instancesDistribution())
                .isEqualTo(before.mixedInstancesPolicy().instancesDistribution());
        assertThat(aws.calls(UPDATE).getFirst().parameters())
                .containsEntry("MixedInstancesPolicy.LaunchTemplate.Overrides.member.2.InstanceType", "t3.large")
                .containsEntry("MixedInstancesPolicy.InstancesDistribution.OnDemandBaseCapacity", "1")
                .doesNotContainKey(
                        "MixedInstancesPolicy.LaunchTemplate.LaunchTemplateSpecification.LaunchTemplateName");
    }

    private static LaunchTemplateOverrides type(String type, String weight) {
        return LaunchTemplateOverrides.builder()
                .instanceType(type)
                .weightedCapacity(weight)
                .build();
    }

    /// Whether EC2 warned of it was in the answer.
    @Test
    void aVersionWhoseAnswerWasLostIsNotUsedAndTheNextAttemptMakesAnother() {
        withoutRefreshes();
        fleet.group("web", 2, template, "1");
        LiveTemplate seen = seen();
        aws.fail(CREATE, 0, 1, new Fault.CutAfter());

        assertThat(restore(seen)).isInstanceOf(Reply.EffectUnknown.class);
        assertThat(restore(seen)).isInstanceOf(Reply.NotNow.class);
        assertThat(aws.calls(CREATE)).hasSize(1);
        Reply next = platform.restorer().restore(order("c2"), seen, change(), Optional::empty);

        assertThat(next.detail()).contains("from version 3 of " + template);
        assertThat(aws.calls(CREATE))
                .extracting(call -> call.parameters().get("ClientToken"))
                .doesNotHaveDuplicates();
    }

    @Test
    void aTemplateWhoseNewestVersionAnotherGroupFollowsIsLeftAlone() {
        withoutRefreshes();
        fleet.group("web", 2, template, "1");
        fleet.mixedGroup("batch", 1, template, "$Latest");

        Reply reply = restore(seen());

        assertThat(reply).isInstanceOf(Reply.Rejected.class);
        assertThat(reply.detail()).startsWith("group batch follows the newest version of " + template + " ($Latest)");
        nothingWasChanged();
    }

    @Test
    void anotherGroupThatNamesANumberIsNoObstacle() {
        withoutRefreshes();
        fleet.group("web", 2, template, "1");
        fleet.group("other", 1, template, "1");

        assertThat(restore(seen())).isInstanceOf(Reply.Accepted.class);
        assertThat(fleet.describe("other").launchTemplate().version()).isEqualTo("1");
    }

    @Test
    void aLaunchConfigurationIsLeftAlone() {
        withoutRefreshes();
        fleet.launchConfiguration("old", evil);
        fleet.group("web", 2, group -> group.launchConfigurationName("old"));

        assertThat(unseen())
                .isEqualTo(new Reply.Rejected("group web launches from launch configuration old, which cannot change:"
                        + " give it a launch template"));
    }

    @Test
    void overridesWithLaunchTemplatesOfTheirOwnAreLeftAlone() {
        withoutRefreshes();
        String arm = fleet.launchTemplate("web-arm", evil);
        fleet.mixedGroup(
                "web",
                2,
                template,
                "1",
                LaunchTemplateOverrides.builder()
                        .instanceType("t4g.small")
                        .launchTemplateSpecification(LaunchTemplateSpecification.builder()
                                .launchTemplateId(arm)
                                .version("1")
                                .build())
                        .build());

        assertThat(unseen().detail()).contains("overrides with launch templates of their own");
        assertThat(unseen()).isInstanceOf(Reply.Rejected.class);
    }

    @Test
    void aParameterIsLeftToWhoeverSetsIt() {
        withoutRefreshes();
        template = fleet.launchTemplate("by-parameter", "resolve:ssm:/golden/web");
        fleet.group("web", 0, template, "1");
        LiveTemplate seen = seen();
        String parameter = seen.status().getTemplate().getContainers(0).getImage();

        Reply reply = platform.restorer()
                .restore(
                        order("c1"),
                        seen,
                        List.of(new ImageChange(ObservedContainer.Type.AMI, "ami", parameter, good)),
                        Optional::empty);

        assertThat(parameter).isEqualTo("resolve:ssm:/golden/web");
        assertThat(reply).isInstanceOf(Reply.Rejected.class);
        assertThat(reply.detail()).contains("takes the image from a parameter (resolve:ssm:/golden/web)");
        nothingWasChanged();
    }

    @Test
    void whatIsNoGroupHasNoTemplate() {
        assertThat(platform.templates().look(WorkloadId.parse(TARGET + "/standalone/i-0abc")))
                .isInstanceOfSatisfying(
                        Sighting.Unseen.class,
                        unseen -> assertThat(unseen.why()).isInstanceOf(Reply.Rejected.class));
    }

    @Test
    void aGroupThatIsNotShownIsNotGone() {
        withoutRefreshes();

        assertThat(unseen()).isEqualTo(Replies.notNow("Auto Scaling shows no group web"));
    }

    @Test
    void aRunningInstanceRefreshBlocks() {
        aws.fail(InstanceRefreshes.ACTION, InstanceRefreshes.one("web", "InProgress"));
        fleet.group("web", 2, template, "1");

        assertThat(Objects.requireNonNull(seen().notNow()).detail())
                .contains("of group web is under way (InProgress, 25 %)");
    }

    @Test
    void aGroupThatWasPointedElsewhereMeanwhileIsLookedAtAgain() {
        withoutRefreshes();
        String other = fleet.launchTemplate("other", evil);
        fleet.group("web", 2, template, "1");
        LiveTemplate seen = seen();
        aws.fail(CREATE, new Fault.Meanwhile(() -> fleet.pointAt("web", other, "1")));

        assertThat(restore(seen).detail())
                .isEqualTo("group web launches from something else now; version 2 of " + template + " was made for it");

        assertThat(fleet.describe("web").launchTemplate().launchTemplateId()).isEqualTo(other);
        assertThat(aws.calls(UPDATE)).isEmpty();
        assertThat(restore(seen)).as("before anything is made").isInstanceOf(Reply.Conflict.class);
        assertThat(aws.calls(CREATE)).hasSize(1);
    }

    @Test
    void aVersionThatEc2DoubtsIsNotUsed() {
        withoutRefreshes();
        fleet.group("web", 2, template, "1");
        aws.fail(CREATE, Scripts.doubtfulVersion(template, 2));

        Reply reply = restore(seen());

        assertThat(reply).isInstanceOf(Reply.Rejected.class);
        assertThat(reply.detail()).contains("InvalidAMIID.NotFound");
        assertThat(aws.calls(UPDATE)).isEmpty();
    }

    static Stream<Arguments> faults() {
        return Stream.of(
                Arguments.of(CREATE, Fault.throttled(), Reply.NotNow.class, "throttles"),
                Arguments.of(
                        CREATE,
                        Fault.unauthorized(),
                        Reply.NotNow.class,
                        "allow ec2:CreateLaunchTemplateVersion in the policy"),
                Arguments.of(CREATE, Fault.expired(), Reply.NotNow.class, "renew them"),
                Arguments.of(CREATE, new Fault.CutBefore(), Reply.EffectUnknown.class, "no answer"),
                Arguments.of(
                        UPDATE,
                        Fault.accessDenied("autoscaling:UpdateAutoScalingGroup"),
                        Reply.NotNow.class,
                        "allow autoscaling:UpdateAutoScalingGroup in the policy"),
                Arguments.of(
                        UPDATE,
                        new Fault.Refused(
                                400, "ValidationError", "You are not authorized to use launch template: lt-0"),
                        Reply.NotNow.class,
                        "allow ec2:RunInstances in the policy"),
                Arguments.of(
                        UPDATE,
                        new Fault.Refused(400, "ScalingActivityInProgress", "in progress"),
                        Reply.NotNow.class,
                        "present state"),
                Arguments.of(
                        UPDATE,
                        new Fault.Refused(400, "ValidationError", "The image id '[ami-0]' does not exist"),
                        Reply.NotNow.class,
                        "does not exist): Auto Scaling may not know the new version yet"),
                Arguments.of(UPDATE, Fault.internalError(), Reply.EffectUnknown.class, "AWS failed"),
                Arguments.of(UPDATE, new Fault.CutBefore(), Reply.EffectUnknown.class, "no answer"));
    }

    @ParameterizedTest
    @MethodSource("faults")
    void aRestoreThatFailsIsNotRepeatedAndLeavesTheGroup(
            String action, Fault fault, Class<? extends Reply> expected, String sentence) {
        withoutRefreshes();
        fleet.group("web", 2, template, "1");
        LiveTemplate seen = seen();
        aws.fail(action, fault);

        Reply reply = restore(seen);

        assertThat(reply).isInstanceOf(expected);
        assertThat(reply.detail()).contains(sentence);
        assertThat(aws.calls(action)).hasSize(1);
        assertThat(fleet.describe("web").launchTemplate().version()).isEqualTo("1");
    }

    @Test
    void groupsThatCannotAllBeReadAreNotNow() {
        withoutRefreshes();
        fleet.group("web", 2, template, "1");
        LiveTemplate seen = seen();
        aws.fail("DescribeAutoScalingGroups", new Fault.Refused(400, "InvalidNextToken", "The token is not valid."));

        assertThat(restore(seen)).isInstanceOf(Reply.NotNow.class);
        nothingWasChanged();
    }

    @Test
    void aDryRunAsksEc2AndChangesNothing() {
        withoutRefreshes();
        fleet.group("web", 2, template, "1");

        Reply reply = platform.dryRun().restorer().restore(order("c1"), seen(), change(), Optional::empty);

        assertThat(reply).isInstanceOf(Reply.Withheld.class);
        assertThat(reply.detail())
                .contains("EC2 would make a version with " + good + " in " + template + " like version 1")
                .contains("whether autoscaling:UpdateAutoScalingGroup is allowed was not tried");
        assertThat(aws.calls(CREATE)).singleElement().matches(AwsCall::dryRun);
        assertThat(aws.calls(UPDATE)).isEmpty();
        assertThat(versions()).hasSize(1);
    }

    @Test
    void aDryRunSaysThatTheGroupWouldNotFollowTheNewestVersionAnyMore() {
        withoutRefreshes();
        fleet.group("web", 2, template, "$Latest");

        Reply reply = platform.dryRun().restorer().restore(order("c1"), seen(), change(), Optional::empty);

        assertThat(reply.detail()).contains("after the group, which follows $Latest, was given its number");
        assertThat(aws.calls(UPDATE)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void ofAnImageThatIsNotThereNoVersionIsMade(boolean dryRun) {
        withoutRefreshes();
        fleet.group("web", 2, template, "$Latest");
        moto.ec2().deregisterImage(image -> image.imageId(good));
        Platform with = dryRun ? platform.dryRun() : platform;

        Reply reply = with.restorer().restore(order("c1"), seen(), change(), Optional::empty);

        assertThat(reply).isInstanceOf(Reply.NotNow.class);
        assertThat(reply.detail()).startsWith("group web would launch nothing from " + good + ": EC2 does not show it");
        nothingWasChanged();
    }

    @Test
    void aDryRunShowsAMissingRight() {
        withoutRefreshes();
        fleet.group("web", 2, template, "1");
        aws.fail(CREATE, Fault.unauthorized());

        Reply reply = platform.dryRun().restorer().restore(order("c1"), seen(), change(), Optional::empty);

        assertThat(reply).isInstanceOf(Reply.NotNow.class);
        assertThat(reply.detail()).contains("allow ec2:CreateLaunchTemplateVersion in the policy");
    }

    @Test
    void aDryRunRefusesWhatWouldBeRefusedInEarnest() {
        withoutRefreshes();
        fleet.group("web", 2, template, "1");
        fleet.group("batch", 1, template, "$Latest");

        assertThat(platform.dryRun().restorer().restore(order("c1"), seen(), change(), Optional::empty))
                .isInstanceOf(Reply.Rejected.class);
        nothingWasChanged();
    }
}
