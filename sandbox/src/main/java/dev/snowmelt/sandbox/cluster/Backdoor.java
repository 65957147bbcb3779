package dev.snowmelt.sandbox.cluster;

import java.util.function.Consumer;
import tools.jackson.databind.node.ObjectNode;

/// What no client of the API can do, but happens to clusters all the same. Each method names the accident it
/// stands for.
public final class Backdoor {

    private final Store store;
    private final Writes writes;

    Backdoor(Store store, Writes writes) {
        this.store = store;
        this.writes = writes;
    }

    /// Adds a container to a running pod, which the API refuses (422): stands for a changed static record, a
    /// record written into etcd by a restore or a tool, or a mutating webhook's work that nobody declared. The
    /// kubelet starts it.
    public void injectContainer(String namespace, String pod, String container, String image) {
        change(ResourceType.PODS, namespace, pod, tree -> {
            ObjectNode added = Json.list(Json.child(tree, "spec"), "containers").addObject();
            added.put("name", container).put("image", image);
            Defaults.container(added);
        });
    }

    /// Lets a container report another `imageID` without a restart: stands for a runtime that names the same
    /// image by another digest (a mirror, a re-index), or a node whose image store was tampered with.
    public void setImageId(String namespace, String pod, String container, String imageId) {
        change(ResourceType.PODS, namespace, pod, tree -> {
            for (ObjectNode status : Json.objects(Json.at(tree, "status", "containerStatuses"))) {
                if (Json.text(status, "name").equals(container)) {
                    status.put("imageID", imageId);
                }
            }
        });
    }

    /// Removes a pod from the cluster at once, with no grace: stands for a node's loss followed by a forced
    /// deletion.
    public void vanish(String namespace, String pod) {
        store.remove(ResourceType.PODS, namespace, pod);
    }

    /// Makes a static pod as its node's kubelet mirrors it: owned by the Node, annotated with
    /// `kubernetes.io/config.mirror`. Deleting or evicting it removes only the mirror: the kubelet makes it
    /// again.
    public void staticPod(String namespace, String name, String node, String image) {
        Stored owner = writes.require(ResourceType.NODES, "", node);
        ObjectNode pod = Json.object();
        ObjectNode meta = pod.putObject("metadata");
        meta.put("name", name + "-" + node);
        meta.putObject("annotations")
                .put("kubernetes.io/config.mirror", owner.uid())
                .put("kubernetes.io/config.source", "file")
                .put("kubernetes.io/config.seen", writes.timestamp());
        meta.putArray("ownerReferences")
                .addObject()
                .put("apiVersion", "v1")
                .put("kind", "Node")
                .put("name", node)
                .put("uid", owner.uid())
                .put("controller", true);
        ObjectNode spec = pod.putObject("spec");
        spec.put("nodeName", node);
        spec.putArray("containers").addObject().put("name", name).put("image", image);
        writes.create(ResourceType.PODS, namespace, pod, false);
    }

    private void change(ResourceType type, String namespace, String name, Consumer<ObjectNode> change) {
        store.locked(() -> {
            ObjectNode tree = writes.require(type, namespace, name).tree();
            change.accept(tree);
            store.put(type, tree);
        });
    }
}
