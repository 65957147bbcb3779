package dev.snowmelt.cli.declare;

import static java.util.stream.Collectors.toCollection;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import dev.snowmelt.cli.CliException;
import dev.snowmelt.cli.Snowmelt;
import dev.snowmelt.cli.Surroundings;
import dev.snowmelt.cli.config.AwsTarget;
import dev.snowmelt.cli.config.Config;
import dev.snowmelt.cli.kafka.Part;
import dev.snowmelt.cli.kafka.Proposer;
import dev.snowmelt.cli.kafka.RightsCheck;
import dev.snowmelt.cli.kafka.TopicSetup;
import dev.snowmelt.cli.role.AwsAccount;
import dev.snowmelt.cli.role.Clusters;
import dev.snowmelt.cli.role.CollectRole;
import dev.snowmelt.cli.role.DetectRole;
import dev.snowmelt.cli.role.ExecuteRole;
import dev.snowmelt.cli.role.PlanRole;
import dev.snowmelt.cli.role.ResolveRole;
import dev.snowmelt.cli.role.Roles;
import dev.snowmelt.cli.scan.ScanClient;
import dev.snowmelt.sandbox.cluster.SimulatedCluster;
import dev.snowmelt.sandbox.kafka.EmbeddedKafka;
import dev.snowmelt.schemas.id.TargetId;
import dev.snowmelt.v1.Proposal;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.PrintWriter;
import java.io.Writer;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentSkipListSet;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.metrics.KafkaMetric;
import org.apache.kafka.common.metrics.MetricsReporter;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.streams.KafkaStreams;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.auth.credentials.AnonymousCredentialsProvider;

/// What is configured for Kafka's clients, above all how they authenticate, reaches every one that
/// any role or command makes: a client that was forgotten would work wherever nobody needs to
/// authenticate, and nowhere else.
class EveryClientIT {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Set<Class<?>> CLIENTS =
            Set.of(KafkaProducer.class, KafkaConsumer.class, KafkaStreams.class, Admin.class);

    /// Every client makes one of these, if it was told to.
    public static final class Told implements MetricsReporter {
        static final Set<String> CLASSES = new ConcurrentSkipListSet<>();

        @Override
        public void configure(Map<String, ?> configs) {
            StackWalker.getInstance()
                    .walk(frames -> frames.map(StackWalker.StackFrame::getClassName)
                            .filter(name -> name.startsWith("dev.snowmelt.") && !name.contains("EveryClient"))
                            .findFirst())
                    .ifPresent(name -> CLASSES.add(outermost(name)));
        }

        @Override
        public void init(List<KafkaMetric> metrics) {}

        @Override
        public void metricChange(KafkaMetric metric) {}

        @Override
        public void metricRemoval(KafkaMetric metric) {}

        @Override
        public void close() {}
    }

    @Test
    void getsWhatIsConfigured(@TempDir Path folder) throws Exception {
        Path secret =
                Files.writeString(folder.resolve("client.properties"), "metric.reporters=" + Told.class.getName());
        try (var kafka = EmbeddedKafka.start(1);
                var cluster = SimulatedCluster.builder().start()) {
            cluster.workloads().namespace("snowmelt");
            Path kubeconfig = folder.resolve("kubeconfig");
            cluster.writeKubeconfig(kubeconfig);
            Map<String, String> environment = Map.of(
                    "SNOWMELT_KAFKA_BOOTSTRAP_SERVERS", kafka.bootstrapServers(),
                    "SNOWMELT_KAFKA_PROPERTIES_FILE", secret.toString(),
                    "SNOWMELT_KAFKA_PARTITIONS", "1",
                    "SNOWMELT_KAFKA_REPLICATION_FACTOR", "1",
                    "SNOWMELT_KUBERNETES_KUBECONFIG", kubeconfig.toString(),
                    "SNOWMELT_STATE_DIR", folder.resolve("state").toString());
            Config config = Config.load(null, environment, Map.of());
            TopicSetup.provision(config.kafka(), PATIENCE);
            commands(config);
            doctor(environment);
            leaveAVerdict(config);
            try (var roles = roles(config)) {
                roles.start();
                Set<String> expected = whoMakesClients();
                await().atMost(PATIENCE)
                        .untilAsserted(() -> assertThat(Told.CLASSES).containsAll(expected));
            }
        }
    }

    /// As a detector leaves it whose changelogs were removed since: the next one looks what stands.
    private static void leaveAVerdict(Config config) throws Exception {
        try (var producer = new KafkaProducer<>(
                Map.<String, Object>of("bootstrap.servers", config.kafka().bootstrapServers()),
                new ByteArraySerializer(),
                new ByteArraySerializer())) {
            producer.send(new ProducerRecord<>(
                            config.kafka().topics().verdicts().name(),
                            "k8s:test/shop/Deployment/cart|".getBytes(StandardCharsets.UTF_8),
                            new byte[0]))
                    .get();
        }
    }

    private static void commands(Config config) throws InterruptedException {
        assertThat(new RightsCheck(config.kafka()).problems(Set.of(Part.STATUS)))
                .isEmpty();
        try (var _ = new ScanClient(config.kafka(), InstantSource.system());
                var _ = new DeclarationsFollower(config.kafka(), InstantSource.system())) {
            dev.snowmelt.cli.kafka.FleetView.read(config.kafka(), "");
        }
        // Nobody answers yet; it was sent all the same.
        assertThatThrownBy(() -> new Proposer(config.kafka(), InstantSource.system())
                        .propose(List.of(Proposal.getDefaultInstance()), Duration.ofMillis(100)))
                .isInstanceOf(CliException.class);
    }

    private static void doctor(Map<String, String> environment) {
        var nowhere = new PrintWriter(Writer.nullWriter());
        var surroundings = new Surroundings(nowhere, nowhere, environment, InstantSource.system());
        Snowmelt.commandLine(surroundings).execute("doctor", "--role", "detect");
    }

    private static Roles roles(Config config) {
        var topics = config.kafka().topics();
        var meters = new SimpleMeterRegistry();
        var clock = InstantSource.system();
        var account = AwsAccount.open(
                new AwsTarget(
                        TargetId.parse("aws:123456789012:eu-west-1"),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.of(URI.create("http://127.0.0.1:1")),
                        Duration.ofMinutes(1),
                        Duration.ofMinutes(1),
                        false,
                        Duration.ZERO),
                AnonymousCredentialsProvider.create());
        return new Roles(List.of(
                new DetectRole(config, topics, meters),
                new PlanRole(config, topics, meters),
                new CollectRole(config, topics, Clusters.open(config.kubernetes()), clock, meters),
                new CollectRole(config, topics, account, clock, meters),
                new ExecuteRole(config, topics, Clusters.open(config.kubernetes()), clock, meters),
                new ResolveRole(config, topics, Map.of(), clock, meters)));
    }

    /// By their code, so that a new one must be reached too. Not those that only ever speak to a
    /// broker of their own.
    private static Set<String> whoMakesClients() {
        return new ClassFileImporter()
                        .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                        .importPackages(
                                "dev.snowmelt.cli",
                                "dev.snowmelt.detector",
                                "dev.snowmelt.remediator",
                                "dev.snowmelt.schemas.topic",
                                "dev.snowmelt.sources",
                                "dev.snowmelt.streams")
                        .stream()
                        .filter(type -> !type.getPackageName().matches("dev\\.snowmelt\\.cli\\.(demo|once).*"))
                        .filter(EveryClientIT::makesClients)
                        .map(type -> outermost(type.getName()))
                        .collect(toCollection(TreeSet::new));
    }

    private static boolean makesClients(JavaClass type) {
        return type.getCodeUnitAccessesFromSelf().stream().anyMatch(EveryClientIT::makesOne);
    }

    private static boolean makesOne(JavaAccess<?> access) {
        boolean made = access.getName().equals("<init>") || access.getName().equals("create");
        return made && CLIENTS.stream().anyMatch(access.getTargetOwner()::isEquivalentTo);
    }

    private static String outermost(String name) {
        return name.replaceAll("\\$.*", "");
    }
}
