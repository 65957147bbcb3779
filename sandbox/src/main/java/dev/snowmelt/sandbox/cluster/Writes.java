package dev.snowmelt.sandbox.cluster;

import dev.snowmelt.sandbox.cluster.Refusal.Fault;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.random.RandomGenerator;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Create, update and patch as the API server does them: names, versions, immutable metadata, generations,
/// conflicts.
final class Writes {

    private static final String SUFFIX = "bcdfghjklmnpqrstvwxz2456789";
    private static final List<String> KEPT = List.of(
            "name",
            "namespace",
            "uid",
            "creationTimestamp",
            "generateName",
            "deletionTimestamp",
            "deletionGracePeriodSeconds",
            "generation");

    private final Store store;
    private final InstantSource clock;
    private final RandomGenerator random;

    Writes(Store store, InstantSource clock, RandomGenerator random) {
        this.store = store;
        this.clock = clock;
        this.random = random;
    }

    Instant now() {
        return clock.instant();
    }

    /// API times have whole seconds.
    String timestamp() {
        return clock.instant().truncatedTo(ChronoUnit.SECONDS).toString();
    }

    /// What would be stored; `dryRun` stores nothing.
    ObjectNode create(ResourceType type, String namespace, ObjectNode object, boolean dryRun) {
        return store.locked(() -> {
            checkKind(type, object);
            ObjectNode meta = Json.meta(object);
            place(type, namespace, meta);
            if (!Json.text(meta, "resourceVersion").isEmpty()) {
                throw Refusal.plain(500, "resourceVersion should not be set on objects to be created");
            }
            String name = name(type, namespace, meta);
            Defaults.apply(type, object);
            resetStatus(type, object);
            Validation.created(type, object);
            if (store.get(type, Json.text(meta, "namespace"), name) != null) {
                throw Refusal.alreadyExists(type, name);
            }
            meta.put("uid", new UUID(random.nextLong(), random.nextLong()).toString());
            meta.put("creationTimestamp", timestamp());
            meta.remove(List.of("deletionTimestamp", "deletionGracePeriodSeconds", "managedFields", "selfLink"));
            meta.remove("generation");
            if (type.generations()) {
                meta.put("generation", 1);
            }
            return dryRun ? object : store.put(type, object).tree();
        });
    }

    private void place(ResourceType type, String namespace, ObjectNode meta) {
        if (!type.namespaced()) {
            return;
        }
        String given = Json.text(meta, "namespace");
        if (!given.isEmpty() && !given.equals(namespace)) {
            throw Refusal.badRequest(
                    "the namespace of the provided object does not match the namespace sent on the request");
        }
        Stored home = store.get(ResourceType.NAMESPACES, "", namespace);
        if (home == null) {
            throw Refusal.notFound(ResourceType.NAMESPACES, namespace);
        }
        if (home.phase().equals("Terminating")) {
            throw Refusal.forbidden(
                    type,
                    Json.text(meta, "name"),
                    "unable to create new content in namespace %s because it is being terminated".formatted(namespace));
        }
        meta.put("namespace", namespace);
    }

    private String name(ResourceType type, String namespace, ObjectNode meta) {
        String name = Json.text(meta, "name");
        String prefix = Json.text(meta, "generateName");
        if (name.isEmpty() && !prefix.isEmpty()) {
            do {
                name = prefix + suffix();
            } while (store.get(type, namespace, name) != null);
            meta.put("name", name);
        }
        return name;
    }

    String suffix() {
        StringBuilder suffix = new StringBuilder(5);
        for (int i = 0; i < 5; i++) {
            suffix.append(SUFFIX.charAt(random.nextInt(SUFFIX.length())));
        }
        return suffix.toString();
    }

    private static void resetStatus(ResourceType type, ObjectNode object) {
        if (!type.hasStatus()
                || Set.of("namespaces", "persistentvolumeclaims", "nodes").contains(type.plural())) {
            return;
        }
        ObjectNode status = object.putObject("status");
        if (type == ResourceType.PODS) {
            status.put("phase", "Pending").put("qosClass", "BestEffort");
        }
    }

    private static void checkKind(ResourceType type, ObjectNode object) {
        String kind = Json.text(object, "kind");
        String version = Json.text(object, "apiVersion");
        if ((!kind.isEmpty() && !kind.equals(type.kind()))
                || (!version.isEmpty() && !version.equals(type.apiVersion()))) {
            throw Refusal.badRequest("%s in version \"%s\" cannot be handled as a %s: no kind \"%s\" is registered"
                    .formatted(kind, version, type.kind(), kind));
        }
    }

    /// @param subresource "" for the object itself, `status` or `ephemeralcontainers`
    ObjectNode update(
            ResourceType type, String namespace, String name, String subresource, ObjectNode given, boolean dryRun) {
        return store.locked(() -> {
            Stored stored = require(type, namespace, name);
            checkKind(type, given);
            String givenName = Json.text(given, "metadata", "name");
            if (!givenName.equals(name)) {
                throw Refusal.badRequest("the name of the object (%s) does not match the name on the URL (%s)"
                        .formatted(givenName, name));
            }
            checkUid(stored, given, false);
            checkVersion(stored, given);
            return replace(stored, subresource, given, dryRun);
        });
    }

    ObjectNode patch(
            ResourceType type,
            String namespace,
            String name,
            String subresource,
            String contentType,
            byte[] patch,
            boolean dryRun) {
        return store.locked(() -> {
            Stored stored = require(type, namespace, name);
            ObjectNode current = stored.tree();
            ObjectNode patched = Patches.apply(contentType, current, patch);
            checkUid(stored, patched, true);
            checkVersion(stored, patched);
            return replace(stored, subresource, patched, dryRun);
        });
    }

    Stored require(ResourceType type, String namespace, String name) {
        Stored stored = store.get(type, namespace, name);
        if (stored == null) {
            throw Refusal.notFound(type, name);
        }
        return stored;
    }

    /// A whole object that names another uid lost a race (409); a patch of the uid is a mistake (422).
    private static void checkUid(Stored stored, ObjectNode given, boolean patch) {
        String uid = Json.text(given, "metadata", "uid");
        if (uid.isEmpty() || uid.equals(stored.uid())) {
            return;
        }
        if (patch) {
            throw Refusal.invalid(
                    stored.type(),
                    stored.name(),
                    List.of(new Fault(
                            "FieldValueInvalid",
                            "metadata.uid",
                            "Invalid value: \"%s\": field is immutable".formatted(uid))));
        }
        throw Refusal.conflict(
                stored.type(),
                stored.name(),
                "StorageError: invalid object, Code: 4, Key: /registry/%s/%s, ResourceVersion: 0, AdditionalErrorMsg: Precondition failed: UID in precondition: %s, UID in object meta: %s"
                        .formatted(stored.type().plural(), stored.key(), uid, stored.uid()));
    }

    private static void checkVersion(Stored stored, ObjectNode given) {
        ResourceType type = stored.type();
        String version = Json.text(given, "metadata", "resourceVersion");
        if (version.isEmpty() || version.equals("0")) {
            if (!type.unconditional()) {
                throw Refusal.invalid(
                        type.group(),
                        type.plural(),
                        stored.name(),
                        List.of(new Fault(
                                "FieldValueInvalid",
                                "metadata.resourceVersion",
                                "Invalid value: 0x0: must be specified for an update")));
            }
        } else if (!version.equals(Long.toString(stored.version()))) {
            throw Refusal.modified(type, stored.name());
        }
    }

    private ObjectNode replace(Stored stored, String subresource, ObjectNode given, boolean dryRun) {
        ResourceType type = stored.type();
        ObjectNode old = stored.tree();
        ObjectNode next = merged(type, subresource, old, given);
        if (subresource.isEmpty()) {
            Validation.updated(type, old, next);
        } else if (subresource.equals("ephemeralcontainers")) {
            Validation.ephemeral(old, next);
        }
        if (type.generations() && !old.path("spec").equals(next.path("spec"))) {
            Json.meta(next).put("generation", Json.number(old, 0, "metadata", "generation") + 1);
        }
        if (dryRun) {
            return next;
        }
        ObjectNode written = store.put(type, next).tree();
        if (isGone(written)) {
            store.remove(type, stored.namespace(), stored.name());
        }
        return written;
    }

    private static ObjectNode merged(ResourceType type, String subresource, ObjectNode old, ObjectNode given) {
        ObjectNode next;
        switch (subresource) {
            case "status" -> {
                next = Json.copy(old);
                next.set("status", Json.child(given, "status").deepCopy());
            }
            case "ephemeralcontainers" -> {
                next = Json.copy(old);
                ObjectNode spec = Json.child(next, "spec");
                JsonNode containers = Json.at(given, "spec", "ephemeralContainers");
                if (containers.isArray()) {
                    spec.set("ephemeralContainers", containers.deepCopy());
                    Json.objects(spec.path("ephemeralContainers")).forEach(Defaults::container);
                } else {
                    spec.remove("ephemeralContainers");
                }
            }
            default -> {
                next = Json.copy(given);
                if (type.hasStatus() && old.has("status")) {
                    next.set("status", old.path("status").deepCopy());
                }
                ObjectNode meta = Json.meta(next);
                for (String kept : KEPT) {
                    if (Json.has(old, "metadata", kept)) {
                        meta.set(kept, Json.at(old, "metadata", kept));
                    } else {
                        meta.remove(kept);
                    }
                }
                meta.remove(List.of("managedFields", "selfLink"));
                if (meta.path("finalizers").isEmpty()) {
                    meta.remove("finalizers");
                }
                Defaults.apply(type, next);
            }
        }
        return next;
    }

    /// A deleted object stays until its last finalizer is gone; a pod also until its kubelet lets go.
    private static boolean isGone(ObjectNode object) {
        JsonNode meta = object.path("metadata");
        return Json.has(meta, "deletionTimestamp")
                && meta.path("finalizers").isEmpty()
                && Json.number(meta, 0, "deletionGracePeriodSeconds") == 0
                && !Json.text(object, "kind").equals("Namespace");
    }
}
