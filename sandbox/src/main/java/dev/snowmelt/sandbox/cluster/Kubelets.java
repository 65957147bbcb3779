package dev.snowmelt.sandbox.cluster;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import tools.jackson.databind.node.ObjectNode;

/// The scheduler and the kubelets of all nodes: binds pods, starts and restarts containers, lets go of
/// terminated pods.
final class Kubelets implements AutoCloseable {

    private static final Duration PULL_BACKOFF = Duration.ofSeconds(1);

    private final Store store;
    private final Writes writes;
    private final ImageRegistry images;
    private final Loop loop = new Loop("cluster-kubelets");
    private final List<Predicate<Stored>> neverReady = new CopyOnWriteArrayList<>();
    private final AtomicInteger next = new AtomicInteger();
    private final Map<String, String> addresses = new ConcurrentHashMap<>();
    private volatile Duration startDelay;
    private volatile Duration terminationDelay;

    Kubelets(Store store, Writes writes, ImageRegistry images, Duration startDelay, Duration terminationDelay) {
        this.store = store;
        this.writes = writes;
        this.images = images;
        this.startDelay = startDelay;
        this.terminationDelay = terminationDelay;
        store.listen(change -> {
            Stored pod = change.object();
            if (pod.type() == ResourceType.PODS && change.kind() != Stored.Change.Kind.DELETED) {
                look(pod);
            } else if (pod.type() == ResourceType.PODS) {
                loop.submit(new Task("mirror", pod.key(), pod.uid()), startDelay, () -> mirror(pod));
            }
        });
        images.onPush(this::lookAtAll);
    }

    void startDelay(Duration delay) {
        startDelay = delay;
    }

    void terminationDelay(Duration delay) {
        terminationDelay = delay;
    }

    void freeze() {
        loop.freeze();
    }

    void thaw() {
        loop.thaw();
        lookAtAll();
    }

    void neverReady(Predicate<Stored> pods) {
        neverReady.add(pods);
        lookAtAll();
    }

    void readyAgain() {
        neverReady.clear();
        lookAtAll();
    }

    private void lookAtAll() {
        store.all(ResourceType.PODS, "").forEach(this::look);
    }

    private record Task(String action, String key, String uid) {}

    private void look(Stored pod) {
        loop.submit(new Task("look", pod.key(), pod.uid()), () -> sync(pod.namespace(), pod.name()));
    }

    private void sync(String namespace, String name) {
        Stored pod = store.get(ResourceType.PODS, namespace, name);
        if (pod == null) {
            return;
        }
        ObjectNode tree = pod.tree();
        if (Deletes.isBeingDeleted(tree)) {
            loop.submit(new Task("remove", pod.key(), pod.uid()), terminationDelay, () -> remove(pod));
        } else if (pod.nodeName().isEmpty()) {
            bind(pod, tree);
        } else if (PodStatus.needsWork(tree, mayBecomeReady(pod))) {
            Duration delay = PodStatus.isWaiting(tree) ? PULL_BACKOFF : startDelay;
            loop.submit(new Task("start", pod.key(), pod.uid()), delay, () -> start(pod));
        }
    }

    private boolean mayBecomeReady(Stored pod) {
        return neverReady.stream().noneMatch(p -> p.test(pod));
    }

    private void bind(Stored pod, ObjectNode tree) {
        List<Stored> nodes = store.all(ResourceType.NODES, "");
        if (nodes.isEmpty()) {
            return;
        }
        store.locked(() -> {
            if (!isCurrent(pod)) {
                look(pod);
                return;
            }
            Json.child(tree, "spec")
                    .put(
                            "nodeName",
                            nodes.get(Math.floorMod(next.getAndIncrement(), nodes.size()))
                                    .name());
            PodStatus.condition(Json.child(tree, "status"), "PodScheduled", true, "", writes.timestamp());
            store.put(ResourceType.PODS, tree);
        });
    }

    private boolean isCurrent(Stored pod) {
        Stored now = store.get(ResourceType.PODS, pod.namespace(), pod.name());
        return now != null && now.version() == pod.version();
    }

    private void start(Stored seen) {
        store.locked(() -> {
            Stored pod = store.get(ResourceType.PODS, seen.namespace(), seen.name());
            if (pod == null || !pod.uid().equals(seen.uid())) {
                return;
            }
            ObjectNode tree = pod.tree();
            if (Deletes.isBeingDeleted(tree)) {
                look(pod);
                return;
            }
            settle(tree, mayBecomeReady(pod));
            store.put(ResourceType.PODS, tree);
            if (PodStatus.isWaiting(tree)) {
                loop.submit(new Task("start", pod.key(), pod.uid()), PULL_BACKOFF, () -> start(pod));
            }
        });
    }

    /// Writes into a pod's tree what its kubelet would report once everything that can start has started.
    void settle(ObjectNode tree, boolean ready) {
        String node = Json.text(tree, "spec", "nodeName");
        String address = Json.text(tree, "status", "podIP");
        if (address.isEmpty()) {
            int number = next.getAndIncrement();
            address = "10.%d.%d.%d".formatted(64 + ((number >> 16) & 63), (number >> 8) & 255, number & 255);
        }
        String host = addresses.computeIfAbsent(node, _ -> "192.0.2." + (addresses.size() + 1));
        new PodStatus(images, tree, writes.timestamp(), ready).write(host, address);
    }

    private void remove(Stored pod) {
        store.locked(() -> {
            Stored now = store.get(ResourceType.PODS, pod.namespace(), pod.name());
            if (now == null || !now.uid().equals(pod.uid())) {
                return;
            }
            ObjectNode tree = now.tree();
            if (Json.at(tree, "metadata", "finalizers").isEmpty()) {
                store.remove(ResourceType.PODS, now.namespace(), now.name());
            } else {
                Json.meta(tree).put("deletionGracePeriodSeconds", 0);
                store.put(ResourceType.PODS, tree);
            }
        });
    }

    /// A static pod runs whatever happens to its mirror in the API: its kubelet makes the mirror again, under
    /// another uid.
    private void mirror(Stored gone) {
        ObjectNode tree = gone.tree();
        if (!Json.has(tree, "metadata", "annotations", "kubernetes.io/config.mirror")) {
            return;
        }
        ObjectNode status = Json.copy(Json.child(tree, "status"));
        Json.meta(tree).remove(List.of("uid", "resourceVersion", "creationTimestamp"));
        store.locked(() -> {
            if (store.get(ResourceType.PODS, gone.namespace(), gone.name()) == null
                    && store.get(ResourceType.NODES, "", gone.nodeName()) != null) {
                ObjectNode made = writes.create(ResourceType.PODS, gone.namespace(), tree, true);
                made.set("status", status);
                store.put(ResourceType.PODS, made);
            }
        });
    }

    @Override
    public void close() {
        loop.close();
    }
}
