package dev.snowmelt.cli.declare;

import dev.snowmelt.cli.ExitCode;
import dev.snowmelt.cli.SnowmeltCommand;
import dev.snowmelt.cli.output.Results;
import dev.snowmelt.schemas.text.MessageText;
import dev.snowmelt.v1.Declaration;
import dev.snowmelt.v1.Revision;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// `snowmelt declare history`: the revisions of a declaration.
@Command(
        name = "history",
        description = "Shows the last 20 revisions of a declaration, newest first: who, when, why, and what changed.",
        footer = {
            "",
            "Examples:",
            "  snowmelt declare history k8s:prod-eu/shop/Deployment/cart",
            "  snowmelt declare history k8s:prod-eu/shop/Deployment/cart --output json"
        })
final class HistoryCommand extends SnowmeltCommand {
    private static final int LONGEST_VALUE = 28;

    @Parameters(paramLabel = "WORKLOAD", description = "For example k8s:prod-eu/shop/Deployment/cart.")
    private String workload = "";

    @Override
    public Integer call() throws InterruptedException {
        Declarations.checkWorkload(this, workload);
        Declaration declaration = new Declarations(this, config()).of(workload);
        results().print(() -> tree(declaration), () -> lines(declaration.getRevisionsList()));
        return ExitCode.OK;
    }

    private ObjectNode tree(Declaration declaration) {
        ObjectNode tree = Results.object().put("workload", workload);
        var list = tree.putArray("revisions");
        List<Revision> revisions = declaration.getRevisionsList();
        for (int i = 0; i < revisions.size(); i++) {
            ObjectNode each = MessageText.tree(revisions.get(i));
            each.set("changes", Differences.tree(changes(revisions, i)));
            list.add(each);
        }
        return tree;
    }

    private static List<String> lines(List<Revision> revisions) {
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < revisions.size(); i++) {
            Revision revision = revisions.get(i);
            lines.add((i == 0 ? "" : "\n") + "Revision " + revision.getNumber() + " " + Said.by(revision)
                    + (revision.getSignedBy().isEmpty() ? "" : ", signed by " + revision.getSignedBy()));
            Said.images(revision.getSpec()).forEach(image -> lines.add("  runs     " + image));
            changes(revisions, i).forEach(change -> lines.add("  changed  " + line(change)));
        }
        return lines;
    }

    private static List<Change> changes(List<Revision> revisions, int i) {
        return i + 1 < revisions.size()
                ? Change.between(
                        revisions.get(i + 1).getSpec(), revisions.get(i).getSpec())
                : List.of();
    }

    private static String line(Change change) {
        if (change.before() == null) {
            return change.path() + " added" + value(change.after());
        }
        if (change.after() == null) {
            return change.path() + " removed" + value(change.before());
        }
        return change.path() + value(change.before()) + " →"
                + value(change.after()).replaceFirst(":", "");
    }

    private static String value(@Nullable JsonNode node) {
        if (node == null || !node.isValueNode() || node.asString().length() == 0) {
            return "";
        }
        return ": " + Said.shortened(node.asString(), LONGEST_VALUE);
    }
}
