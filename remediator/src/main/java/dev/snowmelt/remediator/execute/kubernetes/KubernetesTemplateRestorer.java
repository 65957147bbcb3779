package dev.snowmelt.remediator.execute.kubernetes;

import dev.snowmelt.remediator.execute.ImageChange;
import dev.snowmelt.remediator.execute.LiveTemplate;
import dev.snowmelt.remediator.execute.Order;
import dev.snowmelt.remediator.execute.Permit;
import dev.snowmelt.remediator.execute.Reply;
import dev.snowmelt.remediator.execute.TemplateRestorer;
import dev.snowmelt.schemas.id.WorkloadId;
import dev.snowmelt.v1.ObservedContainer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Patches the images of pod templates, strategically (containers merge by name), and only the
/// template that was looked at: the patch carries its resourceVersion, so that any change since
/// then answers 409.
///
/// Nothing but the images is written, no annotation or label either: a GitOps tool that compares
/// the template with its repository must find exactly the declared image, and whoever looks for the
/// author finds the field manager `snowmelt`.
final class KubernetesTemplateRestorer implements TemplateRestorer {
    private static final String FIELD_MANAGER = "snowmelt";

    private final KubernetesApi api;

    KubernetesTemplateRestorer(KubernetesApi api) {
        this.api = api;
    }

    // The one call is made at once.
    @Override
    public Reply restore(Order.Restore order, LiveTemplate seen, List<ImageChange> changes, Permit permit) {
        WorkloadId workload = order.workload();
        String plural = KubernetesTemplates.plural(workload.kind());
        if (plural == null || seen.version().isEmpty() || changes.isEmpty()) {
            return new Reply.Rejected("nothing of " + workload + " can be patched");
        }
        var call = new ApiCall("patch", "apps", plural, null, workload.namespace(), workload.name());
        return Replies.toCall(
                call,
                api.patchStrategically(call, patch(seen, changes), FIELD_MANAGER),
                "restored "
                        + String.join(
                                ", ", changes.stream().map(Object::toString).toList()));
    }

    private static Map<String, Object> patch(LiveTemplate seen, List<ImageChange> changes) {
        Map<String, Object> pod = new LinkedHashMap<>();
        put(pod, "initContainers", changes, ObservedContainer.Type.INIT);
        put(pod, "containers", changes, ObservedContainer.Type.APP);
        return Map.of(
                "metadata", Map.of("resourceVersion", seen.version()), "spec", Map.of("template", Map.of("spec", pod)));
    }

    private static void put(
            Map<String, Object> pod, String list, List<ImageChange> changes, ObservedContainer.Type type) {
        List<Map<String, String>> images = changes.stream()
                .filter(change -> change.type() == type)
                .map(change -> Map.of("name", change.container(), "image", change.to()))
                .toList();
        if (!images.isEmpty()) {
            pod.put(list, images);
        }
    }
}
