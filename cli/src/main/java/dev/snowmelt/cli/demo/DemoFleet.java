package dev.snowmelt.cli.demo;

import com.google.protobuf.Duration;
import dev.snowmelt.sandbox.cluster.AccessRule;
import dev.snowmelt.sandbox.cluster.Ledger;
import dev.snowmelt.sandbox.cluster.SimulatedCluster;
import dev.snowmelt.schemas.id.InstanceId;
import dev.snowmelt.schemas.id.TargetId;
import dev.snowmelt.schemas.id.WorkloadId;
import dev.snowmelt.v1.DeclarationSpec;
import dev.snowmelt.v1.Declare;
import dev.snowmelt.v1.DeclaredContainer;
import dev.snowmelt.v1.RemediationPolicy;
import dev.snowmelt.v1.RestoreTemplate;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.Config;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// The cluster's side of the demo: four workloads of 20 replicas, the accidents that befall them,
/// and the count of what was touched. Snowmelt itself only reaches it over HTTP, with the rights of
/// `docs/rbac.yaml` and no more.
final class DemoFleet {
    /// Where everything lives.
    static final TargetId TARGET = TargetId.parse("k8s:demo");

    static final int REPLICAS = 20;
    static final WorkloadId CART = workload(WorkloadId.DEPLOYMENT, "cart");
    static final WorkloadId SEARCH = workload(WorkloadId.DEPLOYMENT, "search");
    static final WorkloadId CHECKOUT = workload(WorkloadId.DEPLOYMENT, "checkout");
    static final WorkloadId ORDERS = workload(WorkloadId.STATEFUL_SET, "orders");

    private static final String NAMESPACE = "shop";
    private static final String COLLECTOR = "snowmelt-collector";
    private static final String EXECUTOR = "snowmelt-executor";

    private final SimulatedCluster cluster;

    DemoFleet(SimulatedCluster cluster) {
        this.cluster = cluster;
    }

    private static WorkloadId workload(String kind, String name) {
        return new WorkloadId(TARGET, NAMESPACE, kind, name);
    }

    /// Creates users, images and workloads.
    void create() {
        String rbac = resource("/rbac.yaml");
        cluster.user(COLLECTOR, COLLECTOR, AccessRule.parse(documents(rbac, COLLECTOR), "snowmelt"));
        cluster.user(EXECUTOR, EXECUTOR, AccessRule.parse(documents(rbac, EXECUTOR, "snowmelt-restorer"), "snowmelt"));
        cluster.workloads().namespace("snowmelt");
        for (WorkloadId id : List.of(CART, SEARCH, CHECKOUT, ORDERS)) {
            cluster.images().pushTag(tag(id), digest(id.name() + " 1.2"));
        }
        cluster.images().pushTag(image("cart:1.2-hotfix"), digest("cart hotfix"));
        cluster.images().pushTag(image("miner:latest"), digest("miner"));
        cluster.images().pushTag(image("checkout:nightly"), digest("checkout nightly"));
        cluster.images().pushTag(image("orders:debug"), digest("orders debug"));
        cluster.workloads().deployment(NAMESPACE, CART.name(), pinned(CART), REPLICAS);
        cluster.workloads().deployment(NAMESPACE, SEARCH.name(), tag(SEARCH), REPLICAS);
        cluster.workloads().deployment(NAMESPACE, CHECKOUT.name(), pinned(CHECKOUT), REPLICAS);
        cluster.workloads().statefulSet(NAMESPACE, ORDERS.name(), pinned(ORDERS), REPLICAS, true);
    }

    Config collectorConfig() {
        return cluster.kubernetesConfig(COLLECTOR);
    }

    Config executorConfig() {
        return cluster.kubernetesConfig(EXECUTOR);
    }

    /// What a workload must run, in ENFORCE mode and without a grace period, so that the demo is
    /// short.
    Declare declaration(WorkloadId workload, boolean restoreTemplate) {
        var policy = RemediationPolicy.newBuilder()
                .setMode(RemediationPolicy.Mode.ENFORCE)
                .setGracePeriod(Duration.getDefaultInstance())
                .setMaxUnavailable("1");
        if (restoreTemplate) {
            policy.setRestoreTemplate(
                    RestoreTemplate.newBuilder().setEnabled(true).setGracePeriod(Duration.getDefaultInstance()));
        }
        return Declare.newBuilder()
                .setWorkload(workload.toString())
                .setSpec(DeclarationSpec.newBuilder()
                        .addContainers(DeclaredContainer.newBuilder()
                                .setName(workload.name())
                                .setImage(pinned(workload)))
                        .setRemediation(policy))
                .build();
    }

    /// A running pod of a workload, by its place in the order of names.
    InstanceId pod(WorkloadId workload, int index) {
        Pod pod = pods(workload).get(index);
        return InstanceId.pod(
                TARGET,
                NAMESPACE,
                pod.getMetadata().getName(),
                pod.getMetadata().getUid());
    }

    void editInPlace(InstanceId pod, String container, String tag) {
        cluster.editInPlace(NAMESPACE, pod.name(), container, image(tag));
    }

    void injectContainer(InstanceId pod) {
        cluster.backdoor().injectContainer(NAMESPACE, pod.name(), "miner", image("miner:latest"));
    }

    /// The tag moves, and one pod is lost with its node: the next one is another build.
    void pushTagAgain(WorkloadId workload) {
        cluster.images().pushTag(tag(workload), digest(workload.name() + " 1.2, pushed again"));
        cluster.backdoor().vanish(NAMESPACE, pod(workload, 0).name());
    }

    /// A rollout of an image that nobody declared begins.
    void pointTemplateAtNightly(WorkloadId workload) {
        String nightly = image(workload.name() + ":nightly") + "@" + digest(workload.name() + " nightly");
        cluster.workloads().setTemplateImage(workload.kind(), NAMESPACE, workload.name(), nightly);
    }

    /// Waits until controllers and kubelets have nothing left to do.
    void awaitSettled(java.time.Duration longest) throws TimeoutException, InterruptedException {
        cluster.awaitSettled(longest);
    }

    /// Everything that is not as it should be at the end, from the cluster's side.
    ///
    /// @param evicted the pods that should have been evicted, no other
    /// @param patched the workloads whose template should have been patched, no other
    /// @param untouched a pod that must still be there, drifted as it is
    List<String> violations(Set<InstanceId> evicted, Set<WorkloadId> patched, InstanceId untouched) {
        var violations = new ArrayList<String>();
        Set<String> mayEvict = evicted.stream().map(InstanceId::uid).collect(Collectors.toSet());
        Set<String> mayPatch = patched.stream().map(WorkloadId::name).collect(Collectors.toSet());
        for (Ledger.Entry entry : cluster.ledger().touched()) {
            boolean expected = switch (entry.resource()) {
                case "pods/eviction" -> mayEvict.remove(entry.uid());
                case "deployments" -> entry.verb().equals("patch") && mayPatch.remove(entry.name());
                default -> false;
            };
            if (!expected) {
                violations.add("%s %s %s/%s by %s was not called for"
                        .formatted(entry.verb(), entry.resource(), entry.namespace(), entry.name(), entry.user()));
            }
        }
        evicted.stream()
                .filter(id -> mayEvict.contains(id.uid()))
                .forEach(id -> violations.add(id.name() + " was not evicted"));
        mayPatch.forEach(name -> violations.add("the template of " + name + " was not restored"));
        for (WorkloadId workload : List.of(CART, SEARCH, CHECKOUT, ORDERS)) {
            checkPods(workload, untouched, violations);
        }
        return violations;
    }

    private void checkPods(WorkloadId workload, InstanceId untouched, List<String> violations) {
        List<Pod> pods = pods(workload);
        if (pods.size() != REPLICAS) {
            violations.add(workload.name() + " has " + pods.size() + " pods, not " + REPLICAS);
        }
        boolean stillThere = false;
        for (Pod pod : pods) {
            boolean isUntouched = pod.getMetadata().getUid().equals(untouched.uid());
            stillThere |= isUntouched;
            boolean conforms = pod.getStatus().getContainerStatuses().size() == 1
                    && pod.getStatus()
                            .getContainerStatuses()
                            .getFirst()
                            .getImageID()
                            .endsWith(digest(workload.name() + " 1.2"));
            if (conforms == isUntouched) {
                violations.add(pod.getMetadata().getName()
                        + (conforms ? " conforms, though it was left alone" : " still drifts"));
            }
        }
        if (workload.equals(ORDERS) && !stillThere) {
            violations.add(untouched.name() + " is gone, though it holds state");
        }
    }

    private List<Pod> pods(WorkloadId workload) {
        return cluster.podsOf(NAMESPACE, workload.name()).stream()
                .filter(pod -> pod.getMetadata().getDeletionTimestamp() == null)
                .sorted(Comparator.comparing(pod -> pod.getMetadata().getName()))
                .toList();
    }

    private static String image(String tag) {
        return "registry.example/shop/" + tag;
    }

    private static String tag(WorkloadId workload) {
        return image(workload.name() + ":1.2");
    }

    private static String pinned(WorkloadId workload) {
        return tag(workload) + "@" + digest(workload.name() + " 1.2");
    }

    /// Made-up images have made-up digests.
    private static String digest(String content) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(content.getBytes(StandardCharsets.UTF_8));
            return "sha256:" + HexFormat.of().formatHex(hash);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    /// The documents of a manifest that are about one of some names.
    private static String documents(String manifest, String... names) {
        return Stream.of(manifest.split("(?m)^---$", -1))
                .filter(document -> Stream.of(names).anyMatch(document::contains))
                .collect(Collectors.joining("---\n"));
    }

    private static String resource(String name) {
        try (InputStream in = DemoFleet.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException(name + " is missing from the class path");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new IllegalStateException("cannot read " + name, e);
        }
    }
}
