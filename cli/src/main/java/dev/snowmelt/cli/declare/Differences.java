package dev.snowmelt.cli.declare;

import dev.snowmelt.cli.output.Results;
import dev.snowmelt.schemas.text.MessageText;
import dev.snowmelt.v1.DeclarationSpec;
import dev.snowmelt.v1.Revision;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// What declaring would change, workload by workload.
record Differences(List<Planned> planned) {
    Differences {
        planned = List.copyOf(planned);
    }

    boolean any() {
        return planned.stream().anyMatch(Planned::changes);
    }

    private enum Result {
        NEW,
        CHANGED,
        UNCHANGED,
        REMOVED;

        static Result of(Planned planned) {
            if (!planned.changes()) {
                return UNCHANGED;
            }
            return planned.before().isEmpty() ? NEW : planned.after().isEmpty() ? REMOVED : CHANGED;
        }
    }

    ObjectNode tree() {
        ObjectNode tree = Results.object();
        var list = tree.putArray("workloads");
        for (Planned each : planned) {
            ObjectNode entry = list.addObject();
            entry.put("workload", each.subject());
            entry.put("place", each.draft().place().toString());
            entry.put("result", Result.of(each).name());
            each.before().ifPresent(revision -> {
                entry.put("revision", Long.toString(revision.getNumber()));
                entry.put("declaredAt", Said.at(revision));
                entry.put("declaredBy", revision.getDeclaredBy());
            });
            entry.set("changes", tree(Change.between(before(each), after(each))));
        }
        return tree;
    }

    static ArrayNode tree(List<Change> changes) {
        ArrayNode list = JsonNodeFactory.instance.arrayNode();
        for (Change change : changes) {
            ObjectNode node = list.addObject().put("path", "spec." + change.path());
            if (change.before() != null) {
                node.set("before", change.before());
            }
            if (change.after() != null) {
                node.set("after", change.after());
            }
        }
        return list;
    }

    List<String> lines() {
        List<String> lines = new ArrayList<>();
        int unchanged = 0;
        for (Planned each : planned) {
            switch (Result.of(each)) {
                case UNCHANGED -> unchanged++;
                case NEW -> block(lines, each, "not declared yet");
                case CHANGED -> block(lines, each, revision(each));
                case REMOVED -> block(lines, each, revision(each) + "; its declaration would be removed");
            }
        }
        int changed = planned.size() - unchanged;
        lines.add((lines.isEmpty() ? "" : "\n") + changed + " would change, " + unchanged + " unchanged.");
        return lines;
    }

    private static void block(List<String> lines, Planned each, String title) {
        lines.add((lines.isEmpty() ? "" : "\n") + each.subject() + ": " + title + " ["
                + each.draft().place() + "]");
        each.stale().ifPresent(stale -> lines.add("  would be refused: " + stale));
        LineDiff.of(yaml(before(each)), yaml(after(each))).forEach(line -> lines.add("  " + line));
    }

    private static String revision(Planned each) {
        return each.before()
                .map(revision -> "revision " + revision.getNumber() + " " + Said.by(revision))
                .orElse("");
    }

    private static DeclarationSpec before(Planned each) {
        return each.before().map(Revision::getSpec).orElse(DeclarationSpec.getDefaultInstance());
    }

    private static DeclarationSpec after(Planned each) {
        return each.after().orElse(DeclarationSpec.getDefaultInstance());
    }

    private static List<String> yaml(DeclarationSpec spec) {
        return spec.equals(DeclarationSpec.getDefaultInstance())
                ? List.of()
                : MessageText.yaml(spec).lines().toList();
    }
}
