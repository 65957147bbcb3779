package dev.snowmelt.cli.declare;

import dev.snowmelt.detector.register.DeclarationRules;
import dev.snowmelt.schemas.text.Document;
import dev.snowmelt.schemas.text.MessageReader;
import dev.snowmelt.schemas.text.Texts;
import dev.snowmelt.v1.Declare;
import dev.snowmelt.v1.Problem;
import java.nio.file.Path;
import java.util.List;
import tools.jackson.databind.JsonNode;

/// Reads declarations, plain and signed, from files that people write.
final class DeclarationFiles {
    private final Intake intake;

    private DeclarationFiles(Intake intake) {
        this.intake = intake;
    }

    /// @param path a file, a folder, or `-` for standard input
    static void read(Path path, Intake intake) {
        var reader = new DeclarationFiles(intake);
        for (Path file : intake.files(path)) {
            intake.text(file).ifPresent(text -> reader.text(Intake.name(file), text));
        }
    }

    private void text(String file, String text) {
        Texts.Trees trees = JsonLines.trees(text);
        if (trees.documents().isEmpty() && trees.problems().isEmpty()) {
            // It may be half written: nothing is concluded from emptiness.
            intake.fault(new Fault(Place.of(file), "", "holds no declaration; write one, or delete the file"));
            return;
        }
        int documents = trees.documents().size() + (trees.problems().isEmpty() ? 0 : 1);
        for (int i = 0; i < trees.documents().size(); i++) {
            document(
                    new Place(file, documents == 1 ? 0 : i + 1),
                    trees.documents().get(i));
        }
        var behind = new Place(file, documents == 1 ? 0 : documents);
        trees.problems().forEach(problem -> intake.fault(Fault.of(behind, problem)));
    }

    private void document(Place place, JsonNode tree) {
        if (SignedDocument.is(tree)) {
            SignedDocument.read(place, tree, intake);
            return;
        }
        Document<Declare> document = MessageReader.read(1, tree, Declare.getDefaultInstance());
        if (document.problems().isEmpty()) {
            intake.draft(new Draft.Stated(place, document.message()));
            return;
        }
        document.problems().forEach(problem -> intake.fault(Fault.of(place, problem)));
        // What could not be read looks absent to the rules; it is said once.
        DeclarationRules.problems(document.message()).stream()
                .filter(problem -> !covered(document.problems(), problem))
                .forEach(problem -> intake.fault(Fault.of(place, problem)));
    }

    private static boolean covered(List<Problem> said, Problem problem) {
        return said.stream().anyMatch(each -> covers(each, problem));
    }

    /// A fault at `spec` explains one at `spec.containers`, a mistyped `img` one at `image` beside
    /// it.
    private static boolean covers(Problem said, Problem problem) {
        String path = said.getPath();
        int dot = path.lastIndexOf('.');
        String parent = dot < 0 ? "" : path.substring(0, dot);
        boolean unknownKey = said.getMessage().startsWith("unknown key");
        String siblings = parent.isEmpty() ? "" : parent + ".";
        return problem.getPath().equals(path)
                || problem.getPath().startsWith(path + ".")
                || path.startsWith(problem.getPath() + "[")
                || (unknownKey && said.getMessage().contains("'" + name(problem.getPath(), siblings) + "'"));
    }

    private static String name(String path, String siblings) {
        String rest = path.startsWith(siblings) ? path.substring(siblings.length()) : path;
        int end = rest.indexOf('.');
        return end < 0 ? rest : rest.substring(0, end);
    }
}
