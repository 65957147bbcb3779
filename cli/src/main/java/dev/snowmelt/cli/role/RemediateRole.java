package dev.snowmelt.cli.role;

import dev.snowmelt.cli.config.Config;
import dev.snowmelt.remediator.execute.Executor;
import dev.snowmelt.remediator.execute.ExecutorSettings;
import dev.snowmelt.remediator.execute.Platform;
import dev.snowmelt.remediator.execute.kubernetes.KubernetesPlatform;
import dev.snowmelt.remediator.guard.GuardSettings;
import dev.snowmelt.remediator.topology.Planner;
import dev.snowmelt.remediator.topology.PlannerSettings;
import dev.snowmelt.remediator.topology.StreamsSettings;
import dev.snowmelt.schemas.topic.BrokerChecks;
import dev.snowmelt.schemas.topic.Topic;
import dev.snowmelt.schemas.topic.Topics;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// The planner and the executor of one Kubernetes cluster, side by side.
public final class RemediateRole implements Role {
    private static final Duration CALL_TIMEOUT = Duration.ofSeconds(5);

    private final Topics topics;
    private final Clusters.Cluster cluster;
    private final Planner planner;
    private final Executor executor;

    /// @param cluster closed with this role
    public RemediateRole(
            Config config, Topics topics, Clusters.Cluster cluster, InstantSource clock, MeterRegistry registry) {
        this.topics = topics;
        this.cluster = cluster;
        Config.Kafka kafka = config.kafka();
        planner = new Planner(topics, planning(config.remediate()), streams(config, topics), registry);
        Map<String, Object> client = new HashMap<>(kafka.client());
        client.put("bootstrap.servers", kafka.bootstrapServers());
        Platform platform = KubernetesPlatform.of(cluster.client(), CALL_TIMEOUT);
        executor = new Executor(
                topics,
                ExecutorSettings.of(topics.id("executor-" + cluster.target().name()), client),
                Map.of(cluster.target(), config.remediate().dryRun() ? platform.dryRun() : platform),
                clock,
                registry);
    }

    private static PlannerSettings planning(Config.Remediate remediate) {
        GuardSettings guards = GuardSettings.defaults();
        return PlannerSettings.defaults()
                .with(new GuardSettings(
                        remediate.breakerPercent() / 100.0,
                        remediate.breakerMinimum(),
                        remediate.settle(),
                        guards.jump(),
                        guards.declarationsWindow(),
                        guards.clockTolerance()));
    }

    private static StreamsSettings streams(Config config, Topics topics) {
        return StreamsSettings.of(config.kafka().bootstrapServers(), topics.id("planner"), config.stateDir());
    }

    @Override
    public String name() {
        return "remediate";
    }

    @Override
    public BrokerChecks.Needs needs() {
        List<Topic<?, ?>> all = new ArrayList<>(Planner.needs(topics).topics());
        all.add(topics.declarations());
        all.add(topics.deadLetters());
        return new BrokerChecks.Needs(all, true);
    }

    @Override
    public void start() {
        planner.start();
        executor.start();
    }

    @Override
    public List<String> unready() {
        List<String> reasons = new ArrayList<>();
        planner.unready().ifPresent(reasons::add);
        Executor.Health health = executor.health();
        if (!health.ready()) {
            reasons.add("the executor: " + health.problem());
        }
        return reasons;
    }

    @Override
    public boolean failed() {
        return false;
    }

    @Override
    public void close() {
        var first = Thread.ofPlatform().name("close-planner").start(planner::close);
        executor.close();
        try {
            first.join();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
        cluster.client().close();
    }
}
