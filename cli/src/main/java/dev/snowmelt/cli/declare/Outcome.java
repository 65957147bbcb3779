package dev.snowmelt.cli.declare;

import dev.snowmelt.cli.output.Results;
import dev.snowmelt.cli.output.Table;
import dev.snowmelt.schemas.text.MessageText;
import dev.snowmelt.v1.Answer;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/// How proposals ended.
///
/// @param attempts what was proposed
/// @param answers the registrar's, in the same order
record Outcome(List<Attempt> attempts, List<Answer> answers) {
    boolean refused() {
        return answers.stream().anyMatch(Answer::hasRefused);
    }

    ObjectNode tree() {
        ObjectNode tree = Results.object();
        var list = tree.putArray("answers");
        answers.forEach(answer -> list.add(MessageText.tree(answer)));
        return tree;
    }

    /// @param remarks printed last, when anything was accepted
    List<String> lines(List<String> remarks) {
        var table = new Table("SUBJECT", "BEFORE", "REVISION", "ANSWER");
        List<String> problems = new ArrayList<>();
        for (int i = 0; i < answers.size(); i++) {
            Answer answer = answers.get(i);
            Attempt attempt = attempts.get(i);
            table.row(
                    attempt.subject(),
                    number(attempt.before()),
                    number(answer.getAccepted().getRevision()),
                    answer.hasRefused() ? "refused" : answer.getAccepted().getUnchanged() ? "unchanged" : "accepted");
            answer.getRefused()
                    .getProblemsList()
                    .forEach(problem -> problems.add("  " + Fault.of(Place.of(attempt.subject()), problem)));
        }
        List<String> lines = new ArrayList<>(table.lines(Table.WIDTH));
        lines.addAll(problems);
        if (answers.stream().anyMatch(Answer::hasAccepted)) {
            lines.addAll(remarks);
        }
        return lines;
    }

    private static String number(long revision) {
        return revision == 0 ? "-" : Long.toString(revision);
    }
}
