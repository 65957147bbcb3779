package dev.snowmelt.remediator.execute.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.snowmelt.remediator.execute.ImageChange;
import dev.snowmelt.remediator.execute.LiveTemplate;
import dev.snowmelt.remediator.execute.Order;
import dev.snowmelt.remediator.execute.Platform;
import dev.snowmelt.remediator.execute.Reply;
import dev.snowmelt.remediator.execute.Sighting;
import dev.snowmelt.schemas.id.TargetId;
import dev.snowmelt.schemas.id.WorkloadId;
import dev.snowmelt.v1.Command;
import dev.snowmelt.v1.ObservedContainer;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.PodTemplateSpecBuilder;
import io.fabric8.kubernetes.api.model.apps.DaemonSetBuilder;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import io.fabric8.kubernetes.api.model.apps.StatefulSetBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Looks at templates and patches of them: the same against a simulated cluster and, with
/// `SNOWMELT_TEST_KUBECONFIG`, against a real API server. Nothing here needs a kubelet.
@Timeout(120)
class KubernetesTemplateRestorerIT {
    private static final TargetId TARGET = TargetId.parse("k8s:test");
    private static final String EVIL = "registry.test/shop/evil:1";
    private static final String PINNED = "registry.test/shop/cart:1@sha256:" + "a".repeat(64);

    private static Clusters clusters;
    private static KubernetesClient client;
    private static Platform platform;
    private static String namespace;

    @BeforeAll
    static void start() {
        clusters = Clusters.realOrSimulated();
        client = clusters.client();
        namespace = clusters.namespace();
        platform = KubernetesPlatform.of(client, Duration.ofSeconds(10));
    }

    @AfterAll
    static void stop() {
        clusters.close();
    }

    private static PodTemplateSpec template(String name) {
        return new PodTemplateSpecBuilder()
                .withNewMetadata()
                .withLabels(Map.of("app", name))
                .addToAnnotations("owner", "team-shop")
                .endMetadata()
                .withNewSpec()
                .addNewInitContainer()
                .withName("setup")
                .withImage(EVIL)
                .endInitContainer()
                .addNewContainer()
                .withName("app")
                .withImage(EVIL)
                .addNewEnv()
                .withName("REGION")
                .withValue("eu")
                .endEnv()
                .endContainer()
                .addNewContainer()
                .withName("log")
                .withImage("registry.test/shop/log:1")
                .endContainer()
                .endSpec()
                .build();
    }

    private static WorkloadId create(String kind, String name) {
        switch (kind) {
            case WorkloadId.DEPLOYMENT ->
                client.resource(new DeploymentBuilder()
                                .withNewMetadata()
                                .withName(name)
                                .withNamespace(namespace)
                                .endMetadata()
                                .withNewSpec()
                                .withReplicas(0)
                                .withNewSelector()
                                .addToMatchLabels("app", name)
                                .endSelector()
                                .withTemplate(template(name))
                                .endSpec()
                                .build())
                        .create();
            case WorkloadId.STATEFUL_SET ->
                client.resource(new StatefulSetBuilder()
                                .withNewMetadata()
                                .withName(name)
                                .withNamespace(namespace)
                                .endMetadata()
                                .withNewSpec()
                                .withReplicas(0)
                                .withServiceName(name)
                                .withNewSelector()
                                .addToMatchLabels("app", name)
                                .endSelector()
                                .withTemplate(template(name))
                                .endSpec()
                                .build())
                        .create();
            default ->
                client.resource(new DaemonSetBuilder()
                                .withNewMetadata()
                                .withName(name)
                                .withNamespace(namespace)
                                .endMetadata()
                                .withNewSpec()
                                .withNewSelector()
                                .addToMatchLabels("app", name)
                                .endSelector()
                                .withTemplate(template(name))
                                .endSpec()
                                .build())
                        .create();
        }
        return new WorkloadId(TARGET, namespace, kind, name);
    }

    private static LiveTemplate look(WorkloadId workload) {
        if (platform.templates().look(workload) instanceof Sighting.Seen<LiveTemplate>(var live)) {
            return live;
        }
        throw new AssertionError(workload + " is not seen");
    }

    private static Order.Restore order(WorkloadId workload) {
        return new Order.Restore(Command.getDefaultInstance(), workload);
    }

    private static ImageChange change(ObservedContainer.Type type, String container) {
        return new ImageChange(type, container, EVIL, PINNED);
    }

    // A controller may write the status between look and call, which answers 409 as it should: the executor looks
    // again.
    private static Reply restore(WorkloadId workload, ImageChange... changes) {
        Reply reply = new Reply.Conflict("");
        for (int look = 1; look <= 10 && reply instanceof Reply.Conflict; look++) {
            reply = platform.restorer().restore(order(workload), look(workload), List.of(changes), Optional::empty);
        }
        return reply;
    }

    private static List<String> images(WorkloadId workload) {
        return look(workload).status().getTemplate().getContainersList().stream()
                .map(container -> container.getName() + "=" + container.getImage())
                .toList();
    }

    @ParameterizedTest
    @ValueSource(strings = {WorkloadId.DEPLOYMENT, WorkloadId.STATEFUL_SET, WorkloadId.DAEMON_SET})
    void putsBackTheImagesOfTheNamedContainersAndNothingElse(String kind) {
        WorkloadId workload = create(kind, "restored-" + kind.toLowerCase(java.util.Locale.ROOT));

        Reply reply = restore(
                workload, change(ObservedContainer.Type.INIT, "setup"), change(ObservedContainer.Type.APP, "app"));

        assertThat(reply).isInstanceOf(Reply.Accepted.class);
        assertThat(images(workload))
                .containsExactly("setup=" + PINNED, "app=" + PINNED, "log=registry.test/shop/log:1");
    }

    @Test
    void leavesEverythingElseOfTheTemplateAsItWas() {
        WorkloadId workload = create(WorkloadId.DEPLOYMENT, "untouched");
        Deployment before = deployment(workload);

        restore(workload, change(ObservedContainer.Type.APP, "app"));

        Deployment after = deployment(workload);
        PodTemplateSpec expected = before.getSpec().getTemplate();
        expected.getSpec().getContainers().getFirst().setImage(PINNED);
        assertThat(after.getSpec().getTemplate()).isEqualTo(expected);
        assertThat(after.getMetadata().getLabels())
                .isEqualTo(before.getMetadata().getLabels());
        assertThat(after.getMetadata().getGeneration())
                .isEqualTo(before.getMetadata().getGeneration() + 1);
    }

    private static Deployment deployment(WorkloadId workload) {
        return Objects.requireNonNull(client.apps()
                .deployments()
                .inNamespace(workload.namespace())
                .withName(workload.name())
                .get());
    }

    @Test
    void aTemplateThatChangedSinceTheLookIsLeftAlone() {
        WorkloadId workload = create(WorkloadId.DEPLOYMENT, "raced");
        LiveTemplate before = look(workload);
        // no edit, which the controller's own writes could disturb
        client.apps()
                .deployments()
                .inNamespace(namespace)
                .withName("raced")
                .patch(PatchContext.of(PatchType.JSON_MERGE), "{\"metadata\":{\"labels\":{\"touched\":\"true\"}}}");

        Reply reply = platform.restorer()
                .restore(order(workload), before, List.of(change(ObservedContainer.Type.APP, "app")), Optional::empty);

        assertThat(reply).isInstanceOf(Reply.Conflict.class);
        assertThat(images(workload)).contains("app=" + EVIL);
    }

    @Test
    void aWorkloadThatIsGoneIsGone() {
        WorkloadId workload = create(WorkloadId.DEPLOYMENT, "deleted");
        LiveTemplate before = look(workload);
        client.apps().deployments().inNamespace(namespace).withName("deleted").delete();

        assertThat(platform.templates().look(workload)).isInstanceOf(Sighting.Gone.class);
        assertThat(platform.restorer()
                        .restore(
                                order(workload),
                                before,
                                List.of(change(ObservedContainer.Type.APP, "app")),
                                Optional::empty))
                .isInstanceOf(Reply.Gone.class);
    }

    @Test
    void otherKindsAreRejected() {
        assertThat(platform.templates().look(new WorkloadId(TARGET, namespace, "ReplicaSet", "bare")))
                .isInstanceOfSatisfying(
                        Sighting.Unseen.class,
                        unseen -> assertThat(unseen.why()).isInstanceOf(Reply.Rejected.class));
    }

    @Test
    void aDryRunPatchesNothing() {
        WorkloadId workload = create(WorkloadId.DEPLOYMENT, "dry");

        Reply reply = platform.dryRun()
                .restorer()
                .restore(
                        order(workload),
                        look(workload),
                        List.of(change(ObservedContainer.Type.APP, "app")),
                        Optional::empty);

        assertThat(reply).isInstanceOf(Reply.Withheld.class);
        assertThat(images(workload)).contains("app=" + EVIL);
    }
}
