package dev.snowmelt.sandbox.cluster;

import java.util.List;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/// Whether the controllers and kubelets have nothing left to do.
final class Settled {

    private Settled() {}

    static Optional<String> firstUnsettled(Store store) {
        return store.locked(() -> {
            for (ResourceType type :
                    List.of(ResourceType.DEPLOYMENTS, ResourceType.STATEFUL_SETS, ResourceType.DAEMON_SETS)) {
                for (Stored workload : store.all(type, "")) {
                    ObjectNode tree = workload.tree();
                    if (!isSettled(type, tree)) {
                        return Optional.of("%s %s: %s".formatted(type.kind(), workload.key(), tree.path("status")));
                    }
                }
            }
            return store.all(ResourceType.PODS, "").stream()
                    .filter(pod -> !pod.phase().equals("Running") || pod.terminating())
                    .findFirst()
                    .map(pod -> "Pod %s: %s".formatted(pod.key(), pod.phase()));
        });
    }

    private static boolean isSettled(ResourceType type, ObjectNode tree) {
        boolean daemon = type == ResourceType.DAEMON_SETS;
        int desired = daemon
                ? Json.number(tree, -1, "status", "desiredNumberScheduled")
                : Json.number(tree, 1, "spec", "replicas");
        List<String> counts = daemon
                ? List.of("updatedNumberScheduled", "numberAvailable", "currentNumberScheduled")
                : List.of("replicas", "updatedReplicas", "availableReplicas", "readyReplicas");
        return Json.number(tree, 0, "status", "observedGeneration") == Json.number(tree, 0, "metadata", "generation")
                && counts.stream().allMatch(count -> Json.number(tree, 0, "status", count) == desired);
    }
}
