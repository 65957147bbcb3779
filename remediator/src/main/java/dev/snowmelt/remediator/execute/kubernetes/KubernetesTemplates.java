package dev.snowmelt.remediator.execute.kubernetes;

import dev.snowmelt.fingerprint.kubernetes.WorkloadFingerprint;
import dev.snowmelt.remediator.execute.LiveTemplate;
import dev.snowmelt.remediator.execute.Reply;
import dev.snowmelt.remediator.execute.Sighting;
import dev.snowmelt.remediator.execute.Templates;
import dev.snowmelt.schemas.id.TargetId;
import dev.snowmelt.schemas.id.WorkloadId;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.apps.DaemonSet;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import org.jspecify.annotations.Nullable;

/// Looks at Deployments, StatefulSets and DaemonSets.
final class KubernetesTemplates implements Templates {
    private final KubernetesApi api;

    KubernetesTemplates(KubernetesApi api) {
        this.api = api;
    }

    /// The plural of a kind whose template can be restored; null for others. A bare ReplicaSet is one of those: it
    /// would not replace its pods.
    static @Nullable String plural(String kind) {
        return switch (kind) {
            case WorkloadId.DEPLOYMENT -> "deployments";
            case WorkloadId.STATEFUL_SET -> "statefulsets";
            case WorkloadId.DAEMON_SET -> "daemonsets";
            default -> null;
        };
    }

    @Override
    public Sighting<LiveTemplate> look(WorkloadId workload) {
        String plural = plural(workload.kind());
        if (plural == null || !ApiCall.isName(workload.namespace()) || !ApiCall.isName(workload.name())) {
            return new Sighting.Unseen<>(
                    new Reply.Rejected("only Deployments, StatefulSets and DaemonSets can be restored"));
        }
        ApiCall call = ApiCall.get("apps", plural, workload.namespace(), workload.name());
        return switch (api.get(call)) {
            case ApiResult.Ok ok -> new Sighting.Seen<>(live(workload.target(), workload.kind(), ok));
            case ApiResult.Refused refused
            when refused.saysGone(workload.name()) -> new Sighting.Gone<>("is not there any more");
            case ApiResult.Refused refused -> new Sighting.Unseen<>(Replies.toLook(call, refused));
            case ApiResult.NotSent(var why) -> new Sighting.Unseen<>(Replies.toLook(call, why));
            case ApiResult.NoAnswer(var why) -> new Sighting.Unseen<>(Replies.toLook(call, why));
        };
    }

    private LiveTemplate live(TargetId target, String kind, ApiResult.Ok ok) {
        return switch (kind) {
            case WorkloadId.DEPLOYMENT -> {
                Deployment deployment = api.read(ok, Deployment.class);
                yield new LiveTemplate(
                        version(deployment.getMetadata()), WorkloadFingerprint.status(target, deployment));
            }
            case WorkloadId.STATEFUL_SET -> {
                StatefulSet set = api.read(ok, StatefulSet.class);
                yield new LiveTemplate(version(set.getMetadata()), WorkloadFingerprint.status(target, set));
            }
            default -> {
                DaemonSet set = api.read(ok, DaemonSet.class);
                yield new LiveTemplate(version(set.getMetadata()), WorkloadFingerprint.status(target, set));
            }
        };
    }

    private static String version(ObjectMeta metadata) {
        return metadata.getResourceVersion() == null ? "" : metadata.getResourceVersion();
    }
}
