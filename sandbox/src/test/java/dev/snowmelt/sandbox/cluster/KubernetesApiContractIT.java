package dev.snowmelt.sandbox.cluster;

import static dev.snowmelt.sandbox.cluster.ContractCluster.refusal;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.fabric8.kubernetes.api.model.ListOptionsBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.PodList;
import io.fabric8.kubernetes.api.model.Status;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseBuilder;
import io.fabric8.kubernetes.client.dsl.MixedOperation;
import io.fabric8.kubernetes.client.dsl.PodResource;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// What Snowmelt relies on when it reads and writes objects, against the simulated or a real API server.
class KubernetesApiContractIT {

    private static final String NOBODY = "00000000-0000-0000-0000-000000000000";

    private static ContractCluster cluster;

    @BeforeAll
    static void start() {
        cluster = new ContractCluster();
    }

    @AfterAll
    static void stop() {
        cluster.close();
    }

    private static MixedOperation<Pod, PodList, PodResource> allPods() {
        return cluster.client.pods();
    }

    private static PodResource pod(String name) {
        return allPods().inNamespace(cluster.namespace).withName(name);
    }

    private static String pods() {
        return "/api/v1/namespaces/" + cluster.namespace + "/pods";
    }

    @Test
    void namesWhatIsNotThere() {
        Status pod = refusal(() -> cluster.get(pods() + "/nobody"));
        Status workload =
                refusal(() -> cluster.get("/apis/apps/v1/namespaces/" + cluster.namespace + "/deployments/nobody"));

        assertThat(pod.getCode()).isEqualTo(404);
        assertThat(pod.getReason()).isEqualTo("NotFound");
        assertThat(pod.getMessage()).isEqualTo("pods \"nobody\" not found");
        assertThat(pod.getDetails().getKind()).isEqualTo("pods");
        assertThat(workload.getMessage()).isEqualTo("deployments.apps \"nobody\" not found");
        assertThat(workload.getDetails().getGroup()).isEqualTo("apps");
    }

    @Test
    void createsAnObjectOnce() {
        Pod created = cluster.pod("once", Map.of("app", "once"));

        Status again = refusal(() -> cluster.pod("once", Map.of()));

        assertThat(created.getMetadata().getUid()).isNotEmpty();
        assertThat(created.getMetadata().getResourceVersion()).isNotEmpty();
        assertThat(created.getMetadata().getCreationTimestamp()).isNotEmpty();
        assertThat(created.getStatus().getPhase()).isEqualTo("Pending");
        assertThat(again.getCode()).isEqualTo(409);
        assertThat(again.getReason()).isEqualTo("AlreadyExists");
    }

    @Test
    void givesGeneratedNames() {
        Pod template = new PodBuilder(cluster.pod("generated", Map.of())).build();
        Pod nameless = new PodBuilder()
                .withNewMetadata()
                .withGenerateName("made-")
                .endMetadata()
                .withSpec(template.getSpec())
                .build();

        Pod made = allPods().inNamespace(cluster.namespace).resource(nameless).create();

        assertThat(made.getMetadata().getName()).matches("made-[a-z0-9]{5}");
    }

    @Test
    void refusesAnUpdateOfAnOldVersion() {
        Pod old = cluster.pod("stale", Map.of());
        cluster.run("stale");

        Status update = refusal(() -> pod("stale").patch(PatchContext.of(PatchType.JSON_MERGE), """
                {"metadata": {"resourceVersion": "%s", "labels": {"a": "b"}}}
                """.formatted(
                        old.getMetadata().getResourceVersion())));

        assertThat(update.getCode()).isEqualTo(409);
        assertThat(update.getReason()).isEqualTo("Conflict");
        assertThat(update.getMessage()).contains("the object has been modified");
    }

    @Test
    void changesAPodsImageInPlaceAndNothingElse() {
        cluster.pod("inplace", Map.of());
        PatchContext strategic = PatchContext.of(PatchType.STRATEGIC_MERGE);

        Pod changed =
                pod("inplace").patch(strategic, "{\"spec\":{\"containers\":[{\"name\":\"main\",\"image\":\"x:2\"}]}}");
        Status added = refusal(() -> pod("inplace")
                .patch(strategic, "{\"spec\":{\"containers\":[{\"name\":\"second\",\"image\":\"x:1\"}]}}"));
        Status moved = refusal(() -> pod("inplace").patch(strategic, "{\"spec\":{\"nodeName\":\"elsewhere\"}}"));

        assertThat(changed.getSpec().getContainers()).hasSize(1);
        assertThat(changed.getSpec().getContainers().getFirst().getImage()).isEqualTo("x:2");
        assertThat(added.getCode()).isEqualTo(422);
        assertThat(added.getMessage()).contains("may not add or remove containers");
        assertThat(moved.getCode()).isEqualTo(422);
        assertThat(moved.getMessage()).contains("pod updates may not change fields other than");
    }

    @Test
    void addsEphemeralContainersThroughTheirSubresourceOnly() {
        assumeTrue(cluster.minor() >= 25, "the subresource is generally available since 1.25");
        cluster.pod("debugged", Map.of());
        String patch = "{\"spec\":{\"ephemeralContainers\":[{\"name\":\"shell\",\"image\":\"busybox:1\"}]}}";

        Status refused = refusal(() -> pod("debugged").patch(PatchContext.of(PatchType.STRATEGIC_MERGE), patch));
        Pod debugged = pod("debugged")
                .subresource("ephemeralcontainers")
                .patch(PatchContext.of(PatchType.STRATEGIC_MERGE), patch);

        assertThat(refused.getCode()).isEqualTo(422);
        assertThat(debugged.getSpec().getEphemeralContainers()).hasSize(1);
    }

    @Test
    void keepsStatusAndSpecApart() {
        Pod running = cluster.runningPod("apart", Map.of("app", "apart"));

        Pod edited = pod("apart")
                .patch(
                        PatchContext.of(PatchType.JSON_MERGE),
                        "{\"metadata\":{\"labels\":{\"x\":\"y\"}},\"status\":{\"phase\":\"Failed\"}}");

        assertThat(running.getStatus().getContainerStatuses().getFirst().getImageID())
                .isEqualTo(ContractCluster.IMAGE);
        assertThat(edited.getStatus().getPhase()).isEqualTo("Running");
        assertThat(edited.getMetadata().getLabels()).containsEntry("x", "y").containsEntry("app", "apart");
    }

    @Test
    void appliesJsonPatchesWholeOrNotAtAll() {
        cluster.pod("jsonpatch", Map.of("a", "b"));
        PatchContext json = PatchContext.of(PatchType.JSON);

        Status failed = refusal(() -> pod("jsonpatch").patch(json, """
                [{"op": "replace", "path": "/metadata/labels/a", "value": "c"},
                 {"op": "test", "path": "/metadata/name", "value": "another"}]
                """));
        Status missing =
                refusal(() -> pod("jsonpatch").patch(json, "[{\"op\": \"remove\", \"path\": \"/metadata/labels/z\"}]"));

        assertThat(failed.getCode()).isEqualTo(422);
        assertThat(missing.getCode()).isEqualTo(422);
        assertThat(pod("jsonpatch").require().getMetadata().getLabels()).containsEntry("a", "b");
    }

    @Test
    void listsPagesOfOneState() {
        for (int i = 0; i < 7; i++) {
            cluster.pod("page-" + i, Map.of("set", "pages"));
        }
        String selector = "set=pages";
        List<String> names = new ArrayList<>();

        PodList page = allPods()
                .inNamespace(cluster.namespace)
                .list(new ListOptionsBuilder()
                        .withLabelSelector(selector)
                        .withLimit(3L)
                        .build());
        String version = page.getMetadata().getResourceVersion();
        cluster.pod("page-9", Map.of("set", "pages"));
        pod("page-6").withGracePeriod(0).delete();
        while (true) {
            page.getItems().forEach(item -> names.add(item.getMetadata().getName()));
            String token = page.getMetadata().getContinue();
            if (token == null || token.isEmpty()) {
                break;
            }
            page = allPods()
                    .inNamespace(cluster.namespace)
                    .list(new ListOptionsBuilder()
                            .withLabelSelector(selector)
                            .withLimit(3L)
                            .withContinue(token)
                            .build());
            assertThat(page.getMetadata().getResourceVersion()).isEqualTo(version);
        }

        assertThat(names).containsExactly("page-0", "page-1", "page-2", "page-3", "page-4", "page-5", "page-6");
    }

    @Test
    void listsWhatWasThenAndRefusesWhatIsToCome() {
        cluster.pod("then", Map.of("set", "then"));
        String version =
                allPods().inNamespace(cluster.namespace).list().getMetadata().getResourceVersion();
        cluster.pod("after", Map.of("set", "then"));

        PodList then = allPods()
                .inNamespace(cluster.namespace)
                .list(new ListOptionsBuilder()
                        .withLabelSelector("set=then")
                        .withResourceVersion(version)
                        .withResourceVersionMatch("Exact")
                        .build());
        Status future = refusal(() -> cluster.get(pods() + "?resourceVersion=99999999999"));
        Status nonsense = refusal(() -> cluster.get(pods() + "?resourceVersionMatch=Exact"));

        assertThat(then.getItems()).hasSize(1);
        assertThat(future.getCode()).isEqualTo(504);
        assertThat(future.getDetails().getCauses().getFirst().getReason()).isEqualTo("ResourceVersionTooLarge");
        assertThat(nonsense.getCode()).isEqualTo(422);
    }

    @Test
    void selectsByLabelsAndFields() {
        cluster.runningPod("selected", Map.of("tier", "web", "app", "selected"));
        cluster.pod("unselected", Map.of("tier", "db"));

        assertThat(names("labelSelector=tier%20in%20(web,api)")).containsExactly("selected");
        assertThat(names("labelSelector=tier,tier!%3Dweb")).containsExactly("unselected");
        assertThat(names("labelSelector=tier&fieldSelector=status.phase%3DRunning"))
                .containsExactly("selected");
        assertThat(names("fieldSelector=metadata.name%3Dunselected,spec.nodeName%3Dno-node"))
                .containsExactly("unselected");
        assertThat(refusal(() -> cluster.get(pods() + "?fieldSelector=spec.colour%3Dred"))
                        .getCode())
                .isEqualTo(400);
    }

    private static List<String> names(String query) {
        PodList list =
                cluster.client.getKubernetesSerialization().unmarshal(cluster.get(pods() + "?" + query), PodList.class);
        return list.getItems().stream()
                .map(item -> item.getMetadata().getName())
                .toList();
    }

    @Test
    void deletesWhatThePreconditionsNameAndOnlyThat() {
        Pod there = cluster.pod("precondition", Map.of());

        Status other = refusal(() ->
                cluster.client.raw(pods() + "/precondition", "DELETE", Map.of("preconditions", Map.of("uid", NOBODY))));
        Status older = refusal(() -> cluster.client.raw(
                pods() + "/precondition", "DELETE", Map.of("preconditions", Map.of("resourceVersion", "1"))));
        cluster.client.raw(
                pods() + "/precondition",
                "DELETE",
                Map.of("preconditions", Map.of("uid", there.getMetadata().getUid()), "gracePeriodSeconds", 0));

        assertThat(other.getCode()).isEqualTo(409);
        assertThat(other.getMessage()).contains("the UID in the precondition");
        assertThat(older.getMessage()).contains("the ResourceVersion in the precondition");
        assertThat(pod("precondition").get()).isNull();
    }

    @Test
    void letsAPodTerminateBeforeItIsGone() {
        cluster.runningPod("terminating", Map.of());

        pod("terminating").withGracePeriod(20).delete();

        Pod pod = pod("terminating").require();
        assertThat(pod.getMetadata().getDeletionTimestamp()).isNotEmpty();
        assertThat(pod.getMetadata().getDeletionGracePeriodSeconds()).isEqualTo(20);
    }

    @Test
    void countsGenerationsOfTheSpecOnly() {
        Deployment deployment = Workload.deployment(cluster, "generation", 0);

        var resource = cluster.client
                .apps()
                .deployments()
                .inNamespace(cluster.namespace)
                .withName("generation");
        Deployment labelled =
                resource.patch(PatchContext.of(PatchType.JSON_MERGE), "{\"metadata\":{\"labels\":{\"x\":\"y\"}}}");
        Deployment scaled = resource.patch(PatchContext.of(PatchType.JSON_MERGE), "{\"spec\":{\"minReadySeconds\":1}}");

        assertThat(deployment.getMetadata().getGeneration()).isEqualTo(1);
        assertThat(labelled.getMetadata().getGeneration()).isEqualTo(1);
        assertThat(scaled.getMetadata().getGeneration()).isEqualTo(2);
    }

    @Test
    void givesALeaseToOneOfTwo() {
        var leases = cluster.client.leases().inNamespace(cluster.namespace);
        Lease lease = leases.resource(new LeaseBuilder()
                        .withNewMetadata()
                        .withName("collector")
                        .endMetadata()
                        .withNewSpec()
                        .withHolderIdentity("first")
                        .withLeaseDurationSeconds(15)
                        .withLeaseTransitions(0)
                        .endSpec()
                        .build())
                .create();
        Lease taken = new LeaseBuilder(lease)
                .editSpec()
                .withHolderIdentity("second")
                .endSpec()
                .build();
        Lease late = new LeaseBuilder(lease)
                .editSpec()
                .withHolderIdentity("third")
                .endSpec()
                .build();

        Lease won = leases.resource(taken).update();
        Status lost = refusal(() -> leases.resource(late).update());
        Status blind = refusal(
                () -> cluster.put(
                        "/apis/coordination.k8s.io/v1/namespaces/%s/leases/collector".formatted(cluster.namespace),
                        "{\"kind\":\"Lease\",\"apiVersion\":\"coordination.k8s.io/v1\",\"metadata\":{\"name\":\"collector\"}}"));

        assertThat(won.getSpec().getHolderIdentity()).isEqualTo("second");
        assertThat(lost.getCode()).isEqualTo(409);
        assertThat(blind.getCode()).isEqualTo(422);
    }
}
