package dev.snowmelt.sandbox.cluster;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.PodTemplateSpecBuilder;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.apps.StatefulSetBuilder;
import java.util.List;
import java.util.Map;

/// Workloads for the contract tests, with one container `main`.
final class Workload {

    private Workload() {}

    static Deployment deployment(ContractCluster cluster, String name, int replicas) {
        return cluster.client
                .apps()
                .deployments()
                .inNamespace(cluster.namespace)
                .resource(new DeploymentBuilder()
                        .withNewMetadata()
                        .withName(name)
                        .endMetadata()
                        .withNewSpec()
                        .withReplicas(replicas)
                        .withNewSelector()
                        .withMatchLabels(Map.of("app", name))
                        .endSelector()
                        .withTemplate(template(name))
                        .endSpec()
                        .build())
                .create();
    }

    static StatefulSet statefulSet(ContractCluster cluster, String name, int replicas) {
        return cluster.client
                .apps()
                .statefulSets()
                .inNamespace(cluster.namespace)
                .resource(new StatefulSetBuilder()
                        .withNewMetadata()
                        .withName(name)
                        .endMetadata()
                        .withNewSpec()
                        .withReplicas(replicas)
                        .withServiceName(name)
                        .withNewSelector()
                        .withMatchLabels(Map.of("app", name))
                        .endSelector()
                        .withTemplate(template(name))
                        .endSpec()
                        .build())
                .create();
    }

    private static PodTemplateSpec template(String name) {
        return new PodTemplateSpecBuilder()
                .withNewMetadata()
                .withLabels(Map.of("app", name))
                .endMetadata()
                .withNewSpec()
                .addNewContainer()
                .withName("main")
                .withImage(ContractCluster.IMAGE)
                .endContainer()
                .endSpec()
                .build();
    }

    static List<Pod> pods(ContractCluster cluster, String app) {
        return cluster.client
                .pods()
                .inNamespace(cluster.namespace)
                .withLabel("app", app)
                .list()
                .getItems();
    }
}
