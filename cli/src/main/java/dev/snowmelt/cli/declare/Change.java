package dev.snowmelt.cli.declare;

import dev.snowmelt.schemas.text.MessageText;
import dev.snowmelt.v1.DeclarationSpec;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// One field in which two declarations differ.
///
/// @param path for example `containers[cart].image`: containers go by their names, other lists by what is in them
/// @param before null: it was not there
/// @param after null: it is not there any more
record Change(
        String path, @Nullable JsonNode before, @Nullable JsonNode after) {
    /// What differs, in the order of the fields; empty: nothing.
    static List<Change> between(DeclarationSpec before, DeclarationSpec after) {
        List<Change> changes = new ArrayList<>();
        compare("", MessageText.tree(before), MessageText.tree(after), changes);
        return changes;
    }

    private static void compare(
            String path, @Nullable JsonNode before, @Nullable JsonNode after, List<Change> changes) {
        if (before == null || after == null) {
            changes.add(new Change(path, before, after));
        } else if (before.isObject() && after.isObject()) {
            compare(path.isEmpty() ? "" : path + ".", "", fields(before), fields(after), changes);
        } else if (before.isArray() && after.isArray() && distinct(before) && distinct(after)) {
            compare(path + "[", "]", elements(before), elements(after), changes);
        } else if (!before.equals(after)) {
            changes.add(new Change(path, before, after));
        }
    }

    private static void compare(
            String open,
            String close,
            Map<String, JsonNode> before,
            Map<String, JsonNode> after,
            List<Change> changes) {
        int found = changes.size();
        Set<String> names = new LinkedHashSet<>(before.keySet());
        names.addAll(after.keySet());
        names.forEach(name -> compare(open + name + close, before.get(name), after.get(name), changes));
        boolean moved = found == changes.size()
                && close.equals("]")
                && !List.copyOf(before.keySet()).equals(List.copyOf(after.keySet()));
        if (moved) {
            changes.add(new Change(open + "order]", names(before), names(after)));
        }
    }

    private static JsonNode names(Map<String, JsonNode> elements) {
        return tools.jackson.databind.node.JsonNodeFactory.instance.stringNode(String.join(", ", elements.keySet()));
    }

    private static Map<String, JsonNode> fields(JsonNode object) {
        Map<String, JsonNode> fields = new LinkedHashMap<>();
        object.properties().forEach(field -> fields.put(field.getKey(), field.getValue()));
        return fields;
    }

    private static Map<String, JsonNode> elements(JsonNode array) {
        Map<String, JsonNode> elements = new LinkedHashMap<>();
        array.forEach(element -> elements.put(name(element), element));
        return elements;
    }

    private static boolean distinct(JsonNode array) {
        return elements(array).size() == array.size();
    }

    private static String name(JsonNode element) {
        JsonNode name = element.isObject() ? element.get("name") : null;
        return name != null ? name.asString() : element.isValueNode() ? element.asString() : MessageText.line(element);
    }
}
