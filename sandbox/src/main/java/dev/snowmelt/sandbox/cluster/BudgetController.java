package dev.snowmelt.sandbox.cluster;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Computes the status of a disruption budget: who is healthy, how many must be, how many may go.
final class BudgetController implements Controllers.Controller {

    /// How long an evicted pod may take to start terminating before it counts as healthy again.
    private static final Duration DELETION_TIMEOUT = Duration.ofMinutes(2);

    private final Store store;
    private final Writes writes;

    BudgetController(Store store, Writes writes) {
        this.store = store;
        this.writes = writes;
    }

    @Override
    public void reconcile(Stored budget) {
        ObjectNode tree = budget.tree();
        var matches = Selector.ofObject(Json.at(tree, "spec", "selector"));
        JsonNode disrupted = Json.at(tree, "status", "disruptedPods");
        ObjectNode stillDisrupted = Json.object();
        List<Stored> pods = new ArrayList<>();
        int healthy = 0;
        for (Stored pod : store.all(ResourceType.PODS, budget.namespace())) {
            if (!matches.test(pod.labels())) {
                continue;
            }
            if (Set.of("Succeeded", "Failed").contains(pod.phase())) {
                continue;
            }
            pods.add(pod);
            if (pod.terminating()) {
                continue;
            }
            String since = Json.text(disrupted, pod.name());
            if (!since.isEmpty() && Instant.parse(since).plus(DELETION_TIMEOUT).isAfter(writes.now())) {
                stillDisrupted.put(pod.name(), since);
            } else if (pod.ready()) {
                healthy++;
            }
        }
        JsonNode spec = tree.path("spec");
        int expected =
                Json.has(spec, "maxUnavailable") || spec.path("minAvailable").isString() ? scale(pods) : pods.size();
        int desired = Json.has(spec, "maxUnavailable")
                ? Math.max(0, expected - Pods.share(spec.path("maxUnavailable"), expected, true))
                : Pods.share(spec.path("minAvailable"), expected, true);
        int allowed = expected <= 0 ? 0 : Math.max(0, healthy - desired);
        ObjectNode status = Json.child(tree, "status");
        status.put("currentHealthy", healthy).put("desiredHealthy", desired);
        status.put("disruptionsAllowed", allowed).put("expectedPods", expected);
        status.put("observedGeneration", Json.number(tree, 0, "metadata", "generation"));
        if (stillDisrupted.isEmpty()) {
            status.remove("disruptedPods");
        } else {
            status.set("disruptedPods", stillDisrupted);
        }
        PodStatus.condition(
                status,
                "DisruptionAllowed",
                allowed > 0,
                allowed > 0 ? "SufficientPods" : "InsufficientPods",
                writes.timestamp());
        store.put(budget.type(), tree);
    }

    /// The sum of `spec.replicas` of the workloads that control the pods.
    private int scale(List<Stored> pods) {
        Set<String> seen = new HashSet<>();
        int sum = 0;
        for (Stored pod : pods) {
            if (!pod.controller().isEmpty() && seen.add(pod.controller())) {
                sum += scaleOf(pod);
            }
        }
        return sum;
    }

    private int scaleOf(Stored pod) {
        JsonNode owner = Json.at(pod.tree(), "metadata", "ownerReferences").path(0);
        return ResourceType.ALL.stream()
                .filter(type -> type.kind().equals(Json.text(owner, "kind")))
                .map(type -> store.get(type, pod.namespace(), Json.text(owner, "name")))
                .filter(java.util.Objects::nonNull)
                .mapToInt(stored -> scaleOf(stored, stored.tree()))
                .sum();
    }

    /// A ReplicaSet under a Deployment counts with the Deployment's replicas: a rollout does not shrink the
    /// budget.
    private int scaleOf(Stored owner, ObjectNode tree) {
        if (owner.type() == ResourceType.REPLICA_SETS && !owner.controller().isEmpty()) {
            String name = Json.text(Json.at(tree, "metadata", "ownerReferences").path(0), "name");
            Stored deployment = store.get(ResourceType.DEPLOYMENTS, owner.namespace(), name);
            if (deployment != null) {
                return Json.number(deployment.tree(), 1, "spec", "replicas");
            }
        }
        return Json.number(tree, 1, "spec", "replicas");
    }
}
