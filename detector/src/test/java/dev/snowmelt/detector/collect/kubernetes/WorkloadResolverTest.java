package dev.snowmelt.detector.collect.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.snowmelt.schemas.id.TargetId;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.OwnerReferenceBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.apps.ReplicaSet;
import io.fabric8.kubernetes.api.model.apps.ReplicaSetBuilder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class WorkloadResolverTest {
    private final Map<String, ReplicaSet> server = new HashMap<>();
    private final List<String> asked = new ArrayList<>();
    private final ReplicaSetIndex index = new ReplicaSetIndex(10);
    private final WorkloadResolver resolver =
            new WorkloadResolver(TargetId.parse("k8s:test"), index, (namespace, name) -> {
                asked.add(namespace + "/" + name);
                return Optional.ofNullable(server.get(name));
            });

    @Test
    void findsTheDeploymentThroughAKnownReplicaSet() throws ApiException {
        index.learn(replicaSet("cart-1", "u1", 2, owner("apps/v1", "Deployment", "cart", "d1")));

        assertThat(workloadOf(pod("cart-1-x", owner("apps/v1", "ReplicaSet", "cart-1", "u1"))))
                .isEqualTo("k8s:test/shop/Deployment/cart");
        assertThat(asked).isEmpty();
    }

    @Test
    void asksOnceForAReplicaSetThatItDoesNotKnow() throws ApiException {
        server.put("cart-1", replicaSet("cart-1", "u1", 0, owner("apps/v1", "Deployment", "cart", "d1")));
        Pod pod = pod("cart-1-x", owner("apps/v1", "ReplicaSet", "cart-1", "u1"));

        String first = workloadOf(pod);
        String second = workloadOf(pod);

        assertThat(List.of(first, second)).containsOnly("k8s:test/shop/Deployment/cart");
        assertThat(asked).containsExactly("shop/cart-1");
    }

    @Test
    void takesNoOtherReplicaSetOfTheSameNameForThePodsOwn() throws ApiException {
        server.put("web", replicaSet("web", "newer", 1, owner("apps/v1", "Deployment", "other", "d9")));

        assertThat(workloadOf(pod("web-x", owner("apps/v1", "ReplicaSet", "web", "older"))))
                .isEqualTo("k8s:test/shop/ReplicaSet/web");
    }

    @Test
    void knowsTheDeploymentOfAReplicaSetThatWasDeletedBeforeItsPods() throws ApiException {
        Pod last = pod("cart-7d9f-x", owner("apps/v1", "ReplicaSet", "cart-7d9f", "u1"));
        last.getMetadata().setLabels(Map.of("pod-template-hash", "7d9f"));

        assertThat(workloadOf(last)).isEqualTo("k8s:test/shop/Deployment/cart");
    }

    @Test
    void makesABareReplicaSetAWorkload() throws ApiException {
        index.learn(replicaSet("web", "u1", 1, null));

        assertThat(workloadOf(pod("web-x", owner("apps/v1", "ReplicaSet", "web", "u1"))))
                .isEqualTo("k8s:test/shop/ReplicaSet/web");
    }

    @Test
    void namesOtherControllersByTheirKind() throws ApiException {
        index.learn(replicaSet("roll-1", "u1", 1, owner("argoproj.io/v1alpha1", "Rollout", "roll", "r1")));

        assertThat(workloadOf(pod("db-0", owner("apps/v1", "StatefulSet", "db", "s1"))))
                .isEqualTo("k8s:test/shop/StatefulSet/db");
        assertThat(workloadOf(pod("log-x", owner("apps/v1", "DaemonSet", "log", "s1"))))
                .isEqualTo("k8s:test/shop/DaemonSet/log");
        assertThat(workloadOf(pod("job-x", owner("batch/v1", "Job", "job", "j1"))))
                .isEqualTo("k8s:test/shop/Job/job");
        assertThat(workloadOf(pod("roll-x", owner("apps/v1", "ReplicaSet", "roll-1", "u1"))))
                .isEqualTo("k8s:test/shop/Rollout/roll");
    }

    @Test
    void doesNotMistakeAForeignKindForOneOfItsOwn() throws ApiException {
        WorkloadResolver any = resolver;

        assertThat(workloadOf(pod("db-0", owner("apps.kruise.io/v1beta1", "StatefulSet", "db", "s1"))))
                .isEqualTo("k8s:test/shop/StatefulSet.apps.kruise.io/db");
        assertThat(any.workloadOf(pod("db-0", owner("apps.kruise.io/v1beta1", "StatefulSet", "db", "s1")))
                        .declarable())
                .isFalse();
    }

    @Test
    void leavesAPodAloneThatNothingWouldRecreate() throws ApiException {
        OwnerReference noController = owner("v1", "ConfigMap", "x", "c1");
        noController.setController(false);

        assertThat(workloadOf(pod("bare", null))).isEqualTo("k8s:test/shop/standalone/bare");
        assertThat(workloadOf(pod("owned", noController))).isEqualTo("k8s:test/shop/standalone/owned");
        assertThat(workloadOf(pod("etcd-node1", owner("v1", "Node", "node1", "n1"))))
                .isEqualTo("k8s:test/shop/standalone/etcd-node1");
    }

    private String workloadOf(Pod pod) throws ApiException {
        return resolver.workloadOf(pod).toString();
    }

    private static Pod pod(String name, @Nullable OwnerReference owner) {
        return new PodBuilder()
                .withNewMetadata()
                .withNamespace("shop")
                .withName(name)
                .withOwnerReferences(owner == null ? List.of() : List.of(owner))
                .endMetadata()
                .build();
    }

    static ReplicaSet replicaSet(String name, String uid, int replicas, @Nullable OwnerReference owner) {
        return new ReplicaSetBuilder()
                .withNewMetadata()
                .withNamespace("shop")
                .withName(name)
                .withUid(uid)
                .withOwnerReferences(owner == null ? List.of() : List.of(owner))
                .endMetadata()
                .withNewSpec()
                .withReplicas(replicas)
                .endSpec()
                .build();
    }

    static OwnerReference owner(String apiVersion, String kind, String name, String uid) {
        return new OwnerReferenceBuilder()
                .withApiVersion(apiVersion)
                .withKind(kind)
                .withName(name)
                .withUid(uid)
                .withController(true)
                .build();
    }
}
