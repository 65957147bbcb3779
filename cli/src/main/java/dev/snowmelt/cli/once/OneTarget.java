package dev.snowmelt.cli.once;

import dev.snowmelt.cli.CliException;
import dev.snowmelt.cli.config.AwsTarget;
import dev.snowmelt.cli.config.Config;
import dev.snowmelt.cli.role.AwsAccounts;
import dev.snowmelt.cli.role.AwsIdentity;
import dev.snowmelt.cli.role.Clusters;
import dev.snowmelt.cli.role.CollectRole;
import dev.snowmelt.schemas.id.TargetId;
import dev.snowmelt.schemas.id.WorkloadId;
import dev.snowmelt.schemas.topic.Topics;
import dev.snowmelt.v1.Declare;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

/// What a scan without a broker looks at: what it is asked for and judges by must be in there, or
/// it would be clean because nothing of it was looked at.
public sealed interface OneTarget extends AutoCloseable {
    /// A cluster.
    record OfCluster(Clusters.Cluster cluster) implements OneTarget {
        @Override
        public TargetId target() {
            return cluster.target();
        }

        @Override
        public String unreachable() {
            return "";
        }

        @Override
        public CollectRole collector(Config config, Topics topics, InstantSource clock, MeterRegistry meters) {
            return CollectRole.once(config, topics, cluster, clock, meters);
        }

        @Override
        public void close() {
            cluster.client().close();
        }
    }

    /// An AWS account and region.
    record OfAccount(AwsAccounts.Reached reached) implements OneTarget {
        @Override
        public TargetId target() {
            return reached.account().target();
        }

        @Override
        public String unreachable() {
            return switch (reached.identity()) {
                case AwsIdentity.Confirmed _ -> "";
                case AwsIdentity.Unanswered(String line) -> line;
                case AwsIdentity.Refused(String line) -> line;
            };
        }

        @Override
        public CollectRole collector(Config config, Topics topics, InstantSource clock, MeterRegistry meters) {
            return CollectRole.once(config, topics, reached.account(), clock, meters);
        }

        @Override
        public void close() {
            reached.account().close();
        }
    }

    /// The one that the settings name: a cluster, an account, or else the current Kubernetes
    /// context.
    ///
    /// @param aws an account was asked for, whatever else is named
    /// @throws CliException when they name several accounts, or what they name cannot be reached
    static OneTarget open(Config config, boolean aws) throws InterruptedException {
        List<AwsTarget> accounts = config.aws().targets();
        if (!aws && (config.kubernetes().named() || accounts.isEmpty())) {
            return new OfCluster(Clusters.open(config.kubernetes()));
        }
        if (accounts.size() != 1) {
            throw new CliException("--once looks at one account and region: say --target, one of "
                    + String.join(
                            ", ",
                            accounts.stream()
                                    .map(each -> each.target().toString())
                                    .toList())
                    + ".");
        }
        return new OfAccount(AwsAccounts.open(accounts).getFirst());
    }

    /// What it is called.
    TargetId target();

    /// Why it cannot be looked at now, one sentence; empty: nothing is known against it.
    String unreachable();

    /// Looks once; closed with this.
    CollectRole collector(Config config, Topics topics, InstantSource clock, MeterRegistry meters);

    @Override
    void close();

    /// What is of another target; empty: nothing.
    ///
    /// @param workloads that were asked for, well-formed
    /// @param declarations to judge by, checked
    static Optional<String> fault(TargetId target, List<String> workloads, List<Declare> declarations) {
        return foreign(target, workloads, "is not in " + what(target))
                .or(() -> foreign(
                        target,
                        declarations.stream().map(Declare::getWorkload).toList(),
                        "is declared, but is not in " + what(target)));
    }

    private static String what(TargetId target) {
        return switch (target.platform()) {
            case K8S -> "this cluster";
            case AWS -> "this account and region";
        };
    }

    private static Optional<String> foreign(TargetId target, List<String> workloads, String what) {
        List<String> foreign = workloads.stream()
                .filter(workload -> !WorkloadId.parse(workload).target().equals(target))
                .toList();
        if (foreign.isEmpty()) {
            return Optional.empty();
        }
        String first = foreign.getFirst();
        TargetId of = WorkloadId.parse(first).target();
        String more = foreign.size() == 1 ? "" : " (nor are " + (foreign.size() - 1) + " more)";
        return Optional.of(first + " " + what + more + ", which is called " + target + "; --target " + of
                + (of.platform() == TargetId.Platform.K8S && target.platform() == TargetId.Platform.K8S
                        ? " calls it so."
                        : " looks there."));
    }
}
