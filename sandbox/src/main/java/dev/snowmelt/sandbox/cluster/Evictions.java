package dev.snowmelt.sandbox.cluster;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// `POST pods/x/eviction`: a delete that asks the disruption budgets first.
///
/// The order of the questions is the API server's: a pod that does not count for a budget (pending, ended,
/// already terminating) goes without asking; then the budget is charged; then the delete runs with the caller's
/// preconditions. So a charge can be spent on a delete that then fails with 409, and comes back when the
/// budget's controller looks again.
final class Evictions {

    private static final Set<String> PHASES_THAT_NEED_NO_BUDGET = Set.of("Pending", "Succeeded", "Failed");

    private final Store store;
    private final Writes writes;
    private final Deletes deletes;
    private final int retryAfter;
    private final Duration conflictRetry;

    Evictions(Store store, Writes writes, Deletes deletes, int retryAfter, Duration conflictRetry) {
        this.store = store;
        this.writes = writes;
        this.deletes = deletes;
        this.retryAfter = retryAfter;
        this.conflictRetry = conflictRetry;
    }

    /// @throws Refusal 400, 404, 409 (precondition), 429 (budget spent), 500 (two budgets)
    ObjectNode evict(String namespace, String name, ObjectNode eviction, boolean dryRunOfQuery) {
        String kind = Json.text(eviction, "kind");
        if (!kind.isEmpty() && !kind.equals("Eviction")) {
            throw Refusal.badRequest("%s in version \"%s\" cannot be handled as a Eviction"
                    .formatted(kind, Json.text(eviction, "apiVersion")));
        }
        String given = Json.text(eviction, "metadata", "name");
        if (!given.equals(name)) {
            throw Refusal.badRequest("name in URL does not match name in Eviction object");
        }
        ObjectNode options = Json.child(eviction, "deleteOptions");
        boolean dryRun = dryRunOfQuery || !options.path("dryRun").isEmpty();
        return store.locked(() -> {
            Stored pod = writes.require(ResourceType.PODS, namespace, name);
            ObjectNode tree = pod.tree();
            if (needsNoBudget(tree)) {
                deleteAtOnce(pod, options, dryRun);
            } else {
                charge(pod, tree, dryRun);
                deletes.delete(ResourceType.PODS, namespace, name, options, dryRun);
            }
            return accepted();
        });
    }

    /// Here the server takes a conflict for a race of its own and tries again for seconds, unless the caller
    /// named a resourceVersion.
    private void deleteAtOnce(Stored pod, ObjectNode options, boolean dryRun) {
        try {
            deletes.delete(ResourceType.PODS, pod.namespace(), pod.name(), options, dryRun);
        } catch (Refusal refusal) {
            boolean retried = refusal.code() == 409
                    && Json.text(options, "preconditions", "resourceVersion").isEmpty();
            throw retried ? refusal.after(conflictRetry) : refusal;
        }
    }

    private static boolean needsNoBudget(ObjectNode pod) {
        return PHASES_THAT_NEED_NO_BUDGET.contains(Json.text(pod, "status", "phase")) || Deletes.isBeingDeleted(pod);
    }

    private void charge(Stored pod, ObjectNode tree, boolean dryRun) {
        List<Stored> budgets = pod.labels().isEmpty()
                ? List.of()
                : store.all(ResourceType.BUDGETS, pod.namespace()).stream()
                        .filter(budget -> selects(budget, pod))
                        .toList();
        if (budgets.size() > 1) {
            throw Refusal.plain(
                    500,
                    "This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.");
        }
        if (budgets.isEmpty()) {
            return;
        }
        ObjectNode budget = budgets.getFirst().tree();
        int healthy = Json.number(budget, 0, "status", "currentHealthy");
        int desired = Json.number(budget, 0, "status", "desiredHealthy");
        boolean always = Json.text(budget, "spec", "unhealthyPodEvictionPolicy").equals("AlwaysAllow");
        if (!PodStatus.isReady(tree) && (always || (healthy >= desired && desired > 0))) {
            return; // an unready pod does not count as healthy: evicting it costs the budget nothing
        }
        if (Json.number(budget, 0, "status", "observedGeneration") < Json.number(budget, 0, "metadata", "generation")) {
            throw Refusal.budgetSpent(
                    "The disruption budget %s is still being processed by the server."
                            .formatted(budgets.getFirst().name()),
                    retryAfter);
        }
        int allowed = Json.number(budget, 0, "status", "disruptionsAllowed");
        if (allowed <= 0) {
            throw Refusal.budgetSpent(
                    "The disruption budget %s needs %d healthy pods and has %d currently"
                            .formatted(budgets.getFirst().name(), desired, healthy),
                    retryAfter);
        }
        if (!dryRun) {
            ObjectNode status = Json.child(budget, "status");
            status.put("disruptionsAllowed", allowed - 1);
            Json.child(status, "disruptedPods").put(pod.name(), writes.timestamp());
            store.put(ResourceType.BUDGETS, budget);
        }
    }

    private static boolean selects(Stored budget, Stored pod) {
        JsonNode selector = Json.at(budget.tree(), "spec", "selector");
        return budget.namespace().equals(pod.namespace())
                && Selector.ofObject(selector).test(pod.labels());
    }

    private static ObjectNode accepted() {
        ObjectNode status = Json.object();
        status.put("kind", "Status").put("apiVersion", "v1");
        status.putObject("metadata");
        status.put("status", "Success").put("code", 201);
        return status;
    }
}
