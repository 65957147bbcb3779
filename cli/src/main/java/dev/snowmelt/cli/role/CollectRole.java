package dev.snowmelt.cli.role;

import dev.snowmelt.cli.Version;
import dev.snowmelt.cli.config.Config;
import dev.snowmelt.detector.collect.Collector;
import dev.snowmelt.detector.collect.CollectorHealth;
import dev.snowmelt.detector.collect.kubernetes.KubernetesCluster;
import dev.snowmelt.detector.collect.kubernetes.KubernetesCollectorSettings;
import dev.snowmelt.schemas.topic.BrokerChecks;
import dev.snowmelt.schemas.topic.Topics;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/// The collector of one Kubernetes cluster.
public final class CollectRole implements Role {
    private final Topics topics;
    private final Clusters.Cluster cluster;
    private final Collector collector;

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

    private CollectRole(
            Config config,
            Topics topics,
            Clusters.Cluster cluster,
            KubernetesCollectorSettings settings,
            InstantSource clock,
            MeterRegistry registry) {
        this.topics = topics;
        this.cluster = cluster;
        Map<String, Object> kafka = new HashMap<>(config.kafka().client());
        kafka.put("bootstrap.servers", config.kafka().bootstrapServers());
        collector = KubernetesCluster.collector(settings, cluster.client(), kafka, topics, clock, registry);
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

    @Override
    public String name() {
        return "collect " + cluster.target();
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
        cluster.client().close();
    }
}
