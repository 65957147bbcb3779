package dev.snowmelt.sandbox.cluster;

import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Request bodies: JSON or a 400.
final class Bodies {

    private Bodies() {}

    static JsonNode json(byte[] body) {
        try {
            return Json.parseAny(body);
        } catch (JacksonException e) {
            throw Refusal.badRequest(
                    "the object provided is unrecognized (must be of type runtime.Object): couldn't get version/kind; json parse error");
        }
    }

    static ObjectNode object(byte[] body) {
        if (json(body) instanceof ObjectNode object) {
            return object;
        }
        throw Refusal.badRequest(
                "the object provided is unrecognized (must be of type runtime.Object): couldn't get version/kind");
    }

    /// An object that may be left out, such as DeleteOptions.
    static ObjectNode optional(byte[] body) {
        return body.length == 0 ? Json.object() : object(body);
    }
}
