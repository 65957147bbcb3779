package dev.snowmelt.cli.declare;

import dev.snowmelt.schemas.text.Texts;
import dev.snowmelt.v1.Problem;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;

/// Texts that hold one JSON object a line, as `snowmelt sign` writes them; YAML would take a second
/// one for a fault.
final class JsonLines {
    private JsonLines() {}

    /// Every document of a text, be it YAML, JSON or JSON lines.
    static Texts.Trees trees(String text) {
        List<String> lines = text.lines().filter(line -> !line.isBlank()).toList();
        boolean one = lines.size() < 2 || !lines.stream().allMatch(JsonLines::object);
        if (one) {
            return Texts.trees(text);
        }
        List<JsonNode> documents = new ArrayList<>();
        List<Problem> problems = new ArrayList<>();
        for (int i = 0; i < lines.size(); i++) {
            Texts.Trees trees = Texts.trees(lines.get(i));
            documents.addAll(trees.documents());
            for (Problem problem : trees.problems()) {
                problems.add(Texts.problem("JSON of line " + (i + 1), problem.getPath() + ": " + problem.getMessage()));
            }
        }
        return new Texts.Trees(documents, problems);
    }

    private static boolean object(String line) {
        String stripped = line.strip();
        return stripped.startsWith("{") && stripped.endsWith("}");
    }
}
