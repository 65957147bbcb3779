package dev.snowmelt.sandbox.cluster;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeoutException;
import tools.jackson.databind.node.ObjectNode;

/// A Kubernetes cluster in this process: an API server on a free port of 127.0.0.1, controllers, scheduler,
/// kubelets and a registry.
///
/// Clients cannot tell it from a real one as far as this project goes: lists with paging and resourceVersion
/// rules, streamed lists, watches (chunked HTTP and WebSocket) with bookmarks and 410, JSON, merge and
/// strategic merge patches, conflicts, graceful deletion, eviction with preconditions and disruption budgets,
/// leases, RBAC. Deployments, StatefulSets and DaemonSets keep their pods; kubelets start them after a short
/// delay with the imageID a runtime would report. What it does not have: server-side apply (415), exec and
/// logs, Jobs, admission webhooks, managedFields, protobuf.
///
/// ```java
/// try (var cluster = SimulatedCluster.builder().start()) {
///     cluster.images().pushTag("registry.example/shop/cart:1.2", "sha256:…");
///     cluster.deployment("shop", "cart", "registry.example/shop/cart:1.2", 3);
///     cluster.awaitSettled(Duration.ofSeconds(10));
///     try (var client = new KubernetesClientBuilder().withConfig(cluster.kubernetesConfig()).build()) { … }
///     cluster.ledger().evictions();
/// }
/// ```
///
/// Methods of this class act on the cluster's side: they pass no HTTP, no authorisation and no fault, and are
/// not in the [Ledger]. [#workloads] makes workloads, [#backdoor] does what no API allows.
public final class SimulatedCluster implements AutoCloseable {

    private final Store store;
    private final Writes writes;
    private final Deletes deletes;
    private final ImageRegistry images = new ImageRegistry();
    private final Faults faults = new Faults();
    private final Ledger ledger = new Ledger();
    private final Access access = new Access();
    private final Kubelets kubelets;
    private final Controllers controllers;
    private final Api api;
    private final HttpFront front;
    private final Workloads workloads;
    private final Backdoor backdoor;
    private final KubernetesSerialization serialization = new KubernetesSerialization();
    private final int port;

    private SimulatedCluster(Builder settings) {
        store = new Store(settings.historyLimit);
        writes = new Writes(store, settings.clock, new Random(settings.seed));
        deletes = new Deletes(store, writes);
        controllers = new Controllers(store, writes, deletes);
        kubelets = new Kubelets(store, writes, images, settings.startDelay, settings.terminationDelay);
        api = new Api(
                store,
                writes,
                deletes,
                new Evictions(store, writes, deletes, settings.retryAfterSeconds, settings.conflictRetry));
        api.watchList(settings.watchList);
        Gate gate = new Gate(api, new Discovery(settings.version), access, faults, ledger, store, writes);
        front = new HttpFront(gate, vertx -> new WatchHub(vertx, store, settings.bookmarkInterval), settings.clock);
        workloads = new Workloads(this, store, writes, kubelets);
        backdoor = new Backdoor(store, writes);
        for (String namespace : List.of("default", "kube-system", "kube-public", "kube-node-lease")) {
            workloads.namespace(namespace);
        }
        for (int i = 1; i <= settings.nodes; i++) {
            workloads.node("node-" + i);
        }
        port = front.listen(settings.port);
    }

    public static Builder builder() {
        return new Builder();
    }

    /// Settings of a cluster; every one has a default.
    public static final class Builder {
        private int nodes = 3;
        private int port;
        private int historyLimit = 50_000;
        private int retryAfterSeconds;
        private Duration conflictRetry = Duration.ofSeconds(10);
        private long seed = System.nanoTime();
        private boolean watchList = true;
        private Duration startDelay = Duration.ofMillis(200);
        private Duration terminationDelay = Duration.ofMillis(100);
        private Duration bookmarkInterval = Duration.ofSeconds(5);
        private String version = "1.34.0";
        private InstantSource clock = InstantSource.system();

        private Builder() {}

        /// Simulated nodes, `node-1` and so on; 3 by default.
        public Builder nodes(int count) {
            nodes = count;
            return this;
        }

        /// The port to listen on; 0, the default, takes a free one.
        public Builder port(int number) {
            port = number;
            return this;
        }

        /// Changes kept a resource, at least; older versions answer 410. 50,000 by default.
        public Builder historyLimit(int changes) {
            historyLimit = changes;
            return this;
        }

        /// What a 429 of a disruption budget names as `Retry-After`, in seconds; 0, the default, leaves it out,
        /// as real servers do.
        public Builder retryAfterSeconds(int seconds) {
            retryAfterSeconds = seconds;
            return this;
        }

        /// How long the eviction of a pod that needs no budget (pending, terminating) is tried again inside the
        /// server when its UID precondition does not hold, before the client hears 409; 10 s by default, as
        /// measured on a real server. With a resourceVersion precondition there is no such retry.
        public Builder conflictRetry(Duration atMost) {
            conflictRetry = atMost;
            return this;
        }

        /// Makes names and uids repeatable.
        public Builder seed(long number) {
            seed = number;
            return this;
        }

        /// Whether streamed lists (`sendInitialEvents`) are known; a server without answers 422. On by default.
        public Builder watchList(boolean supported) {
            watchList = supported;
            return this;
        }

        /// From binding to ready, and from a changed image to the restarted container; 200 ms by default.
        public Builder startDelay(Duration delay) {
            startDelay = delay;
            return this;
        }

        /// From deletionTimestamp to gone, whatever the grace period; 100 ms by default.
        public Builder terminationDelay(Duration delay) {
            terminationDelay = delay;
            return this;
        }

        /// Between two bookmarks of a watch that allows them; 5 s by default (about a minute on a real server).
        public Builder bookmarkInterval(Duration interval) {
            bookmarkInterval = interval;
            return this;
        }

        /// What `/version` says, such as `1.34.0`.
        public Builder version(String number) {
            version = number;
            return this;
        }

        public Builder clock(InstantSource source) {
            clock = source;
            return this;
        }

        /// Starts the cluster; it listens when this returns.
        public SimulatedCluster start() {
            return new SimulatedCluster(this);
        }
    }

    /// `http://127.0.0.1:PORT`
    public String masterUrl() {
        return "http://127.0.0.1:" + port;
    }

    /// Configuration of a fabric8 client that may do everything.
    public Config kubernetesConfig() {
        return kubernetesConfig(Access.ADMIN_TOKEN);
    }

    /// Configuration of a fabric8 client that shows a bearer token: see [#user].
    public Config kubernetesConfig(String token) {
        return new ConfigBuilder(Config.empty())
                .withMasterUrl(masterUrl())
                .withOauthToken(token)
                .withNamespace("default")
                .build();
    }

    /// Writes a kubeconfig that may do everything, with the one context `simulated`.
    public void writeKubeconfig(Path file) throws IOException {
        writeKubeconfig(file, Access.ADMIN_TOKEN);
    }

    public void writeKubeconfig(Path file, String token) throws IOException {
        Files.writeString(file, """
                apiVersion: v1
                kind: Config
                clusters:
                - name: simulated
                  cluster: {server: "%s"}
                users:
                - name: simulated
                  user: {token: "%s"}
                contexts:
                - name: simulated
                  context: {cluster: simulated, user: simulated, namespace: default}
                current-context: simulated
                """.formatted(masterUrl(), token), StandardCharsets.UTF_8);
    }

    /// Adds a user known by a bearer token. From the first on, RBAC holds: unknown tokens get 401, what no rule
    /// allows 403.
    public void user(String token, String name, List<AccessRule> rules) {
        access.add(token, name, rules);
    }

    public ImageRegistry images() {
        return images;
    }

    public Faults faults() {
        return faults;
    }

    public Ledger ledger() {
        return ledger;
    }

    /// Makes workloads, pods, budgets, nodes.
    public Workloads workloads() {
        return workloads;
    }

    /// Does to objects what the API refuses.
    public Backdoor backdoor() {
        return backdoor;
    }

    /// Creates any object the cluster knows, as an admin would; its namespace is made when missing.
    public <T extends HasMetadata> T create(T object) {
        ResourceType type = ResourceType.ofKind(object.getKind());
        String namespace = object.getMetadata().getNamespace();
        String home = type.namespaced() ? namespace == null ? "default" : namespace : "";
        if (type.namespaced()) {
            workloads.namespace(home);
        }
        ObjectNode created = writes.create(type, home, Json.parse(serialization.asJson(object)), false);
        @SuppressWarnings("unchecked")
        Class<T> kind = (Class<T>) object.getClass();
        return serialization.unmarshal(created.toString(), kind);
    }

    /// The object as it is now.
    public <T extends HasMetadata> Optional<T> get(Class<T> kind, String namespace, String name) {
        ResourceType type = ResourceType.ofKind(kind.getSimpleName());
        return Optional.ofNullable(store.get(type, type.namespaced() ? namespace : "", name))
                .map(stored -> unmarshal(stored, kind));
    }

    /// All objects of a kind; "" is every namespace.
    public <T extends HasMetadata> List<T> list(Class<T> kind, String namespace) {
        return store.all(ResourceType.ofKind(kind.getSimpleName()), namespace).stream()
                .map(stored -> unmarshal(stored, kind))
                .toList();
    }

    private <T> T unmarshal(Stored stored, Class<T> kind) {
        return serialization.unmarshal(new String(stored.json(), StandardCharsets.UTF_8), kind);
    }

    /// The pods of a namespace, terminating ones included; "" is every namespace.
    public List<Pod> pods(String namespace) {
        return list(Pod.class, namespace);
    }

    /// The pods of a namespace whose name starts with a workload's name and a dash.
    public List<Pod> podsOf(String namespace, String workload) {
        return store.all(ResourceType.PODS, namespace).stream()
                .filter(pod -> pod.name().startsWith(workload + "-"))
                .map(stored -> unmarshal(stored, Pod.class))
                .toList();
    }

    /// Waits until every workload has all its replicas ready on its newest template and nothing else, and no
    /// pod is terminating.
    ///
    /// @throws TimeoutException naming a workload that is not there yet
    public void awaitSettled(Duration atMost) throws TimeoutException, InterruptedException {
        long end = System.nanoTime() + atMost.toNanos();
        Optional<String> unsettled = Settled.firstUnsettled(store);
        while (unsettled.isPresent()) {
            if (System.nanoTime() > end) {
                throw new TimeoutException("not settled after %s: %s".formatted(atMost, unsettled.get()));
            }
            Thread.sleep(10);
            unsettled = Settled.firstUnsettled(store);
        }
    }

    /// Sets a container's image in a running pod: its kubelet restarts that container. The API allows it too.
    public void editInPlace(String namespace, String pod, String container, String image) {
        workloads.editInPlace(namespace, pod, container, image);
    }

    /// Deletes an object as an admin would; a pod with its grace period.
    public void delete(Class<? extends HasMetadata> kind, String namespace, String name) {
        ResourceType type = ResourceType.ofKind(kind.getSimpleName());
        deletes.delete(type, type.namespaced() ? namespace : "", name, Json.object(), false);
    }

    /// Deployments, ReplicaSets, StatefulSets, DaemonSets, budgets and garbage stay as they are until thawed.
    public void freezeControllers() {
        controllers.freeze();
    }

    public void thawControllers() {
        controllers.thaw();
    }

    /// Pods are neither bound, started nor let go until thawed.
    public void freezeKubelets() {
        kubelets.freeze();
    }

    public void thawKubelets() {
        kubelets.thaw();
    }

    public void startDelay(Duration delay) {
        kubelets.startDelay(delay);
    }

    public void terminationDelay(Duration delay) {
        kubelets.terminationDelay(delay);
    }

    /// Pods whose name starts so run from now on, but never become ready.
    public void neverReady(String namespace, String namePrefix) {
        kubelets.neverReady(
                pod -> pod.namespace().equals(namespace) && pod.name().startsWith(namePrefix));
    }

    /// Ends every [#neverReady].
    public void readyAgain() {
        kubelets.readyAgain();
    }

    /// Closes the connections of all watches.
    public void dropWatches() {
        front.watches().drop();
    }

    /// Number of open watches.
    public int watches() {
        return front.watches().count();
    }

    /// Forgets the history: versions from before can no longer be watched or listed from (410), continue tokens
    /// expire.
    public void compactHistory() {
        store.compact();
        front.watches().wakeAll();
    }

    /// Turns streamed lists on or off for new requests.
    public void watchList(boolean supported) {
        api.watchList(supported);
    }

    /// The cluster's newest resourceVersion.
    public long resourceVersion() {
        return store.version();
    }

    /// The names of the namespaces there are.
    public Set<String> namespaces() {
        return store.all(ResourceType.NAMESPACES, "").stream()
                .map(Stored::name)
                .collect(java.util.stream.Collectors.toSet());
    }

    @Override
    public void close() {
        kubelets.close();
        controllers.close();
        front.close();
    }
}
