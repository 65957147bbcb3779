package dev.snowmelt.fingerprint.ec2;

import static org.assertj.core.api.Assertions.assertThat;

import dev.snowmelt.fingerprint.ec2.LaunchSource.LaunchConfiguration;
import dev.snowmelt.fingerprint.ec2.LaunchSource.LaunchTemplate;
import dev.snowmelt.schemas.id.TargetId;
import dev.snowmelt.v1.Template;
import dev.snowmelt.v1.WorkloadStatus;
import dev.snowmelt.v1.WorkloadStatus.Strategy;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.services.autoscaling.model.AutoScalingGroup;
import software.amazon.awssdk.services.autoscaling.model.Instance;
import software.amazon.awssdk.services.autoscaling.model.LaunchTemplateOverrides;
import software.amazon.awssdk.services.autoscaling.model.LaunchTemplateSpecification;
import software.amazon.awssdk.services.autoscaling.model.SuspendedProcess;
import software.amazon.awssdk.services.autoscaling.model.TagDescription;

/// Groups as Auto Scaling describes them.
class GroupFingerprintTest {
    private static final TargetId TARGET = TargetId.parse("aws:123456789012:eu-west-1");
    private static final LaunchTemplate WEB = new LaunchTemplate("lt-0abc", "web", "$Latest");
    private static final LaunchTemplate ARM = new LaunchTemplate("lt-0arm", "web-arm", "2");
    private static final Map<LaunchSource, Launch> LAUNCHES = Map.of(
            WEB,
            new Launch("lt-0abc:7", "ami-0new"),
            ARM,
            new Launch("lt-0arm:2", "ami-0arm"),
            new LaunchConfiguration("web-2019"),
            new Launch("lc:web-2019", "ami-0lc"));

    private static AutoScalingGroup.Builder group(int desired, Instance... entries) {
        return AutoScalingGroup.builder()
                .autoScalingGroupName("web")
                .desiredCapacity(desired)
                .instances(entries);
    }

    private static AutoScalingGroup.Builder web(int desired, Instance... entries) {
        return group(desired, entries).launchTemplate(named("lt-0abc", "web", "$Latest"));
    }

    private static AutoScalingGroup.Builder mixed(
            int desired, List<Instance> entries, LaunchTemplateOverrides... overrides) {
        return group(desired, entries.toArray(Instance[]::new))
                .mixedInstancesPolicy(
                        m -> m.launchTemplate(t -> t.launchTemplateSpecification(named("lt-0abc", "web", "$Latest"))
                                .overrides(overrides)));
    }

    private static LaunchTemplateSpecification named(String id, String name, String version) {
        return LaunchTemplateSpecification.builder()
                .launchTemplateId(id)
                .launchTemplateName(name)
                .version(version)
                .build();
    }

    private static Instance entry(String lifecycle, String health, String version) {
        return Instance.builder()
                .lifecycleState(lifecycle)
                .healthStatus(health)
                .launchTemplate(t -> t.launchTemplateId("lt-0abc").version(version))
                .build();
    }

    private static Instance weighing(String weight) {
        return entry("InService", "Healthy", "7").toBuilder()
                .weightedCapacity(weight)
                .build();
    }

    private static LaunchTemplateOverrides type(String type) {
        return LaunchTemplateOverrides.builder().instanceType(type).build();
    }

    private static WorkloadStatus status(AutoScalingGroup.Builder group) {
        return status(group, source -> Optional.ofNullable(LAUNCHES.get(source)));
    }

    private static WorkloadStatus status(
            AutoScalingGroup.Builder group, Function<LaunchSource, Optional<Launch>> launches) {
        return GroupFingerprint.status(TARGET, group.build(), launches);
    }

    private static List<String> images(WorkloadStatus status) {
        return status.getTemplate().getContainersList().stream()
                .map(Template.Container::getImage)
                .toList();
    }

    /// A minute more than the grace period: Auto Scaling does not mark what fails at its very end.
    /// It holds for every type of checks: EC2's own wait for the end of the period too.
    @ParameterizedTest
    @CsvSource({
        ",         600, 660",
        "EC2,      600, 660",
        "EC2,      300, 360",
        "ELB,      300, 360",
        "'EC2,ELB',420, 480",
        "'EBS, EC2', 900, 960",
        "VPC_LATTICE, 2147483647, 2147483647"
    })
    void isReadyOnlyWhenTheGracePeriodIsOver(@Nullable String type, int grace, int expected) {
        WorkloadStatus status = status(
                web(1, entry("InService", "Healthy", "7")).healthCheckType(type).healthCheckGracePeriod(grace));

        assertThat(status.getMinReadySeconds()).isEqualTo(expected);
    }

    /// Before that, nothing says whether it boots at all.
    @ParameterizedTest
    @CsvSource({"EC2, , 300", "EC2, 0, 300", "ELB, 0, 300", "ELB, 120, 300", "EC2, 240, 300", "EC2, 241, 301"})
    void isReadyOnlyWhenStatusChecksCanTell(String type, @Nullable Integer grace, int expected) {
        WorkloadStatus status = status(
                web(1, entry("InService", "Healthy", "7")).healthCheckType(type).healthCheckGracePeriod(grace));

        assertThat(status.getMinReadySeconds()).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({"PT0S, 0", "PT1S, 60", "PT3M, 180"})
    void howLongStatusChecksTakeMayBeSaid(Duration statusChecks, int expected) {
        AutoScalingGroup group = web(1, entry("InService", "Healthy", "7"))
                .healthCheckGracePeriod(0)
                .build();

        assertThat(GroupFingerprint.status(TARGET, group, _ -> Optional.empty(), statusChecks)
                        .getMinReadySeconds())
                .isEqualTo(expected);
    }

    @Test
    void countsWhatIsWantedReadyAndOfTheNewestTemplate() {
        WorkloadStatus status = status(web(
                4,
                entry("InService", "Healthy", "7"),
                entry("InService", "Healthy", "6"),
                entry("InService", "Unhealthy", "7"),
                entry("Pending:Wait", "Healthy", "7")));

        assertThat(status.getWorkload()).isEqualTo(TARGET + "/asg/web");
        assertThat(status.getDesired()).isEqualTo(4);
        assertThat(status.getReady()).isEqualTo(2);
        assertThat(status.getUpdated()).isEqualTo(3);
        assertThat(status.getStrategy()).isEqualTo(Strategy.ON_DELETE);
        assertThat(status.getGeneration()).isZero();
        assertThat(status.getRolloutInProgress()).isFalse();
        assertThat(status.getPaused()).isFalse();
        assertThat(status.getStateful()).isFalse();
        assertThat(status.getTemplate().getId()).isEqualTo("lt-0abc:7");
        assertThat(images(status)).containsExactly("ami-0new");
    }

    @Test
    void withoutAVersionTheDefaultOneIsMeant() {
        assertThat(GroupFingerprint.sources(group(1).launchTemplate(t -> t.launchTemplateId("lt-0abc"))
                        .build()))
                .containsExactly(new LaunchTemplate("lt-0abc", "", "$Default"));
    }

    @Test
    void aLaunchConfigurationIsATemplateToo() {
        WorkloadStatus status = status(group(1).launchConfigurationName("web-2019"));

        assertThat(status.getTemplate().getId()).isEqualTo("lc:web-2019");
        assertThat(images(status)).containsExactly("ami-0lc");
    }

    @Test
    void overridesOfTheSameTemplateChangeNothing() {
        WorkloadStatus status = status(mixed(2, List.of(), type("m7g.large"), type("m6g.large")));

        assertThat(status.getTemplate().getId()).isEqualTo("lt-0abc:7");
        assertThat(images(status)).containsExactly("ami-0new");
    }

    @Test
    void everyImageThatCouldBeLaunchedIsNamedOnce() {
        LaunchTemplateOverrides arm = type("m7g.large").toBuilder()
                .launchTemplateSpecification(named("lt-0arm", "web-arm", "2"))
                .build();
        LaunchTemplateOverrides image =
                type("m6a.large").toBuilder().imageId("ami-0own").build();

        WorkloadStatus status = status(mixed(2, List.of(), type("m7i.large"), arm, image, type("m6i.large")));

        assertThat(images(status)).containsExactly("ami-0new", "ami-0arm", "ami-0own");
        assertThat(status.getTemplate().getId()).isEqualTo("lt-0abc:7");
    }

    @Test
    void theMainImageIsNotNamedWhenEveryOverrideHasItsOwn() {
        LaunchTemplateOverrides image =
                type("m6a.large").toBuilder().imageId("ami-0own").build();

        assertThat(images(status(mixed(2, List.of(), image)))).containsExactly("ami-0own");
    }

    @Test
    void instancesOfAnOverridesTemplateAreUpToDate() {
        LaunchTemplateOverrides arm = type("m7g.large").toBuilder()
                .launchTemplateSpecification(named("lt-0arm", "web-arm", "2"))
                .build();
        Instance onArm = Instance.builder()
                .launchTemplate(t -> t.launchTemplateId("lt-0arm").version("2"))
                .build();

        assertThat(status(mixed(2, List.of(onArm, entry("InService", "Healthy", "6")), arm))
                        .getUpdated())
                .isEqualTo(1);
    }

    @Test
    void aTemplateOfWhichSomethingIsNotKnownIsNotKnown() {
        LaunchTemplateOverrides arm = type("m7g.large").toBuilder()
                .launchTemplateSpecification(named("lt-0arm", "web-arm", "3"))
                .build();

        assertThat(status(mixed(2, List.of(), type("m7i.large"), arm)).hasTemplate())
                .isFalse();
        assertThat(status(web(1), _ -> Optional.empty()).hasTemplate()).isFalse();
        assertThat(status(group(1)).hasTemplate()).isFalse();
    }

    @ParameterizedTest
    @CsvSource({"Launch, true", "Terminate, true", "AZRebalance, false", "ReplaceUnhealthy, false"})
    void aGroupThatWouldRecreateNothingIsPaused(String process, boolean paused) {
        assertThat(status(web(1).suspendedProcesses(SuspendedProcess.builder()
                                .processName(process)
                                .build()))
                        .getPaused())
                .isEqualTo(paused);
    }

    @Test
    void aGroupThatIsBeingDeletedOrWhoseRootVolumesAreReplacedIsInARollout() {
        assertThat(status(web(1).status("Delete in progress")).getRolloutInProgress())
                .isTrue();
        assertThat(status(web(1, entry("ReplacingRootVolume:Wait", "Healthy", "7")))
                        .getRolloutInProgress())
                .isTrue();
    }

    @Test
    void aGroupIsMarkedAsStatefulByItsTag() {
        assertThat(status(web(1).tags(TagDescription.builder()
                                .key("snowmelt.dev/stateful")
                                .value("")
                                .build()))
                        .getStateful())
                .isTrue();
    }

    /// Groups whose capacity is in units: what misses is counted in the smallest instances.
    @ParameterizedTest
    @CsvSource({
        "20, '4,4,4,4,4',   5",
        "20, '4,4,4,4',     6",
        "21, '4,4,4,4,4',   6",
        "18, '4,4,4,4,4',   5",
        "20, '',            10",
        "0,  '',            0",
    })
    void whereTypesHaveWeightsInstancesAreCountedAllTheSame(int units, String weights, int desired) {
        List<Instance> entries = weights.isEmpty()
                ? List.of()
                : List.of(weights.split(",")).stream()
                        .map(GroupFingerprintTest::weighing)
                        .toList();
        LaunchTemplateOverrides small =
                type("m7i.large").toBuilder().weightedCapacity("2").build();
        LaunchTemplateOverrides big =
                type("m7i.xlarge").toBuilder().weightedCapacity("4").build();

        WorkloadStatus status = status(mixed(units, entries, small, big));

        assertThat(status.getDesired()).isEqualTo(desired);
        assertThat(status.getReady()).isEqualTo(entries.size());
    }

    @Test
    void inAWeightedGroupThoseThatLeaveOrStandByDoNotCount() {
        LaunchTemplateOverrides big =
                type("m7i.xlarge").toBuilder().weightedCapacity("4").build();
        List<Instance> entries = List.of(
                weighing("4"),
                weighing("4").toBuilder().lifecycleState("Terminating:Wait").build(),
                weighing("4").toBuilder().lifecycleState("Standby").build());

        assertThat(status(mixed(8, entries, big)).getDesired()).isEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(strings = {"vcpu", "memory-mib"})
    void aCapacityInVcpusOrMemoryIsInUnitsToo(String type) {
        assertThat(status(web(8, weighing("4"), weighing("4")).desiredCapacityType(type))
                        .getDesired())
                .isEqualTo(2);
    }

    @Test
    void ofManyInstancesFewDistinctThingsAreSaid() {
        AutoScalingGroup group = web(
                        100,
                        IntStream.range(0, 100)
                                .mapToObj(_ -> entry("InService", "Healthy", "7"))
                                .toArray(Instance[]::new))
                .build();

        assertThat(group.instances().stream()
                        .map(each -> Member.of(group, each))
                        .distinct())
                .hasSize(1);
    }
}
