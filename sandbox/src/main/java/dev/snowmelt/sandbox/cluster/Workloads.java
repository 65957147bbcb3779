package dev.snowmelt.sandbox.cluster;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.DaemonSet;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import java.util.Map;
import java.util.function.Consumer;
import tools.jackson.databind.node.ObjectNode;

/// Makes and changes the usual workloads, with one container named like the workload and the label `app: NAME`.
public final class Workloads {

    private final SimulatedCluster cluster;
    private final Store store;
    private final Writes writes;
    private final Kubelets kubelets;

    Workloads(SimulatedCluster cluster, Store store, Writes writes, Kubelets kubelets) {
        this.cluster = cluster;
        this.store = store;
        this.writes = writes;
        this.kubelets = kubelets;
    }

    /// Makes a namespace when it is missing.
    public void namespace(String name) {
        store.locked(() -> {
            if (store.get(ResourceType.NAMESPACES, "", name) == null) {
                writes.create(ResourceType.NAMESPACES, "", named(name), false);
            }
        });
    }

    /// Adds a node that takes pods at once.
    public void node(String name) {
        ObjectNode node = named(name);
        Json.child(node, "metadata", "labels")
                .put("kubernetes.io/hostname", name)
                .put("kubernetes.io/os", "linux")
                .put("kubernetes.io/arch", "amd64");
        node.putObject("spec");
        ObjectNode status = node.putObject("status");
        PodStatus.condition(status, "Ready", true, "KubeletReady", writes.timestamp());
        status.putObject("nodeInfo")
                .put("containerRuntimeVersion", "containerd://2.1.4")
                .put("operatingSystem", "linux");
        writes.create(ResourceType.NODES, "", node, false);
    }

    public Deployment deployment(String namespace, String name, String image, int replicas) {
        return deployment(namespace, name, image, replicas, _ -> {});
    }

    /// @param edit changes the object before it is created, as JSON
    Deployment deployment(String namespace, String name, String image, int replicas, Consumer<ObjectNode> edit) {
        create(ResourceType.DEPLOYMENTS, namespace, workload(name, image, replicas), edit);
        return cluster.get(Deployment.class, namespace, name).orElseThrow();
    }

    /// With one volume claim a replica (`data-NAME-0` and so on) when `volume` is set.
    public StatefulSet statefulSet(String namespace, String name, String image, int replicas, boolean volume) {
        create(ResourceType.STATEFUL_SETS, namespace, workload(name, image, replicas), set -> {
            ObjectNode spec = Json.child(set, "spec");
            spec.put("serviceName", name);
            if (volume) {
                ObjectNode claim = Json.list(spec, "volumeClaimTemplates").addObject();
                Json.meta(claim).put("name", "data");
                Json.list(Json.child(claim, "spec"), "accessModes").add("ReadWriteOnce");
                Json.child(claim, "spec", "resources", "requests").put("storage", "1Gi");
                ObjectNode container = Json.objects(Json.at(spec, "template", "spec", "containers"))
                        .getFirst();
                Json.list(container, "volumeMounts")
                        .addObject()
                        .put("name", "data")
                        .put("mountPath", "/data");
            }
        });
        return cluster.get(StatefulSet.class, namespace, name).orElseThrow();
    }

    public DaemonSet daemonSet(String namespace, String name, String image) {
        create(
                ResourceType.DAEMON_SETS,
                namespace,
                workload(name, image, 0),
                set -> Json.child(set, "spec").remove("replicas"));
        return cluster.get(DaemonSet.class, namespace, name).orElseThrow();
    }

    /// A pod that no controller owns.
    public Pod barePod(String namespace, String name, String image) {
        ObjectNode pod = named(name);
        Json.child(pod, "metadata", "labels").put("app", name);
        container(Json.child(pod, "spec"), name, image);
        create(ResourceType.PODS, namespace, pod, _ -> {});
        return cluster.get(Pod.class, namespace, name).orElseThrow();
    }

    /// A budget over the pods with `app: WORKLOAD`.
    ///
    /// @param minAvailable a number, or a percentage with its sign
    public PodDisruptionBudget budget(String namespace, String workload, String minAvailable) {
        ObjectNode budget = named(workload);
        ObjectNode spec = budget.putObject("spec");
        if (minAvailable.endsWith("%")) {
            spec.put("minAvailable", minAvailable);
        } else {
            spec.put("minAvailable", Integer.parseInt(minAvailable));
        }
        Json.child(spec, "selector", "matchLabels").put("app", workload);
        create(ResourceType.BUDGETS, namespace, budget, _ -> {});
        return cluster.get(PodDisruptionBudget.class, namespace, workload).orElseThrow();
    }

    /// Points a workload's template at another image, for its first container: a rollout follows.
    ///
    /// @param kind Deployment, StatefulSet or DaemonSet
    public void setTemplateImage(String kind, String namespace, String name, String image) {
        edit(
                ResourceType.ofKind(kind),
                namespace,
                name,
                tree -> Json.objects(Json.at(tree, "spec", "template", "spec", "containers"))
                        .getFirst()
                        .put("image", image));
    }

    public void scale(String kind, String namespace, String name, int replicas) {
        edit(
                ResourceType.ofKind(kind),
                namespace,
                name,
                tree -> Json.child(tree, "spec").put("replicas", replicas));
    }

    public void pause(String namespace, String deployment, boolean paused) {
        edit(
                ResourceType.DEPLOYMENTS,
                namespace,
                deployment,
                tree -> Json.child(tree, "spec").put("paused", paused));
    }

    /// Sets a container's image in a running pod, as `kubectl set image pod/…` does.
    public void editInPlace(String namespace, String pod, String container, String image) {
        edit(ResourceType.PODS, namespace, pod, tree -> {
            for (ObjectNode spec : Json.objects(Json.at(tree, "spec", "containers"))) {
                if (Json.text(spec, "name").equals(container)) {
                    spec.put("image", image);
                }
            }
        });
    }

    /// Adds an ephemeral container, as `kubectl debug` does.
    public void debug(String namespace, String pod, String container, String image) {
        store.locked(() -> {
            ObjectNode tree = writes.require(ResourceType.PODS, namespace, pod).tree();
            Json.list(Json.child(tree, "spec"), "ephemeralContainers")
                    .addObject()
                    .put("name", container)
                    .put("image", image);
            writes.update(ResourceType.PODS, namespace, pod, "ephemeralcontainers", tree, false);
        });
    }

    /// Puts a settled Deployment with all its pods running into the cluster at once, for large numbers: 100,000
    /// take some seconds. Controllers must be frozen and stay so; the kubelets find nothing to do.
    public void loadDeployment(String namespace, String name, String image, int replicas) {
        ObjectNode deployment = workload(name, image, replicas);
        create(ResourceType.DEPLOYMENTS, namespace, deployment, _ -> {});
        new BulkLoad(store, writes, kubelets).fill(namespace, name, replicas);
    }

    private void create(ResourceType type, String namespace, ObjectNode object, Consumer<ObjectNode> edit) {
        namespace(namespace);
        edit.accept(object);
        writes.create(type, namespace, object, false);
    }

    private void edit(ResourceType type, String namespace, String name, Consumer<ObjectNode> edit) {
        store.locked(() -> {
            ObjectNode tree = writes.require(type, namespace, name).tree();
            edit.accept(tree);
            writes.update(type, namespace, name, "", tree, false);
        });
    }

    private static ObjectNode workload(String name, String image, int replicas) {
        ObjectNode workload = named(name);
        Map<String, String> labels = Map.of("app", name);
        labels.forEach(Json.child(workload, "metadata", "labels")::put);
        ObjectNode spec = workload.putObject("spec");
        spec.put("replicas", replicas);
        labels.forEach(Json.child(spec, "selector", "matchLabels")::put);
        labels.forEach(Json.child(spec, "template", "metadata", "labels")::put);
        container(Json.child(spec, "template", "spec"), name, image);
        return workload;
    }

    private static void container(ObjectNode spec, String name, String image) {
        Json.list(spec, "containers").addObject().put("name", name).put("image", image);
    }

    private static ObjectNode named(String name) {
        ObjectNode object = Json.object();
        Json.meta(object).put("name", name);
        return object;
    }
}
