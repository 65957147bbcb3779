package dev.snowmelt.cli.role;

import dev.snowmelt.cli.config.Config;
import dev.snowmelt.remediator.execute.Executor;
import dev.snowmelt.remediator.execute.ExecutorSettings;
import dev.snowmelt.remediator.execute.Platform;
import dev.snowmelt.remediator.execute.kubernetes.KubernetesPlatform;
import dev.snowmelt.schemas.topic.BrokerChecks;
import dev.snowmelt.schemas.topic.Topics;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// The executor of one Kubernetes cluster: looks once more, then evicts or restores.
public final class ExecuteRole implements Role {
    /// An API server tries an eviction that conflicts again for 10 s before it answers 409: a
    /// shorter patience would not know the call's effect.
    private static final Duration CALL_TIMEOUT = Duration.ofSeconds(15);

    private final Topics topics;
    private final Clusters.Cluster cluster;
    private final Executor executor;

    /// @param cluster closed with this role
    public ExecuteRole(
            Config config, Topics topics, Clusters.Cluster cluster, InstantSource clock, MeterRegistry registry) {
        this.topics = topics;
        this.cluster = cluster;
        Map<String, Object> kafka = new HashMap<>(config.kafka().client());
        kafka.put("bootstrap.servers", config.kafka().bootstrapServers());
        Platform platform = KubernetesPlatform.of(cluster.client(), CALL_TIMEOUT);
        executor = new Executor(
                topics,
                // Whoever shares a group shares its targets, so each target has a group of its own.
                ExecutorSettings.of(topics.id("executor-" + cluster.target().name()), kafka)
                        .with(config.judging()),
                Map.of(cluster.target(), config.remediate().dryRun() ? platform.dryRun() : platform),
                clock,
                registry);
    }

    @Override
    public String name() {
        return "execute " + cluster.target();
    }

    @Override
    public BrokerChecks.Needs needs() {
        return new BrokerChecks.Needs(
                List.of(
                        topics.commands(),
                        topics.declarations(),
                        topics.overrides(),
                        topics.outcomes(),
                        topics.deadLetters()),
                false);
    }

    @Override
    public void start() {
        executor.start();
    }

    @Override
    public List<String> unready() {
        Executor.Health health = executor.health();
        return health.ready() ? List.of() : List.of(health.problem());
    }

    @Override
    public boolean failed() {
        return false; // it tries for ever
    }

    @Override
    public void close() {
        executor.close();
        cluster.client().close();
    }
}
