package dev.snowmelt.brokers;

import static java.util.stream.Collectors.toCollection;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.snowmelt.brokers.Brokers.Authentication;
import dev.snowmelt.cli.config.Config;
import dev.snowmelt.cli.kafka.Part;
import dev.snowmelt.cli.kafka.RightsCheck;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ScramCredentialInfo;
import org.apache.kafka.clients.admin.ScramMechanism;
import org.apache.kafka.clients.admin.UserScramCredentialAlteration;
import org.apache.kafka.clients.admin.UserScramCredentialUpsertion;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
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
    private static final String PREFIX = "snowmelt.";
    private static final String PASSWORD = "melting-point-0";

    /// Rights that this run gives no occasion to use; brokers are asked about them all the same.
    private static final Map<Part, Set<String>> NO_OCCASION = Map.of(
            // Only collectors of AWS accounts agree by a group, which is one of readers of that topic.
            Part.COLLECT,
            Set.of("READ GROUP snowmelt.collector.*", "READ TOPIC snowmelt.collectors"),
            // Only a scan that nobody answers looks who should have.
            Part.SCAN,
            Set.of("READ TOPIC snowmelt.collectors"),
            // The planner proposes only when it suspends a workload or a target.
            Part.REMEDIATE,
            Set.of("WRITE TOPIC snowmelt.proposals"));

    @TempDir
    private static Path folder;

    private static Certificate certificate;
    private static Brokers brokers;

    @BeforeAll
    static void start() throws Exception {
        certificate = Certificate.make(folder, "brokers");
        brokers = Brokers.start(1, Authentication.SCRAM, certificate);
        try (Admin admin = brokers.operator()) {
            List<UserScramCredentialAlteration> users = new ArrayList<>();
            List<AclBinding> rights = new ArrayList<>();
            for (Part part : Part.values()) {
                users.add(new UserScramCredentialUpsertion(
                        part.word(), new ScramCredentialInfo(ScramMechanism.SCRAM_SHA_512, 4096), PASSWORD));
                rights.addAll(part.rights(PREFIX, "User:" + part.word()));
            }
            admin.alterUserScramCredentials(users).all().get(30, TimeUnit.SECONDS);
            admin.createAcls(rights).all().get(30, TimeUnit.SECONDS);
        }
    }

    @AfterAll
    static void stop() {
        if (brokers != null) {
            brokers.close();
        }
    }

    @Test
    @Order(1)
    void theLeastRightsAreEnoughAndAllOfThemAreUsed() throws Exception {
        Map<String, String> topics = environment(Part.TOPICS);
        assertThat(Run.with(topics, "topics", "create").err()).isEmpty();
        assertThat(Run.with(topics, "topics", "create").exitCode()).isZero();
        try (var shop = new Shop(folder);
                var detect = start(Part.DETECT, shop, "detect");
                var remediate = start(Part.REMEDIATE, shop, "remediate");
                var collect = start(Part.COLLECT, shop, "collect", "kubernetes");
                var resolve = start(Part.RESOLVE, shop, "resolve")) {
            Stream.of(detect, remediate, collect).forEach(role -> role.awaitReady(PATIENCE));
            shop.declare(environment(Part.DECLARE));
            shop.awaitMended(shop.drift());
            Map<String, String> declaring = environment(Part.DECLARE);
            assertThat(Run.with(declaring, "declare", "list").out()).contains(Shop.WORKLOAD);
            assertThat(Run.with(declaring, "pause", Shop.WORKLOAD, "--for", "1h")
                            .exitCode())
                    .isZero();
            Run status = Run.with(environment(Part.STATUS), "status");
            assertThat(status.err()).isEmpty();
            assertThat(status.out()).contains(Shop.WORKLOAD);
            Run scan = Run.with(environment(Part.SCAN), "scan", "--target", "k8s:test", "--all", "--wait", "60s");
            assertThat(scan.err()).doesNotContain("not allow");
            assertThat(scan.exitCode()).as(scan.err() + scan.out()).isZero();
            writeGarbage("proposals", "verdicts");
            resolve.awaitReady(PATIENCE);

            await("every right is used")
                    .atMost(PATIENCE)
                    .pollInterval(Duration.ofSeconds(1))
                    .untilAsserted(() -> {
                        for (Part part : List.of(
                                Part.TOPICS,
                                Part.COLLECT,
                                Part.DETECT,
                                Part.REMEDIATE,
                                Part.DECLARE,
                                Part.STATUS,
                                Part.SCAN)) {
                            assertThat(unused(part))
                                    .as("not used by " + part)
                                    .isSubsetOf(NO_OCCASION.getOrDefault(part, Set.of()));
                        }
                    });
        }
        assertThat(brokers.log().filter(line -> line.contains(" is Denied "))).isEmpty();
    }

    @Test
    @Order(2)
    void whichRightIsMissingIsSaid() throws Exception {
        try (Admin admin = brokers.operator()) {
            for (Part part : Part.values()) {
                Config config = Config.load(null, environment(part), Map.of());
                var check = new RightsCheck(config.kafka());
                for (AclBinding right : part.rights(PREFIX, "User:" + part.word())) {
                    if (!isAskedFor(right)) {
                        continue;
                    }
                    admin.deleteAcls(List.of(right.toFilter())).all().get(30, TimeUnit.SECONDS);
                    await().atMost(PATIENCE)
                            .pollDelay(Duration.ZERO)
                            .untilAsserted(() -> assertThat(check.problems(List.of(part)))
                                    .singleElement()
                                    .asString()
                                    .contains(right.entry().operation() + " the ")
                                    .contains(" " + right.pattern().name())
                                    .contains("--for " + part.word()));
                    admin.createAcls(List.of(right)).all().get(30, TimeUnit.SECONDS);
                }
                await().atMost(PATIENCE)
                        .untilAsserted(
                                () -> assertThat(check.problems(List.of(part))).isEmpty());
            }
        }
    }

    @Test
    @Order(3)
    void aRoleThatLacksARightEndsAndSaysWhich() throws Exception {
        AclBinding right = right(Part.DETECT, each -> each.pattern().name().equals("snowmelt.verdicts"));
        try (Admin admin = brokers.operator()) {
            admin.deleteAcls(List.of(right.toFilter())).all().get(30, TimeUnit.SECONDS);
            var check = new RightsCheck(
                    Config.load(null, environment(Part.DETECT), Map.of()).kafka());
            await().atMost(PATIENCE)
                    .untilAsserted(() ->
                            assertThat(check.problems(List.of(Part.DETECT))).isNotEmpty());

            Run detect = Run.with(environment(Part.DETECT), "detect", "--wait", "30s");

            assertThat(detect.exitCode()).isEqualTo(1);
            assertThat(detect.err())
                    .contains("Kafka does not allow this user to WRITE the topic snowmelt.verdicts.")
                    .contains("'snowmelt topics acls --for detect'");
            admin.createAcls(List.of(right)).all().get(30, TimeUnit.SECONDS);
        }
    }

    @Test
    @Order(4)
    void aWrongPasswordIsSaidAtOnce() throws Exception {
        Map<String, String> environment = environment(Part.STATUS, "not the password");

        Run status = Run.with(environment, "status", "--wait", "60s");

        assertThat(status.exitCode()).isEqualTo(1);
        assertThat(status.err()).contains("refuses the connection").contains("Authentication failed");
    }

    /// Rights on topics behind stores are found out by the role itself: before its first start there are none.
    private static boolean isAskedFor(AclBinding right) {
        return right.pattern().resourceType() != ResourceType.TOPIC
                || right.pattern().patternType() == PatternType.LITERAL
                || right.entry().operation() == AclOperation.CREATE;
    }

    private static AclBinding right(Part part, Predicate<AclBinding> which) {
        return part.rights(PREFIX, "User:" + part.word()).stream()
                .filter(which)
                .findFirst()
                .orElseThrow();
    }

    /// What the authorizer never allowed anything for.
    private static Set<String> unused(Part part) {
        Pattern allowed = Pattern.compile("Principal = User:" + part.word()
                + " is Allowed operation = (\\w+) .*resourceType=(\\w+), resourceName=([^,]+), patternType=(\\w+),"
                + ".* operation=(\\w+),");
        Set<String> used = brokers.log()
                .map(allowed::matcher)
                .filter(Matcher::find)
                // READ also lets somebody describe; that is no reason to grant it.
                .filter(match -> match.group(1).equals(match.group(5)))
                .map(match -> match.group(5) + " " + match.group(2) + " " + match.group(3)
                        + (match.group(4).equals("PREFIXED") ? "*" : ""))
                .collect(toCollection(TreeSet::new));
        Set<String> unused = part.rights(PREFIX, "User:" + part.word()).stream()
                .map(right -> right.entry().operation() + " " + right.pattern().resourceType() + " "
                        + right.pattern().name()
                        + (right.pattern().patternType() == PatternType.PREFIXED ? "*" : ""))
                .collect(toCollection(TreeSet::new));
        unused.removeAll(used);
        return unused;
    }

    private static void writeGarbage(String... topics) throws Exception {
        try (var producer = new KafkaProducer<byte[], byte[]>(
                Map.of("bootstrap.servers", brokers.operatorServers()),
                new ByteArraySerializer(),
                new ByteArraySerializer())) {
            for (String topic : topics) {
                byte[] garbage = "no record".getBytes(StandardCharsets.UTF_8);
                producer.send(new ProducerRecord<>(PREFIX + topic, garbage, garbage))
                        .get(30, TimeUnit.SECONDS);
            }
        }
    }

    private static Running start(Part part, Shop shop, String... command) throws Exception {
        Map<String, String> environment = environment(part);
        environment.putAll(shop.environment());
        return Running.start(environment, folder, command);
    }

    private static Map<String, String> environment(Part part) throws Exception {
        return environment(part, PASSWORD);
    }

    private static Map<String, String> environment(Part part, String password) throws Exception {
        Path file = Files.writeString(Files.createTempFile(folder, "client", ".properties"), """
                security.protocol=SASL_SSL
                ssl.truststore.type=PEM
                ssl.truststore.location=%s
                sasl.mechanism=SCRAM-SHA-512
                sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required username="%s" password="%s";
                """.formatted(
                        certificate.trusted(), part.word(), password));
        return new HashMap<>(Map.of(
                "SNOWMELT_KAFKA_BOOTSTRAP_SERVERS",
                brokers.bootstrapServers(),
                "SNOWMELT_KAFKA_PROPERTIES_FILE",
                file.toString(),
                "SNOWMELT_KAFKA_PARTITIONS",
                "2",
                "SNOWMELT_KAFKA_REPLICATION_FACTOR",
                "1"));
    }
}
