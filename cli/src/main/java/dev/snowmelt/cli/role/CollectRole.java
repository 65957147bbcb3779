package dev.snowmelt.cli.role;

import dev.snowmelt.cli.Version;
import dev.snowmelt.cli.config.AwsTarget;
import dev.snowmelt.cli.config.Config;
import dev.snowmelt.cli.kafka.KafkaMeters;
import dev.snowmelt.cli.kafka.Part;
import dev.snowmelt.cli.trace.RoleTracing;
import dev.snowmelt.detector.collect.Collector;
import dev.snowmelt.detector.collect.CollectorHealth;
import dev.snowmelt.detector.collect.GroupLeadership;
import dev.snowmelt.detector.collect.Leadership;
import dev.snowmelt.detector.collect.OnlyCollector;
import dev.snowmelt.detector.collect.Reuse;
import dev.snowmelt.detector.collect.ec2.Ec2Account;
import dev.snowmelt.detector.collect.ec2.Ec2CollectorSettings;
import dev.snowmelt.detector.collect.kubernetes.KubernetesCluster;
import dev.snowmelt.detector.collect.kubernetes.KubernetesCollectorSettings;
import dev.snowmelt.schemas.id.TargetId;
import dev.snowmelt.schemas.topic.BrokerChecks;
import dev.snowmelt.schemas.topic.Topics;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;

/// The collector of one target.
public final class CollectRole implements Role {
    /// Longer than anybody waits for one look.
    private static final Duration ONE_LOOK = Duration.ofHours(1);
    /// It began after the command did, so it is not too old for it.
    private static final Reuse FIRST_SNAPSHOT = new Reuse(ONE_LOOK, ONE_LOOK);

    private final Topics topics;
    private final TargetId target;
    private final Collector collector;
    private final Part part;
    private final Runnable closing;
    private final RoleTracing tracing;

    /// One of several collectors of a cluster, which agree by a Lease.
    ///
    /// @param cluster closed with this role
    public CollectRole(
            Config config, Topics topics, Clusters.Cluster cluster, InstantSource clock, MeterRegistry registry) {
        this(config, topics, cluster, settings(config, cluster), clock, registry);
    }

    /// The only collector that writes to its topics: it needs no Lease, so only rights to look.
    ///
    /// @param cluster closed with this role
    public static CollectRole alone(
            Config config, Topics topics, Clusters.Cluster cluster, InstantSource clock, MeterRegistry registry) {
        return new CollectRole(
                config, topics, cluster, settings(config, cluster).withoutLease(), clock, registry);
    }

    /// The same, for one look: its first snapshot answers whatever is asked, however long it took.
    ///
    /// @param cluster closed with this role
    public static CollectRole once(
            Config config, Topics topics, Clusters.Cluster cluster, InstantSource clock, MeterRegistry registry) {
        return new CollectRole(
                config,
                topics,
                cluster,
                settings(config, cluster).withoutLease().withReuse(FIRST_SNAPSHOT),
                clock,
                registry);
    }

    private CollectRole(
            Config config,
            Topics topics,
            Clusters.Cluster cluster,
            KubernetesCollectorSettings settings,
            InstantSource clock,
            MeterRegistry registry) {
        this(config, topics, cluster, settings, clock, registry, tracing(config));
    }

    private CollectRole(
            Config config,
            Topics topics,
            Clusters.Cluster cluster,
            KubernetesCollectorSettings settings,
            InstantSource clock,
            MeterRegistry registry,
            RoleTracing tracing) {
        this(
                topics,
                cluster.target(),
                KubernetesCluster.collector(
                        settings, cluster.client(), kafka(config, registry, tracing), topics, clock, registry),
                Part.COLLECT_KUBERNETES,
                cluster.client()::close,
                tracing);
    }

    /// One of several collectors of an account and region, which agree by a group of consumers.
    ///
    /// @param account closed with this role
    public CollectRole(Config config, Topics topics, AwsAccount account, InstantSource clock, MeterRegistry registry) {
        this(
                config,
                topics,
                account,
                settings(account.settings()),
                tracing -> new GroupLeadership(kafka(config, registry, tracing), topics, account.target()),
                clock,
                registry,
                tracing(config));
    }

    /// The only collector that writes to its topics, for one look. It takes nothing from the
    /// account's queue.
    ///
    /// @param account closed with this role
    public static CollectRole once(
            Config config, Topics topics, AwsAccount account, InstantSource clock, MeterRegistry registry) {
        AwsTarget target = account.settings();
        var settings = Ec2CollectorSettings.of(
                        target.target(), Version.text(), ONE_LOOK, ONE_LOOK, Optional.empty(), target.userData())
                .withReuse(FIRST_SNAPSHOT);
        return new CollectRole(
                config, topics, account, settings, _ -> new OnlyCollector(), clock, registry, tracing(config));
    }

    private CollectRole(
            Config config,
            Topics topics,
            AwsAccount account,
            Ec2CollectorSettings settings,
            Function<RoleTracing, Leadership> leadership,
            InstantSource clock,
            MeterRegistry registry,
            RoleTracing tracing) {
        this(
                topics,
                account.target(),
                Ec2Account.collector(
                        settings,
                        new Ec2Account.Clients(account.ec2(), account.autoScaling(), account.sqs()),
                        leadership.apply(tracing),
                        kafka(config, registry, tracing),
                        topics,
                        clock,
                        registry),
                Part.COLLECT,
                account::close,
                tracing);
    }

    private static RoleTracing tracing(Config config) {
        return RoleTracing.of(config.otlp(), "collect");
    }

    private CollectRole(
            Topics topics, TargetId target, Collector collector, Part part, Runnable closing, RoleTracing tracing) {
        this.topics = topics;
        this.target = target;
        this.collector = collector;
        this.part = part;
        this.closing = closing;
        this.tracing = tracing;
    }

    private static Map<String, Object> kafka(Config config, MeterRegistry registry, RoleTracing tracing) {
        Map<String, Object> kafka = tracing.into(KafkaMeters.into(config.kafka().client(), registry));
        kafka.put("bootstrap.servers", config.kafka().bootstrapServers());
        return kafka;
    }

    private static KubernetesCollectorSettings settings(Config config, Clusters.Cluster cluster) {
        String host = System.getenv().getOrDefault("HOSTNAME", "snowmelt");
        return KubernetesCollectorSettings.of(
                        cluster.target(),
                        host + "-" + UUID.randomUUID(),
                        config.kubernetes().leaseNamespace())
                .withNamespaces(config.kubernetes().namespaces())
                .withResync(config.kubernetes().resync())
                .withVersion(Version.text());
    }

    private static Ec2CollectorSettings settings(AwsTarget target) {
        return Ec2CollectorSettings.of(
                        target.target(),
                        Version.text(),
                        target.resync(),
                        target.poll(),
                        target.queueUrl(),
                        target.userData())
                .withStatusChecks(target.statusChecks());
    }

    @Override
    public String name() {
        return "collect " + target;
    }

    @Override
    public Part part() {
        return part;
    }

    @Override
    public BrokerChecks.Needs needs() {
        return new BrokerChecks.Needs(
                List.of(topics.observations(), topics.collectors(), topics.scanRequests()), false);
    }

    @Override
    public void start() {
        collector.start();
    }

    @Override
    public List<String> unready() {
        CollectorHealth health = collector.health();
        if (health.ready()) {
            return List.of();
        }
        return List.of(health.problem().isEmpty() ? "is " + health.state() : health.problem());
    }

    /// What is wrong, one sentence; empty: nothing, though it may not have looked yet.
    public String problem() {
        return collector.health().problem();
    }

    @Override
    public boolean failed() {
        return false; // it tries for ever
    }

    @Override
    public void close() {
        collector.close();
        closing.run();
        tracing.close();
    }
}
