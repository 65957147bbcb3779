package dev.snowmelt.remediator.execute.kubernetes;

import dev.snowmelt.fingerprint.kubernetes.PodFingerprint;
import dev.snowmelt.fingerprint.kubernetes.WorkloadFingerprint;
import dev.snowmelt.remediator.execute.Instances;
import dev.snowmelt.remediator.execute.LiveInstance;
import dev.snowmelt.remediator.execute.Reply;
import dev.snowmelt.remediator.execute.Sighting;
import dev.snowmelt.schemas.id.InstanceId;
import dev.snowmelt.schemas.id.WorkloadId;
import dev.snowmelt.v1.Template;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.ReplicaSet;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Looks at pods, their owners and the templates that they were made from. A few GETs, no cache.
final class KubernetesInstances implements Instances {
    private static final String APPS = "apps";

    private final KubernetesApi api;

    KubernetesInstances(KubernetesApi api) {
        this.api = api;
    }

    @Override
    public Sighting<LiveInstance> look(InstanceId instance) {
        if (!ApiCall.isName(instance.namespace()) || !ApiCall.isName(instance.name())) {
            return new Sighting.Unseen<>(new Reply.Rejected(instance + " names no pod"));
        }
        ApiCall call = ApiCall.get("", "pods", instance.namespace(), instance.name());
        return switch (api.get(call)) {
            case ApiResult.Ok ok -> {
                Pod pod = api.read(ok, Pod.class);
                yield instance.uid().equals(pod.getMetadata().getUid())
                        ? withOwner(instance, pod)
                        : new Sighting.Gone<>("another pod bears its name now");
            }
            case ApiResult.Refused refused
            when refused.saysGone(instance.name()) -> new Sighting.Gone<>("is not there any more");
            case ApiResult.Refused refused -> new Sighting.Unseen<>(Replies.toLook(call, refused));
            case ApiResult.NotSent(var why) -> new Sighting.Unseen<>(Replies.toLook(call, why));
            case ApiResult.NoAnswer(var why) -> new Sighting.Unseen<>(Replies.toLook(call, why));
        };
    }

    private Sighting<LiveInstance> withOwner(InstanceId instance, Pod pod) {
        OwnerReference controller = controller(pod.getMetadata());
        if (controller == null) {
            return seen(pod, owner(instance, WorkloadId.STANDALONE, instance.name()), null);
        }
        if (controller.getKind().equals("Node") && group(controller).isEmpty()) {
            // A static pod's mirror belongs to its node: nothing that recreates it.
            return seen(pod, owner(instance, WorkloadId.STANDALONE, instance.name()), null);
        }
        WorkloadId owner = owner(instance, controller);
        return switch (owner.kind()) {
            case WorkloadId.REPLICA_SET -> withReplicaSet(instance, pod, controller);
            case WorkloadId.STATEFUL_SET -> seen(pod, owner, templateOf(instance, controller));
            // Which template a DaemonSet's pod was made from stands in a ControllerRevision; without it an image
            // that was edited in place is seen when its container has restarted.
            default -> seen(pod, owner, null);
        };
    }

    private Sighting<LiveInstance> withReplicaSet(InstanceId instance, Pod pod, OwnerReference controller) {
        ApiCall call = ApiCall.get(APPS, "replicasets", instance.namespace(), controller.getName());
        return switch (api.get(call)) {
            case ApiResult.Ok ok -> {
                ReplicaSet set = api.read(ok, ReplicaSet.class);
                if (!controller.getUid().equals(set.getMetadata().getUid())) {
                    yield seen(pod, null, null);
                }
                OwnerReference above = controller(set.getMetadata());
                WorkloadId owner = above == null
                        ? owner(
                                instance,
                                WorkloadId.REPLICA_SET,
                                set.getMetadata().getName())
                        : owner(instance, above);
                yield seen(pod, owner, template(set));
            }
            case ApiResult.Refused refused when refused.saysGone(controller.getName()) -> seen(pod, null, null);
            case ApiResult.Refused refused -> new Sighting.Unseen<>(Replies.toLook(call, refused));
            case ApiResult.NotSent(var why) -> new Sighting.Unseen<>(Replies.toLook(call, why));
            case ApiResult.NoAnswer(var why) -> new Sighting.Unseen<>(Replies.toLook(call, why));
        };
    }

    private static Sighting<LiveInstance> seen(Pod pod, @Nullable WorkloadId owner, @Nullable Template template) {
        String version = pod.getMetadata().getResourceVersion();
        return new Sighting.Seen<>(
                new LiveInstance(owner, version == null ? "" : version, PodFingerprint.imageFacet(pod), template));
    }

    // Kinds of other groups that bear a name which means something here (apps.kruise.io has a StatefulSet too) carry
    // their group, as the collector writes them.
    private static WorkloadId owner(InstanceId instance, OwnerReference controller) {
        String kind = controller.getKind();
        String group = group(controller);
        return owner(
                instance,
                !group.equals(APPS)
                                && WorkloadId.kinds(instance.target().platform())
                                        .contains(kind)
                        ? kind + "." + group
                        : kind,
                controller.getName());
    }

    private static String group(OwnerReference controller) {
        int slash = controller.getApiVersion().indexOf('/');
        return slash < 0 ? "" : controller.getApiVersion().substring(0, slash);
    }

    private static WorkloadId owner(InstanceId instance, String kind, String name) {
        return new WorkloadId(instance.target(), instance.namespace(), kind, name);
    }

    private static @Nullable Template template(ReplicaSet set) {
        Map<String, String> labels = set.getMetadata().getLabels();
        String hash = labels == null ? null : labels.get(PodFingerprint.POD_TEMPLATE_HASH);
        return hash == null || set.getSpec() == null || set.getSpec().getTemplate() == null
                ? null
                : WorkloadFingerprint.template(set.getSpec().getTemplate(), hash);
    }

    // Only tells images edited in place, so that no answer is no obstacle.
    private @Nullable Template templateOf(InstanceId instance, OwnerReference controller) {
        ApiCall call = ApiCall.get(APPS, "statefulsets", instance.namespace(), controller.getName());
        return api.get(call) instanceof ApiResult.Ok ok
                ? WorkloadFingerprint.status(instance.target(), api.read(ok, StatefulSet.class))
                        .getTemplate()
                : null;
    }

    private static @Nullable OwnerReference controller(ObjectMeta metadata) {
        if (metadata.getOwnerReferences() != null) {
            for (OwnerReference owner : metadata.getOwnerReferences()) {
                if (Boolean.TRUE.equals(owner.getController())) {
                    return owner;
                }
            }
        }
        return null;
    }
}
