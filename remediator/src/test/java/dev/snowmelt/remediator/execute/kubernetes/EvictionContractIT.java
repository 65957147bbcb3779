package dev.snowmelt.remediator.execute.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.snowmelt.remediator.execute.LiveInstance;
import dev.snowmelt.remediator.execute.Platform;
import dev.snowmelt.remediator.execute.Reply;
import dev.snowmelt.remediator.execute.Sighting;
import dev.snowmelt.schemas.id.InstanceId;
import dev.snowmelt.schemas.id.TargetId;
import dev.snowmelt.schemas.id.WorkloadId;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What evictions rest on, the same against a simulated cluster and, with `SNOWMELT_TEST_KUBECONFIG`, against a real
/// API server of 1.22 or later. The pods are bound to a node that does not exist: no kubelet is needed.
@Timeout(120)
class EvictionContractIT {
    private static final TargetId TARGET = TargetId.parse("k8s:test");

    private static Clusters clusters;
    private static KubernetesClient client;
    private static Platform platform;

    @BeforeAll
    static void start() {
        clusters = Clusters.realOrSimulated();
        client = clusters.client();
        platform = KubernetesPlatform.of(client, Duration.ofSeconds(10));
        assumeThat(Integer.parseInt(client.getKubernetesVersion().getMinor().replaceAll("[^0-9]", "")))
                .as("policy/v1 evictions came with Kubernetes 1.22")
                .isGreaterThanOrEqualTo(22);
    }

    @AfterAll
    static void stop() {
        clusters.close();
    }

    private static Pod create(String name) {
        return client.resource(new PodBuilder()
                        .withNewMetadata()
                        .withName(name)
                        .withNamespace(clusters.namespace())
                        .endMetadata()
                        .withNewSpec()
                        .withNodeName("no-such-node")
                        .withTerminationGracePeriodSeconds(0L)
                        .addNewContainer()
                        .withName("app")
                        .withImage("registry.test/app:1")
                        .endContainer()
                        .endSpec()
                        .build())
                .create();
    }

    private static InstanceId id(Pod pod) {
        return InstanceId.pod(
                TARGET,
                pod.getMetadata().getNamespace(),
                pod.getMetadata().getName(),
                pod.getMetadata().getUid());
    }

    private static LiveInstance look(InstanceId instance) {
        if (platform.instances().look(instance) instanceof Sighting.Seen<LiveInstance>(var live)) {
            return live;
        }
        throw new AssertionError(instance + " is not seen");
    }

    @Test
    void seesABarePod() {
        InstanceId instance = id(create("bare"));

        assertThat(look(instance).owner())
                .isEqualTo(new WorkloadId(TARGET, clusters.namespace(), WorkloadId.STANDALONE, "bare"));
        assertThat(look(instance).image().getContainers(0).getImageId()).isEmpty();
    }

    @Test
    void evictsThePodThatWasLookedAt() {
        InstanceId instance = id(create("evicted"));

        assertThat(platform.terminator().terminate(instance, look(instance))).isInstanceOf(Reply.Accepted.class);
        assertThat(platform.instances().look(instance))
                .satisfiesAnyOf(
                        sighting -> assertThat(sighting).isInstanceOf(Sighting.Gone.class),
                        _ -> assertThat(look(instance).image().getTerminating()).isTrue());
    }

    @Test
    void anotherPodOfTheSameNameAnswersConflict() {
        Pod pod = create("reborn");
        var before = InstanceId.pod(TARGET, clusters.namespace(), "reborn", "5f0c4c5e-6a53-4d8c-9a59-0d6f7b1c2e31");

        assertThat(platform.instances().look(before)).isInstanceOf(Sighting.Gone.class);
        assertThat(platform.terminator().terminate(before, look(id(pod)))).isInstanceOf(Reply.Conflict.class);
        assertThat(look(id(pod)).image().getTerminating()).isFalse();
    }

    @Test
    void aPodThatChangedSinceTheLookAnswersConflict() {
        InstanceId instance = id(create("changed"));
        LiveInstance before = look(instance);
        client.pods()
                .inNamespace(clusters.namespace())
                .withName("changed")
                .edit(pod -> new PodBuilder(pod)
                        .editMetadata()
                        .addToLabels("touched", "true")
                        .endMetadata()
                        .build());

        assertThat(platform.terminator().terminate(instance, before)).isInstanceOf(Reply.Conflict.class);
        assertThat(look(instance).image().getTerminating()).isFalse();
    }

    @Test
    void aPodThatIsGoneAnswersGone() {
        InstanceId instance = id(create("gone"));
        LiveInstance before = look(instance);
        client.pods()
                .inNamespace(clusters.namespace())
                .withName("gone")
                .withGracePeriod(0)
                .delete();

        assertThat(platform.instances().look(instance)).isInstanceOf(Sighting.Gone.class);
        assertThat(platform.terminator().terminate(instance, before)).isInstanceOf(Reply.Gone.class);
    }
}
