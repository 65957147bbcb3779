package dev.snowmelt.cli;

import dev.snowmelt.detector.register.DeclarationRules;
import dev.snowmelt.schemas.text.Document;
import dev.snowmelt.schemas.text.MessageReader;
import dev.snowmelt.v1.Declare;
import dev.snowmelt.v1.Problem;
import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/// Reads declarations from files and tells every fault of all of them at once.
final class DeclarationFiles {
    private final List<Declare> declarations = new ArrayList<>();
    private final List<String> faults = new ArrayList<>();
    private final Map<String, String> places = new HashMap<>();

    private DeclarationFiles() {}

    /// @param paths files, or folders whose `.yaml`, `.yml` and `.json` files are meant; `-` is standard input
    /// @throws CliException with a line for each fault
    static List<Declare> read(List<Path> paths) {
        var reader = new DeclarationFiles();
        paths.forEach(reader::path);
        if (reader.faults.isEmpty() && reader.declarations.isEmpty()) {
            throw new CliException("There is no declaration in " + paths.getFirst() + ".");
        }
        if (!reader.faults.isEmpty()) {
            List<String> lines = new ArrayList<>();
            lines.add("Nothing was published; there "
                    + (reader.faults.size() == 1 ? "is 1 fault:" : "are " + reader.faults.size() + " faults:"));
            reader.faults.forEach(fault -> lines.add("  " + fault));
            throw new CliException(ExitCode.ERROR, lines);
        }
        return reader.declarations;
    }

    private void path(Path path) {
        try {
            if (path.toString().equals("-")) {
                text("standard input", new String(System.in.readAllBytes(), StandardCharsets.UTF_8));
            } else if (Files.isDirectory(path)) {
                try (Stream<Path> files = Files.list(path)) {
                    for (Path file : files.filter(DeclarationFiles::isDeclaration)
                            .sorted()
                            .toList()) {
                        text(file.toString(), Files.readString(file));
                    }
                }
            } else {
                text(path.toString(), Files.readString(path));
            }
        } catch (NoSuchFileException _) {
            faults.add(path + ": there is no such file");
        } catch (MalformedInputException _) {
            faults.add(path + ": is not UTF-8 text");
        } catch (IOException e) {
            faults.add(path + ": cannot be read: " + e.getMessage());
        }
    }

    private static boolean isDeclaration(Path file) {
        return file.toString().matches(".*\\.(yaml|yml|json)") && Files.isRegularFile(file);
    }

    private void text(String file, String text) {
        List<Document<Declare>> documents = MessageReader.read(text, Declare.getDefaultInstance());
        for (Document<Declare> document : documents) {
            String place = documents.size() == 1 ? file : file + " document " + document.number();
            document(place, document);
        }
    }

    private void document(String place, Document<Declare> document) {
        Declare declare = document.message();
        List<Problem> problems = new ArrayList<>(document.problems());
        boolean readable =
                problems.stream().noneMatch(problem -> problem.getPath().startsWith("line "));
        if (readable) {
            // What could not be read looks absent to the rules; it is said once.
            DeclarationRules.problems(declare).stream()
                    .filter(problem -> document.problems().stream().noneMatch(said -> covers(said, problem)))
                    .forEach(problems::add);
        }
        String other = declare.getWorkload().isEmpty() ? null : places.putIfAbsent(declare.getWorkload(), place);
        if (other != null) {
            faults.add(place + ": workload: " + declare.getWorkload() + " is declared in " + other + " too");
        }
        problems.forEach(problem -> faults.add(
                place + ": " + problem.getPath() + (problem.getPath().isEmpty() ? "" : ": ") + problem.getMessage()));
        declarations.add(declare);
    }

    /// A fault at `spec` explains one at `spec.containers`, a mistyped `img` one at `image` beside it.
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
