package dev.snowmelt.cli.declare;

import dev.snowmelt.cli.ExitCode;
import dev.snowmelt.cli.Snowmelt;
import dev.snowmelt.cli.SnowmeltCommand;
import dev.snowmelt.cli.output.Format;
import dev.snowmelt.schemas.text.MessageText;
import dev.snowmelt.v1.Declaration;
import dev.snowmelt.v1.Declare;
import dev.snowmelt.v1.Revision;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `snowmelt declare get`: a declaration as a document that `declare -f` takes again.
@Command(
        name = "get",
        description = {
            "Prints what is declared as a document that 'declare -f' takes again. It states the revision that was read,",
            "so that declaring it is refused when somebody declares meanwhile; take that line out to keep the file."
        },
        footer = {
            "",
            "Examples:",
            "  snowmelt declare get k8s:prod-eu/shop/Deployment/cart > cart.yaml",
            "  snowmelt declare get k8s:prod-eu/shop/Deployment/cart --revision 7",
            "  snowmelt declare get aws:123456789012:eu-west-1/asg/web -o json"
        })
final class GetCommand extends SnowmeltCommand {
    @Parameters(paramLabel = "WORKLOAD", arity = "1..*", description = "For example k8s:prod-eu/shop/Deployment/cart.")
    private List<String> workloads = List.of();

    @Option(names = "--revision", paramLabel = "REVISION", description = "An earlier revision (the newest).")
    private long number;

    @Override
    public Integer call() throws InterruptedException {
        workloads.forEach(workload -> Declarations.checkWorkload(this, workload));
        var declarations = new Declarations(this, config());
        List<String> documents = new ArrayList<>();
        for (String workload : workloads) {
            Declaration declaration = declarations.of(workload);
            documents.add(document(declaration, declarations.revision(declaration, number)));
        }
        Snowmelt root = root();
        root.surroundings().out().print(String.join(root.format() == Format.JSON ? "" : "---\n", documents));
        root.surroundings().out().flush();
        return ExitCode.OK;
    }

    private String document(Declaration declaration, Revision revision) {
        var declare = Declare.newBuilder()
                .setWorkload(declaration.getWorkload())
                .setExpectedRevision(declaration.getRevisions(0).getNumber())
                .setSpec(revision.getSpec())
                .build();
        return switch (root().format()) {
            case TABLE ->
                "# Revision " + revision.getNumber() + ", declared " + Said.by(revision) + "\n"
                        + MessageText.yaml(declare);
            case YAML -> MessageText.yaml(declare);
            case JSON -> MessageText.pretty(declare) + "\n";
            case JUNIT, SARIF -> throw new IllegalStateException("refused before: no format of declarations");
        };
    }
}
