package dev.snowmelt.cli.declare;

import dev.snowmelt.cli.SnowmeltCommand;
import dev.snowmelt.v1.Removal;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/// `snowmelt declare remove`: forgets declarations.
@Command(
        name = "remove",
        description = {
            "Forgets declarations: their instances become UNDECLARED, which is reported and never acted on.",
            "It does not ask. When nothing is declared for one of the workloads, none is removed."
        },
        footer = {
            "",
            "Examples:",
            "  snowmelt declare remove k8s:prod-eu/shop/Deployment/cart --reason 'moved to prod-us'",
            "  snowmelt declare remove k8s:prod-eu/shop/Deployment/cart k8s:prod-eu/shop/Deployment/web"
        })
final class RemoveCommand extends SnowmeltCommand {
    @Parameters(paramLabel = "WORKLOAD", arity = "1..*", description = "For example k8s:prod-eu/shop/Deployment/cart.")
    private List<String> workloads = List.of();

    @Mixin
    private ChangeOptions change = new ChangeOptions();

    @Override
    public Integer call() throws InterruptedException {
        workloads.forEach(workload -> Declarations.checkWorkload(this, workload));
        var declarations = new Declarations(this, config());
        List<Attempt> attempts = new ArrayList<>();
        for (String workload : workloads.stream().distinct().toList()) {
            long newest = declarations.of(workload).getRevisions(0).getNumber();
            var removal = Removal.newBuilder().setWorkload(workload);
            if (!change.force()) {
                removal.setExpectedRevision(newest);
            }
            attempts.add(Attempt.of(workload, newest, change.proposal().setRemoval(removal)));
        }
        return declarations.propose(
                attempts,
                List.of("\nWhat they run is not compared with anything any more: their instances become UNDECLARED."));
    }
}
