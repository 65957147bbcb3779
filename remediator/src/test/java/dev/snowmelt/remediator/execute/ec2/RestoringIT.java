package dev.snowmelt.remediator.execute.ec2;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.snowmelt.remediator.execute.ImageChange;
import dev.snowmelt.remediator.execute.LiveTemplate;
import dev.snowmelt.remediator.execute.Order;
import dev.snowmelt.remediator.execute.Permit;
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
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.services.autoscaling.model.AutoScalingGroup;
import software.amazon.awssdk.services.autoscaling.model.LaunchTemplateSpecification;
import software.amazon.awssdk.services.ec2.model.LaunchTemplateVersion;

/// The steps of a restore, and what happens between them, against moto or a named endpoint. The
/// launch template holds nothing but its image: of a source version moto copies nothing.
@ExtendWith(MotoExtension.class)
@Timeout(120)
class RestoringIT {
    private static final TargetId TARGET = TargetId.parse(Moto.target());
    private static final WorkloadId WEB = WorkloadId.parse(TARGET + "/asg/web");
    private static final String CREATE = "CreateLaunchTemplateVersion";
    private static final String UPDATE = "UpdateAutoScalingGroup";
    private static final String VERSIONS = "DescribeLaunchTemplateVersions";

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
        template = moto.ec2()
                .createLaunchTemplate(
                        request -> request.launchTemplateName("web").launchTemplateData(data -> data.imageId(evil)))
                .launchTemplate()
                .launchTemplateId();
        version(evil);
        aws = FaultyProxy.before(moto.endpoint());
        aws.fail(InstanceRefreshes.ACTION, InstanceRefreshes.none());
        loopback = new LoopbackClients(aws.endpoint());
        restart();
    }

    @AfterEach
    void stop() {
        loopback.close();
        aws.close();
    }

    private void version(String image) {
        moto.ec2()
                .createLaunchTemplateVersion(
                        request -> request.launchTemplateId(template).launchTemplateData(data -> data.imageId(image)));
    }

    private void group(String name, String version) {
        fleet.group(name, 0, template, version);
    }

    private LiveTemplate seen() {
        if (platform.templates().look(WEB) instanceof Sighting.Seen<LiveTemplate>(var live)) {
            return live;
        }
        throw new AssertionError("group web is not seen");
    }

    private Reply restore(LiveTemplate seen) {
        return restore(seen, Instant.now(), Optional::empty);
    }

    private Reply restore(LiveTemplate seen, Instant issued, Permit permit) {
        var command = Command.newBuilder().setId("c" + issued).setRevision(3);
        command.getIssuedAtBuilder().setSeconds(issued.getEpochSecond());
        return platform.restorer()
                .restore(
                        new Order.Restore(command.build(), WEB),
                        seen,
                        List.of(new ImageChange(ObservedContainer.Type.AMI, "ami", evil, good)),
                        permit);
    }

    /// How the group names its version, whether or not it has a mixed instances policy.
    private String named() {
        AutoScalingGroup group = fleet.describe("web");
        LaunchTemplateSpecification names = group.launchTemplate() != null
                ? group.launchTemplate()
                : group.mixedInstancesPolicy().launchTemplate().launchTemplateSpecification();
        return names.version();
    }

    private List<String> images() {
        return moto
                .ec2()
                .describeLaunchTemplateVersions(request -> request.launchTemplateId(template))
                .launchTemplateVersions()
                .stream()
                .sorted(java.util.Comparator.comparing(LaunchTemplateVersion::versionNumber))
                .map(version -> version.launchTemplateData().imageId())
                .toList();
    }

    private List<String> changed() {
        return aws.calls().stream()
                .filter(call -> call.action().equals(CREATE) || call.action().equals(UPDATE))
                .map(AwsCall::action)
                .toList();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aGroupThatFollowsTheNewestVersionIsPointedAtItsNumberBeforeThereIsANewOne(boolean mixed) {
        if (mixed) {
            fleet.mixedGroup("web", 0, template, "$Latest");
        } else {
            group("web", "$Latest");
        }
        var whenMade = new ArrayList<String>();
        aws.fail(CREATE, new Fault.Meanwhile(() -> whenMade.add(named())));

        Reply reply = restore(seen());

        assertThat(reply).isInstanceOf(Reply.Accepted.class);
        assertThat(reply.detail())
                .contains("launches " + good + " from version 3 of " + template)
                .endsWith("it followed $Latest before, and names numbers now");
        assertThat(whenMade).containsExactly("2");
        assertThat(changed()).containsExactly(UPDATE, CREATE, UPDATE);
        assertThat(named()).isEqualTo("3");
    }

    @Test
    void whatEc2DoubtsIsLaunchedByNobodyAlsoWhereTheNewestWasFollowed() {
        group("web", "$Latest");
        aws.fail(CREATE, Scripts.doubtfulVersion(template, 3));

        Reply reply = restore(seen());

        assertThat(reply).isInstanceOf(Reply.Rejected.class);
        assertThat(reply.detail())
                .contains("InvalidAMIID.NotFound")
                .contains("it does not follow $Latest any more, but names the version's number")
                .contains("version 3 of " + template + " was made for it");
        assertThat(named()).isEqualTo("2");
    }

    @Test
    void aGroupThatFollowsTheDefaultVersionEndsAtANumberInOneStep() {
        group("web", "$Default");

        Reply reply = restore(seen());

        assertThat(reply.detail())
                .contains("version 1 is kept")
                .endsWith("it followed $Default before, and names numbers now");
        assertThat(changed()).containsExactly(CREATE, UPDATE);
        assertThat(named()).isEqualTo("3");
    }

    @Test
    void aNewerVersionThatSomebodyElseMadeMeanwhileIsNotUndone() {
        group("web", "$Latest");
        LiveTemplate seen = seen();
        version(fleet.ami("theirs"));

        assertThat(restore(seen)).isInstanceOf(Reply.Conflict.class);

        assertThat(changed()).isEmpty();
        assertThat(named()).isEqualTo("$Latest");
    }

    @Test
    void anotherDefaultVersionThatSomebodyElseSetMeanwhileIsNotUndone() {
        group("web", "$Default");
        aws.fail(
                CREATE,
                new Fault.Meanwhile(() -> moto.ec2()
                        .modifyLaunchTemplate(
                                request -> request.launchTemplateId(template).defaultVersion("2"))));

        Reply reply = restore(seen());

        assertThat(reply).isInstanceOf(Reply.NotNow.class);
        assertThat(reply.detail())
                .isEqualTo("group web launches from something else now; version 3 of " + template + " was made for it");
        assertThat(named()).isEqualTo("$Default");
    }

    @Test
    void aGroupThatBeginsToFollowTheNewestVersionMeanwhileKeepsItFromBeingMade() {
        group("web", "1");
        LiveTemplate seen = seen();
        aws.fail(VERSIONS, new Fault.Meanwhile(() -> group("batch", "$Latest")));

        Reply reply = restore(seen);

        assertThat(reply).isInstanceOf(Reply.Rejected.class);
        assertThat(reply.detail()).startsWith("group batch follows the newest version");
        assertThat(changed()).isEmpty();
    }

    @Test
    void aGroupThatFollowsTheNewestVersionAgainKeepsItFromBeingMade() {
        group("web", "2");
        LiveTemplate seen = seen();
        aws.fail(VERSIONS, new Fault.Meanwhile(() -> fleet.pointAt("web", template, "$Latest")));

        assertThat(restore(seen)).isInstanceOf(Reply.Conflict.class);

        assertThat(changed()).isEmpty();
    }

    @Test
    void aBlockedRestoreUsesItsVersionAgain() {
        group("web", "1");
        aws.fail(UPDATE, 0, 2, Fault.accessDenied("iam:PassRole"));

        for (int attempt = 1; attempt <= 2; attempt++) {
            assertThat(restore(seen()))
                    .isInstanceOfSatisfying(
                            Reply.NotNow.class,
                            why -> assertThat(why.retryAfter()).isEqualTo(Duration.ofMinutes(5)));
        }
        Reply reply = restore(seen());

        assertThat(reply.detail())
                .isEqualTo("group web launches %s from version 3 of %s; version 1 is kept".formatted(good, template));
        assertThat(changed()).containsExactly(CREATE, UPDATE, UPDATE, UPDATE);
        assertThat(images()).containsExactly(evil, evil, good);
    }

    @Test
    void whatEc2WarnedOfIsMadeAnewByTheNextAttempt() {
        group("web", "1");
        aws.fail(CREATE, 0, 1, Scripts.doubtfulVersion(template, 3));
        Instant first = Instant.now();
        assertThat(restore(seen(), first, Optional::empty)).isInstanceOf(Reply.Rejected.class);
        version(good);

        Reply again = restore(seen(), first.plusSeconds(60), Optional::empty);

        assertThat(again.detail()).startsWith("group web launches " + good + " from version 4 of " + template);
        assertThat(tokens()).doesNotHaveDuplicates().hasSize(2);
    }

    /// Somebody pointed the group back, and a person resumes. It served, but who can tell.
    @Test
    void ofAVersionThatAnotherProcessMadeAnotherIsMade() {
        group("web", "1");
        Instant first = Instant.now();
        assertThat(restore(seen(), first, Optional::empty)).isInstanceOf(Reply.Accepted.class);
        fleet.pointAt("web", template, "1");
        restart();

        Reply again = restore(seen(), first.plusSeconds(60), Optional::empty);

        assertThat(again.detail())
                .isEqualTo("group web launches %s from version 4 of %s; version 1 is kept".formatted(good, template));
        assertThat(tokens()).doesNotHaveDuplicates().hasSize(2);
        assertThat(named()).isEqualTo("4");
    }

    @Test
    void theSameCommandMakesNoSecondVersionWhoeverCarriesItOutAgain() {
        group("web", "1");
        aws.fail(UPDATE, 0, 1, Fault.accessDenied("iam:PassRole"));
        Instant first = Instant.now();
        restore(seen(), first, Optional::empty);
        restart();

        Reply again = restore(seen(), first, Optional::empty);

        assertThat(again).isInstanceOf(Reply.NotNow.class);
        assertThat(again.detail())
                .startsWith("this very command made version 3 of " + template + " before")
                .endsWith("the next attempt makes another");
        assertThat(images()).containsExactly(evil, evil, good);
        assertThat(restore(seen(), first.plusSeconds(60), Optional::empty).detail())
                .contains("from version 4 of");
    }

    @Test
    void ofAVersionThatWasDeletedAnotherIsMade() {
        group("web", "1");
        Instant first = Instant.now();
        restore(seen(), first, Optional::empty);
        fleet.pointAt("web", template, "1");
        LiveTemplate seen = seen();
        aws.fail(call -> "1".equals(call.parameters().get("MinVersion")), 0, 1, Scripts.versionsOnTheNextPage(""));

        Reply again = restore(seen, first.plusSeconds(60), Optional::empty);

        assertThat(again.detail()).contains("from version 4 of " + template);
        assertThat(tokens()).doesNotHaveDuplicates().hasSize(2);
    }

    /// What is remembered is lost, as with another process.
    private void restart() {
        platform = Ec2Platform.of(TARGET, loopback.clients(), Duration.ofSeconds(20), Duration.ofSeconds(3));
    }

    private List<String> tokens() {
        return aws.calls(CREATE).stream()
                .map(call -> call.parameters().get("ClientToken"))
                .toList();
    }

    @Test
    void anInstanceRefreshThatBeginsMeanwhileKeepsTheGroupFromBeingChanged() {
        aws.heal();
        aws.fail(InstanceRefreshes.ACTION, 0, 1, InstanceRefreshes.none());
        aws.fail(InstanceRefreshes.ACTION, InstanceRefreshes.one("web", "InProgress"));
        group("web", "1");

        Reply reply = restore(seen());

        assertThat(reply).isInstanceOf(Reply.NotNow.class);
        assertThat(reply.detail())
                .startsWith("instance refresh ")
                .endsWith("version 3 of " + template + " was made for it");
        assertThat(changed()).containsExactly(CREATE);
        assertThat(named()).isEqualTo("1");
    }

    @Test
    void aVersionOfSomebodyElseIsNotUsed() {
        version(good);
        group("web", "1");

        assertThat(restore(seen()).detail()).contains("from version 4 of " + template);
    }

    @Test
    void versionsAreLookedForOnEveryPage() {
        group("web", "1");
        restore(seen());
        fleet.pointAt("web", template, "1");
        LiveTemplate seen = seen();
        aws.forget();
        aws.fail(
                call -> "1".equals(call.parameters().get("MinVersion")), 0, 1, Scripts.versionsOnTheNextPage("page-2"));

        assertThat(restore(seen)).isInstanceOf(Reply.Accepted.class);

        assertThat(aws.calls(VERSIONS))
                .anySatisfy(call -> assertThat(call.parameters())
                        .containsEntry("NextToken", "page-2")
                        .containsEntry("Filter.1.Name", "image-id")
                        .containsEntry("Filter.1.Value.1", good));
        assertThat(changed()).containsExactly(UPDATE);
    }

    @ParameterizedTest
    @CsvSource({"1, 0", "2, 1", "3, 2"})
    void nothingIsChangedAnyMoreWhenItMustNotBe(int allowed, int changes) {
        group("web", "$Latest");
        var asked = new AtomicInteger();

        Reply reply = restore(
                seen(),
                Instant.now(),
                () -> asked.incrementAndGet() < allowed
                        ? Optional.empty()
                        : Optional.of(new Reply.Refused("paused by anna: audit")));

        assertThat(reply).isInstanceOf(Reply.Refused.class);
        assertThat(reply.detail()).startsWith("paused by anna: audit");
        assertThat(changed()).isEqualTo(List.of(UPDATE, CREATE).subList(0, changes));
        assertThat(reply.detail().contains("it does not follow $Latest any more"))
                .isEqualTo(changes >= 1);
        assertThat(reply.detail().contains("version 3 of " + template + " was made for it"))
                .isEqualTo(changes >= 2);
    }

    @Test
    void theQuestionWhetherItMayStandsRightBeforeEachCall() {
        group("web", "$Latest");
        var callsWhenAsked = new ArrayList<Integer>();

        restore(seen(), Instant.now(), () -> {
            callsWhenAsked.add(aws.calls().size());
            return Optional.empty();
        });

        assertThat(callsWhenAsked)
                .extracting(before -> aws.calls().get(before).action())
                .containsExactly(UPDATE, CREATE, UPDATE);
        assertThat(callsWhenAsked)
                .extracting(before -> aws.calls().get(before - 1).action())
                .as("the group, and where it follows one, the version")
                .containsExactly(VERSIONS, "DescribeAutoScalingGroups", "DescribeAutoScalingGroups");
    }

    @Test
    void whenTheAnswerTookLongTheGroupIsLookedAtAgain() {
        group("web", "1");
        var asked = new AtomicInteger();

        Reply reply = restore(seen(), Instant.now(), () -> {
            if (asked.incrementAndGet() == 2) {
                await().pollDelay(Duration.ofMillis(2_100)).until(() -> true);
                fleet.pointAt("web", template, "2");
            }
            return Optional.empty();
        });

        assertThat(reply.detail()).startsWith("group web launches from something else now");
        assertThat(changed()).containsExactly(CREATE);
        assertThat(named()).isEqualTo("2");
    }

    @Test
    void lookingAgainEnds() {
        group("web", "1");

        Reply reply = restore(seen(), Instant.now(), () -> {
            await().pollDelay(Duration.ofMillis(2_100)).until(() -> true);
            return Optional.empty();
        });

        assertThat(reply).isInstanceOf(Reply.NotNow.class);
        assertThat(reply.detail()).contains("more than 2000 ms passed between looking at group web and changing it");
        assertThat(changed()).isEmpty();
    }

    @Test
    void aVersionThatAutoScalingDoesNotKnowYetIsTriedAgainForTenMinutes() {
        group("web", "1");
        aws.fail(
                UPDATE,
                new Fault.Refused(
                        400,
                        "ValidationError",
                        "You must use a valid fully-formed launch template. Version 3 does not exist"));
        Instant now = Instant.now();

        Reply first = restore(seen(), now, Optional::empty);
        Reply later = restore(seen(), now.plusSeconds(9 * 60), Optional::empty);
        Reply last = restore(seen(), now.plusSeconds(11 * 60), Optional::empty);

        assertThat(first)
                .isInstanceOfSatisfying(
                        Reply.NotNow.class, why -> assertThat(why.retryAfter()).isEqualTo(Duration.ofSeconds(15)));
        assertThat(first.detail()).contains("Auto Scaling may not know the new version yet");
        assertThat(later).isInstanceOf(Reply.NotNow.class);
        assertThat(last).isInstanceOf(Reply.Rejected.class);
        assertThat(aws.calls(CREATE)).hasSize(1);
    }
}
