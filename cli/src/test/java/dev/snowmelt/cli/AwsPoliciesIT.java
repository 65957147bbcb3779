package dev.snowmelt.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.snowmelt.cli.config.AwsTarget;
import dev.snowmelt.cli.role.AwsAccount;
import dev.snowmelt.cli.role.AwsIdentity;
import dev.snowmelt.detector.collect.Collector;
import dev.snowmelt.detector.collect.CollectorHealth;
import dev.snowmelt.detector.collect.OnlyCollector;
import dev.snowmelt.detector.collect.ec2.Ec2Account;
import dev.snowmelt.detector.collect.ec2.Ec2CollectorSettings;
import dev.snowmelt.remediator.execute.ImageChange;
import dev.snowmelt.remediator.execute.LiveInstance;
import dev.snowmelt.remediator.execute.LiveTemplate;
import dev.snowmelt.remediator.execute.Order;
import dev.snowmelt.remediator.execute.Platform;
import dev.snowmelt.remediator.execute.Reply;
import dev.snowmelt.remediator.execute.Sighting;
import dev.snowmelt.remediator.execute.ec2.Ec2Clients;
import dev.snowmelt.remediator.execute.ec2.Ec2Platform;
import dev.snowmelt.sandbox.aws.AwsCall;
import dev.snowmelt.sandbox.aws.AwsEvents;
import dev.snowmelt.sandbox.aws.Ec2Fleet;
import dev.snowmelt.sandbox.aws.EventQueue;
import dev.snowmelt.sandbox.aws.Fault;
import dev.snowmelt.sandbox.aws.FaultyProxy;
import dev.snowmelt.sandbox.aws.InstanceRefreshes;
import dev.snowmelt.sandbox.aws.Moto;
import dev.snowmelt.sandbox.aws.MotoExtension;
import dev.snowmelt.sandbox.kafka.EmbeddedKafka;
import dev.snowmelt.schemas.id.InstanceId;
import dev.snowmelt.schemas.id.TargetId;
import dev.snowmelt.schemas.id.WorkloadId;
import dev.snowmelt.schemas.topic.TopicProvisioning;
import dev.snowmelt.schemas.topic.Topics;
import dev.snowmelt.v1.Command;
import dev.snowmelt.v1.ObservedContainer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.apache.kafka.clients.admin.Admin;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;

/// The policies in docs/aws allow the calls that are made, and no others.
@ExtendWith(MotoExtension.class)
@Timeout(180)
class AwsPoliciesIT {
    private static final TargetId TARGET = TargetId.parse(Moto.target());
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration NEVER = Duration.ofHours(1);
    private static final Duration HOLD = Duration.ofSeconds(2);
    private static final Instant AT = Instant.parse("2026-11-23T12:00:00Z");

    /// "No permissions are required to perform this operation."
    private static final String FREE = "sts:GetCallerIdentity";

    /// What AWS checks when a group is pointed at a launch template, without a call: "Control
    /// Amazon EC2 launch template usage in Auto Scaling groups" of the Auto Scaling user guide.
    private static final Set<String> CHECKED_WITH_AN_UPDATE =
            Set.of("ec2:RunInstances", "ec2:CreateTags", "iam:PassRole");

    private Ec2Fleet fleet;
    private EventQueue queue;
    private FaultyProxy aws;
    private AwsAccount account;

    @BeforeEach
    void start(Moto moto) {
        moto.reset();
        fleet = new Ec2Fleet(moto);
        queue = EventQueue.create(moto.sqs(), "events", Duration.ofSeconds(30), 3);
        aws = FaultyProxy.before(moto.endpoint());
        account = AwsAccount.open(
                new AwsTarget(
                        TARGET,
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.of(URI.create(queue.url())),
                        Optional.of(aws.endpoint()),
                        NEVER,
                        NEVER,
                        true,
                        Duration.ZERO),
                StaticCredentialsProvider.create(AwsBasicCredentials.create("testing", "testing")));
        assertThat(account.identity()).isInstanceOf(AwsIdentity.Confirmed.class);
    }

    @AfterEach
    void stop() {
        account.close();
        aws.close();
    }

    @Test
    void theCollectorsPolicyAllowsWhatItCallsAndNothingElse() {
        String ami = fleet.ami("web-1");
        String template = fleet.launchTemplate("web", ami);
        fleet.group("web", 2, template, "$Latest");
        fleet.group("plain", 1, template, "1");
        fleet.launchConfiguration("old", ami);
        fleet.group("old", 1, group -> group.launchConfigurationName("old"));
        fleet.standalone(ami);
        try (var kafka = EmbeddedKafka.start(1)) {
            try (Collector collector = collector(kafka.bootstrapServers())) {
                collector.start();
                await().atMost(PATIENCE)
                        .untilAsserted(
                                () -> assertThat(collector.health().state()).isEqualTo(CollectorHealth.State.WATCHING));
                // So slow that messages are held for longer.
                aws.fail("DescribeInstances", 0, 1, new Fault.Delayed(HOLD));
                everyKindOfEvent(template);
                await().atMost(PATIENCE).until(() -> queue.waiting() == 0);
            }
        }

        assertThat(IamPolicy.inDocs("collector-policy.json").actions()).isEqualTo(called());
    }

    private Collector collector(String bootstrapServers) {
        var topics = new Topics("snowmelt.", 2);
        Map<String, Object> kafka = Map.of("bootstrap.servers", bootstrapServers);
        try (var admin = Admin.create(kafka)) {
            new TopicProvisioning(admin, 1, 1, PATIENCE).provision(topics);
        }
        return Ec2Account.collector(
                Ec2CollectorSettings.of(
                                TARGET, "test", NEVER, NEVER, account.settings().queueUrl(), true)
                        .withHold(HOLD),
                new Ec2Account.Clients(account.ec2(), account.autoScaling(), account.sqs()),
                new OnlyCollector(),
                kafka,
                topics,
                InstantSource.system(),
                new SimpleMeterRegistry());
    }

    private void everyKindOfEvent(String template) {
        String image = fleet.ami("web-2");
        long version = fleet.launchTemplateVersion(template, image);
        String alone = fleet.standalone(image);
        String old = fleet.instances("web").getFirst();
        fleet.terminateInGroup(old);
        String next = fleet.instances("web").getLast();
        queue.send(
                AwsEvents.createLaunchTemplateVersion(AT, template, version),
                AwsEvents.updateAutoScalingGroup(AT, "web", template, "$Latest"),
                AwsEvents.runInstances(AT, image, alone),
                AwsEvents.stateChange(AT, alone, "running"),
                AwsEvents.modifyInstanceAttribute(AT, alone),
                AwsEvents.terminated(AT, "web", old),
                AwsEvents.terminateInstances(AT, old),
                AwsEvents.launched(AT, "web", next),
                AwsEvents.startSession(AT, next));
    }

    @Test
    void theExecutorsPolicyAllowsWhatItCallsAndNothingElse(Moto moto) {
        aws.fail(InstanceRefreshes.ACTION, InstanceRefreshes.none());
        String wrong = fleet.ami("wrong");
        String good = fleet.ami("good");
        fleet.group("web", 2, fleet.launchTemplate("web", wrong), "1");
        moto.autoScaling()
                .putWarmPool(pool -> pool.autoScalingGroupName("web").minSize(1).maxGroupPreparedCapacity(3));
        fleet.launchConfiguration("old", good);
        fleet.group("old", 1, group -> group.launchConfigurationName("old"));
        var platform = Ec2Platform.of(
                TARGET,
                new Ec2Clients(
                        account.ec2(), account.autoScaling(), account.changingEc2(), account.changingAutoScaling()),
                Duration.ofSeconds(30),
                Duration.ofSeconds(15));

        for (String group : List.of("web", "old")) {
            terminate(
                    platform,
                    InstanceId.parse(TARGET + "/" + fleet.instances(group).getFirst()));
        }
        restore(platform.dryRun(), wrong, good, Reply.Withheld.class);
        restore(platform, wrong, good, Reply.Accepted.class);

        Set<String> called = called();
        Set<String> documented = IamPolicy.inDocs("executor-policy.json").actions();
        assertThat(documented)
                .as("without it no group may be pointed at a launch template")
                .contains("ec2:RunInstances");
        documented.removeAll(CHECKED_WITH_AN_UPDATE);
        assertThat(documented).isEqualTo(called);
    }

    private static void terminate(Platform platform, InstanceId instance) {
        if (!(platform.instances().look(instance) instanceof Sighting.Seen<LiveInstance>(var live))) {
            throw new AssertionError(instance + " is not seen");
        }
        assertThat(platform.terminator().terminate(instance, live)).isInstanceOf(Reply.Accepted.class);
    }

    private static void restore(Platform platform, String from, String to, Class<? extends Reply> expected) {
        var web = WorkloadId.parse(TARGET + "/asg/web");
        if (!(platform.templates().look(web) instanceof Sighting.Seen<LiveTemplate>(var live))) {
            throw new AssertionError("the template is not seen");
        }
        var order = new Order.Restore(Command.newBuilder().setId("c1").build(), web);
        var change = new ImageChange(ObservedContainer.Type.AMI, "ami", from, to);
        assertThat(platform.restorer().restore(order, live, List.of(change), Optional::empty))
                .isInstanceOf(expected);
    }

    private Set<String> called() {
        var called = new TreeSet<String>();
        aws.calls().stream().map(AwsCall::permission).forEach(called::add);
        assertThat(called.remove(FREE)).isTrue();
        return called;
    }
}
