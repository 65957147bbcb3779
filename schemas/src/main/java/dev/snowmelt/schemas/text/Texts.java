package dev.snowmelt.schemas.text;

import dev.snowmelt.v1.Problem;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonToken;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.MappingIterator;
import tools.jackson.databind.node.MissingNode;
import tools.jackson.dataformat.yaml.YAMLFactory;
import tools.jackson.dataformat.yaml.YAMLMapper;
import tools.jackson.dataformat.yaml.YAMLParser;

/// YAML (and JSON, which is YAML) as trees, faults of the syntax as problems.
public final class Texts {
    private static final YAMLMapper YAML = YAMLMapper.builder(YAMLFactory.builder()
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .build())
            .build();

    private Texts() {}

    /// What a text holds.
    ///
    /// @param documents every document that could be read, empty ones left out
    /// @param problems faults of the syntax; the path says line and column. Nothing behind the first can be read
    public record Trees(List<JsonNode> documents, List<Problem> problems) {
        /// Keeps copies.
        public Trees {
            documents = List.copyOf(documents);
            problems = List.copyOf(problems);
        }
    }

    /// Reads every document of a text.
    public static Trees trees(String text) {
        List<Problem> problems = new ArrayList<>();
        List<JsonNode> documents = new ArrayList<>();
        try (MappingIterator<JsonNode> all = YAML.readerFor(JsonNode.class).readValues(text)) {
            while (all.hasNextValue()) {
                JsonNode tree = all.nextValue();
                if (tree != null && !tree.isNull() && !(tree instanceof MissingNode)) {
                    documents.add(tree);
                }
            }
            refuseAliases(text, problems);
        } catch (JacksonException e) {
            problems.add(syntax(e));
        }
        return new Trees(documents, problems);
    }

    /// A tree cannot hold a reference; Jackson would give the alias's name as if it were a text.
    private static void refuseAliases(String text, List<Problem> problems) {
        try (YAMLParser tokens = (YAMLParser) YAML.createParser(text)) {
            for (JsonToken token = tokens.nextToken(); token != null; token = tokens.nextToken()) {
                if (tokens.isCurrentAlias()) {
                    problems.add(problem(
                            position(tokens.currentTokenLocation()),
                            "aliases ('*" + tokens.getString() + "') are not supported; write the value out"));
                }
            }
        }
    }

    private static Problem syntax(JacksonException e) {
        String message = e.getOriginalMessage() == null ? "not YAML" : e.getOriginalMessage();
        // The parser explains itself over several lines, with an excerpt; the first sentence names the fault.
        String brief = message.lines()
                .filter(line -> !line.isBlank() && !line.startsWith(" "))
                .reduce((first, second) -> first.contains("while ") ? first + ": " + second : first)
                .orElse(message);
        return problem(position(e.getLocation()), "not readable as YAML or JSON: " + brief);
    }

    private static String position(tools.jackson.core.TokenStreamLocation where) {
        return where == null || where.getLineNr() < 0
                ? ""
                : "line " + where.getLineNr() + ", column " + Math.max(where.getColumnNr(), 1);
    }

    /// @param path where, for example `spec.containers[0].image`
    /// @param message what is wrong and what would be right
    public static Problem problem(String path, String message) {
        return Problem.newBuilder().setPath(path).setMessage(message).build();
    }
}
