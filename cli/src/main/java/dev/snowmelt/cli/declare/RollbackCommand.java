package dev.snowmelt.cli.declare;

import dev.snowmelt.cli.SnowmeltCommand;
import dev.snowmelt.v1.Declaration;
import dev.snowmelt.v1.Revision;
import dev.snowmelt.v1.Rollback;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `snowmelt declare rollback`: declares an earlier revision again.
@Command(
        name = "rollback",
        description = "Declares an earlier revision again, under a new number.",
        footer = {
            "",
            "Examples:",
            "  snowmelt declare rollback k8s:prod-eu/shop/Deployment/cart",
            "  snowmelt declare rollback aws:123456789012:eu-west-1/asg/web --reason 'boots too slowly'",
            "  snowmelt declare rollback k8s:prod-eu/shop/Deployment/cart --to 7 --reason 'memory leak'"
        })
final class RollbackCommand extends SnowmeltCommand {
    @Parameters(paramLabel = "WORKLOAD", description = "For example k8s:prod-eu/shop/Deployment/cart.")
    private String workload = "";

    @Option(names = "--to", paramLabel = "REVISION", description = "The revision (the one before the newest).")
    private long to;

    @Mixin
    private ChangeOptions change = new ChangeOptions();

    @Override
    public Integer call() throws InterruptedException {
        Declarations.checkWorkload(this, workload);
        var declarations = new Declarations(this, config());
        Declaration declaration = declarations.of(workload);
        Revision newest = declaration.getRevisions(0);
        Revision target = to == 0 ? declarations.previous(declaration) : declarations.revision(declaration, to);
        var rollback = Rollback.newBuilder().setWorkload(workload).setToRevision(target.getNumber());
        if (!change.force()) {
            rollback.setExpectedRevision(newest.getNumber());
        }
        List<String> remarks = new ArrayList<>();
        remarks.add("\nBack to revision " + target.getNumber() + " " + Said.by(target) + ":");
        Said.images(target.getSpec()).forEach(image -> remarks.add("  " + image));
        return declarations.propose(
                List.of(Attempt.of(
                        workload, newest.getNumber(), change.proposal().setRollback(rollback))),
                remarks);
    }
}
