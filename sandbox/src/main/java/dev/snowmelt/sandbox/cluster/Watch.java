package dev.snowmelt.sandbox.cluster;

import dev.snowmelt.sandbox.cluster.Stored.Change;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/// One client's watch: first the state when asked for, then every change that its selector sees, bookmarks
/// between.
///
/// It holds a cursor into the history, not a queue, and reads on as its connection takes it; a client slower
/// than the history is ended with 410, as a real server ends it. Used by one thread at a time.
final class Watch {

    private static final int BATCH = 256;

    private final Store store;
    private final ResourceType type;
    private final String namespace;
    private final ListOptions options;
    private final Deque<Change> batch = new ArrayDeque<>();
    private Stored[] initial = new Stored[0];
    private int nextInitial;
    private boolean endOfInitialDue;
    private @Nullable Long cursor;
    private long seen;
    private boolean ended;

    /// @throws Refusal 504 when the version asked for is not reached yet
    Watch(Store store, ResourceType type, String namespace, ListOptions options) {
        this.store = store;
        this.type = type;
        this.namespace = namespace;
        this.options = options;
        Long asked = options.version();
        Boolean initialEvents = options.initialEvents();
        boolean withState = initialEvents == null ? asked == null || asked == 0 : initialEvents;
        store.locked(() -> {
            long current = store.version();
            if (asked != null && asked > current && initialEvents != null) {
                throw Refusal.tooLargeVersion(asked, current);
            }
            if (withState) {
                initial = store.snapshot(type).items();
                endOfInitialDue = initialEvents != null && initialEvents && options.bookmarks();
            }
            seen = withState || asked == null || asked == 0 ? current : asked;
            cursor = store.cursor(type, seen);
        });
    }

    boolean allowsBookmarks() {
        return options.bookmarks();
    }

    int timeoutSeconds() {
        return options.timeoutSeconds();
    }

    boolean sees(Stored changed) {
        return changed.type() == type && (namespace.isEmpty() || namespace.equals(changed.namespace()));
    }

    boolean isEnded() {
        return ended;
    }

    /// The next event as one line of JSON, or null when there is nothing to tell now. After the error event the
    /// watch is ended.
    byte @Nullable [] next() {
        while (nextInitial < initial.length) {
            Stored object = initial[nextInitial++];
            if (isInSight(object)) {
                return event("ADDED", object.json());
            }
        }
        initial = new Stored[0];
        nextInitial = 0;
        if (endOfInitialDue) {
            endOfInitialDue = false;
            return bookmark(seen, true);
        }
        while (!ended) {
            Change change = batch.poll();
            if (change == null) {
                if (!refill()) {
                    return ended ? expired() : null;
                }
                continue;
            }
            seen = change.version();
            byte[] event = event(change);
            if (event != null) {
                return event;
            }
        }
        return null;
    }

    /// Reads on; false when there is nothing, or the place is lost.
    private boolean refill() {
        Long at = cursor;
        List<Change> changes = at == null ? null : store.changes(type, at, BATCH);
        if (at == null || changes == null) {
            ended = true;
            return false;
        }
        batch.addAll(changes);
        cursor = at + changes.size();
        return !changes.isEmpty();
    }

    /// What a bookmark says: everything up to this version has been sent. Null when something is still to be
    /// sent.
    byte @Nullable [] bookmark() {
        return store.locked(() -> {
            Long at = cursor;
            if (ended || at == null || !batch.isEmpty() || initial.length > 0 || endOfInitialDue) {
                return null;
            }
            List<Change> rest = store.changes(type, at, 1);
            if (rest == null || !rest.isEmpty()) {
                return null;
            }
            seen = store.version();
            return bookmark(seen, false);
        });
    }

    private boolean isInSight(Stored object) {
        return (namespace.isEmpty() || namespace.equals(object.namespace()))
                && options.selector().test(object);
    }

    private byte @Nullable [] event(Change change) {
        Stored previous = change.previous();
        boolean was = previous != null && isInSight(previous);
        boolean is = change.kind() != Change.Kind.DELETED && isInSight(change.object());
        if (is) {
            return event(was ? "MODIFIED" : "ADDED", change.object().json());
        }
        if (!was || previous == null) {
            return null;
        }
        Stored last = change.kind() == Change.Kind.DELETED ? change.object() : previous.at(change.version());
        return event("DELETED", last.json());
    }

    private byte[] bookmark(long version, boolean endOfInitial) {
        ObjectNode object = Json.object();
        object.put("kind", type.kind()).put("apiVersion", type.apiVersion());
        ObjectNode meta = object.putObject("metadata");
        meta.put("resourceVersion", Long.toString(version)).putNull("creationTimestamp");
        if (endOfInitial) {
            meta.putObject("annotations").put("k8s.io/initial-events-end", "true");
        }
        if (type == ResourceType.PODS) {
            object.putObject("spec").putNull("containers");
            object.putObject("status");
        }
        return event("BOOKMARK", Json.bytes(object));
    }

    private byte[] expired() {
        Refusal refusal = Refusal.expired("too old resource version: %d (%d)".formatted(seen, store.version()));
        return event("ERROR", Json.bytes(refusal.status()));
    }

    private static byte[] event(String kind, byte[] object) {
        byte[] head = "{\"type\":\"%s\",\"object\":".formatted(kind).getBytes(StandardCharsets.US_ASCII);
        byte[] event = new byte[head.length + object.length + 2];
        System.arraycopy(head, 0, event, 0, head.length);
        System.arraycopy(object, 0, event, head.length, object.length);
        event[event.length - 2] = '}';
        event[event.length - 1] = '\n';
        return event;
    }
}
