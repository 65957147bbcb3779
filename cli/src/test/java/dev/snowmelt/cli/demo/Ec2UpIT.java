package dev.snowmelt.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.snowmelt.cli.Snowmelt;
import dev.snowmelt.cli.Surroundings;
import dev.snowmelt.cli.config.AwsTarget;
import dev.snowmelt.cli.role.AwsAccount;
import dev.snowmelt.sandbox.aws.AwsEvents;
import dev.snowmelt.sandbox.aws.Ec2Fleet;
import dev.snowmelt.sandbox.aws.EventQueue;
import dev.snowmelt.sandbox.aws.Fault;
import dev.snowmelt.sandbox.aws.FaultyProxy;
import dev.snowmelt.sandbox.aws.InstanceRefreshes;
import dev.snowmelt.sandbox.aws.Moto;
import dev.snowmelt.sandbox.aws.MotoExtension;
import dev.snowmelt.schemas.id.InstanceId;
import dev.snowmelt.schemas.id.TargetId;
import dev.snowmelt.schemas.id.WorkloadId;
import dev.snowmelt.schemas.topic.Topics;
import dev.snowmelt.v1.Remediation;
import dev.snowmelt.v1.Verdict;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// One `snowmelt up` for two AWS accounts, and what people ask and tell it from the command line.
/// Of one account only events bring anything after the first list; the other is polled, by a role.
@ExtendWith(MotoExtension.class)
class Ec2UpIT {
    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final TargetId FOLLOWED = TargetId.parse(Moto.target());
    private static final TargetId POLLED = TargetId.parse("aws:222222222222:eu-west-1");
    private static final String ROLE = "arn:aws:iam::222222222222:role/snowmelt";
    private static final String OBSERVED = "{mode: OBSERVE}";
    private static final String ENFORCED = "{mode: ENFORCE, gracePeriod: 0s}";

    @TempDir
    private static Path folder;

    private static Map<String, String> environment;
    private static FaultyProxy followedApi;
    private static FaultyProxy polledApi;
    private static EventQueue queue;
    private static AwsAccount other;
    private static Ec2Fleet followed;
    private static Ec2Fleet polled;
    private static String followedAmi;
    private static String polledAmi;
    private static Thread up;
    private static Story story;
    private static final StringWriter said = new StringWriter();

    @BeforeAll
    static void start(Moto moto) throws Exception {
        followedApi = FaultyProxy.before(moto.endpoint());
        polledApi = FaultyProxy.before(moto.endpoint());
        followedApi.fail(InstanceRefreshes.ACTION, InstanceRefreshes.none());
        polledApi.fail(InstanceRefreshes.ACTION, InstanceRefreshes.none());
        queue = EventQueue.create(moto.sqs(), "events", Duration.ofSeconds(60), 100);
        other = AwsAccount.open(
                new AwsTarget(
                        POLLED,
                        Optional.empty(),
                        Optional.of(ROLE),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.of(moto.endpoint()),
                        PATIENCE,
                        PATIENCE,
                        false,
                        Duration.ZERO),
                StaticCredentialsProvider.create(AwsBasicCredentials.create("testing", "testing")));
        followed = new Ec2Fleet(moto);
        polled = new Ec2Fleet(other.ec2(), other.autoScaling());
        followedAmi = followed.ami("web-1");
        polledAmi = polled.ami("web-1");
        String template = followed.launchTemplate("web", followedAmi);
        followed.group("web", 3, template, "1");
        followed.group("guarded", 2, template, "1");
        for (String name : List.of("web", "shop", "batch")) {
            polled.group(name, name.equals("shop") ? 3 : 2, polled.launchTemplate(name, polledAmi), "1");
        }
        startUp();
    }

    private static void startUp() throws IOException {
        Path profiles = Files.writeString(
                folder.resolve("profiles"), "[profile it]\naws_access_key_id=testing\naws_secret_access_key=testing\n");
        System.setProperty("aws.configFile", profiles.toString());
        Path config = Files.writeString(folder.resolve("snowmelt.yaml"), """
                aws:
                  targets:
                    - {target: "%s", profile: it, endpoint: "%s", queueUrl: "%s", resync: 15m, statusChecks: 0s}
                    - {target: "%s", profile: it, roleArn: "%s", endpoint: "%s", poll: 1s, statusChecks: 0s}
                """.formatted(
                        FOLLOWED, followedApi.endpoint(), queue.url(), POLLED, ROLE, polledApi.endpoint()));
        int port = freePort();
        Map<String, String> ofUp = Map.of(
                "SNOWMELT_STATE_DIR",
                folder.resolve("state").toString(),
                "SNOWMELT_KAFKA_PARTITIONS",
                "4",
                "SNOWMELT_KAFKA_REPLICATION_FACTOR",
                "1");
        environment = ofUp;
        up = Thread.ofPlatform().name("up").start(() -> {
            var writer = new PrintWriter(said, true);
            Snowmelt.commandLine(new Surroundings(writer, writer, ofUp, InstantSource.system()))
                    .execute("up", "--config", config.toString(), "--http-port", "0", "--kafka-port", "" + port);
        });
        String bootstrap = "127.0.0.1:" + port;
        await().atMost(PATIENCE)
                .until(() ->
                        run("topics", "create", "--bootstrap-server", bootstrap).exitCode() == 0);
        environment = Map.of("SNOWMELT_KAFKA_BOOTSTRAP_SERVERS", bootstrap, "SNOWMELT_KAFKA_PARTITIONS", "4");
        story = new Story(bootstrap, new Topics(Topics.DEFAULT_PREFIX, 4), Words.EC2, InstantSource.system(), _ -> {});
        // 5 and 7 instances: nothing is declared yet.
        awaitThat("all seen; " + said, () -> story.verdicts().size() == 12);
    }

    @AfterAll
    static void stop() throws Exception {
        story.close();
        up.interrupt();
        up.join(Duration.ofSeconds(30));
        System.clearProperty("aws.configFile");
        other.close();
        followedApi.close();
        polledApi.close();
    }

    /// The median, so that a stall of the machine does not decide.
    @Test
    void aChangeIsSeenByItsEventWithinTwoSeconds() throws Exception {
        declare(FOLLOWED + "/asg/web", followedAmi, OBSERVED);
        followedApi.forget();
        List<Long> millis = new ArrayList<>();

        for (int i = 0; i < 3; i++) {
            millis.add(makeSnowflake("web", followed.ami("hotfix-" + i))
                    .detectMillis()
                    .orElseThrow());
        }

        assertThat(millis.stream().sorted().toList().get(1)).as("%s ms", millis).isLessThan(2_000);
        assertThat(followedApi.calls("DescribeInstances"))
                .as("nothing was listed: resync is off")
                .isNotEmpty()
                .noneMatch(call -> call.parameters().containsValue("instance-state-name"));
    }

    @Test
    void aProtectedInstanceIsBlockedAndExplainSaysWhy() throws Exception {
        declare(FOLLOWED + "/asg/guarded", followedAmi, ENFORCED);
        String instance = followed.snowflake("guarded", followed.ami("tuned"));
        followed.protect("guarded", instance, true);

        queue.send(AwsEvents.runInstances(Instant.EPOCH, "ami-1", instance));

        awaitThat(
                "blocked",
                () -> story.remediations().stream()
                        .anyMatch(each ->
                                each.getInstance().endsWith(instance) && each.getPhase() == Remediation.Phase.BLOCKED));
        Ran explained = run("explain", instance);
        assertThat(explained.exitCode()).as(explained.err()).isZero();
        assertThat(explained.out())
                .startsWith(FOLLOWED + "/" + instance)
                .contains("DRIFTED", "IMAGE_MISMATCH ami", "BLOCKED")
                .containsPattern("held by +PLATFORM: .*protected from scale-in");
        assertThat(followed.instances("guarded")).contains(instance);
    }

    @Test
    void anAccountThatDeniesStopsNoOther() throws Exception {
        declare(FOLLOWED + "/asg/web", followedAmi, OBSERVED);
        polledApi.fail("DescribeInstances", Fault.unauthorized());
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(problem(POLLED)).contains("ec2:DescribeInstances", POLLED.toString()));

        Snowflake seen = makeSnowflake("web", followed.ami("nightly"));

        assertThat(seen.detectMillis().orElseThrow()).isLessThan(PATIENCE.toMillis());
        assertThat(problem(FOLLOWED)).isEmpty();
        assertThat(problem(POLLED)).isNotEmpty();
        assertThat(run("status", POLLED.toString()).out().replaceAll("\\s+", " "))
                .contains("allow ec2:DescribeInstances in the policy of the role");
        polledApi.heal();
        polledApi.fail(InstanceRefreshes.ACTION, InstanceRefreshes.none());
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(problem(POLLED)).isEmpty());
    }

    @Test
    void whatPackerBakedRollsItsGroupAndARollbackRollsItBack() throws Exception {
        String workload = POLLED + "/asg/web";
        String next = polled.ami("web-2");
        Path policy = Files.writeString(folder.resolve("policy.yaml"), """
                mode: ENFORCE
                gracePeriod: 0s
                restoreTemplate: {enabled: true, gracePeriod: 0s}
                """);
        ok("declare", "--packer", packer(polledAmi), "--workload", workload, "--remediation", policy.toString());
        awaitRunning("web", polledAmi);

        ok("declare", "--packer", packer(next), "--workload", workload);
        awaitRunning("web", next);
        ok("declare", "rollback", workload, "--reason", "boots too slowly");
        awaitRunning("web", polledAmi);

        Ran history = run("declare", "history", workload, "--output", "json");
        assertThat(history.out()).contains("boots too slowly", next);
        assertThat(polled.describe("web").launchTemplate().version())
                .as("restored twice")
                .isEqualTo("3");
    }

    @Test
    void aTerraformStateDeclaresItsGroup() throws Exception {
        String template = polled.describe("batch").launchTemplate().launchTemplateId();
        Path state = Files.writeString(folder.resolve("state.json"), """
                {"format_version": "1.0", "terraform_version": "1.9.8", "values": {"root_module": {"resources": [
                  {"address": "aws_launch_template.batch", "mode": "managed", "type": "aws_launch_template",
                   "name": "batch", "values": {"id": "%1$s", "name": "batch", "image_id": "%2$s",
                   "arn": "arn:aws:ec2:eu-west-1:222222222222:launch-template/%1$s",
                   "default_version": 1, "latest_version": 1}, "sensitive_values": {}},
                  {"address": "aws_autoscaling_group.batch", "mode": "managed", "type": "aws_autoscaling_group",
                   "name": "batch", "values": {"name": "batch", "launch_configuration": "", "mixed_instances_policy": [],
                   "arn": "arn:aws:autoscaling:eu-west-1:222222222222:autoScalingGroup:1:autoScalingGroupName/batch",
                   "launch_template": [{"id": "%1$s", "name": "batch", "version": "1"}]}, "sensitive_values": {}}
                ]}}}
                """.formatted(template, polledAmi));

        ok("declare", "--terraform", state.toString(), "--mode", "OBSERVE");

        awaitRunning("batch", polledAmi);
    }

    @Test
    void aScanFindsExactlyTheDriftsAndNoneAfterRemediation() throws Exception {
        String workload = POLLED + "/asg/shop";
        declare(workload, polledAmi, OBSERVED);
        awaitRunning("shop", polledAmi);
        String hotfix = polled.ami("shop-hotfix");
        InstanceId snowflake = id(POLLED, polled.snowflake("shop", hotfix));
        awaitThat(
                "seen",
                () -> story.verdicts().stream()
                        .anyMatch(verdict -> verdict.getInstance().equals(snowflake.toString())
                                && verdict.getState() == Verdict.State.DRIFTED));

        for (String[] scope : new String[][] {{"--target", POLLED.toString()}, {"--workload", workload}}) {
            Ran scan = run("scan", scope[0], scope[1], "--wait", "60s", "--output", "json");

            assertThat(scan.exitCode()).as(scan.toString()).isEqualTo(2);
            JsonNode report = JsonMapper.shared().readTree(scan.out());
            assertThat(report.get("drifts").size()).isEqualTo(1);
            assertThat(report.at("/drifts/0/instance").stringValue()).isEqualTo(snowflake.toString());
            JsonNode drift = report.at("/drifts/0/drifts/0");
            assertThat(drift.get("kind").stringValue()).isEqualTo("IMAGE_MISMATCH");
            assertThat(drift.get("declared").stringValue()).isEqualTo(polledAmi);
            assertThat(drift.get("observed").stringValue()).isEqualTo(hotfix);
        }

        declare(workload, polledAmi, ENFORCED);

        await().atMost(PATIENCE).pollInterval(Duration.ofSeconds(1)).untilAsserted(() -> {
            assertThat(polled.instances("shop")).hasSize(3).doesNotContain(snowflake.name());
            Ran scan = run("scan", "--target", POLLED.toString(), "--wait", "60s");
            assertThat(scan.exitCode()).as(scan.toString()).isZero();
        });
        Ran clean = run("scan", "--workload", workload, "--wait", "60s", "--output", "json");
        assertThat(clean.exitCode()).as(clean.toString()).isZero();
        assertThat(JsonMapper.shared()
                        .readTree(clean.out())
                        .at("/total/conformant")
                        .intValue())
                .isEqualTo(3);
        statusReadsWell();
    }

    private static void statusReadsWell() {
        Ran status = run("status", POLLED.toString());
        assertThat(status.exitCode()).as(status.err()).isZero();
        assertThat(status.out().lines()).allMatch(line -> line.length() <= 100);
        assertThat(status.out())
                .containsPattern("222222222222:eu-west-1/asg/shop +2 +ENFORCE +matching +3/3 +3 +0 +0 +0")
                .containsPattern(
                        "ec2/aws:222222222222:eu-west-1 +[0-9a-z]+ ago +7\n  no queue of events is configured: a change")
                .doesNotContain(FOLLOWED.toString());
    }

    @Test
    void aScanWithoutABrokerLooksAtAnAccount() throws Exception {
        String image = polled.ami("shop-2");
        Path file = declaration(POLLED + "/asg/shop", image, OBSERVED);

        Ran scan = run(
                "scan",
                "--once",
                "--target",
                POLLED.toString(),
                "--profile",
                "it",
                "--role-arn",
                ROLE,
                "--aws-endpoint",
                polledApi.endpoint().toString(),
                "--file",
                file.toString(),
                "--output",
                "json");

        assertThat(scan.exitCode()).as(scan.toString()).isEqualTo(2);
        JsonNode report = JsonMapper.shared().readTree(scan.out());
        assertThat(report.at("/targets/0/target").stringValue()).isEqualTo(POLLED.toString());
        assertThat(report.get("drifts").size()).isEqualTo(3);
        assertThat(report.at("/drifts/0/drifts/0/declared").stringValue()).isEqualTo(image);
    }

    /// Makes an instance of another image in a followed group, tells of it, and waits until it is
    /// seen.
    private static Snowflake makeSnowflake(String group, String image) throws InterruptedException {
        String replaced = followed.instances(group).getFirst();
        InstanceId instance = id(FOLLOWED, followed.snowflake(group, image));
        Snowflake snowflake = story.expect(
                image, new WorkloadId(FOLLOWED, "", WorkloadId.ASG, group), Optional.of(instance), Snowflake.End.HELD);
        queue.send(
                AwsEvents.runInstances(Instant.EPOCH, image, instance.name()),
                AwsEvents.terminated(Instant.EPOCH, group, replaced));
        assertThat(story.await(snowflake, Snowflake::seen, PATIENCE)).as("seen").isTrue();
        return snowflake;
    }

    private static InstanceId id(TargetId target, String instance) {
        return new InstanceId(target, "", instance, "");
    }

    private static void declare(String workload, String ami, String remediation) throws IOException {
        ok("declare", "-f", declaration(workload, ami, remediation).toString());
    }

    private static Path declaration(String workload, String ami, String remediation) throws IOException {
        return Files.writeString(folder.resolve("declaration.yaml"), """
                workload: %s
                spec:
                  containers: [{name: ami, type: AMI, image: %s}]
                  remediation: %s
                """.formatted(workload, ami, remediation));
    }

    /// As Packer's manifest post-processor writes it.
    private static String packer(String ami) throws IOException {
        return Files.writeString(folder.resolve("packer-manifest.json"), """
                {"builds": [{"name": "web", "builder_type": "amazon-ebs", "build_time": 1795422537, "files": null,
                  "artifact_id": "eu-west-1:%s", "packer_run_uuid": "f0faa4f4-fb1e-6ab9-5ba1-895285c30efc",
                  "custom_data": null}],
                 "last_run_uuid": "f0faa4f4-fb1e-6ab9-5ba1-895285c30efc"}
                """.formatted(ami))
                .toString();
    }

    /// Waits until a polled group runs nothing but this image, and is judged to conform.
    private static void awaitRunning(String group, String ami) {
        String workload = POLLED + "/asg/" + group;
        awaitThat(group + " runs " + ami, () -> {
            List<Verdict> verdicts = story.verdicts().stream()
                    .filter(verdict -> verdict.getWorkload().equals(workload))
                    .toList();
            return verdicts.size() == polled.describe(group).desiredCapacity()
                    && verdicts.stream().allMatch(verdict -> verdict.getState() == Verdict.State.CONFORMANT)
                    && polled.images(group).values().stream().allMatch(ami::equals);
        });
    }

    private static void awaitThat(String what, BooleanSupplier condition) {
        await(what).atMost(PATIENCE).pollInterval(Duration.ofMillis(250)).until(condition::getAsBoolean);
    }

    private static String problem(TargetId target) {
        JsonNode status =
                JsonMapper.shared().readTree(run("status", "--output", "json").out());
        for (JsonNode collector : status.get("collectors")) {
            if (collector.get("target").stringValue().equals(target.toString())) {
                return collector.path("problem").asString("");
            }
        }
        throw new AssertionError("no collector of " + target + " in " + status);
    }

    private static void ok(String... arguments) {
        List<String> all = new ArrayList<>(List.of(arguments));
        all.addAll(List.of("--wait", "60s"));
        Ran ran = run(all.toArray(String[]::new));
        assertThat(ran.exitCode()).as("%s: %s%s", all, ran.out(), ran.err()).isZero();
    }

    private record Ran(int exitCode, String out, String err) {}

    private static Ran run(String... arguments) {
        var out = new StringWriter();
        var err = new StringWriter();
        int exitCode = Snowmelt.commandLine(new Surroundings(
                        new PrintWriter(out), new PrintWriter(err), environment, InstantSource.system()))
                .execute(arguments);
        return new Ran(exitCode, out.toString(), err.toString());
    }

    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
