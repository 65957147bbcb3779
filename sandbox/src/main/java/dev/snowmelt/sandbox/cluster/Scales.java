package dev.snowmelt.sandbox.cluster;

import java.util.List;
import java.util.Map;
import tools.jackson.databind.node.ObjectNode;

/// The `scale` subresource: a workload's replicas as `autoscaling/v1`.
final class Scales {

    private Scales() {}

    static ObjectNode of(Stored workload) {
        ObjectNode tree = workload.tree();
        ObjectNode scale = Json.object();
        scale.put("kind", "Scale").put("apiVersion", "autoscaling/v1");
        ObjectNode meta = scale.putObject("metadata");
        for (String name : List.of("name", "namespace", "uid", "resourceVersion", "creationTimestamp")) {
            meta.put(name, Json.text(tree, "metadata", name));
        }
        scale.putObject("spec").put("replicas", Json.number(tree, 0, "spec", "replicas"));
        String selector = Json.strings(Json.at(tree, "spec", "selector", "matchLabels")).entrySet().stream()
                .map(Map.Entry::toString)
                .sorted()
                .reduce((a, b) -> a + "," + b)
                .orElse("");
        scale.putObject("status")
                .put("replicas", Json.number(tree, 0, "status", "replicas"))
                .put("selector", selector);
        return scale;
    }

    static Api.Answer set(Writes writes, Request request, String version, int replicas) {
        ObjectNode workload =
                writes.require(request.type(), request.home(), request.name()).tree();
        if (!version.isEmpty()) {
            Json.meta(workload).put("resourceVersion", version);
        }
        Json.child(workload, "spec").put("replicas", replicas);
        ObjectNode written =
                writes.update(request.type(), request.home(), request.name(), "", workload, request.isDryRun());
        return Api.Answer.One.of(
                200,
                of(Stored.of(
                        request.type(), written, Long.parseLong(Json.text(written, "metadata", "resourceVersion")))));
    }
}
