package dev.snowmelt.sandbox.cluster;

import dev.snowmelt.sandbox.cluster.Stored.Change;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// The controller manager: sees every change and lets the controllers concerned look again.
final class Controllers implements AutoCloseable {

    /// Brings one object's world nearer to its spec; called again after every change it made.
    interface Controller {
        void reconcile(Stored object);
    }

    private static final Set<ResourceType> RECONCILED = Set.of(
            ResourceType.DEPLOYMENTS,
            ResourceType.REPLICA_SETS,
            ResourceType.STATEFUL_SETS,
            ResourceType.DAEMON_SETS,
            ResourceType.BUDGETS);

    private final Store store;
    private final Deletes deletes;
    private final Loop loop = new Loop("cluster-controllers");
    private final Map<ResourceType, Controller> controllers;
    /// The workloads by uid: whom a pod's or ReplicaSet's change concerns.
    private final Map<String, Stored> owners = new ConcurrentHashMap<>();

    Controllers(Store store, Writes writes, Deletes deletes) {
        this.store = store;
        this.deletes = deletes;
        controllers = Map.of(
                ResourceType.DEPLOYMENTS, new DeploymentController(store, writes),
                ResourceType.REPLICA_SETS, new ReplicaSetController(store, writes, deletes),
                ResourceType.STATEFUL_SETS, new StatefulSetController(store, writes, deletes),
                ResourceType.DAEMON_SETS, new DaemonSetController(store, writes, deletes),
                ResourceType.BUDGETS, new BudgetController(store, writes));
        store.listen(this::changed);
    }

    void freeze() {
        loop.freeze();
    }

    void thaw() {
        loop.thaw();
        RECONCILED.forEach(type -> store.all(type, "").forEach(this::look));
        store.all(ResourceType.NAMESPACES, "").forEach(this::look);
        collectOrphans();
    }

    private void changed(Change change) {
        Stored object = change.object();
        ResourceType type = object.type();
        boolean gone = change.kind() == Change.Kind.DELETED;
        if (gone) {
            owners.remove(object.uid());
            loop.submit("collect " + object.uid(), () -> deletes.collect(object.uid()));
        } else {
            if (RECONCILED.contains(type)) {
                owners.put(object.uid(), object);
            }
            if (RECONCILED.contains(type) || type == ResourceType.NAMESPACES) {
                look(object);
            }
        }
        lookAtOwner(object.controller());
        Stored previous = change.previous();
        if (previous != null && !previous.controller().equals(object.controller())) {
            lookAtOwner(previous.controller());
        }
        if (type == ResourceType.PODS) {
            store.all(ResourceType.BUDGETS, object.namespace()).forEach(this::look);
        } else if (type == ResourceType.NODES) {
            store.all(ResourceType.DAEMON_SETS, "").forEach(this::look);
        }
        if (gone) {
            lookAtNamespace(object.namespace());
        }
    }

    private void lookAtOwner(String uid) {
        Stored owner = uid.isEmpty() ? null : owners.get(uid);
        if (owner != null) {
            look(owner);
        }
    }

    private void lookAtNamespace(String name) {
        Stored namespace = store.get(ResourceType.NAMESPACES, "", name);
        if (namespace != null) {
            look(namespace);
        }
    }

    private record Key(ResourceType type, String key) {}

    private void look(Stored object) {
        if (object.type() == ResourceType.NAMESPACES) {
            if (object.phase().equals("Terminating")) {
                loop.submit(new Key(object.type(), object.key()), () -> deletes.collectNamespace(object.name()));
            }
            return;
        }
        loop.submit(new Key(object.type(), object.key()), () -> reconcile(object));
    }

    private void reconcile(Stored seen) {
        store.locked(() -> {
            Stored object = store.get(seen.type(), seen.namespace(), seen.name());
            Controller controller = controllers.get(seen.type());
            if (object == null || controller == null) {
                return;
            }
            var tree = object.tree();
            if (!Deletes.isBeingDeleted(tree)) {
                controller.reconcile(object);
            } else if (!deletes.hasDependants(object.uid())) {
                var meta = Json.meta(tree);
                Json.list(meta, "finalizers").removeIf(f -> f.asString("").equals("foregroundDeletion"));
                if (meta.path("finalizers").isEmpty()) {
                    store.remove(object.type(), object.namespace(), object.name());
                }
            } else {
                deletes.collect(object.uid());
            }
        });
    }

    /// After a thaw: what was left behind by owners deleted meanwhile.
    private void collectOrphans() {
        for (ResourceType type : List.of(ResourceType.REPLICA_SETS, ResourceType.PODS)) {
            for (Stored object : store.all(type, "")) {
                if (!object.controller().isEmpty()
                        && !owners.containsKey(object.controller())
                        && !Json.text(
                                        object.tree()
                                                .path("metadata")
                                                .path("ownerReferences")
                                                .path(0),
                                        "kind")
                                .equals("Node")) {
                    loop.submit("collect " + object.controller(), () -> deletes.collect(object.controller()));
                }
            }
        }
    }

    @Override
    public void close() {
        loop.close();
    }
}
