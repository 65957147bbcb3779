package dev.snowmelt.sandbox.cluster;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.node.ObjectNode;

/// An answer other than success: an HTTP status with the `Status` object a real API server sends as its body.
final class Refusal extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /// Answers that come from the server's frame and not from a resource carry empty details.
    private static final Set<Integer> WITH_EMPTY_DETAILS = Set.of(404, 405, 415, 422);

    private final int code;
    private final transient ObjectNode status;
    private final transient Map<String, String> headers = new LinkedHashMap<>();
    private Duration delay = Duration.ZERO;

    private Refusal(int code, String reason, String message, ObjectNode details) {
        super(message, null, false, false);
        this.code = code;
        status = Json.object();
        status.put("kind", "Status").put("apiVersion", "v1");
        status.putObject("metadata");
        status.put("status", "Failure").put("message", message);
        if (!reason.isEmpty()) {
            status.put("reason", reason);
        }
        if (!details.isEmpty() || WITH_EMPTY_DETAILS.contains(code)) {
            status.set("details", details);
        }
        status.put("code", code);
    }

    /// A validation fault of one field. `type` is Kubernetes' cause type, such as `FieldValueForbidden`.
    record Fault(String type, String field, String message) {}

    /// The same answer, given only after a while.
    Refusal after(Duration wait) {
        delay = wait;
        return this;
    }

    Duration delay() {
        return delay;
    }

    int code() {
        return code;
    }

    ObjectNode status() {
        return status;
    }

    Map<String, String> headers() {
        return headers;
    }

    String reason() {
        return Json.text(status, "reason");
    }

    private static ObjectNode details(String group, String kind, String name) {
        ObjectNode details = Json.object();
        if (!name.isEmpty()) {
            details.put("name", name);
        }
        if (!group.isEmpty()) {
            details.put("group", group);
        }
        if (!kind.isEmpty()) {
            details.put("kind", kind);
        }
        return details;
    }

    static Refusal notFound(ResourceType type, String name) {
        return new Refusal(
                404,
                "NotFound",
                "%s \"%s\" not found".formatted(type.qualified(), name),
                details(type.group(), type.plural(), name));
    }

    static Refusal noSuchResource() {
        return new Refusal(404, "NotFound", "the server could not find the requested resource", Json.object());
    }

    static Refusal alreadyExists(ResourceType type, String name) {
        return new Refusal(
                409,
                "AlreadyExists",
                "%s \"%s\" already exists".formatted(type.qualified(), name),
                details(type.group(), type.plural(), name));
    }

    static Refusal modified(ResourceType type, String name) {
        return conflict(
                type,
                name,
                "the object has been modified; please apply your changes to the latest version and try again");
    }

    static Refusal conflict(ResourceType type, String name, String why) {
        return new Refusal(
                409,
                "Conflict",
                "Operation cannot be fulfilled on %s \"%s\": %s".formatted(type.qualified(), name, why),
                details(type.group(), type.plural(), name));
    }

    /// A delete's precondition that does not hold: here the API server names the kind, not the resource.
    static Refusal preconditionFailed(ResourceType type, String name, String why) {
        return new Refusal(
                409,
                "Conflict",
                "Operation cannot be fulfilled on %s \"%s\": %s".formatted(type.qualifiedKind(), name, why),
                details(type.group(), type.kind(), name));
    }

    static Refusal invalid(ResourceType type, String name, List<Fault> faults) {
        return invalid(type.group(), type.kind(), name, faults);
    }

    static Refusal invalid(String group, String kind, String name, List<Fault> faults) {
        List<String> texts =
                faults.stream().map(f -> f.field() + ": " + f.message()).toList();
        String all = texts.size() == 1 ? texts.getFirst() : "[" + String.join(", ", texts) + "]";
        ObjectNode details = details(group, kind, name);
        var causes = details.putArray("causes");
        for (Fault fault : faults) {
            causes.addObject()
                    .put("reason", fault.type())
                    .put("message", fault.message())
                    .put("field", fault.field());
        }
        String qualified = group.isEmpty() ? kind : kind + "." + group;
        return new Refusal(422, "Invalid", "%s \"%s\" is invalid: %s".formatted(qualified, name, all), details);
    }

    static Refusal unprocessable(String message) {
        return new Refusal(422, "Invalid", message, Json.object());
    }

    static Refusal badRequest(String message) {
        return new Refusal(400, "BadRequest", message, Json.object());
    }

    static Refusal unauthorized() {
        return new Refusal(401, "Unauthorized", "Unauthorized", Json.object());
    }

    static Refusal forbidden(ResourceType type, String name, String why) {
        String subject = name.isEmpty() ? type.qualified() : "%s \"%s\"".formatted(type.qualified(), name);
        return new Refusal(
                403, "Forbidden", subject + " is forbidden: " + why, details(type.group(), type.plural(), name));
    }

    static Refusal forbiddenPath(String why) {
        return new Refusal(403, "Forbidden", "forbidden: " + why, Json.object());
    }

    static Refusal expired(String message) {
        return new Refusal(410, "Expired", message, Json.object());
    }

    static Refusal methodNotAllowed(ResourceType type, String method) {
        return new Refusal(
                405,
                "MethodNotAllowed",
                "%s is not supported on resources of kind \"%s\"".formatted(method, type.qualified()),
                details(type.group(), type.plural(), ""));
    }

    static Refusal unsupportedMediaType(String accepted) {
        return new Refusal(
                415,
                "UnsupportedMediaType",
                "the body of the request was in an unknown format - accepted media types include: " + accepted,
                Json.object());
    }

    static Refusal methodNotAllowed() {
        return new Refusal(
                405,
                "MethodNotAllowed",
                "the server does not allow this method on the requested resource",
                Json.object());
    }

    /// The client asks for a version the server has not reached yet.
    static Refusal tooLargeVersion(long asked, long current) {
        ObjectNode details = Json.object();
        details.putArray("causes")
                .addObject()
                .put("reason", "ResourceVersionTooLarge")
                .put("message", "Too large resource version");
        details.put("retryAfterSeconds", 1);
        Refusal refusal = new Refusal(
                504,
                "Timeout",
                "Timeout: Too large resource version: %d, current: %d".formatted(asked, current),
                details);
        refusal.headers.put("Retry-After", "1");
        return refusal;
    }

    /// A budget that allows no disruption now. Real servers name 0 to 10 seconds to wait; `retryAfter` below 1
    /// leaves it out.
    static Refusal budgetSpent(String cause, int retryAfter) {
        ObjectNode details = Json.object();
        details.putArray("causes").addObject().put("reason", "DisruptionBudget").put("message", cause);
        if (retryAfter > 0) {
            details.put("retryAfterSeconds", retryAfter);
        }
        Refusal refusal = new Refusal(
                429, "TooManyRequests", "Cannot evict pod as it would violate the pod's disruption budget.", details);
        if (retryAfter > 0) {
            refusal.headers.put("Retry-After", Integer.toString(retryAfter));
        }
        return refusal;
    }

    /// An answer without a reason, as the eviction of a pod under two budgets gives.
    static Refusal plain(int code, String message) {
        return new Refusal(code, "", message, Json.object());
    }

    static Refusal internal(String message) {
        ObjectNode details = Json.object();
        details.putArray("causes").addObject().put("message", message);
        return new Refusal(500, "InternalError", "Internal error occurred: " + message, details);
    }

    /// What a server, a load balancer or a webhook answers when it is out of order.
    static Refusal injected(int code, int retryAfter) {
        ObjectNode details = Json.object();
        if (retryAfter > 0) {
            details.put("retryAfterSeconds", retryAfter);
        }
        Refusal refusal = switch (code) {
            case 401 -> unauthorized();
            case 403 -> new Refusal(403, "Forbidden", "forbidden: injected by the test", details);
            case 410 -> expired("The resourceVersion for the provided watch is too old.");
            case 429 ->
                new Refusal(
                        429,
                        "TooManyRequests",
                        "the server has received too many requests and has asked us to try again later",
                        details);
            case 500 ->
                new Refusal(500, "InternalError", "Internal error occurred: etcdserver: request timed out", details);
            case 503 ->
                new Refusal(503, "ServiceUnavailable", "the server is currently unable to handle the request", details);
            case 504 -> new Refusal(504, "Timeout", "Timeout: request did not complete", details);
            default -> plain(code, "injected by the test");
        };
        if (retryAfter > 0) {
            refusal.headers.put("Retry-After", Integer.toString(retryAfter));
        }
        return refusal;
    }
}
