package dev.snowmelt.sandbox.aws;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collections;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import software.amazon.awssdk.services.autoscaling.model.LaunchTemplateOverrides;
import software.amazon.awssdk.services.ec2.model.InstanceStateName;

@ExtendWith(MotoExtension.class)
class Ec2FleetIT {

    private final Ec2Fleet fleet;

    Ec2FleetIT(Moto moto) {
        fleet = new Ec2Fleet(moto);
    }

    @BeforeEach
    void empty(Moto moto) {
        moto.reset();
    }

    @Test
    void groupLaunchesWhatItsTemplateSays() {
        String v1 = fleet.ami("web-1");
        fleet.group("web", 3, fleet.launchTemplate("web", v1), "1");

        assertThat(fleet.images("web")).hasSize(3).containsValue(v1);
        assertThat(fleet.describe("web").launchTemplate().version()).isEqualTo("1");
    }

    @Test
    void entryOfAnInstanceNamesTheNumberOfItsVersion(Moto moto) {
        String template = fleet.launchTemplate("web", fleet.ami("web-1"));
        fleet.group("web", 2, template, "$Latest");

        assertThat(fleet.describe("web").instances()).hasSize(2).allSatisfy(instance -> {
            assertThat(instance.launchTemplate().launchTemplateId()).isEqualTo(template);
            assertThat(instance.launchTemplate().version()).isEqualTo("1");
        });
        assertThat(moto.autoScaling().describeAutoScalingInstances().autoScalingInstances())
                .hasSize(2)
                .allSatisfy(instance ->
                        assertThat(instance.launchTemplate().version()).isEqualTo("1"));
    }

    @Test
    void snowflakeTakesAnothersPlaceInItsGroup() {
        String v1 = fleet.ami("web-1");
        fleet.launchConfiguration("web-lc", v1);
        fleet.group("web", 3, group -> group.launchConfigurationName("web-lc"));
        String wrong = fleet.ami("wrong");

        String snowflake = fleet.snowflake("web", wrong);

        assertThat(fleet.describe("web").desiredCapacity()).isEqualTo(3);
        assertThat(fleet.images("web")).hasSize(3).containsEntry(snowflake, wrong);
        assertThat(Collections.frequency(fleet.images("web").values(), v1)).isEqualTo(2);
    }

    @Test
    void groupPointedAtAnotherVersionLaunchesThatNext() {
        String v1 = fleet.ami("web-1");
        String v2 = fleet.ami("web-2");
        String template = fleet.launchTemplate("web", v1);
        fleet.group("web", 2, template, "1");
        long version = fleet.launchTemplateVersion(template, v2);
        String first = fleet.instances("web").getFirst();

        fleet.pointAt("web", template, Long.toString(version));
        fleet.terminateInGroup(first);

        assertThat(fleet.images("web").values()).containsExactlyInAnyOrder(v1, v2);
        assertThat(fleet.instance(first).state().name()).isEqualTo(InstanceStateName.TERMINATED);
    }

    @Test
    void mixedInstancesPolicyKeepsItsOverrides() {
        String template = fleet.launchTemplate("web", fleet.ami("web-1"));
        String other = fleet.launchTemplate("web-arm", fleet.ami("web-arm"));

        fleet.mixedGroup(
                "web",
                2,
                template,
                "$Latest",
                LaunchTemplateOverrides.builder().instanceType("t3.small").build(),
                LaunchTemplateOverrides.builder()
                        .instanceType("t4g.small")
                        .launchTemplateSpecification(
                                source -> source.launchTemplateId(other).version("1"))
                        .build());

        var policy = fleet.describe("web").mixedInstancesPolicy();
        assertThat(policy.launchTemplate().overrides()).hasSize(2);
        assertThat(policy.launchTemplate()
                        .overrides()
                        .get(1)
                        .launchTemplateSpecification()
                        .launchTemplateId())
                .isEqualTo(other);
        assertThat(fleet.instances("web")).hasSize(2);
    }

    @Test
    void instancesCanBeProtectedPutAsideAndStandAlone() {
        String v1 = fleet.ami("web-1");
        fleet.group("web", 3, fleet.launchTemplate("web", v1), "1");
        String first = fleet.instances("web").getFirst();
        String second = fleet.instances("web").get(1);

        fleet.protect("web", first, true);
        fleet.enterStandby("web", second);
        fleet.suspend("web", "Launch");
        fleet.tagGroup("web", "team", "shop");
        String alone = fleet.standalone(v1);

        var group = fleet.describe("web");
        assertThat(group.instances())
                .anySatisfy(instance -> {
                    assertThat(instance.instanceId()).isEqualTo(first);
                    assertThat(instance.protectedFromScaleIn()).isTrue();
                })
                .anySatisfy(instance -> {
                    assertThat(instance.instanceId()).isEqualTo(second);
                    assertThat(instance.lifecycleStateAsString()).isEqualTo("Standby");
                })
                .noneSatisfy(instance -> assertThat(instance.instanceId()).isEqualTo(alone));
        assertThat(group.suspendedProcesses()).hasSize(1);
        assertThat(group.tags()).anySatisfy(tag -> assertThat(tag.key()).isEqualTo("team"));
    }
}
