package dev.snowmelt.cli.declare;

import dev.snowmelt.cli.ExitCode;
import dev.snowmelt.cli.SnowmeltCommand;
import dev.snowmelt.cli.Subjects;
import dev.snowmelt.cli.output.Results;
import dev.snowmelt.cli.output.Table;
import dev.snowmelt.schemas.text.MessageText;
import dev.snowmelt.v1.Declaration;
import dev.snowmelt.v1.Revision;
import java.util.Comparator;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.node.ObjectNode;

/// `snowmelt declare list`: what is declared.
@Command(
        name = "list",
        description = "Lists what is declared, everywhere or in one target.",
        footer = {"", "Examples:", "  snowmelt declare list", "  snowmelt declare list k8s:prod-eu --output yaml"})
final class ListCommand extends SnowmeltCommand {
    @Parameters(paramLabel = "TARGET", arity = "0..1", description = "Only what is declared there.")
    private String target = "";

    @Override
    public Integer call() throws InterruptedException {
        if (!target.isEmpty() && Subjects.target(target).isEmpty()) {
            throw misused("'" + target + "' is no target such as 'k8s:prod-eu'.");
        }
        List<Declaration> declared = new Declarations(this, config())
                .all(target).values().stream()
                        .filter(declaration -> declaration.getRevisionsCount() > 0)
                        .sorted(Comparator.comparing(Declaration::getWorkload))
                        .toList();
        results().print(() -> tree(declared), () -> lines(declared));
        return ExitCode.OK;
    }

    private static ObjectNode tree(List<Declaration> declared) {
        ObjectNode tree = Results.object();
        var list = tree.putArray("declarations");
        for (Declaration declaration : declared) {
            Revision newest = declaration.getRevisions(0);
            ObjectNode each = list.addObject().put("workload", declaration.getWorkload());
            each.set("newest", MessageText.tree(newest));
        }
        return tree;
    }

    private List<String> lines(List<Declaration> declared) {
        if (declared.isEmpty()) {
            return List.of("Nothing is declared" + (target.isEmpty() ? "" : " in " + target) + ".");
        }
        var table = new Table("WORKLOAD", "REVISION", "DECLARED AT", "BY", "MODE", "IMAGES");
        for (Declaration declaration : declared) {
            Revision newest = declaration.getRevisions(0);
            table.row(
                    declaration.getWorkload(),
                    newest.getNumber(),
                    Said.at(newest),
                    newest.getDeclaredBy(),
                    Said.mode(newest.getSpec()),
                    String.join(", ", Said.images(newest.getSpec())));
        }
        return table.lines(Table.WIDTH);
    }
}
