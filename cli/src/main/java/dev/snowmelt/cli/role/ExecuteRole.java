package dev.snowmelt.cli.role;

import dev.snowmelt.cli.config.Config;
import dev.snowmelt.cli.kafka.KafkaMeters;
import dev.snowmelt.cli.kafka.Part;
import dev.snowmelt.cli.trace.RoleTracing;
import dev.snowmelt.remediator.execute.Executor;
import dev.snowmelt.remediator.execute.ExecutorSettings;
import dev.snowmelt.remediator.execute.Platform;
import dev.snowmelt.remediator.execute.ec2.Ec2Clients;
import dev.snowmelt.remediator.execute.ec2.Ec2Platform;
import dev.snowmelt.remediator.execute.kubernetes.KubernetesPlatform;
import dev.snowmelt.schemas.id.TargetId;
import dev.snowmelt.schemas.topic.BrokerChecks;
import dev.snowmelt.schemas.topic.Topics;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;

/// The executor of one target: looks once more, then replaces or restores.
public final class ExecuteRole implements Role {
    /// An API server tries an eviction that conflicts again for 10 s before it answers 409: a
    /// shorter patience would not know the call's effect.
    private static final Duration CALL_TIMEOUT = Duration.ofSeconds(15);

    private static final Duration LOOK_TIMEOUT = Duration.ofSeconds(20);

    private final Topics topics;
    private final TargetId target;
    private final Executor executor;
    private final RoleTracing tracing;
    private final Runnable closing;

    /// @param cluster closed with this role
    public ExecuteRole(
            Config config, Topics topics, Clusters.Cluster cluster, InstantSource clock, MeterRegistry registry) {
        this(
                config,
                topics,
                cluster.target(),
                KubernetesPlatform.of(cluster.client(), CALL_TIMEOUT),
                cluster.client()::close,
                clock,
                registry);
    }

    /// @param account closed with this role
    public ExecuteRole(Config config, Topics topics, AwsAccount account, InstantSource clock, MeterRegistry registry) {
        this(
                config,
                topics,
                account.target(),
                Ec2Platform.of(
                        account.target(),
                        new Ec2Clients(
                                account.ec2(),
                                account.autoScaling(),
                                account.changingEc2(),
                                account.changingAutoScaling()),
                        LOOK_TIMEOUT,
                        CALL_TIMEOUT),
                account::close,
                clock,
                registry);
    }

    private ExecuteRole(
            Config config,
            Topics topics,
            TargetId target,
            Platform platform,
            Runnable closing,
            InstantSource clock,
            MeterRegistry registry) {
        this.topics = topics;
        this.target = target;
        this.closing = closing;
        this.tracing = RoleTracing.of(config.otlp(), "execute");
        Map<String, Object> kafka = tracing.into(KafkaMeters.into(config.kafka().client(), registry));
        kafka.put("bootstrap.servers", config.kafka().bootstrapServers());
        executor = new Executor(
                topics,
                // Whoever shares a group shares its targets, so each target has a group of its own.
                ExecutorSettings.of(topics.id("executor-" + target.name()), kafka)
                        .with(config.judging()),
                Map.of(target, config.remediate().dryRun() ? platform.dryRun() : platform),
                clock,
                registry);
    }

    @Override
    public String name() {
        return "execute " + target;
    }

    @Override
    public Part part() {
        return Part.EXECUTE;
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
        closing.run();
        tracing.close();
    }
}
