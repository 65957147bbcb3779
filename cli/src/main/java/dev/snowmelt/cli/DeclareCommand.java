package dev.snowmelt.cli;

import dev.snowmelt.v1.Declare;
import dev.snowmelt.v1.Proposal;
import dev.snowmelt.v1.Rollback;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `snowmelt declare`: says what workloads must run.
@Command(
        name = "declare",
        description = {
            "Declares what workloads must run. Everything is checked before anything is published;",
            "every fault is listed with its path."
        },
        footer = {
            "",
            "A declaration (several in a file are set apart by ---):",
            "  workload: k8s:prod-eu/shop/Deployment/cart",
            "  spec:",
            "    containers:",
            "      - name: cart",
            "        image: registry.example/shop/cart:1.4@sha256:<64 hex>",
            "    injected: [istio-proxy]",
            "    remediation:",
            "      mode: ENFORCE            # OFF, OBSERVE (default), APPROVE, ENFORCE",
            "      gracePeriod: 60s",
            "      maxUnavailable: 25%",
            "",
            "Examples:",
            "  snowmelt declare -f cart.yaml --reason 'release 1.4'",
            "  snowmelt declare -f declarations/ --wait 1m",
            "  snowmelt declare rollback k8s:prod-eu/shop/Deployment/cart"
        },
        subcommands = DeclareCommand.RollbackCommand.class)
final class DeclareCommand extends SnowmeltCommand {
    @Option(
            names = {"-f", "--file"},
            paramLabel = "FILE|DIR",
            description = "Declarations, YAML or JSON; - is standard input. May be repeated.")
    private List<Path> files = List.of();

    @Option(names = "--reason", paramLabel = "TEXT", description = "Why; kept with the revision.")
    private String reason = "";

    @Option(names = "--by", paramLabel = "NAME", description = "Who says so (the user's name).")
    private String by = user();

    @Override
    public Integer call() throws InterruptedException {
        if (files.isEmpty()) {
            throw misused("Say what to declare: -f FILE.");
        }
        List<Declare> declarations = DeclarationFiles.read(files);
        return propose(
                declarations.stream()
                        .map(declare -> Proposal.newBuilder()
                                .setDeclare(declare)
                                .setBy(by)
                                .setReason(reason)
                                .build())
                        .toList(),
                declarations.stream().map(Declare::getWorkload).toList());
    }

    private int propose(List<Proposal> proposals, List<String> subjects) throws InterruptedException {
        return Proposing.propose(this, config(), proposals, subjects);
    }

    /// `snowmelt declare rollback`.
    @Command(
            name = "rollback",
            description = "Declares an earlier revision again, under a new number.",
            footer = {
                "",
                "Examples:",
                "  snowmelt declare rollback k8s:prod-eu/shop/Deployment/cart",
                "  snowmelt declare rollback k8s:prod-eu/shop/Deployment/cart --to 7 --reason 'memory leak'"
            })
    static final class RollbackCommand extends SnowmeltCommand {
        @Parameters(paramLabel = "WORKLOAD", description = "For example k8s:prod-eu/shop/Deployment/cart.")
        private String workload = "";

        @Option(names = "--to", paramLabel = "REVISION", description = "The revision (the one before the newest).")
        private long revision;

        @Option(names = "--reason", paramLabel = "TEXT", description = "Why; kept with the revision.")
        private String reason = "";

        @Override
        public Integer call() throws InterruptedException {
            var rollback = Rollback.newBuilder().setWorkload(workload).setToRevision(revision);
            var proposal = Proposal.newBuilder()
                    .setRollback(rollback)
                    .setBy(user())
                    .setReason(reason)
                    .build();
            return Proposing.propose(this, config(), List.of(proposal), List.of(workload));
        }
    }
}
