package dev.snowmelt.sources.terraform;

import java.util.Map;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// The part of a JSON value that is worth keeping: all else is skipped as it streams by, so that a
/// state of any size costs what is kept of it. Lists take the shape of their elements.
///
/// @param keys what to keep of objects; empty: a leaf, of which scalars are kept
record Shape(Map<String, Shape> keys) {
    /// A scalar, or a list of scalars.
    static final Shape LEAF = new Shape(Map.of());

    Shape {
        keys = Map.copyOf(keys);
    }

    /// Some leaves.
    static Shape of(String... leaves) {
        var keys = new java.util.HashMap<String, Shape>();
        for (String leaf : leaves) {
            keys.put(leaf, LEAF);
        }
        return new Shape(keys);
    }

    /// The same with one more key.
    Shape with(String key, Shape shape) {
        var more = new java.util.HashMap<>(keys);
        more.put(key, shape);
        return new Shape(more);
    }

    /// Reads the value that the parser stands at the beginning of, and leaves it at the value's
    /// end. An object where a leaf was expected becomes nothing (null).
    JsonNode read(JsonParser json) {
        return switch (json.currentToken()) {
            case START_OBJECT -> object(json);
            case START_ARRAY -> array(json);
            case VALUE_STRING -> JsonNodeFactory.instance.stringNode(json.getString());
            case VALUE_NUMBER_INT -> JsonNodeFactory.instance.numberNode(json.getDecimalValue());
            case VALUE_TRUE -> JsonNodeFactory.instance.booleanNode(true);
            case VALUE_FALSE -> JsonNodeFactory.instance.booleanNode(false);
            default -> JsonNodeFactory.instance.nullNode();
        };
    }

    private JsonNode object(JsonParser json) {
        if (keys.isEmpty()) {
            json.skipChildren();
            return JsonNodeFactory.instance.nullNode();
        }
        ObjectNode object = JsonNodeFactory.instance.objectNode();
        while (json.nextToken() == JsonToken.PROPERTY_NAME) {
            String key = json.currentName();
            Shape shape = keys.get(key);
            json.nextToken();
            if (shape == null) {
                json.skipChildren();
            } else {
                object.set(key, shape.read(json));
            }
        }
        return object;
    }

    private JsonNode array(JsonParser json) {
        ArrayNode array = JsonNodeFactory.instance.arrayNode();
        while (json.nextToken() != JsonToken.END_ARRAY) {
            array.add(read(json));
        }
        return array;
    }
}
