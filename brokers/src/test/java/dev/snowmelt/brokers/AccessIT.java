package dev.snowmelt.brokers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.snowmelt.cli.config.Config;
import dev.snowmelt.cli.kafka.Part;
import dev.snowmelt.cli.kafka.RightsCheck;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourceType;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/// Each part of Snowmelt is a user of its own, by SASL/SCRAM over TLS, with the rights that `snowmelt topics acls`
/// shows:
/// they are enough, and one less is not.
@NeedsEngine
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class AccessIT {
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    /// Rights that this run gives no occasion to use; brokers are asked about them all the same.
    private static final Map<Part, Set<String>> NO_OCCASION = Map.of(
            // Only a detector whose stores are lost says again what stands in its verdicts.
            Part.DETECT,
            Set.of("READ TOPIC snowmelt.verdicts", "WRITE TOPIC snowmelt.observations"),
            // Only a scan that nobody answers looks who should have.
            Part.SCAN,
            Set.of("READ TOPIC snowmelt.collectors"),
            // The planner proposes only when it suspends a workload or a target; who executes here is another user.
            Part.REMEDIATE,
            Set.of("WRITE TOPIC snowmelt.proposals", "WRITE TOPIC snowmelt.outcomes"),
            // No digest here is unknown, so no registry is asked, and nothing it said is proposed.
            Part.RESOLVE,
            Set.of("WRITE TOPIC snowmelt.proposals"));

    @TempDir
    private static Path folder;

    private static Users users;

    @BeforeAll
    static void start() throws Exception {
        users = Users.start(folder);
    }

    @AfterAll
    static void stop() {
        if (users != null) {
            users.close();
        }
    }

    @Test
    @Order(1)
    void theLeastRightsAreEnoughAndAllOfThemAreUsed() throws Exception {
        Map<String, String> topics = users.environment(Part.TOPICS);
        assertThat(Run.with(topics, "topics", "create").err()).isEmpty();
        assertThat(Run.with(topics, "topics", "create").exitCode()).isZero();
        try (var shop = new Shop(folder);
                var detect = start(Part.DETECT, shop, "detect");
                // It plans for all targets, and executes in one where nothing is to be done.
                var remediate = start(Part.REMEDIATE, shop, "remediate", "--target", "k8s:elsewhere");
                var execute = start(Part.EXECUTE, shop, "remediate", "--target", "k8s:test");
                var collect = start(Part.COLLECT_KUBERNETES, shop, "collect", "kubernetes");
                var resolve = start(Part.RESOLVE, shop, "resolve")) {
            Stream.of(detect, remediate, execute, collect).forEach(role -> role.awaitReady(PATIENCE));
            shop.declare(users.environment(Part.DECLARE));
            shop.awaitMended(shop.drift());
            Map<String, String> declaring = users.environment(Part.DECLARE);
            assertThat(Run.with(declaring, "declare", "list").out()).contains(Shop.WORKLOAD);
            assertThat(Run.with(declaring, "pause", Shop.WORKLOAD, "--for", "1h")
                            .exitCode())
                    .isZero();
            Run status = Run.with(users.environment(Part.STATUS), "status");
            assertThat(status.err()).isEmpty();
            assertThat(status.out()).contains(Shop.WORKLOAD);
            Run scan = Run.with(users.environment(Part.SCAN), "scan", "--target", "k8s:test", "--all", "--wait", "60s");
            assertThat(scan.err()).doesNotContain("not allow");
            assertThat(scan.exitCode()).as(scan.err() + scan.out()).isZero();
            writeGarbage("proposals", "verdicts", "commands");
            resolve.awaitReady(PATIENCE);

            await("every right is used")
                    .atMost(PATIENCE)
                    .pollInterval(Duration.ofSeconds(1))
                    .untilAsserted(() -> {
                        for (Part part : List.of(
                                Part.TOPICS,
                                Part.COLLECT_KUBERNETES,
                                Part.DETECT,
                                Part.RESOLVE,
                                Part.EXECUTE,
                                Part.REMEDIATE,
                                Part.DECLARE,
                                Part.STATUS,
                                Part.SCAN)) {
                            assertThat(users.unused(part))
                                    .as("not used by " + part)
                                    .isSubsetOf(NO_OCCASION.getOrDefault(part, Set.of()));
                        }
                    });
            assertThat(users.denied()).isEmpty();
            theDoctorFailsNobodyForWhatOthersMay(shop);
        }
    }

    /// To look around is no part of a role: brokers refuse it, which says nothing of how the role does.
    private static void theDoctorFailsNobodyForWhatOthersMay(Shop shop) throws Exception {
        String detect = doctor(Part.DETECT, shop, "detect");
        assertThat(detect)
                .contains("OK kafka.acls: this user has the rights of detect")
                .contains("OK kafka.topics: ")
                .contains("SKIPPED kafka.topics: brokers do not tell this user whether these exist (DESCRIBE): ")
                .contains("OK collectors.k8s:test")
                .contains("OK kafka.groups.snowmelt.detector")
                .contains("OK clock.kafka");
        String execute = doctor(Part.EXECUTE, shop, "remediate");
        assertThat(execute)
                .contains("OK kafka.acls: this user has the rights of execute")
                .contains("OK kafka.groups.snowmelt.executor-test")
                .contains("SKIPPED kafka.groups.snowmelt.planner")
                .contains("SKIPPED kafka.topics: brokers do not tell this user the settings of these")
                .contains("SKIPPED kafka.replication: brokers do not tell this user how many replicas these have")
                .contains("SKIPPED collectors: brokers do not tell this user")
                .contains("SKIPPED clock.kafka: brokers do not tell this user");
        assertThat(doctor(Part.REMEDIATE, shop, "remediate"))
                .contains("OK kafka.acls: this user has the rights of remediate")
                .contains("OK kafka.groups.snowmelt.planner");
        assertThat(doctor(Part.COLLECT_KUBERNETES, shop, "collect"))
                .contains("OK kafka.acls: this user has the rights of collect-kubernetes");
    }

    private static String doctor(Part part, Shop shop, String role) throws Exception {
        Map<String, String> environment = users.environment(part);
        environment.putAll(shop.environment());
        Run run = Run.with(environment, "doctor", "--role", role);
        assertThat(run.exitCode()).as(run.out()).isZero();
        return run.out().replaceAll("\\s+", " ");
    }

    @Test
    @Order(2)
    void whichRightIsMissingIsSaid() throws Exception {
        try (Admin admin = users.operator()) {
            for (Part part : Part.values()) {
                Config config = Config.load(null, users.environment(part), Map.of());
                var check = new RightsCheck(config.kafka());
                for (AclBinding right : Users.rights(part)) {
                    if (!isAskedFor(right)) {
                        continue;
                    }
                    admin.deleteAcls(List.of(right.toFilter())).all().get(30, TimeUnit.SECONDS);
                    await().atMost(PATIENCE)
                            .pollDelay(Duration.ZERO)
                            .untilAsserted(
                                    () -> assertThat(isAdvisory(right) ? advice(check, part) : problems(check, part))
                                            .singleElement()
                                            .asString()
                                            .contains(right.entry().operation() + " the ")
                                            .contains(" " + right.pattern().name())
                                            .contains("--for " + part.word()));
                    if (isAdvisory(right)) {
                        assertThat(problems(check, part)).as("it works without").isEmpty();
                    }
                    admin.createAcls(List.of(right)).all().get(30, TimeUnit.SECONDS);
                }
                await().atMost(PATIENCE)
                        .untilAsserted(() -> assertThat(check.ask(List.of(part)))
                                .allMatch(rights -> rights.missing().isEmpty()));
            }
        }
    }

    @Test
    @Order(3)
    void whoMayOnlyDescribeAGroupIsToldThatItMayNotRead() throws Exception {
        AclBinding read = Users.right(
                Part.DETECT,
                each -> each.pattern().resourceType() == ResourceType.GROUP
                        && each.pattern().name().equals("snowmelt.detector"));
        var describe = new AclBinding(
                read.pattern(),
                new AccessControlEntry("User:detect", "*", AclOperation.DESCRIBE, AclPermissionType.ALLOW));
        try (Admin admin = users.operator();
                var _ = new Users.Without(admin, read)) {
            admin.createAcls(List.of(describe)).all().get(30, TimeUnit.SECONDS);

            awaitSaid(Part.DETECT, "READ the group snowmelt.detector.");

            admin.deleteAcls(List.of(describe.toFilter())).all().get(30, TimeUnit.SECONDS);
        }
    }

    @Test
    @Order(4)
    void aRoleThatLacksARightWaitsThenEndsAndSaysWhich() throws Exception {
        AclBinding group = Users.right(
                Part.DETECT,
                each -> each.pattern().resourceType() == ResourceType.GROUP
                        && each.pattern().name().equals("snowmelt.detector"));
        try (Admin admin = users.operator();
                var _ = new Users.Without(admin, group)) {
            awaitSaid(Part.DETECT, "READ the group snowmelt.detector.");
            long begun = System.nanoTime();

            Run detect = Run.with(users.environment(Part.DETECT), "detect", "--http-port", "0", "--wait", "5s");

            assertThat(Duration.ofNanos(System.nanoTime() - begun)).isGreaterThan(Duration.ofSeconds(3));
            assertThat(detect.exitCode()).isEqualTo(1);
            assertThat(detect.err())
                    .contains("Kafka does not allow this user to READ the group snowmelt.detector.")
                    .contains("'snowmelt topics acls --for detect'");
        }
    }

    /// Whoever installs Snowmelt may grant rights after it was started; until then an alert sees that it is not ready.
    @Test
    @Order(5)
    void aRightMayComeWhileARoleWaitsForIt() throws Exception {
        AclBinding write = Users.right(
                Part.DETECT,
                each -> each.pattern().name().equals("snowmelt.detector-")
                        && each.entry().operation() == AclOperation.WRITE);
        try (Admin admin = users.operator()) {
            var without = new Users.Without(admin, write);
            awaitSaid(Part.DETECT, "WRITE the topic snowmelt.detector-*.");
            try (var detect = Running.start(users.environment(Part.DETECT), folder, "detect", "--wait", "5m")) {
                await().atMost(PATIENCE)
                        .untilAsserted(() -> assertThat(detect.get("/health/ready"))
                                .contains("Kafka does not allow this user to WRITE the topic snowmelt.detector-*."));
                assertThat(detect.get("/metrics")).contains("snowmelt_role_ready{role=\"detect\"} 0.0");

                without.close();

                detect.awaitReady(PATIENCE);
                assertThat(detect.output().lines().filter(line -> line.contains("does not allow")))
                        .as("said once, not every second")
                        .hasSize(1);
            }
        }
    }

    @Test
    @Order(6)
    void aWrongPasswordIsSaidAtOnce() throws Exception {
        Map<String, String> environment = users.environment(Part.STATUS, "not the password");

        Run status = Run.with(environment, "status", "--wait", "60s");

        assertThat(status.exitCode()).isEqualTo(1);
        assertThat(status.err()).contains("refuses the connection").contains("Authentication failed");
    }

    private static List<String> problems(RightsCheck check, Part part) throws InterruptedException {
        return check.problems(List.of(part));
    }

    private static List<String> advice(RightsCheck check, Part part) throws InterruptedException {
        return check.ask(List.of(part)).stream()
                .flatMap(rights -> rights.advice().stream())
                .toList();
    }

    /// A part works without it, but not as well.
    private static boolean isAdvisory(AclBinding right) {
        return right.entry().operation() == AclOperation.DESCRIBE_CONFIGS
                && right.pattern().patternType() == PatternType.LITERAL;
    }

    private static void awaitSaid(Part part, String words) throws Exception {
        var check = new RightsCheck(
                Config.load(null, users.environment(part), Map.of()).kafka());
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(problems(check, part))
                        .singleElement()
                        .asString()
                        .contains(words));
    }

    /// Who may not describe any topic sees none of which brokers could tell: `topics create` finds that out by itself.
    private static boolean isAskedFor(AclBinding right) {
        return right.entry().operation() != AclOperation.DESCRIBE;
    }

    private static void writeGarbage(String... topics) throws Exception {
        try (var producer = new KafkaProducer<byte[], byte[]>(
                Map.of("bootstrap.servers", users.brokers().operatorServers()),
                new ByteArraySerializer(),
                new ByteArraySerializer())) {
            for (String topic : topics) {
                byte[] garbage = "no record".getBytes(StandardCharsets.UTF_8);
                producer.send(new ProducerRecord<>(Users.PREFIX + topic, garbage, garbage))
                        .get(30, TimeUnit.SECONDS);
            }
        }
    }

    private static Running start(Part part, Shop shop, String... command) throws Exception {
        Map<String, String> environment = users.environment(part);
        environment.putAll(shop.environment());
        return Running.start(environment, folder, command);
    }
}
