package dev.snowmelt.cli.role;

import dev.snowmelt.cli.config.AwsTarget;
import dev.snowmelt.cli.config.Config;
import dev.snowmelt.cli.kafka.Part;
import dev.snowmelt.cli.trace.RoleTracing;
import dev.snowmelt.remediator.guard.GuardSettings;
import dev.snowmelt.remediator.topology.Planner;
import dev.snowmelt.remediator.topology.PlannerSettings;
import dev.snowmelt.schemas.topic.BrokerChecks;
import dev.snowmelt.schemas.topic.Topics;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/// The planner: decides what is terminated, and why not.
public final class PlanRole implements Role {
    private final Topics topics;
    private final Planner planner;
    private final RoleTracing tracing;

    /// Connects to Kafka, but takes no part yet.
    public PlanRole(Config config, Topics topics, MeterRegistry registry) {
        this.topics = topics;
        tracing = RoleTracing.of(config.otlp(), "plan");
        planner = new Planner(
                topics,
                planning(config),
                Streams.settings(config, registry, tracing)
                        .withStandbys(config.remediate().standbyReplicas()),
                registry);
    }

    /// The role, unless another installation plans for all.
    public static List<Role> where(Config config, Topics topics, MeterRegistry registry) {
        return config.remediate().planner() ? List.of(new PlanRole(config, topics, registry)) : List.of();
    }

    private static PlannerSettings planning(Config config) {
        Config.Remediate remediate = config.remediate();
        GuardSettings guards = GuardSettings.defaults();
        return PlannerSettings.defaults()
                .with(new GuardSettings(
                        remediate.breakerPercent() / 100.0,
                        remediate.breakerMinimum(),
                        remediate.settle(),
                        guards.jump(),
                        guards.declarationsWindow(),
                        guards.clockTolerance(),
                        censusAge(longestResync(config))));
    }

    private static Duration longestResync(Config config) {
        return Stream.concat(
                        Stream.of(config.kubernetes().resync()),
                        config.aws().targets().stream().map(AwsTarget::resync))
                .max(Comparator.naturalOrder())
                .orElseThrow();
    }

    /// Two of three snapshots may fail; never less than the default, for the collectors may be
    /// configured elsewhere.
    private static Duration censusAge(Duration resync) {
        Duration age = resync.multipliedBy(3).plusMinutes(5);
        return age.compareTo(GuardSettings.CENSUS_AGE) > 0 ? age : GuardSettings.CENSUS_AGE;
    }

    @Override
    public String name() {
        return "plan";
    }

    @Override
    public Part part() {
        return Part.PLAN;
    }

    @Override
    public BrokerChecks.Needs needs() {
        return Planner.needs(topics);
    }

    @Override
    public void start() {
        planner.start();
    }

    @Override
    public List<String> unready() {
        return planner.unready().stream().toList();
    }

    @Override
    public boolean failed() {
        return planner.failed();
    }

    @Override
    public void close() {
        planner.close();
        tracing.close();
    }
}
