package dev.snowmelt.remediator.execute.ec2;

import static org.assertj.core.api.Assertions.assertThat;

import dev.snowmelt.remediator.execute.Reply;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.services.autoscaling.model.AutoScalingGroup;
import software.amazon.awssdk.services.autoscaling.model.AutoScalingInstanceDetails;
import software.amazon.awssdk.services.autoscaling.model.InstanceRefresh;
import software.amazon.awssdk.services.autoscaling.model.LaunchTemplateOverrides;
import software.amazon.awssdk.services.autoscaling.model.SuspendedProcess;

/// What is not said counts as an obstacle.
class ObstaclesTest {
    private static final AutoScalingGroup WEB =
            AutoScalingGroup.builder().autoScalingGroupName("web").build();

    private static final List<InstanceRefresh> REFRESHES =
            List.of(InstanceRefresh.builder().instanceRefreshId("r").build());

    private static AutoScalingInstanceDetails member(Consumer<AutoScalingInstanceDetails.Builder> change) {
        var member = AutoScalingInstanceDetails.builder()
                .instanceId("i-0abc")
                .lifecycleState("InService")
                .protectedFromScaleIn(false);
        change.accept(member);
        return member.build();
    }

    @Test
    void nothingSpeaksAgainstAnOrdinaryInstance() {
        assertThat(Obstacles.toTerminate(member(_ -> {}), WEB, List.of(), false))
                .isEmpty();
    }

    @Test
    void whatIsNotSaidIsAnObstacle() {
        assertThat(Obstacles.toTerminate(member(it -> it.lifecycleState(null)), WEB, List.of(), false))
                .hasValue(Replies.notNow("its lifecycle state is null: it is not in service"));
        assertThat(Obstacles.toTerminate(member(it -> it.protectedFromScaleIn(null)), WEB, List.of(), false))
                .hasValue(Replies.notNow("Auto Scaling does not say whether it is protected from scale-in"));
        assertThat(Obstacles.toTerminate(member(_ -> {}), WEB, List.of(), null))
                .hasValue(Replies.notNow("EC2 does not say whether termination protection is on"));
        assertThat(Obstacles.toChange(WEB, REFRESHES))
                .hasValue(Replies.notNowInGroup("instance refresh r of group web is under way (null)"));
    }

    @Test
    void whatIsInTheWayOfTheGroupIsSaidFirstAndToBeTheGroups() {
        var standby = member(it -> it.lifecycleState("Standby"));
        var stopped = WEB.toBuilder()
                .suspendedProcesses(
                        SuspendedProcess.builder().processName("Launch").build())
                .build();

        assertThat(ofWorkload(Obstacles.toTerminate(standby, WEB, REFRESHES, false)))
                .isTrue();
        assertThat(ofWorkload(Obstacles.toTerminate(standby, stopped, List.of(), false)))
                .isTrue();
        assertThat(ofWorkload(Obstacles.toTerminate(standby, WEB, List.of(), false)))
                .isFalse();
    }

    private static boolean ofWorkload(Optional<Reply.NotNow> obstacle) {
        return obstacle.orElseThrow().ofWorkload();
    }

    @Test
    void aGroupThatIsBeingDeletedIsLeftAlone() {
        var deleted = WEB.toBuilder().status("Delete in progress").build();

        assertThat(Obstacles.toTerminate(member(_ -> {}), deleted, List.of(), false))
                .hasValue(Replies.notNowInGroup("group web is being deleted"));
    }

    @Test
    void aWarmPoolOfStoppedInstancesIsNoObstacleOthersAre() {
        assertThat(toTerminateIn("Stopped")).isEmpty();
        assertThat(toTerminateIn("Running"))
                .hasValueSatisfying(why -> assertThat(why.detail()).startsWith("group web has a warm pool"));
        assertThat(toTerminateIn("Hibernated")).isNotEmpty();
        assertThat(toTerminateIn(null)).isNotEmpty();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aWarmPoolThatTakesInstancesBackIsAnObstacle(boolean reuses) {
        var warm = WEB.toBuilder()
                .warmPoolConfiguration(configuration ->
                        configuration.poolState("Stopped").instanceReusePolicy(policy -> policy.reuseOnScaleIn(reuses)))
                .build();

        Optional<Reply.NotNow> obstacle = Obstacles.toTerminate(member(_ -> {}), warm, List.of(), false);

        assertThat(obstacle.isPresent()).isEqualTo(reuses);
        assertThat(obstacle.map(Reply.NotNow::ofWorkload).orElse(true)).isTrue();
    }

    private static Optional<Reply.NotNow> toTerminateIn(@Nullable String pool) {
        var warm = WEB.toBuilder()
                .warmPoolConfiguration(configuration -> configuration.poolState(pool))
                .build();
        return Obstacles.toTerminate(member(_ -> {}), warm, List.of(), false);
    }

    @Test
    void overridesWithImagesOfTheirOwnCannotBePutRightByOneImage() {
        var mixed = WEB.toBuilder()
                .mixedInstancesPolicy(policy -> policy.launchTemplate(
                        launch -> launch.launchTemplateSpecification(source -> source.launchTemplateId("lt-0abc"))
                                .overrides(LaunchTemplateOverrides.builder()
                                        .imageId("ami-0arm")
                                        .build())))
                .build();

        assertThat(LaunchSpec.unrestorable(mixed).orElse("")).contains("overrides with images of their own");
        assertThat(LaunchSpec.unrestorable(WEB).orElse("")).contains("does not tell what group web launches from");
    }
}
