package dev.snowmelt.cli.declare;

import dev.snowmelt.cli.Subjects;
import dev.snowmelt.cli.output.Results;
import dev.snowmelt.cli.output.Table;
import dev.snowmelt.schemas.id.WorkloadId;
import dev.snowmelt.schemas.text.MessageText;
import dev.snowmelt.v1.Answer;
import dev.snowmelt.v1.Declaration;
import dev.snowmelt.v1.Revision;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/// How proposals ended.
///
/// @param attempts what was proposed
/// @param answers the registrar's, in the same order
/// @param newest what is declared for those that were refused
record Outcome(List<Attempt> attempts, List<Answer> answers, Map<WorkloadId, Declaration> newest) {
    ObjectNode tree() {
        ObjectNode tree = Results.object();
        var list = tree.putArray("answers");
        for (int i = 0; i < answers.size(); i++) {
            ObjectNode each = MessageText.tree(answers.get(i));
            if (conflict(answers.get(i))) {
                newest(attempts.get(i).subject())
                        .ifPresent(revision -> each.set("newest", MessageText.tree(withoutSpec(revision))));
            }
            list.add(each);
        }
        return tree;
    }

    private static Revision withoutSpec(Revision revision) {
        return revision.toBuilder().clearSpec().clearResolved().build();
    }

    List<String> lines(List<String> remarks) {
        var table = new Table("SUBJECT", "BEFORE", "REVISION", "ANSWER");
        List<String> problems = new ArrayList<>();
        for (int i = 0; i < answers.size(); i++) {
            Answer answer = answers.get(i);
            Attempt each = attempts.get(i);
            long revision = answer.getAccepted().getRevision();
            table.row(
                    each.subject(),
                    each.before() == 0 ? "-" : each.before(),
                    revision == 0 ? "-" : revision,
                    answer.hasRefused() ? "refused" : answer.getAccepted().getUnchanged() ? "unchanged" : "accepted");
            answer.getRefused()
                    .getProblemsList()
                    .forEach(problem -> problems.add("  " + Fault.of(Place.of(each.subject()), problem)));
            if (conflict(answer)) {
                problems.add("    " + somebodyElse(each));
            }
        }
        List<String> lines = new ArrayList<>(table.lines(Table.WIDTH));
        lines.addAll(problems);
        if (answers.stream().anyMatch(Answer::hasAccepted)) {
            lines.addAll(remarks);
        }
        return lines;
    }

    private static boolean conflict(Answer answer) {
        return answer.getRefused().getProblemsList().stream()
                .anyMatch(problem -> problem.getPath().endsWith("expectedRevision"));
    }

    private String somebodyElse(Attempt attempt) {
        return newest(attempt.subject())
                .map(revision -> "revision " + revision.getNumber() + " was declared " + Said.by(revision)
                        + "; look with 'snowmelt declare get', --force declares over it")
                .orElse("nothing is declared any more; --force declares it again");
    }

    private Optional<Revision> newest(String subject) {
        return Subjects.workload(subject)
                .map(newest::get)
                .flatMap(declaration -> declaration.getRevisionsList().stream().findFirst());
    }
}
