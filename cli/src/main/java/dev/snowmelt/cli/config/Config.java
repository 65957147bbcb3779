package dev.snowmelt.cli.config;

import dev.snowmelt.cli.CliException;
import dev.snowmelt.cli.ExitCode;
import dev.snowmelt.cli.logs.LogFormat;
import dev.snowmelt.fingerprint.judge.JudgeRules;
import dev.snowmelt.schemas.id.TargetId;
import dev.snowmelt.schemas.text.Texts;
import dev.snowmelt.schemas.topic.Topics;
import dev.snowmelt.v1.Problem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// All settings of a process. The keys of the file are those of the records, for example
/// `kafka.partitions`.
///
/// @param kafka the broker and the topics
/// @param http where metrics and health are served
/// @param kubernetes the cluster
/// @param aws accounts and regions
/// @param detect the detector
/// @param remediate the planner and the executors
/// @param registry image registries
/// @param trust keys of proposals
/// @param logging how lines of the log look: `logging.format`
/// @param otlp where traces go, and which
/// @param stateDir folder of the stores; safe to lose
/// @param member name of this process among its replicas, stable over restarts; empty: none
public record Config(
        Kafka kafka,
        Http http,
        Kubernetes kubernetes,
        Aws aws,
        Detect detect,
        Remediate remediate,
        Registry registry,
        Trust trust,
        LogFormat logging,
        Otlp otlp,
        Path stateDir,
        String member) {
    /// More copies than anybody has processes for.
    private static final int MOST_STANDBYS = 10;

    /// The broker and the topics.
    ///
    /// @param bootstrapServers `host:port` with commas
    /// @param named a broker was named; otherwise `bootstrapServers` is the default, and `up`
    /// brings its own
    /// @param prefix what topics' names begin with
    /// @param partitions partitions of every topic
    /// @param replicationFactor replicas that `topics create` makes
    /// @param minInSyncReplicas replicas that must have a record before it counts
    /// @param client further settings of every client: security, timeouts
    public record Kafka(
            String bootstrapServers,
            boolean named,
            String prefix,
            int partitions,
            int replicationFactor,
            int minInSyncReplicas,
            Map<String, Object> client) {
        /// The list of topics.
        public Topics topics() {
            return new Topics(prefix, partitions);
        }

        /// The same on another broker with other numbers of replicas: an embedded one.
        public Kafka on(String otherServers, int replicas) {
            return new Kafka(otherServers, true, prefix, partitions, replicas, replicas > 2 ? 2 : 1, client);
        }
    }

    /// Where metrics and health are served.
    ///
    /// @param host address to listen on
    /// @param port 0: any free one
    /// @param admin log levels may be changed there too, from this machine alone
    public record Http(String host, int port, boolean admin) {}

    /// The cluster.
    ///
    /// @param target its id; empty: made of the context's name
    /// @param kubeconfig file; empty: `$KUBECONFIG`, `~/.kube/config` or the service account
    /// @param context context in it; empty: the current one
    /// @param namespaces namespaces to look at; empty: all
    /// @param leaseNamespace namespace of the collectors' lease
    /// @param resync time between snapshots, 15 min at most
    public record Kubernetes(
            Optional<TargetId> target,
            Optional<Path> kubeconfig,
            Optional<String> context,
            List<String> namespaces,
            String leaseNamespace,
            Duration resync) {
        /// True when something says which cluster it is; otherwise the current context would be it.
        public boolean named() {
            return target.isPresent() || kubeconfig.isPresent() || context.isPresent();
        }
    }

    /// Settings of the detector.
    ///
    /// @param trustTemplate without a declaration the pinned template is the declaration
    /// @param inMemory stores live in the heap instead of RocksDB
    /// @param threads stream threads
    /// @param standbyReplicas copies of the stores that other processes keep warm
    /// @param contentMaxAge how long an agent's observation is believed
    public record Detect(
            boolean trustTemplate, boolean inMemory, int threads, int standbyReplicas, Duration contentMaxAge) {}

    /// Settings of planner and executors.
    ///
    /// @param planner this process plans, and does not only execute; false where another
    /// installation on the same brokers plans
    /// @param dryRun executors look but do not call
    /// @param breakerPercent drifted share of a target that stops everything there
    /// @param breakerMinimum fewer drifted instances never do
    /// @param settle how long the census must be quiet after a jump
    /// @param standbyReplicas copies of the planner's stores that other processes keep warm
    public record Remediate(
            boolean planner,
            boolean dryRun,
            int breakerPercent,
            int breakerMinimum,
            Duration settle,
            int standbyReplicas) {}

    /// Image registries.
    ///
    /// @param enabled they are asked about digests that run but are in no accepted set; until they
    /// answered, such an instance is UNVERIFIED instead of DRIFTED
    /// @param insecure registries on loopback addresses are spoken to without TLS
    /// @param authFile Docker's configuration with the credentials; empty:
    /// `$DOCKER_CONFIG/config.json` or `~/.docker/config.json`
    public record Registry(boolean enabled, boolean insecure, Optional<Path> authFile) {}

    private enum Undeclared {
        REPORT,
        TRUST_TEMPLATE
    }

    private enum Storage {
        ROCKSDB,
        MEMORY
    }

    /// The same on an embedded broker of one node.
    public Config onEmbedded(String bootstrapServers) {
        return new Config(
                kafka.on(bootstrapServers, 1),
                http,
                kubernetes,
                aws,
                detect,
                remediate,
                registry,
                trust,
                logging,
                otlp,
                stateDir,
                member);
    }

    /// What detector and executors judge by.
    public JudgeRules judging() {
        return new JudgeRules(
                detect.trustTemplate()
                        ? dev.snowmelt.fingerprint.judge.Undeclared.TRUST_TEMPLATE
                        : dev.snowmelt.fingerprint.judge.Undeclared.REPORT,
                registry.enabled());
    }

    /// Reads everything, or says everything that is wrong.
    ///
    /// @param file the YAML file; null: none
    /// @param options values of options, by the key that they override
    /// @throws CliException with a line for each fault
    public static Config load(@Nullable Path file, Map<String, String> environment, Map<String, String> options) {
        var reader = new ConfigReader(file == null ? null : tree(file), environment, options);
        Config config = read(reader, environment);
        List<Problem> problems = reader.problems();
        if (!problems.isEmpty()) {
            List<String> lines = new ArrayList<>();
            lines.add("The configuration has " + problems.size() + (problems.size() == 1 ? " fault:" : " faults:"));
            String where = file == null ? "" : file + ": ";
            problems.forEach(problem -> lines.add("  " + where + problem.getPath()
                    + (problem.getPath().isEmpty() ? "" : ": ") + problem.getMessage()));
            throw new CliException(ExitCode.ERROR, lines);
        }
        return config;
    }

    private static @Nullable JsonNode tree(Path file) {
        Texts.Trees trees;
        try {
            trees = Texts.trees(Files.readString(file));
        } catch (NoSuchFileException _) {
            throw new CliException("There is no configuration file " + file + ".");
        } catch (IOException e) {
            throw new CliException("The configuration file " + file + " cannot be read: " + e.getMessage() + ".");
        }
        if (!trees.problems().isEmpty()) {
            throw new CliException(
                    ExitCode.ERROR,
                    trees.problems().stream()
                            .map(problem -> file + ": " + problem.getPath() + ": " + problem.getMessage())
                            .toList());
        }
        if (trees.documents().size() > 1) {
            throw new CliException(file + " holds " + trees.documents().size() + " documents; one is read.");
        }
        return trees.documents().isEmpty() ? null : trees.documents().getFirst();
    }

    private static Config read(ConfigReader reader, Map<String, String> environment) {
        int replicas = reader.number("kafka.replicationFactor", 1, 32_767, 3);
        int inSync = reader.number("kafka.minInSyncReplicas", 1, 32_767, Math.max(1, replicas - 1));
        if (inSync > replicas) {
            reader.fault(
                    "kafka.minInSyncReplicas", "must not be more than kafka.replicationFactor, which is " + replicas);
        }
        ClientSettings client = ClientSettings.read(reader);
        Optional<String> bootstrapServers =
                reader.text("kafka.bootstrapServers").or(client::bootstrapServers);
        var kafka = new Kafka(
                bootstrapServers.orElse("localhost:9092"),
                bootstrapServers.isPresent(),
                reader.value("kafka.prefix", Config::prefix).orElse(Topics.DEFAULT_PREFIX),
                reader.number("kafka.partitions", 1, 10_000, Topics.DEFAULT_PARTITIONS),
                replicas,
                inSync,
                client.values());
        var http = new Http(
                reader.text("http.host").orElse("127.0.0.1"),
                reader.number("http.port", 0, 65_535, 8080),
                reader.truth("http.admin", false));
        var kubernetes = new Kubernetes(
                reader.value("kubernetes.target", Config::cluster),
                reader.value("kubernetes.kubeconfig", Path::of),
                reader.text("kubernetes.context"),
                reader.list("kubernetes.namespaces"),
                reader.text("kubernetes.leaseNamespace").orElse("snowmelt"),
                Resync.read(reader, "kubernetes.resync").orElse(Duration.ofMinutes(10)));
        var detect = new Detect(
                reader.choice("detect.undeclared", Undeclared.class, Undeclared.REPORT) == Undeclared.TRUST_TEMPLATE,
                reader.choice("detect.storage", Storage.class, Storage.ROCKSDB) == Storage.MEMORY,
                reader.number("detect.threads", 1, 256, 1),
                reader.number("detect.standbyReplicas", 0, MOST_STANDBYS, 0),
                reader.duration("detect.contentMaxAge", Duration.ofHours(24)));
        var remediate = new Remediate(
                reader.truth("remediate.planner", true),
                reader.truth("remediate.dryRun", false),
                reader.number("remediate.breakerPercent", 1, 100, 30),
                reader.number("remediate.breakerMinimum", 1, 1_000_000, 5),
                reader.duration("remediate.settle", Duration.ofSeconds(2)),
                reader.number("remediate.standbyReplicas", 0, MOST_STANDBYS, 0));
        var registry = new Registry(
                reader.truth("registry.enabled", false),
                reader.truth("registry.insecure", false),
                reader.value("registry.authFile", Path::of));
        String home = environment.getOrDefault("XDG_STATE_HOME", System.getProperty("user.home") + "/.local/state");
        return new Config(
                kafka,
                http,
                kubernetes,
                Aws.read(reader),
                detect,
                remediate,
                registry,
                Trust.read(reader),
                reader.choice("logging.format", LogFormat.class, LogFormat.TEXT),
                Otlp.read(reader, environment),
                reader.value("stateDir", Path::of).orElse(Path.of(home, "snowmelt")),
                reader.text("member").orElse(""));
    }

    /// Kafka's rule for names of topics, applied to what they begin with.
    private static String prefix(String text) {
        if (!text.matches("[a-zA-Z0-9._-]{0,100}")) {
            throw new IllegalArgumentException(
                    "must be up to 100 letters, digits and '.', '_', '-', not '" + text + "'");
        }
        return text.isEmpty() || text.matches(".*[._-]") ? text : text + ".";
    }

    private static TargetId cluster(String text) {
        TargetId target = TargetId.parse(text);
        if (target.platform() != TargetId.Platform.K8S) {
            throw new IllegalArgumentException("must be a cluster such as 'k8s:prod-eu', not '" + text + "'");
        }
        return target;
    }
}
