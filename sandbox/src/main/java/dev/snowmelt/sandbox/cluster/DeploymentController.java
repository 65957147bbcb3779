package dev.snowmelt.sandbox.cluster;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// One ReplicaSet a template, scaled against each other by the strategy.
final class DeploymentController implements Controllers.Controller {

    private static final String HASH = "pod-template-hash";
    private static final String REVISION = "deployment.kubernetes.io/revision";

    private final Store store;
    private final Writes writes;

    DeploymentController(Store store, Writes writes) {
        this.store = store;
        this.writes = writes;
    }

    /// A ReplicaSet of the deployment with the numbers a rollout looks at.
    private final class Replicas {
        final ObjectNode tree;

        Replicas(ObjectNode tree) {
            this.tree = tree;
        }

        int wanted() {
            return Json.number(tree, 0, "spec", "replicas");
        }

        int status(String name) {
            return Json.number(tree, 0, "status", name);
        }

        int revision() {
            String revision = Json.text(tree, "metadata", "annotations", REVISION);
            return revision.isEmpty() ? 0 : Integer.parseInt(revision);
        }

        void scale(int replicas) {
            if (replicas != wanted()) {
                Json.child(tree, "spec").put("replicas", replicas);
                Json.meta(tree).put("generation", Json.number(tree, 0, "metadata", "generation") + 1);
                store.put(ResourceType.REPLICA_SETS, tree);
            }
        }
    }

    @Override
    public void reconcile(Stored deployment) {
        ObjectNode tree = deployment.tree();
        List<Replicas> sets = new ArrayList<>();
        for (Stored owned : store.controlledBy(ResourceType.REPLICA_SETS, deployment.uid())) {
            sets.add(new Replicas(owned.tree()));
        }
        sets.sort(Comparator.comparingInt(Replicas::revision));
        Replicas current = find(sets, Json.at(tree, "spec", "template"));
        boolean paused = Json.at(tree, "spec", "paused").asBoolean(false);
        boolean recreate = Json.text(tree, "spec", "strategy", "type").equals("Recreate");
        int desired = Json.number(tree, 1, "spec", "replicas");
        List<Replicas> old = new ArrayList<>(sets);
        old.remove(current);
        if (current == null && !paused && (!recreate || areGone(old))) {
            current = create(deployment, tree, sets);
            sets.add(current);
        } else if (current != null && !paused) {
            revise(tree, current, sets);
        }
        if (paused) {
            if (sets.size() == 1) {
                sets.getFirst().scale(desired);
            }
        } else if (recreate) {
            old.forEach(set -> set.scale(0));
            if (current != null && areGone(old)) {
                current.scale(desired);
            }
        } else if (current != null) {
            roll(tree, current, old, desired);
        }
        if (current != null && !paused) {
            forgetOldSets(tree, old);
        }
        writeStatus(tree, current, sets, desired);
    }

    private @Nullable Replicas find(List<Replicas> sets, JsonNode template) {
        for (Replicas set : sets) {
            ObjectNode other = Json.at(set.tree, "spec", "template").deepCopy().asObject();
            Json.child(other, "metadata", "labels").remove(HASH);
            ObjectNode mine = template.deepCopy().asObject();
            Json.child(mine, "metadata", "labels").remove(HASH);
            if (other.equals(mine)) {
                return set;
            }
        }
        return null;
    }

    private boolean areGone(List<Replicas> old) {
        return old.stream()
                .allMatch(set -> store.controlledBy(ResourceType.PODS, Json.text(set.tree, "metadata", "uid"))
                        .isEmpty());
    }

    private Replicas create(Stored deployment, ObjectNode tree, List<Replicas> sets) {
        JsonNode template = Json.at(tree, "spec", "template");
        int collisions = Json.number(tree, 0, "status", "collisionCount");
        String hash = Pods.hash(template, collisions);
        while (store.get(ResourceType.REPLICA_SETS, deployment.namespace(), deployment.name() + "-" + hash) != null) {
            Json.child(tree, "status").put("collisionCount", ++collisions);
            hash = Pods.hash(template, collisions);
        }
        ObjectNode set = Json.object();
        ObjectNode meta = set.putObject("metadata");
        meta.put("name", deployment.name() + "-" + hash).put("namespace", deployment.namespace());
        Json.strings(Json.at(template, "metadata", "labels")).forEach(Json.child(meta, "labels")::put);
        Json.child(meta, "labels").put(HASH, hash);
        Pods.own(meta, deployment);
        ObjectNode spec = set.putObject("spec");
        spec.put("replicas", 0);
        spec.set("selector", Json.at(tree, "spec", "selector").deepCopy());
        Json.child(spec, "selector", "matchLabels").put(HASH, hash);
        spec.set("template", template.deepCopy());
        Json.child(spec, "template", "metadata", "labels").put(HASH, hash);
        number(tree, meta, 1 + sets.stream().mapToInt(Replicas::revision).max().orElse(0));
        return new Replicas(writes.create(ResourceType.REPLICA_SETS, deployment.namespace(), set, false));
    }

    /// A template that returns to an earlier one makes its ReplicaSet the newest revision.
    private void revise(ObjectNode tree, Replicas current, List<Replicas> sets) {
        int newest = sets.stream().mapToInt(Replicas::revision).max().orElse(0);
        int revision = current.revision() < newest ? newest + 1 : newest;
        ObjectNode meta = Json.meta(current.tree);
        number(tree, meta, revision);
        current.tree.set("metadata", meta);
        Stored stored = store.put(ResourceType.REPLICA_SETS, current.tree);
        meta.put("resourceVersion", Long.toString(stored.version()));
    }

    private static void number(ObjectNode deployment, ObjectNode setMeta, int revision) {
        Json.child(setMeta, "annotations").put(REVISION, Integer.toString(revision));
        Json.child(deployment, "metadata", "annotations").put(REVISION, Integer.toString(revision));
    }

    private void roll(ObjectNode tree, Replicas current, List<Replicas> old, int desired) {
        JsonNode rolling = Json.at(tree, "spec", "strategy", "rollingUpdate");
        int surge = Pods.share(rolling.path("maxSurge"), desired, true);
        int unavailable = Pods.share(rolling.path("maxUnavailable"), desired, false);
        if (surge == 0 && unavailable == 0) {
            unavailable = 1;
        }
        int total = current.wanted() + old.stream().mapToInt(Replicas::wanted).sum();
        if (current.wanted() > desired) {
            current.scale(desired);
        } else if (current.wanted() < desired && total < desired + surge) {
            current.scale(Math.min(desired, current.wanted() + desired + surge - total));
        }
        int minimum = desired - unavailable;
        int all = current.wanted() + old.stream().mapToInt(Replicas::wanted).sum();
        int newUnavailable = current.wanted() - Math.min(current.wanted(), current.status("availableReplicas"));
        int spare = all - minimum - newUnavailable;
        for (Replicas set : old) { // what is not available costs nothing
            int dead = Math.min(spare, set.wanted() - Math.min(set.wanted(), set.status("availableReplicas")));
            if (dead > 0) {
                set.scale(set.wanted() - dead);
                spare -= dead;
            }
        }
        int available = current.status("availableReplicas")
                + old.stream()
                        .mapToInt(set -> Math.min(set.wanted(), set.status("availableReplicas")))
                        .sum();
        int down = Math.min(spare, available - minimum);
        for (Replicas set : old) {
            int step = Math.min(down, set.wanted());
            if (step > 0) {
                set.scale(set.wanted() - step);
                down -= step;
            }
        }
    }

    private void forgetOldSets(ObjectNode tree, List<Replicas> old) {
        int limit = Json.number(tree, 10, "spec", "revisionHistoryLimit");
        List<Replicas> empty = old.stream()
                .filter(set -> set.wanted() == 0 && set.status("replicas") == 0)
                .toList();
        empty.stream()
                .limit(Math.max(0, empty.size() - limit))
                .forEach(set -> store.remove(
                        ResourceType.REPLICA_SETS,
                        Json.text(set.tree, "metadata", "namespace"),
                        Json.text(set.tree, "metadata", "name")));
    }

    private void writeStatus(ObjectNode tree, @Nullable Replicas current, List<Replicas> sets, int desired) {
        int replicas = sum(sets, "replicas");
        int available = sum(sets, "availableReplicas");
        int updated = current == null ? 0 : current.status("replicas");
        ObjectNode status = Json.child(tree, "status");
        status.put("observedGeneration", Json.number(tree, 0, "metadata", "generation"));
        Counts.put(status, "replicas", replicas);
        Counts.put(status, "updatedReplicas", updated);
        Counts.put(status, "readyReplicas", sum(sets, "readyReplicas"));
        Counts.put(status, "availableReplicas", available);
        Counts.put(status, "unavailableReplicas", Math.max(0, Math.max(desired, replicas) - available));
        int minimum = desired
                - (Json.text(tree, "spec", "strategy", "type").equals("Recreate")
                        ? 0
                        : Pods.share(
                                Json.at(tree, "spec", "strategy", "rollingUpdate", "maxUnavailable"), desired, false));
        boolean enough = available >= minimum;
        String now = writes.timestamp();
        condition(
                status,
                "Available",
                enough,
                enough ? "MinimumReplicasAvailable" : "MinimumReplicasUnavailable",
                enough ? "Deployment has minimum availability." : "Deployment does not have minimum availability.",
                now);
        boolean complete = updated == desired && replicas == desired && available == desired;
        String set = current == null ? "" : Json.text(current.tree, "metadata", "name");
        condition(
                status,
                "Progressing",
                true,
                complete ? "NewReplicaSetAvailable" : "ReplicaSetUpdated",
                "ReplicaSet \"%s\" %s".formatted(set, complete ? "has successfully progressed." : "is progressing."),
                now);
        store.put(ResourceType.DEPLOYMENTS, tree);
    }

    private static void condition(
            ObjectNode status, String type, boolean value, String reason, String message, String now) {
        PodStatus.condition(status, type, value, reason, now);
        for (ObjectNode condition : Json.objects(status.path("conditions"))) {
            if (Json.text(condition, "type").equals(type)
                    && !Json.text(condition, "message").equals(message)) {
                condition.put("message", message).put("lastUpdateTime", now);
            }
        }
    }

    private static int sum(List<Replicas> sets, String name) {
        return sets.stream().mapToInt(set -> set.status(name)).sum();
    }
}
