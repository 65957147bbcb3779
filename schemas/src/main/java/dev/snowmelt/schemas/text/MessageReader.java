package dev.snowmelt.schemas.text;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Duration;
import com.google.protobuf.Message;
import com.google.protobuf.Timestamp;
import dev.snowmelt.v1.Problem;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// Reads messages that people write, by their descriptor, following the canonical Protobuf JSON mapping. Unlike
/// Protobuf's own parser it does not stop at the first fault.
public final class MessageReader {
    private final List<Problem> problems = new ArrayList<>();

    private MessageReader() {}

    /// Reads every document of a YAML or JSON text as the same type.
    ///
    /// @return one entry a document; an entry numbered one past the last readable one when the syntax is
    /// broken there
    public static <M extends Message> List<Document<M>> read(String text, M prototype) {
        Texts.Trees trees = Texts.trees(text);
        List<Document<M>> documents = new ArrayList<>();
        for (JsonNode tree : trees.documents()) {
            documents.add(read(documents.size() + 1, tree, prototype));
        }
        if (!trees.problems().isEmpty()) {
            documents.add(new Document<>(documents.size() + 1, prototype, trees.problems()));
        }
        return documents;
    }

    /// Reads one tree.
    ///
    /// @param number becomes [Document#number]
    public static <M extends Message> Document<M> read(int number, JsonNode tree, M prototype) {
        var reader = new MessageReader();
        Message.Builder builder = prototype.newBuilderForType();
        reader.object("", tree, builder);
        @SuppressWarnings("unchecked")
        M message = (M) builder.build();
        return new Document<>(number, message, reader.problems);
    }

    private void object(String path, JsonNode tree, Message.Builder builder) {
        Descriptor type = builder.getDescriptorForType();
        if (!tree.isObject()) {
            fault(path, "must be " + type.getName() + ", keys and values, not " + Scalars.describe(tree));
            return;
        }
        Map<String, FieldDescriptor> fields = fields(type);
        Map<FieldDescriptor, String> seen = new HashMap<>();
        for (Map.Entry<String, JsonNode> entry : tree.properties()) {
            String key = entry.getKey();
            String at = path.isEmpty() ? key : path + "." + key;
            FieldDescriptor field = fields.get(key);
            if (field == null) {
                List<String> known = type.getFields().stream()
                        .map(FieldDescriptor::getJsonName)
                        .toList();
                String question = Suggestion.question(key, known);
                fault(at, "unknown key" + (question.isEmpty() ? "; known are " + String.join(", ", known) : question));
            } else if (!entry.getValue().isNull() && single(at, field, seen)) {
                field(at, field, entry.getValue(), builder);
            }
        }
    }

    /// Refuses two spellings of one field and two members of one oneof.
    private boolean single(String at, FieldDescriptor field, Map<FieldDescriptor, String> seen) {
        for (Map.Entry<FieldDescriptor, String> other : seen.entrySet()) {
            boolean sameChoice = field.getRealContainingOneof() != null
                    && field.getRealContainingOneof() == other.getKey().getRealContainingOneof();
            if (other.getKey() == field || sameChoice) {
                fault(at, "cannot stand beside " + other.getValue());
                return false;
            }
        }
        seen.put(field, "'" + field.getJsonName() + "'");
        return true;
    }

    private void field(String at, FieldDescriptor field, JsonNode tree, Message.Builder builder) {
        if (field.isMapField()) {
            throw new UnsupportedOperationException("no message has a map yet: " + field.getFullName());
        }
        if (!field.isRepeated()) {
            Object value = value(at, field, tree, builder);
            if (value != null) {
                builder.setField(field, value);
            }
            return;
        }
        if (!tree.isArray()) {
            fault(at, "must be a list, not " + Scalars.describe(tree));
            return;
        }
        for (int i = 0; i < tree.size(); i++) {
            Object value = value(at + "[" + i + "]", field, tree.get(i), builder);
            if (value != null) {
                builder.addRepeatedField(field, value);
            }
        }
    }

    private @Nullable Object value(String at, FieldDescriptor field, JsonNode tree, Message.Builder parent) {
        try {
            if (field.getJavaType() != FieldDescriptor.JavaType.MESSAGE) {
                return Scalars.read(field, tree);
            }
            String type = field.getMessageType().getFullName();
            if (type.equals(Timestamp.getDescriptor().getFullName())) {
                return Scalars.timestamp(tree);
            }
            if (type.equals(Duration.getDescriptor().getFullName())) {
                return Scalars.duration(tree);
            }
        } catch (Scalars.NotReadable e) {
            fault(at, e.getMessage());
            return null;
        }
        Message.Builder builder = parent.newBuilderForField(field);
        object(at, tree, builder);
        return builder.build();
    }

    private static Map<String, FieldDescriptor> fields(Descriptor type) {
        Map<String, FieldDescriptor> fields = new HashMap<>();
        for (FieldDescriptor field : type.getFields()) {
            fields.put(field.getJsonName(), field);
            fields.put(field.getName(), field);
        }
        return fields;
    }

    private void fault(String path, @Nullable String message) {
        problems.add(Texts.problem(path, String.valueOf(message)));
    }
}
