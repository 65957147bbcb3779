package dev.snowmelt.sandbox.cluster;

import dev.snowmelt.sandbox.cluster.Stored.Change;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/// The cluster's etcd: the objects of every resource, one resourceVersion for all, and the recent history of
/// each resource.
///
/// One lock; whoever reads and then writes does both inside [#locked]. Listeners are called under it, in order,
/// and must only take note.
final class Store {

    private static final int SNAPSHOTS = 8;

    private final ReentrantLock lock = new ReentrantLock();
    private final Map<ResourceType, Table> tables = new java.util.EnumMap<>(ResourceType.class);
    private final List<Consumer<Change>> listeners = new CopyOnWriteArrayList<>();
    private final int historyLimit;
    private long version = 1;

    Store(int historyLimit) {
        this.historyLimit = historyLimit;
        ResourceType.ALL.forEach(type -> tables.put(type, new Table()));
    }

    private final class Table {
        final java.util.TreeMap<String, Stored> live = new java.util.TreeMap<>();
        final Map<String, Set<String>> byController = new HashMap<>();
        final History history = new History(historyLimit);
        /// Recent states by version, kept so that the pages of one list agree; found again in the history when
        /// dropped.
        final java.util.LinkedHashMap<Long, Stored[]> snapshots = new java.util.LinkedHashMap<>();
        long lastChange;
    }

    <T> T locked(Supplier<T> work) {
        lock.lock();
        try {
            return work.get();
        } finally {
            lock.unlock();
        }
    }

    void locked(Runnable work) {
        lock.lock();
        try {
            work.run();
        } finally {
            lock.unlock();
        }
    }

    void listen(Consumer<Change> listener) {
        listeners.add(listener);
    }

    long version() {
        return locked(() -> version);
    }

    @Nullable Stored get(ResourceType type, String namespace, String name) {
        lock.lock();
        try {
            return table(type).live.get(Stored.key(namespace, name));
        } finally {
            lock.unlock();
        }
    }

    /// All objects of a resource in the order of their keys; "" is every namespace.
    List<Stored> all(ResourceType type, String namespace) {
        return locked(() -> {
            var live = table(type).live;
            return new ArrayList<>(
                    namespace.isEmpty()
                            ? live.values()
                            : live.subMap(namespace + "/", namespace + "0").values());
        });
    }

    int count(ResourceType type) {
        return locked(() -> table(type).live.size());
    }

    /// What the object with this uid controls.
    List<Stored> controlledBy(ResourceType type, String uid) {
        return locked(() -> {
            Table table = table(type);
            Collection<String> keys = table.byController.getOrDefault(uid, Set.of());
            List<Stored> owned = new ArrayList<>(keys.size());
            keys.forEach(key -> owned.add(table.live.get(key)));
            return owned;
        });
    }

    /// Writes a new or changed object and returns its state. Writing what is there already changes nothing and
    /// wakes nobody, as on a real server.
    Stored put(ResourceType type, ObjectNode object) {
        return locked(() -> {
            ObjectNode meta = Json.meta(object);
            String key = Stored.key(Json.text(meta, "namespace"), Json.text(meta, "name"));
            Table table = table(type);
            Stored previous = table.live.get(key);
            if (previous != null && unchanged(previous, object)) {
                return previous;
            }
            long next = ++version;
            meta.put("resourceVersion", Long.toString(next));
            Stored stored = Stored.of(type, object, next);
            table.live.put(key, stored);
            index(table, previous, stored);
            commit(new Change(previous == null ? Change.Kind.ADDED : Change.Kind.MODIFIED, stored, previous));
            return stored;
        });
    }

    /// Removes an object; its last state, under the version of the removal, goes to the watches.
    @Nullable Stored remove(ResourceType type, String namespace, String name) {
        lock.lock();
        try {
            Table table = table(type);
            Stored previous = table.live.remove(Stored.key(namespace, name));
            if (previous == null) {
                return null;
            }
            Stored last = previous.at(++version);
            index(table, previous, null);
            commit(new Change(Change.Kind.DELETED, last, previous));
            return last;
        } finally {
            lock.unlock();
        }
    }

    private static boolean unchanged(Stored previous, ObjectNode object) {
        Json.meta(object).put("resourceVersion", Long.toString(previous.version()));
        byte[] json = Json.bytes(object);
        // The same fields in another order have the same length.
        return json.length == previous.json().length && object.equals(previous.tree());
    }

    private static void index(Table table, @Nullable Stored previous, @Nullable Stored now) {
        String before = previous == null ? "" : previous.controller();
        String after = now == null ? "" : now.controller();
        if (before.equals(after)) {
            return;
        }
        if (previous != null && !before.isEmpty()) {
            Set<String> keys = table.byController.get(before);
            if (keys != null) {
                keys.remove(previous.key());
                if (keys.isEmpty()) {
                    table.byController.remove(before);
                }
            }
        }
        if (now != null && !after.isEmpty()) {
            table.byController
                    .computeIfAbsent(after, _ -> new LinkedHashSet<>())
                    .add(now.key());
        }
    }

    private void commit(Change change) {
        Table table = table(change.object().type());
        table.lastChange = change.version();
        table.history.append(change);
        listeners.forEach(listener -> listener.accept(change));
    }

    /// Where a watch that has seen everything up to `since` goes on; empty when that is compacted away.
    @Nullable Long cursor(ResourceType type, long since) {
        lock.lock();
        try {
            return table(type).history.cursor(since);
        } finally {
            lock.unlock();
        }
    }

    /// Changes from a cursor on, at most `limit`; null when the cursor has fallen out of the history.
    @Nullable List<Change> changes(ResourceType type, long cursor, int limit) {
        lock.lock();
        try {
            return table(type).history.read(cursor, limit);
        } finally {
            lock.unlock();
        }
    }

    /// All objects as of now, and the version that is.
    @SuppressWarnings("ArrayRecordComponent") // never changed and never compared
    record Snapshot(long version, Stored[] items) {}

    Snapshot snapshot(ResourceType type) {
        return locked(() -> {
            Table table = table(type);
            Stored[] items = table.snapshots.get(table.lastChange);
            if (items == null) {
                items = table.live.values().toArray(Stored[]::new);
                table.snapshots.put(table.lastChange, items);
                if (table.snapshots.size() > SNAPSHOTS) {
                    table.snapshots.pollFirstEntry();
                }
            }
            return new Snapshot(version, items);
        });
    }

    /// All objects as they were at an earlier version; null when that is compacted away.
    @Nullable Snapshot snapshotAt(ResourceType type, long at) {
        lock.lock();
        try {
            Table table = table(type);
            if (at >= table.lastChange) {
                return new Snapshot(at, snapshot(type).items());
            }
            List<Change> later = table.history.after(at);
            if (later == null) {
                return null;
            }
            long stateOf = table.history.lastBefore(at);
            Stored[] kept = table.snapshots.get(stateOf);
            if (kept == null) {
                var then = new java.util.TreeMap<>(table.live);
                for (Change change : later.reversed()) {
                    Stored previous = change.previous();
                    if (previous == null) {
                        then.remove(change.object().key());
                    } else {
                        then.put(previous.key(), previous);
                    }
                }
                kept = then.values().toArray(Stored[]::new);
            }
            return new Snapshot(at, kept);
        } finally {
            lock.unlock();
        }
    }

    /// Forgets all history: older versions can no longer be listed or watched from.
    void compact() {
        locked(() -> {
            version++;
            for (Table table : tables.values()) {
                table.history.compact(version);
                table.snapshots.clear();
                table.lastChange = version;
            }
        });
    }

    private Table table(ResourceType type) {
        return java.util.Objects.requireNonNull(tables.get(type));
    }
}
