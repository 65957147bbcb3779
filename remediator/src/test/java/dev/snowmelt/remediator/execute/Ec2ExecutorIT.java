package dev.snowmelt.remediator.execute;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.snowmelt.remediator.execute.ec2.Ec2Clients;
import dev.snowmelt.remediator.execute.ec2.Ec2Platform;
import dev.snowmelt.sandbox.aws.Ec2Fleet;
import dev.snowmelt.sandbox.aws.Fault;
import dev.snowmelt.sandbox.aws.FaultyProxy;
import dev.snowmelt.sandbox.aws.InstanceRefreshes;
import dev.snowmelt.sandbox.aws.Moto;
import dev.snowmelt.sandbox.aws.MotoExtension;
import dev.snowmelt.sandbox.kafka.EmbeddedKafka;
import dev.snowmelt.schemas.id.TargetId;
import dev.snowmelt.schemas.id.WorkloadId;
import dev.snowmelt.v1.Command;
import dev.snowmelt.v1.Declaration;
import dev.snowmelt.v1.DeclarationSpec;
import dev.snowmelt.v1.DeclaredContainer;
import dev.snowmelt.v1.Outcome;
import dev.snowmelt.v1.Outcome.Result;
import dev.snowmelt.v1.RemediationPolicy.Protected;
import dev.snowmelt.v1.RestoreTemplate;
import dev.snowmelt.v1.Revision;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import software.amazon.awssdk.services.autoscaling.AutoScalingClient;
import software.amazon.awssdk.services.ec2.Ec2Client;

/// An executor over a real broker and an emulated account: from the command to the outcome.
@ExtendWith(MotoExtension.class)
@Timeout(180)
class Ec2ExecutorIT {
    private static final TargetId TARGET = TargetId.parse(Moto.target());
    private static final WorkloadId WEB = WorkloadId.parse(TARGET + "/asg/web");
    private static final String TERMINATE = "TerminateInstanceInAutoScalingGroup";

    private static EmbeddedKafka kafka;

    private Ec2Fleet fleet;
    private FaultyProxy aws;
    private Platform platform;
    private String good;
    private String evil;
    private String template;
    private String snowflake;

    @BeforeAll
    static void startKafka() {
        kafka = EmbeddedKafka.start(1);
    }

    @AfterAll
    static void stopKafka() {
        kafka.close();
    }

    @BeforeEach
    void aSnowflakeInAGroup(Moto moto) {
        moto.reset();
        fleet = new Ec2Fleet(moto);
        good = fleet.ami("good");
        evil = fleet.ami("evil");
        template = fleet.launchTemplate("web", good);
        fleet.group("web", 3, template, "1");
        snowflake = fleet.snowflake("web", evil);
        aws = FaultyProxy.before(moto.endpoint());
        aws.fail(InstanceRefreshes.ACTION, InstanceRefreshes.none());
        Ec2Client ec2 = moto.client(Ec2Client.builder(), aws.endpoint());
        AutoScalingClient autoScaling = moto.client(AutoScalingClient.builder(), aws.endpoint());
        platform = Ec2Platform.of(
                TARGET,
                new Ec2Clients(ec2, autoScaling, ec2, autoScaling),
                Duration.ofSeconds(20),
                Duration.ofSeconds(10));
    }

    @AfterEach
    void stop() {
        aws.close();
    }

    private DeclaredContainer ami() {
        return DeclaredContainer.newBuilder()
                .setName("ami")
                .setType(DeclaredContainer.Type.AMI)
                .setImage(good)
                .build();
    }

    private Declaration declaring(WorkloadId workload) {
        return Declaration.newBuilder()
                .setWorkload(workload.toString())
                .addRevisions(Revision.newBuilder()
                        .setNumber(7)
                        .setSpec(DeclarationSpec.newBuilder()
                                .addContainers(ami())
                                .setRemediation(Commands.ENFORCE.toBuilder()
                                        .addAlsoTerminate(Protected.STANDALONE)
                                        .setRestoreTemplate(
                                                RestoreTemplate.newBuilder().setEnabled(true)))))
                .build();
    }

    private static Command replace(WorkloadId workload, String instance) {
        return Commands.replace("c1", Commands.pod(1)).toBuilder()
                .setWorkload(workload.toString())
                .setInstance(TARGET + "/" + instance)
                .build();
    }

    private Command restore() {
        return replace(WEB, snowflake).toBuilder()
                .setAction(Command.Action.RESTORE_TEMPLATE)
                .clearInstance()
                .addRestore(ami())
                .build();
    }

    private Outcome outcome(Command command) {
        return outcome(command, platform);
    }

    private Outcome outcome(Command command, Platform by) {
        try (var harness = new ExecutorHarness(kafka, Map.of(TARGET, by))) {
            harness.declare(declaring(WorkloadId.parse(command.getWorkload())));
            try (var executor = harness.start()) {
                // What was there before it, somebody else may have begun.
                await().atMost(Duration.ofSeconds(40))
                        .until(() -> executor.health().ready());
                harness.command(command);
                return harness.awaitOutcome(command.getId());
            }
        }
    }

    @Test
    void aSnowflakeIsReplacedAndTheGroupKeepsItsSize() {
        Outcome outcome = outcome(replace(WEB, snowflake));

        assertThat(outcome.getResult()).as(outcome.getDetail()).isEqualTo(Result.TERMINATED);
        assertThat(fleet.describe("web").desiredCapacity()).isEqualTo(3);
        assertThat(fleet.images("web")).hasSize(3).doesNotContainKey(snowflake);
        assertThat(List.copyOf(fleet.images("web").values())).containsOnly(good);
    }

    @Test
    void whatRunsTheDeclaredImageByNowIsRefused() {
        String fine = fleet.instances("web").stream()
                .filter(instance -> !instance.equals(snowflake))
                .findFirst()
                .orElseThrow();

        Outcome outcome = outcome(replace(WEB, fine));

        assertThat(outcome.getResult()).isEqualTo(Result.REFUSED);
        assertThat(outcome.getDetail()).isEqualTo("is CONFORMANT when looked at now");
        assertThat(aws.calls(TERMINATE)).isEmpty();
    }

    @Test
    void whatIsProtectedIsBlocked() {
        fleet.protect("web", snowflake, true);

        Outcome outcome = outcome(replace(WEB, snowflake));

        assertThat(outcome.getResult()).isEqualTo(Result.BLOCKED);
        assertThat(outcome.getDetail()).isEqualTo("it is protected from scale-in");
        assertThat(fleet.instances("web")).contains(snowflake);
    }

    /// No event told the collector yet.
    @Test
    void whatWouldComeBackWrongIsBlocked() {
        fleet.pointAt("web", template, Long.toString(fleet.launchTemplateVersion(template, evil)));

        Outcome outcome = outcome(replace(WEB, snowflake));

        assertThat(outcome.getResult()).isEqualTo(Result.BLOCKED);
        assertThat(outcome.getDetail())
                .isEqualTo(template
                        + ":2, from which the next one would be made, is MISMATCHED when looked at now: it names "
                        + evil);
        assertThat(aws.calls(TERMINATE)).isEmpty();
    }

    @Test
    void whatWouldNotComeBackIsBlocked(Moto moto) {
        moto.ec2().deregisterImage(image -> image.imageId(good));

        Outcome outcome = outcome(replace(WEB, snowflake));

        assertThat(outcome.getResult()).isEqualTo(Result.BLOCKED);
        assertThat(outcome.getDetail()).contains("would launch nothing from " + good);
        assertThat(aws.calls(TERMINATE)).isEmpty();
    }

    @Test
    void whatIsThrottledIsBlocked() {
        aws.fail(TERMINATE, Fault.rateExceeded());

        Outcome outcome = outcome(replace(WEB, snowflake));

        assertThat(outcome.getResult()).isEqualTo(Result.BLOCKED);
        assertThat(outcome.getDetail()).contains("Throttling: Rate exceeded");
        assertThat(aws.calls(TERMINATE)).hasSize(1);
    }

    @Test
    void whatIsTerminatedBySomebodyElseBetweenLookAndCallIsAlreadyGone() {
        // AWS' words for an instance that is in no group any more; moto has none.
        aws.fail(
                TERMINATE,
                new Fault.Refused(400, "ValidationError", "Instance Id not found - No managed instance found"));
        // A look begins and ends with it.
        aws.fail("DescribeAutoScalingInstances", 2, 1, new Fault.Meanwhile(() -> fleet.terminateInGroup(snowflake)));

        Outcome outcome = outcome(replace(WEB, snowflake));

        assertThat(outcome.getResult()).as(outcome.getDetail()).isEqualTo(Result.ALREADY_GONE);
        assertThat(outcome.getDetail()).isEqualTo("is terminated already");
        assertThat(aws.calls(TERMINATE)).hasSize(1);
    }

    @Test
    void whoseAnswerIsLostHasAnUnknownEffect() {
        aws.fail(TERMINATE, new Fault.CutAfter());

        Outcome outcome = outcome(replace(WEB, snowflake));

        assertThat(outcome.getResult()).isEqualTo(Result.FAILED);
        assertThat(outcome.getEffectUnknown()).isTrue();
        assertThat(aws.calls(TERMINATE)).hasSize(1);
    }

    @Test
    void aStandaloneInstanceIsNotTerminatedWhateverTheDeclarationNames() {
        String alone = fleet.standalone(evil);

        Outcome outcome = outcome(replace(WorkloadId.parse(TARGET + "/standalone/" + alone), alone));

        assertThat(outcome.getResult()).isEqualTo(Result.FAILED);
        assertThat(outcome.getDetail()).contains("on EC2 only instances of groups are terminated");
        assertThat(aws.calls(TERMINATE)).isEmpty();
    }

    @Test
    void aWrongLaunchTemplateIsRestored() {
        fleet.pointAt("web", template, Long.toString(fleet.launchTemplateVersion(template, evil)));

        Outcome outcome = outcome(restore());

        assertThat(outcome.getResult()).as(outcome.getDetail()).isEqualTo(Result.RESTORED);
        assertThat(fleet.describe("web").launchTemplate().version()).isEqualTo("3");
    }

    @Test
    void aLaunchTemplateThatIsRightByNowIsLeftAlone() {
        Outcome outcome = outcome(restore());

        assertThat(outcome.getResult()).isEqualTo(Result.REFUSED);
        assertThat(outcome.getDetail()).isEqualTo("the template is MATCHING when looked at now");
    }

    @Test
    void aLaunchConfigurationFailsWithTheReason() {
        fleet.launchConfiguration("old", evil);
        fleet.group("legacy", 1, group -> group.launchConfigurationName("old"));

        Outcome outcome = outcome(
                restore().toBuilder().setWorkload(TARGET + "/asg/legacy").build());

        assertThat(outcome.getResult()).isEqualTo(Result.FAILED);
        assertThat(outcome.getEffectUnknown()).isFalse();
        assertThat(outcome.getDetail()).contains("launch configuration old");
    }

    @Test
    void aDryRunChangesNothing() {
        assertThat(outcome(replace(WEB, snowflake), platform.dryRun()).getResult())
                .isEqualTo(Result.DRY_RUN);
        fleet.pointAt("web", template, Long.toString(fleet.launchTemplateVersion(template, evil)));
        assertThat(outcome(restore(), platform.dryRun()).getResult()).isEqualTo(Result.DRY_RUN);

        assertThat(fleet.describe("web").launchTemplate().version()).isEqualTo("2");
        assertThat(fleet.instances("web")).contains(snowflake);
    }
}
