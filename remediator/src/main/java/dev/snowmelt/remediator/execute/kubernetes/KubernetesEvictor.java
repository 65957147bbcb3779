package dev.snowmelt.remediator.execute.kubernetes;

import dev.snowmelt.remediator.execute.LiveInstance;
import dev.snowmelt.remediator.execute.Reply;
import dev.snowmelt.remediator.execute.Terminator;
import dev.snowmelt.schemas.id.InstanceId;
import io.fabric8.kubernetes.api.model.DeleteOptionsBuilder;
import io.fabric8.kubernetes.api.model.policy.v1.Eviction;
import io.fabric8.kubernetes.api.model.policy.v1.EvictionBuilder;

/// Evicts pods through the Eviction API (policy/v1, Kubernetes 1.22 or later), never with a bare delete, so that
/// disruption budgets are asked.
///
/// The call is bound to the pod that was looked at by its UID, and to its state by its resourceVersion: a pod that was
/// replaced or changed since then answers 409. A pod that is terminating already accepts it again, without effect.
final class KubernetesEvictor implements Terminator {
    private final KubernetesApi api;

    KubernetesEvictor(KubernetesApi api) {
        this.api = api;
    }

    @Override
    public Reply terminate(InstanceId instance, LiveInstance seen) {
        var call = new ApiCall("create", "", "pods", "eviction", instance.namespace(), instance.name());
        return Replies.toCall(call, api.post(call, eviction(instance, seen)), "evicted " + instance.name());
    }

    private static Eviction eviction(InstanceId instance, LiveInstance seen) {
        return new EvictionBuilder()
                .withNewMetadata()
                .withNamespace(instance.namespace())
                .withName(instance.name())
                .endMetadata()
                .withDeleteOptions(new DeleteOptionsBuilder()
                        .withNewPreconditions(seen.version().isEmpty() ? null : seen.version(), instance.uid())
                        .build())
                .build();
    }
}
