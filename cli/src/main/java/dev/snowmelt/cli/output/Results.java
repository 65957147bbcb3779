package dev.snowmelt.cli.output;

import dev.snowmelt.schemas.text.MessageText;
import java.io.PrintWriter;
import java.util.List;
import java.util.function.Supplier;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// Prints one result in the format that was asked for.
public record Results(PrintWriter out, Format format) {
    /// @param tree for scripts, in the mapping of the messages
    /// @param lines for people
    public void print(Supplier<? extends JsonNode> tree, Supplier<List<String>> lines) {
        switch (format) {
            case TABLE -> lines.get().forEach(out::println);
            case JSON -> out.println(MessageText.pretty(tree.get()));
            case YAML -> out.print(MessageText.yaml(tree.get()));
            case JUNIT, SARIF -> throw new IllegalStateException(format + " is a format of scans' reports only");
        }
        out.flush();
    }

    /// An empty object to fill.
    public static ObjectNode object() {
        return JsonNodeFactory.instance.objectNode();
    }
}
