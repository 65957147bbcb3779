package dev.snowmelt.cli.once;

import dev.snowmelt.cli.CliException;
import dev.snowmelt.cli.ExitCode;
import dev.snowmelt.cli.TemporaryFolder;
import dev.snowmelt.cli.config.Config;
import dev.snowmelt.cli.http.Metrics;
import dev.snowmelt.cli.kafka.Proposer;
import dev.snowmelt.cli.kafka.TopicSetup;
import dev.snowmelt.cli.role.CollectRole;
import dev.snowmelt.cli.role.DetectRole;
import dev.snowmelt.cli.role.ResolveRole;
import dev.snowmelt.cli.role.Role;
import dev.snowmelt.cli.role.Roles;
import dev.snowmelt.sandbox.kafka.BrokerStartException;
import dev.snowmelt.sandbox.kafka.EmbeddedKafka;
import dev.snowmelt.v1.Answer;
import dev.snowmelt.v1.Declare;
import dev.snowmelt.v1.Proposal;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Everything that a scan needs, in this process and for its time: an embedded broker, registrar,
/// detector and scanner with stores in the heap, a collector that needs no Lease, and, where
/// registries are enabled, the registry role. Nothing of it is left when it is closed.
public final class Alone implements AutoCloseable {
    /// One task is enough for what one process can list, and starts faster than twelve.
    private static final String PARTITIONS = "1";

    private static final Duration PROVISION_WITHIN = Duration.ofSeconds(60);
    private static final Duration LOOK_EVERY = Duration.ofMillis(20);

    private final Config config;
    private final InstantSource clock;
    private final CollectRole collector;
    private final List<ResolveRole> registries;
    private final Telling telling;
    private final Roles roles;
    private final Parts parts;

    private Alone(
            Config config,
            InstantSource clock,
            CollectRole collector,
            List<ResolveRole> registries,
            Roles roles,
            Parts parts) {
        this.config = config;
        this.clock = clock;
        this.collector = collector;
        this.registries = registries;
        this.telling = new Telling(
                () -> registries.stream().anyMatch(registry -> registry.pending() > 0),
                () -> registries.stream().mapToLong(ResolveRole::closed).sum(),
                clock);
        this.roles = roles;
        this.parts = parts;
    }

    /// Starts everything.
    ///
    /// @param command what the command was told: of it only what is looked at and the rules of
    /// judging count, so that no setting points this at a real broker
    /// @param target what is looked at; closed with this
    /// @param environment where Docker's configuration is
    /// @throws CliException when the broker does not start
    public static Alone start(Config command, OneTarget target, Map<String, String> environment, InstantSource clock) {
        var parts = new Parts();
        try {
            var folder = TemporaryFolder.create("snowmelt-once");
            parts.add(folder::close);
            var broker = EmbeddedKafka.builder()
                    .dataFolder(folder.path().resolve("kafka"))
                    .start();
            parts.add(broker::close);
            Config config = config(command, broker.bootstrapServers(), folder);
            TopicSetup.provision(config.kafka(), PROVISION_WITHIN);
            var metrics = new Metrics();
            parts.add(metrics::close);
            var topics = config.kafka().topics();
            var collector = target.collector(config, topics, clock, metrics.registry());
            var registries = ResolveRole.where(config, topics, environment, clock, metrics.registry());
            List<Role> all = new ArrayList<>(List.of(new DetectRole(config, topics, metrics.registry()), collector));
            all.addAll(registries);
            var roles = new Roles(all);
            parts.add(roles::close);
            roles.start();
            return new Alone(config, clock, collector, registries, roles, parts);
        } catch (BrokerStartException e) {
            parts.close();
            throw new CliException(String.valueOf(e.getMessage()));
        } catch (RuntimeException e) {
            parts.close();
            throw e;
        }
    }

    private static Config config(Config command, String broker, TemporaryFolder folder) {
        Map<String, String> options = new HashMap<>();
        options.put("kafka.bootstrapServers", broker);
        options.put("kafka.partitions", PARTITIONS);
        options.put("kafka.replicationFactor", "1");
        options.put(
                "kubernetes.namespaces", String.join(",", command.kubernetes().namespaces()));
        options.put("detect.undeclared", command.detect().trustTemplate() ? "TRUST_TEMPLATE" : "REPORT");
        options.put("detect.storage", "MEMORY");
        Config.Registry registry = command.registry();
        options.put("registry.enabled", Boolean.toString(registry.enabled()));
        options.put("registry.insecure", Boolean.toString(registry.insecure()));
        registry.authFile().ifPresent(file -> options.put("registry.authFile", file.toString()));
        options.put("stateDir", folder.path().resolve("state").toString());
        return Config.load(null, Map.of(), options);
    }

    /// The embedded broker.
    public Config.Kafka kafka() {
        return config.kafka();
    }

    /// Declares, and returns when the detector judges by it: a scan that it counts before would be
    /// wrong.
    ///
    /// @throws CliException when a declaration is refused, or not heard of within `longest`
    public void declare(List<Declare> declarations, Duration longest) throws InterruptedException {
        if (declarations.isEmpty()) {
            return;
        }
        Instant end = clock.instant().plus(longest);
        List<Answer> answers = new Proposer(config.kafka(), clock)
                .propose(
                        declarations.stream()
                                .map(declare -> Proposal.newBuilder()
                                        .setDeclare(declare)
                                        .setBy("scan --once")
                                        .build())
                                .toList(),
                        longest);
        List<String> refused = new ArrayList<>();
        for (int i = 0; i < answers.size(); i++) {
            String workload = declarations.get(i).getWorkload();
            answers.get(i)
                    .getRefused()
                    .getProblemsList()
                    .forEach(problem -> refused.add("  " + workload + ": " + problem.getPath()
                            + (problem.getPath().isEmpty() ? "" : ": ") + problem.getMessage()));
        }
        if (!refused.isEmpty()) {
            refused.addFirst("Nothing was scanned; declarations were refused:");
            throw new CliException(ExitCode.ERROR, refused);
        }
        new JudgedBy(config.kafka())
                .await(
                        declarations.stream().map(Declare::getWorkload).toList(),
                        Duration.between(clock.instant(), end),
                        clock);
    }

    /// Waits until the collector has seen everything once.
    ///
    /// @param longest at most
    /// @param patience with a problem that stays: a missing right or an unreachable API server does
    /// not mend itself
    /// @return why it has not; empty: it has
    public String awaitLook(Duration longest, Duration patience) throws InterruptedException {
        Instant end = clock.instant().plus(longest);
        Instant since = clock.instant();
        String problem = "";
        while (true) {
            List<String> unready = roles.unready();
            if (unready.isEmpty()) {
                return "";
            }
            if (roles.failed()) {
                throw new CliException(ExitCode.ERROR, List.of("A role gave up: " + String.join("; ", unready)));
            }
            Instant now = clock.instant();
            String said = collector.problem();
            if (!said.equals(problem)) {
                problem = said;
                since = now;
            }
            boolean stays = !problem.isEmpty() && !now.isBefore(since.plus(patience));
            if (stays || !now.isBefore(end)) {
                return problem.isEmpty() ? String.join("; ", unready) : problem;
            }
            Thread.sleep(LOOK_EVERY);
        }
    }

    /// Waits until registries have told what verdicts leave open; also notices what they told while
    /// a scan was under way.
    ///
    /// @param longest at most; nothing or less: there is no time for it
    /// @return true when another scan may tell more
    public boolean awaitRegistries(Duration longest) throws InterruptedException {
        return !registries.isEmpty() && telling.await(longest);
    }

    /// Takes a few hundred milliseconds; nothing is left.
    @Override
    public void close() {
        parts.close();
    }

    /// What must be closed, the last first, whatever happens to the others.
    private static final class Parts implements AutoCloseable {
        private final Deque<Runnable> closing = new ArrayDeque<>();

        void add(Runnable close) {
            closing.push(close);
        }

        @Override
        public void close() {
            Runnable last = closing.poll();
            if (last != null) {
                try {
                    last.run();
                } finally {
                    close();
                }
            }
        }
    }
}
