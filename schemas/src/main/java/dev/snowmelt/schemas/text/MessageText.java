package dev.snowmelt.schemas.text;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageOrBuilder;
import com.google.protobuf.util.JsonFormat;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.dataformat.yaml.YAMLFactory;
import tools.jackson.dataformat.yaml.YAMLMapper;
import tools.jackson.dataformat.yaml.YAMLWriteFeature;

/// Messages as text in the canonical Protobuf JSON mapping: lowerCamelCase keys, 64-bit numbers as strings, absent
/// fields left out.
public final class MessageText {
    private static final JsonFormat.Printer CANONICAL = JsonFormat.printer().omittingInsignificantWhitespace();
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final YAMLMapper YAML = YAMLMapper.builder(YAMLFactory.builder()
                    .disable(YAMLWriteFeature.WRITE_DOC_START_MARKER)
                    .disable(YAMLWriteFeature.SPLIT_LINES)
                    .enable(YAMLWriteFeature.MINIMIZE_QUOTES)
                    .enable(YAMLWriteFeature.ALWAYS_QUOTE_NUMBERS_AS_STRINGS)
                    .enable(YAMLWriteFeature.INDENT_ARRAYS_WITH_INDICATOR)
                    .build())
            .build();

    private MessageText() {}

    /// The message as a tree, to be put into larger ones.
    ///
    /// @throws IllegalArgumentException when a timestamp or duration in it is out of range
    public static ObjectNode tree(MessageOrBuilder message) {
        try {
            return (ObjectNode) JSON.readTree(CANONICAL.print(message));
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalArgumentException("not printable: " + e.getMessage(), e);
        }
    }

    /// JSON on one line.
    public static String line(MessageOrBuilder message) {
        return line(tree(message));
    }

    /// JSON on one line.
    public static String line(JsonNode tree) {
        return JSON.writeValueAsString(tree);
    }

    /// JSON, indented.
    public static String pretty(MessageOrBuilder message) {
        return pretty(tree(message));
    }

    /// JSON, indented.
    public static String pretty(JsonNode tree) {
        return JSON.writerWithDefaultPrettyPrinter().writeValueAsString(tree);
    }

    /// YAML, ending with a line break.
    public static String yaml(MessageOrBuilder message) {
        return yaml(tree(message));
    }

    /// YAML, ending with a line break.
    public static String yaml(JsonNode tree) {
        return YAML.writeValueAsString(tree);
    }
}
