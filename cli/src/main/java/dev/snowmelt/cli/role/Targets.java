package dev.snowmelt.cli.role;

import dev.snowmelt.cli.CliException;
import dev.snowmelt.cli.config.Config;
import dev.snowmelt.schemas.topic.Topics;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/// What a process works on, as its settings name it: AWS accounts and regions, a cluster, or both. The current
/// Kubernetes context is a default: it counts only where nothing else is named.
///
/// @param cluster empty: none
/// @param accounts may be empty, where there is a cluster
public record Targets(Optional<Clusters.Cluster> cluster, List<AwsAccounts.Reached> accounts) {
    /// Keeps a copy.
    public Targets {
        accounts = List.copyOf(accounts);
    }

    /// Opens everything that the settings name.
    ///
    /// @throws CliException when they name nothing and there is no current context, or something named cannot be
    public static Targets open(Config config) throws InterruptedException {
        Optional<Clusters.Cluster> cluster =
                config.kubernetes().named() || config.aws().targets().isEmpty()
                        ? Optional.of(Clusters.open(config.kubernetes()))
                        : Optional.empty();
        return new Targets(cluster, AwsAccounts.open(config.aws().targets()));
    }

    /// Only the AWS accounts.
    ///
    /// @throws CliException when none is named, or one cannot be
    public static Targets openAws(Config config) throws InterruptedException {
        if (config.aws().targets().isEmpty()) {
            throw new CliException(
                    "Which account and region? Set aws.targets, or say --target" + " aws:123456789012:eu-west-1.");
        }
        return new Targets(Optional.empty(), AwsAccounts.open(config.aws().targets()));
    }

    /// A collector for each, which closes what it was given.
    public List<Role> collecting(Config config, Topics topics, InstantSource clock, MeterRegistry meters) {
        return roles(
                of -> new CollectRole(config, topics, of, clock, meters),
                of -> new CollectRole(config, topics, of, clock, meters));
    }

    /// An executor for each, which closes what it was given.
    public List<Role> executing(Config config, Topics topics, InstantSource clock, MeterRegistry meters) {
        return roles(
                of -> new ExecuteRole(config, topics, of, clock, meters),
                of -> new ExecuteRole(config, topics, of, clock, meters));
    }

    private List<Role> roles(Function<Clusters.Cluster, Role> ofCluster, Function<AwsAccount, Role> ofAccount) {
        List<Role> roles = new ArrayList<>();
        cluster.map(ofCluster).ifPresent(roles::add);
        for (AwsAccounts.Reached reached : accounts) {
            roles.add(new IdentifiedRole(ofAccount.apply(reached.account()), reached.account(), reached.identity()));
        }
        return roles;
    }
}
