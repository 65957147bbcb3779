package dev.snowmelt.cli.role;

import dev.snowmelt.cli.Version;
import dev.snowmelt.cli.config.Config;
import dev.snowmelt.detector.collect.kubernetes.CollectorHealth;
import dev.snowmelt.detector.collect.kubernetes.KubernetesCollector;
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
    private final KubernetesCollector collector;

    /// @param cluster closed with this role
    public CollectRole(
            Config config, Topics topics, Clusters.Cluster cluster, InstantSource clock, MeterRegistry registry) {
        this.topics = topics;
        this.cluster = cluster;
        Map<String, Object> kafka = new HashMap<>(config.kafka().client());
        kafka.put("bootstrap.servers", config.kafka().bootstrapServers());
        String host = System.getenv().getOrDefault("HOSTNAME", "snowmelt");
        var settings = KubernetesCollectorSettings.of(
                        cluster.target(),
                        host + "-" + UUID.randomUUID(),
                        config.kubernetes().leaseNamespace())
                .withNamespaces(config.kubernetes().namespaces())
                .withResync(config.kubernetes().resync())
                .withVersion(Version.text());
        collector = new KubernetesCollector(settings, cluster.client(), kafka, topics, clock, registry);
    }

    @Override
    public String name() {
        return "collect " + cluster.target();
    }

    @Override
    public BrokerChecks.Needs needs() {
        return new BrokerChecks.Needs(List.of(topics.observations(), topics.collectors()), false);
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
