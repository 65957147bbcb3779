package dev.snowmelt.fingerprint.kubernetes;

import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.Volume;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What makes an instance or a workload stateful: report-only unless the declaration names it.
final class Statefulness {
    /// Label or annotation by which people say so; any value but `false` counts.
    static final String MARK = "snowmelt.dev/stateful";

    private Statefulness() {}

    static boolean ofPod(Pod pod) {
        return isMarked(pod.getMetadata()) || isOwnedByStatefulSet(pod.getMetadata()) || claimsVolume(pod.getSpec());
    }

    static boolean ofTemplate(@Nullable ObjectMeta workload, @Nullable PodTemplateSpec template) {
        return isMarked(workload)
                || (template != null && (isMarked(template.getMetadata()) || claimsVolume(template.getSpec())));
    }

    // A generic ephemeral volume's claim is made with the pod and deleted with it, by its author's wish: no more state
    // than an emptyDir.
    private static boolean claimsVolume(@Nullable PodSpec spec) {
        if (spec == null) {
            return false;
        }
        for (Volume volume : spec.getVolumes()) {
            if (volume.getPersistentVolumeClaim() != null) {
                return true;
            }
        }
        return false;
    }

    private static boolean isOwnedByStatefulSet(ObjectMeta metadata) {
        if (metadata.getOwnerReferences() != null) {
            for (OwnerReference owner : metadata.getOwnerReferences()) {
                if ("StatefulSet".equals(owner.getKind())) {
                    return true;
                }
            }
        }
        return false;
    }

    private static boolean isMarked(@Nullable ObjectMeta metadata) {
        return metadata != null && (isMarked(metadata.getLabels()) || isMarked(metadata.getAnnotations()));
    }

    private static boolean isMarked(@Nullable Map<String, String> marks) {
        String mark = marks == null ? null : marks.get(MARK);
        return mark != null && !mark.equalsIgnoreCase("false");
    }
}
