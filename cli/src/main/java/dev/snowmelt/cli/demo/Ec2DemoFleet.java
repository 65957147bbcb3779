package dev.snowmelt.cli.demo;

import com.google.protobuf.Duration;
import dev.snowmelt.sandbox.aws.Ec2Fleet;
import dev.snowmelt.sandbox.aws.Moto;
import dev.snowmelt.schemas.id.InstanceId;
import dev.snowmelt.schemas.id.TargetId;
import dev.snowmelt.schemas.id.WorkloadId;
import dev.snowmelt.v1.DeclarationSpec;
import dev.snowmelt.v1.Declare;
import dev.snowmelt.v1.DeclaredContainer;
import dev.snowmelt.v1.RemediationPolicy;
import dev.snowmelt.v1.RestoreTemplate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import software.amazon.awssdk.services.autoscaling.model.AutoScalingGroup;
import software.amazon.awssdk.services.ec2.model.Filter;
import software.amazon.awssdk.services.ec2.model.Instance;

/// The account's side of the EC2 demo: three groups and a single machine, the accidents that befall them, and the count
/// of what was touched. Snowmelt itself only reaches it over HTTP.
final class Ec2DemoFleet {
    /// Where everything lives.
    static final TargetId TARGET = TargetId.parse(Moto.target());

    static final WorkloadId WEB = group("web");
    static final WorkloadId CHECKOUT = group("checkout");
    static final WorkloadId ORDERS = group("orders");
    static final int WEB_SIZE = 20;
    /// Together so many that rolling one group is no change of a third of the account, which a person would have to
    /// approve.
    static final Map<WorkloadId, Integer> SIZES = Map.of(WEB, WEB_SIZE, CHECKOUT, 20, ORDERS, 30);

    private static final int INSTANCES =
            SIZES.values().stream().mapToInt(Integer::intValue).sum();

    private final Moto moto;
    private final Ec2Fleet fleet;
    private final Map<WorkloadId, String> amis = new HashMap<>();
    private final Map<WorkloadId, String> templates = new HashMap<>();
    private final Set<String> mustStay = new HashSet<>();
    private final Set<String> mayGo = new HashSet<>();
    private Set<String> goneBefore = Set.of();
    private String hotfix = "";
    private String webV2 = "";

    Ec2DemoFleet(Moto moto) {
        this.moto = moto;
        this.fleet = new Ec2Fleet(moto);
    }

    private static WorkloadId group(String name) {
        return new WorkloadId(TARGET, "", WorkloadId.ASG, name);
    }

    /// Creates images, launch templates and groups.
    void create() {
        hotfix = fleet.ami("web-1.4-hotfix");
        webV2 = fleet.ami("web-1.5");
        for (WorkloadId group : List.of(WEB, CHECKOUT, ORDERS)) {
            String ami = fleet.ami(group.name() + "-1.4");
            amis.put(group, ami);
            String template = fleet.launchTemplate(group.name(), ami);
            templates.put(group, template);
            // Instances of orders are protected from scale-in: they hold carts that nobody else knows.
            fleet.group(
                    group.name(),
                    SIZES.getOrDefault(group, 0),
                    more -> more.launchTemplate(
                                    source -> source.launchTemplateId(template).version("1"))
                            .newInstancesProtectedFromScaleIn(group.equals(ORDERS)));
        }
        goneBefore = terminated();
    }

    int instances() {
        return INSTANCES;
    }

    String ami(WorkloadId group) {
        return amis.getOrDefault(group, "");
    }

    String webV2() {
        return webV2;
    }

    /// What a workload must run, in ENFORCE mode and without a grace period, so that the demo is short.
    Declare declaration(WorkloadId workload, String ami) {
        var policy = RemediationPolicy.newBuilder()
                .setMode(RemediationPolicy.Mode.ENFORCE)
                .setGracePeriod(Duration.getDefaultInstance())
                .setMaxUnavailable("25%");
        if (!workload.equals(ORDERS) && !workload.standalone()) {
            // A moment, in which what the wrong template launches can be seen.
            policy.setRestoreTemplate(RestoreTemplate.newBuilder()
                    .setEnabled(true)
                    .setGracePeriod(Duration.newBuilder().setSeconds(2)));
        }
        return Declare.newBuilder()
                .setWorkload(workload.toString())
                .setSpec(DeclarationSpec.newBuilder()
                        .addContainers(DeclaredContainer.newBuilder()
                                .setName("ami")
                                .setType(DeclaredContainer.Type.AMI)
                                .setImage(ami))
                        .setRemediation(policy))
                .build();
    }

    /// An instance of another image takes the place of one that the group launched.
    InstanceId snowflake(WorkloadId group) {
        mayGo.addAll(fleet.instances(group.name()));
        return id(fleet.snowflake(group.name(), hotfix));
    }

    /// A machine that somebody started by hand.
    InstanceId standalone() {
        InstanceId started = id(fleet.standalone(hotfix));
        mustStay.add(started.name());
        return started;
    }

    /// The group launches the hotfix from now on; its instances stay.
    void pointAtHotfix(WorkloadId group) {
        String template = templates.getOrDefault(group, "");
        long version = fleet.launchTemplateVersion(template, hotfix);
        fleet.pointAt(group.name(), template, Long.toString(version));
    }

    /// An instance is lost, and the group launches another.
    InstanceId lose(WorkloadId group) {
        List<String> before = fleet.instances(group.name());
        mayGo.add(before.getFirst());
        fleet.terminateInGroup(before.getFirst());
        Set<String> launched = new TreeSet<>(fleet.instances(group.name()));
        before.forEach(launched::remove);
        return id(launched.iterator().next());
    }

    /// From now on nothing of a group may go any more but what is named.
    void expectGone(InstanceId instance) {
        mayGo.add(instance.name());
    }

    void expectStay(WorkloadId group) {
        mustStay.addAll(fleet.instances(group.name()));
    }

    void expectAllGone(WorkloadId group) {
        mayGo.addAll(fleet.instances(group.name()));
    }

    /// Everything that is not as it should be at the end, from the account's side.
    ///
    /// @param terminations how many instances were terminated, by the demo's accidents and by Snowmelt
    List<String> violations(int terminations) {
        var violations = new ArrayList<String>();
        Set<String> gone = terminated();
        gone.removeAll(goneBefore);
        if (gone.size() != terminations) {
            violations.add(gone.size() + " instances were terminated, not " + terminations);
        }
        gone.stream()
                .filter(id -> !mayGo.contains(id) || mustStay.contains(id))
                .forEach(id -> violations.add(id + " was terminated, which was not called for"));
        SIZES.forEach((group, size) -> check(group, size, violations));
        return violations;
    }

    private void check(WorkloadId group, int size, List<String> violations) {
        AutoScalingGroup now = fleet.describe(group.name());
        if (now.desiredCapacity() != size || now.instances().size() != size) {
            violations.add(group.name() + " has " + now.instances().size() + " instances of " + now.desiredCapacity()
                    + " desired, not " + size);
        }
        String version = now.launchTemplate().version();
        // Version 1 is the demo's; what follows is the accident, the restores, or nothing.
        String expected = group.equals(ORDERS) ? "1" : "3";
        if (!version.equals(expected)) {
            violations.add(group.name() + " launches version " + version + " of its template, not " + expected);
        }
        long versions = moto.ec2()
                .describeLaunchTemplateVersions(ask -> ask.launchTemplateId(templates.getOrDefault(group, "")))
                .launchTemplateVersions()
                .size();
        if (versions != Long.parseLong(expected)) {
            violations.add(group.name() + " has " + versions + " versions of its template, not " + expected);
        }
        long others = fleet.images(group.name()).values().stream()
                .filter(image -> !image.equals(ami(group)))
                .count();
        // The snowflake in orders is protected.
        if (others != (group.equals(ORDERS) ? 1 : 0)) {
            violations.add(others + " instances of " + group.name() + " do not run what is declared");
        }
    }

    private Set<String> terminated() {
        var ids = new HashSet<String>();
        moto.ec2()
                .describeInstancesPaginator(ask -> ask.filters(Filter.builder()
                        .name("instance-state-name")
                        .values("terminated")
                        .build()))
                .reservations()
                .forEach(reservation -> reservation.instances().stream()
                        .map(Instance::instanceId)
                        .forEach(ids::add));
        return ids;
    }

    private static InstanceId id(String instance) {
        return new InstanceId(TARGET, "", instance, "");
    }
}
