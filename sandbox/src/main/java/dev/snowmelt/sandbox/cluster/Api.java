package dev.snowmelt.sandbox.cluster;

import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/// Carries out a request for a resource and says what to answer. Knows nothing of HTTP.
final class Api {

    private final Store store;
    private final Writes writes;
    private final Deletes deletes;
    private final Evictions evictions;
    private final Lists lists;
    private volatile boolean watchList = true;

    Api(Store store, Writes writes, Deletes deletes, Evictions evictions) {
        this.store = store;
        this.writes = writes;
        this.deletes = deletes;
        this.evictions = evictions;
        this.lists = new Lists(store);
    }

    void watchList(boolean supported) {
        watchList = supported;
    }

    /// What goes back to the client.
    sealed interface Answer {
        @SuppressWarnings("ArrayRecordComponent") // never changed and never compared
        record One(int status, byte[] json) implements Answer {
            static One of(int status, ObjectNode object) {
                return new One(status, Json.bytes(object));
            }
        }

        record Listing(ResourceType type, Lists.Page page) implements Answer {}

        record Watching(Watch watch) implements Answer {}
    }

    /// @throws Refusal for every answer but success
    Answer answer(Request request) {
        return switch (request.verb()) {
            case "get" -> get(request);
            case "list" ->
                new Answer.Listing(
                        request.type(), lists.list(request.type(), request.home(), ListOptions.of(request, watchList)));
            case "watch" ->
                new Answer.Watching(
                        new Watch(store, request.type(), request.home(), ListOptions.of(request, watchList)));
            case "create" -> create(request);
            case "update" -> update(request);
            case "patch" -> patch(request);
            case "delete" -> delete(request);
            case "deletecollection" -> deleteCollection(request);
            default -> throw Refusal.methodNotAllowed(request.type(), request.verb());
        };
    }

    private Answer get(Request request) {
        Stored stored = writes.require(request.type(), request.home(), request.name());
        return switch (request.subresource()) {
            case "", "status", "ephemeralcontainers" -> new Answer.One(200, stored.json());
            case "scale" -> Answer.One.of(200, Scales.of(stored));
            default -> throw Refusal.methodNotAllowed(request.type(), "get");
        };
    }

    private Answer create(Request request) {
        ObjectNode body = Bodies.object(request.body());
        if (request.subresource().equals("eviction")) {
            return Answer.One.of(201, evictions.evict(request.home(), request.name(), body, request.isDryRun()));
        }
        if (!request.name().isEmpty()
                || (request.type().namespaced() && request.namespace().isEmpty())) {
            throw Refusal.methodNotAllowed();
        }
        return Answer.One.of(201, writes.create(request.type(), request.home(), body, request.isDryRun()));
    }

    private Answer update(Request request) {
        requireName(request);
        ObjectNode body = Bodies.object(request.body());
        if (request.subresource().equals("scale")) {
            int replicas = Json.number(body, 0, "spec", "replicas");
            return Scales.set(writes, request, Json.text(body, "metadata", "resourceVersion"), replicas);
        }
        requirePlain(request);
        return Answer.One.of(
                200,
                writes.update(
                        request.type(),
                        request.home(),
                        request.name(),
                        request.subresource(),
                        body,
                        request.isDryRun()));
    }

    private Answer patch(Request request) {
        requireName(request);
        if (request.subresource().equals("scale")) {
            return store.locked(() -> {
                Stored stored = writes.require(request.type(), request.home(), request.name());
                ObjectNode patched = Patches.apply(request.contentType(), Scales.of(stored), request.body());
                int replicas = Json.number(patched, 0, "spec", "replicas");
                return Scales.set(writes, request, Json.text(patched, "metadata", "resourceVersion"), replicas);
            });
        }
        requirePlain(request);
        return Answer.One.of(
                200,
                writes.patch(
                        request.type(),
                        request.home(),
                        request.name(),
                        request.subresource(),
                        request.contentType(),
                        request.body(),
                        request.isDryRun()));
    }

    private static void requireName(Request request) {
        if (request.name().isEmpty()) {
            throw Refusal.methodNotAllowed();
        }
    }

    private static void requirePlain(Request request) {
        if (!List.of("", "status", "ephemeralcontainers").contains(request.subresource())) {
            throw Refusal.methodNotAllowed(request.type(), request.verb());
        }
    }

    private Answer delete(Request request) {
        if (!request.subresource().isEmpty()) {
            throw Refusal.methodNotAllowed(request.type(), "delete");
        }
        ObjectNode options = options(request);
        boolean dryRun = request.isDryRun() || !options.path("dryRun").isEmpty();
        return Answer.One.of(200, deletes.delete(request.type(), request.home(), request.name(), options, dryRun));
    }

    private Answer deleteCollection(Request request) {
        ListOptions which = ListOptions.of(request, watchList);
        List<Stored> objects = store.all(request.type(), request.home()).stream()
                .filter(which.selector())
                .toList();
        ObjectNode list = Json.object();
        list.put("kind", request.type().kind() + "List")
                .put("apiVersion", request.type().apiVersion());
        list.putObject("metadata").put("resourceVersion", Long.toString(store.version()));
        list.putArray("items").addAll(deletes.deleteAll(objects, options(request), request.isDryRun()));
        return Answer.One.of(200, list);
    }

    /// DeleteOptions come as a body or, from old clients, in the query.
    private static ObjectNode options(Request request) {
        ObjectNode options = Bodies.optional(request.body());
        for (String name : List.of("propagationPolicy", "gracePeriodSeconds")) {
            String value = request.param(name);
            if (value != null && !options.has(name)) {
                if (name.equals("gracePeriodSeconds")) {
                    options.put(name, Integer.parseInt(value));
                } else {
                    options.put(name, value);
                }
            }
        }
        return options;
    }
}
