package dev.snowmelt.cli.declare;

import dev.snowmelt.cli.ExitCode;
import dev.snowmelt.cli.SnowmeltCommand;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// `snowmelt declare`: says what workloads must run.
@Command(
        name = "declare",
        description = {
            "Declares what workloads must run. Everything is checked before anything is published;",
            "every fault is listed with its file and path. What somebody else declares meanwhile is not overwritten."
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
            "      maxUnavailable: 25%%     # or a number: 1 (default). A share never evicts a single replica",
            "",
            "Examples:",
            "  snowmelt declare -f cart.yaml --reason 'release 1.4'",
            "  snowmelt declare -f declarations/ --wait 1m",
            "  snowmelt declare -f declarations/ --mode OBSERVE",
            "  snowmelt declare --packer packer-manifest.json --workload aws:123456789012:eu-west-1/asg/web",
            "  terraform show -json | snowmelt declare --terraform - --target k8s:prod-eu",
            "  helm template summer ./shop -n shop | snowmelt declare --manifests - --target k8s:prod-eu \\",
            "      --namespace shop --resolve",
            "  snowmelt declare -f cart.yaml --resolve --platform linux/amd64",
            "  terraform show -json | snowmelt declare --terraform - --mode OBSERVE      # Auto Scaling groups too",
            "  snowmelt declare diff -f declarations/",
            "  snowmelt declare rollback k8s:prod-eu/shop/Deployment/cart"
        },
        subcommands = {
            DiffCommand.class,
            GetCommand.class,
            ListCommand.class,
            HistoryCommand.class,
            RollbackCommand.class,
            RemoveCommand.class,
            WatchCommand.class
        })
public final class DeclareCommand extends SnowmeltCommand {
    @Mixin
    private SourceOptions sources = new SourceOptions();

    @Mixin
    private ChangeOptions change = new ChangeOptions();

    @Override
    public Integer call() throws InterruptedException {
        if (sources.empty()) {
            throw misused("Say what to declare: -f FILE, --packer FILE, --terraform FILE or --manifests FILE.");
        }
        var declarations = new Declarations(this, config());
        List<Planned> planned = declarations.plan(sources, change.force());
        if (planned.isEmpty()) {
            return ExitCode.OK; // only unresolved ones, which were skipped, and said
        }
        return declarations.propose(
                planned.stream().map(each -> each.attempt(change.proposal())).toList(), List.of());
    }
}
