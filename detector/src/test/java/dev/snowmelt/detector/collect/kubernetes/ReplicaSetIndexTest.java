package dev.snowmelt.detector.collect.kubernetes;

import static dev.snowmelt.detector.collect.kubernetes.WorkloadResolverTest.owner;
import static dev.snowmelt.detector.collect.kubernetes.WorkloadResolverTest.replicaSet;
import static org.assertj.core.api.Assertions.assertThat;

import dev.snowmelt.detector.collect.kubernetes.ReplicaSetIndex.Learned;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import io.fabric8.kubernetes.api.model.apps.ReplicaSet;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ReplicaSetIndexTest {
    private final ReplicaSetIndex index = new ReplicaSetIndex(2);

    @Test
    void knowsTheTemplateOfTheNewestRevision() {
        index.learn(ofCart("u2", "2", "bbb"));
        index.learn(ofCart("u1", "1", "aaa"));

        assertThat(index.templateOf(cart("2"))).isEqualTo("bbb");
    }

    @Test
    void doesNotGuessTheTemplateBeforeItsReplicaSetWasSeen() {
        index.learn(ofCart("u1", "1", "aaa"));

        assertThat(index.templateOf(cart("2"))).isEmpty();
    }

    @Test
    void tellsWhenADeploymentHasANewestReplicaSetThatWasNotKnown() {
        Learned first = index.learn(ofCart("u1", "1", "aaa"));
        Learned again = index.learn(ofCart("u1", "1", "aaa"));
        Learned next = index.learn(ofCart("u2", "2", "bbb"));
        Learned old = index.learn(ofCart("u1", "1", "aaa"));

        assertThat(first.newestOf()).isNotNull();
        assertThat(again.newestOf()).isNull();
        assertThat(next.newestOf()).isNotNull();
        assertThat(old.newestOf()).isNull();
    }

    @Test
    void tellsWhenAReplicaSetChangesItsOwner() {
        index.learn(replicaSet("web", "u1", 1, owner("apps/v1", "Deployment", "web", "d1")));

        assertThat(index.learn(replicaSet("web", "u1", 1, null)).ownerChanged()).isTrue();
        assertThat(index.learn(replicaSet("web", "u1", 1, null)).ownerChanged()).isFalse();
    }

    @Test
    void forgetsTheLeastUsedBeyondItsBound() {
        index.learn(replicaSet("a", "u1", 1, null));
        index.learn(replicaSet("b", "u2", 1, null));
        index.ownerOf("u1");
        index.learn(replicaSet("c", "u3", 1, null));

        assertThat(index.ownerOf("u1")).isPresent();
        assertThat(index.ownerOf("u2")).isEmpty();
        assertThat(index.ownerOf("u3")).isPresent();
    }

    @Test
    void keepsNoOldRevisions() {
        index.learn(replicaSet("old", "u1", 0, owner("apps/v1", "Deployment", "web", "d1")));

        assertThat(index.ownerOf("u1")).isEmpty();
    }

    private static ReplicaSet ofCart(String uid, String revision, String hash) {
        ReplicaSet set = replicaSet("cart-" + hash, uid, 1, owner("apps/v1", "Deployment", "cart", "d1"));
        set.getMetadata().setLabels(Map.of("pod-template-hash", hash));
        set.getMetadata().setAnnotations(Map.of("deployment.kubernetes.io/revision", revision));
        return set;
    }

    private static Deployment cart(String revision) {
        return new DeploymentBuilder()
                .withNewMetadata()
                .withName("cart")
                .withUid("d1")
                .withAnnotations(Map.of("deployment.kubernetes.io/revision", revision))
                .endMetadata()
                .build();
    }
}
