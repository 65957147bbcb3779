package dev.snowmelt.sandbox.cluster;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// Reading and writing API objects as JSON trees. Absent is "" or 0 or empty, never null.
final class Json {

    private static final JsonMapper MAPPER = JsonMapper.builder().build();

    private Json() {}

    static ObjectNode parse(byte[] json) {
        return (ObjectNode) MAPPER.readTree(json);
    }

    static JsonNode parseAny(byte[] json) {
        return MAPPER.readTree(json);
    }

    static ObjectNode parse(String json) {
        return parse(json.getBytes(StandardCharsets.UTF_8));
    }

    static byte[] bytes(JsonNode node) {
        return MAPPER.writeValueAsBytes(node);
    }

    static ObjectNode object() {
        return JsonNodeFactory.instance.objectNode();
    }

    static ObjectNode object(Consumer<ObjectNode> fill) {
        ObjectNode node = object();
        fill.accept(node);
        return node;
    }

    static ArrayNode array() {
        return JsonNodeFactory.instance.arrayNode();
    }

    static JsonNode at(JsonNode node, String... path) {
        JsonNode found = node;
        for (String step : path) {
            found = found.path(step);
        }
        return found;
    }

    static String text(JsonNode node, String... path) {
        return at(node, path).asString("");
    }

    static int number(JsonNode node, int fallback, String... path) {
        JsonNode found = at(node, path);
        return found.isNumber() ? found.asInt() : fallback;
    }

    static boolean has(JsonNode node, String... path) {
        JsonNode found = at(node, path);
        return !found.isMissingNode() && !found.isNull();
    }

    /// The object below `node`, made when missing or null.
    static ObjectNode child(ObjectNode node, String... path) {
        ObjectNode found = node;
        for (String step : path) {
            found = found.path(step) instanceof ObjectNode there ? there : found.putObject(step);
        }
        return found;
    }

    static ArrayNode list(ObjectNode node, String name) {
        return node.path(name) instanceof ArrayNode there ? there : node.putArray(name);
    }

    static ObjectNode meta(ObjectNode node) {
        return child(node, "metadata");
    }

    static Map<String, String> strings(JsonNode node) {
        Map<String, String> strings = new LinkedHashMap<>();
        for (Map.Entry<String, JsonNode> entry : node.properties()) {
            strings.put(entry.getKey(), entry.getValue().asString(""));
        }
        return strings;
    }

    static List<ObjectNode> objects(JsonNode array) {
        List<ObjectNode> objects = new ArrayList<>(array.size());
        for (JsonNode item : array) {
            if (item instanceof ObjectNode object) {
                objects.add(object);
            }
        }
        return objects;
    }

    static ObjectNode copy(ObjectNode node) {
        return node.deepCopy();
    }
}
