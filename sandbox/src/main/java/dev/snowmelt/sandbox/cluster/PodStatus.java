package dev.snowmelt.sandbox.cluster;

import java.util.List;
import java.util.Set;
import java.util.UUID;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// The status a kubelet writes for a pod, computed from the pod's spec, its present status and what the
/// registry says.
final class PodStatus {

    private final ImageRegistry images;
    private final ObjectNode pod;
    private final String now;
    private final boolean mayBecomeReady;

    PodStatus(ImageRegistry images, ObjectNode pod, String now, boolean mayBecomeReady) {
        this.images = images;
        this.pod = pod;
        this.now = now;
        this.mayBecomeReady = mayBecomeReady;
    }

    static boolean isReady(JsonNode pod) {
        for (JsonNode condition : Json.at(pod, "status", "conditions")) {
            if (Json.text(condition, "type").equals("Ready")) {
                return Json.text(condition, "status").equals("True");
            }
        }
        return false;
    }

    /// Whether some container does not run what the spec says, or readiness is not what it should be.
    static boolean needsWork(JsonNode pod, boolean mayBecomeReady) {
        return differs(pod, "containers", "containerStatuses")
                || differs(pod, "initContainers", "initContainerStatuses")
                || differs(pod, "ephemeralContainers", "ephemeralContainerStatuses")
                || (Json.text(pod, "status", "phase").equals("Running")
                        && isReady(pod) != mayBecomeReady
                        && !isWaiting(pod));
    }

    /// Whether a container waits for an image that could not be pulled.
    static boolean isWaiting(JsonNode pod) {
        for (String list : List.of("containerStatuses", "initContainerStatuses", "ephemeralContainerStatuses")) {
            for (JsonNode status : Json.at(pod, "status", list)) {
                if (Json.has(status, "state", "waiting")) {
                    return true;
                }
            }
        }
        return false;
    }

    private static boolean differs(JsonNode pod, String specs, String statuses) {
        for (JsonNode container : Json.at(pod, "spec", specs)) {
            JsonNode status = named(Json.at(pod, "status", statuses), Json.text(container, "name"));
            if (!Json.text(status, "image").equals(Json.text(container, "image"))
                    || Json.has(status, "state", "waiting")) {
                return true;
            }
        }
        return Json.at(pod, "spec", specs).size()
                != Json.at(pod, "status", statuses).size();
    }

    /// Starts what has to be started and writes the outcome into the pod's tree.
    void write(String hostIp, String podIp) {
        ObjectNode status = Json.child(pod, "status");
        boolean initialized = containers("initContainers", "initContainerStatuses", Role.INIT);
        boolean running = initialized
                ? containers("containers", "containerStatuses", Role.MAIN)
                : initializing(Json.at(pod, "spec", "containers"), status.putArray("containerStatuses"));
        containers("ephemeralContainers", "ephemeralContainerStatuses", Role.EPHEMERAL);
        boolean ready = running && mayBecomeReady;
        boolean startedBefore = Json.at(pod, "status", "containerStatuses")
                .valueStream()
                .allMatch(c -> Json.has(c, "state", "running") || Json.has(c, "lastState", "terminated"));
        status.put("phase", initialized && startedBefore ? "Running" : "Pending");
        condition(status, "PodReadyToStartContainers", true, "");
        condition(status, "Initialized", initialized, "ContainersNotInitialized");
        condition(status, "Ready", ready, "ContainersNotReady");
        condition(status, "ContainersReady", ready, "ContainersNotReady");
        condition(status, "PodScheduled", true, "");
        status.put("hostIP", hostIp);
        status.put("podIP", podIp).putArray("podIPs").addObject().put("ip", podIp);
        if (!status.has("startTime")) {
            status.put("startTime", now);
        }
    }

    private enum Role {
        INIT,
        MAIN,
        EPHEMERAL
    }

    /// Whether all of the list run (or, as init containers, have run).
    private boolean containers(String specs, String statuses, Role role) {
        JsonNode before = Json.at(pod, "status", statuses).deepCopy();
        ObjectNode status = Json.child(pod, "status");
        if (Json.at(pod, "spec", specs).isEmpty()) {
            status.remove(statuses);
            return true;
        }
        ArrayNode after = status.putArray(statuses);
        boolean allRun = true;
        for (JsonNode container : Json.at(pod, "spec", specs)) {
            JsonNode old = named(before, Json.text(container, "name"));
            ObjectNode next = container(container, old, role);
            allRun &= !Json.has(next, "state", "waiting");
            after.add(next);
        }
        return allRun;
    }

    private ObjectNode container(JsonNode container, JsonNode old, Role role) {
        String image = Json.text(container, "image");
        boolean sidecar = Json.text(container, "restartPolicy").equals("Always");
        boolean ready = (role == Role.MAIN || sidecar) ? mayBecomeReady : role == Role.INIT;
        boolean wasRunning = Json.has(old, "state", "running") || Json.has(old, "state", "terminated");
        if (old instanceof ObjectNode same
                && wasRunning
                && Json.text(old, "image").equals(image)) {
            ObjectNode kept = Json.copy(same);
            kept.put("ready", ready);
            return kept;
        }
        ObjectNode next = Json.object();
        next.put("name", Json.text(container, "name"));
        ObjectNode state = next.putObject("state");
        ObjectNode last = next.putObject("lastState");
        if (Json.has(old, "state", "running")) {
            last.putObject("terminated")
                    .put("exitCode", 0)
                    .put("reason", "Completed")
                    .put("startedAt", Json.text(old, "state", "running", "startedAt"))
                    .put("finishedAt", now)
                    .put("containerID", Json.text(old, "containerID"));
        } else if (Json.has(old, "lastState", "terminated")) {
            next.set("lastState", old.path("lastState").deepCopy());
        }
        int restarts = Json.number(old, 0, "restartCount");
        var imageId = images.imageId(image);
        next.put("ready", imageId.isPresent() && ready).put("restartCount", wasRunning ? restarts + 1 : restarts);
        next.put("image", image).put("imageID", imageId.orElse(""));
        if (imageId.isEmpty()) {
            boolean again = Json.has(old, "state", "waiting");
            state.putObject("waiting")
                    .put("reason", again ? "ImagePullBackOff" : "ErrImagePull")
                    .put("message", "Back-off pulling image \"%s\"".formatted(image));
            return next.put("restartCount", restarts).put("started", false);
        }
        next.put("containerID", containerId()).put("started", role != Role.INIT || sidecar);
        if (role == Role.INIT && !sidecar) {
            state.putObject("terminated")
                    .put("exitCode", 0)
                    .put("reason", "Completed")
                    .put("startedAt", now)
                    .put("finishedAt", now)
                    .put("containerID", Json.text(next, "containerID"));
        } else {
            state.putObject("running").put("startedAt", now);
        }
        return next;
    }

    private boolean initializing(JsonNode containers, ArrayNode statuses) {
        for (JsonNode container : containers) {
            ObjectNode status = statuses.addObject();
            status.put("name", Json.text(container, "name"));
            status.putObject("state").putObject("waiting").put("reason", "PodInitializing");
            status.putObject("lastState");
            status.put("ready", false).put("restartCount", 0);
            status.put("image", Json.text(container, "image"))
                    .put("imageID", "")
                    .put("started", false);
        }
        return false;
    }

    private void condition(ObjectNode status, String type, boolean value, String reason) {
        condition(status, type, value, value ? "" : reason, now);
    }

    /// Sets a condition; the transition time moves only with the value.
    static void condition(ObjectNode status, String type, boolean value, String reason, String now) {
        String text = value ? "True" : "False";
        ArrayNode conditions = Json.list(status, "conditions");
        ObjectNode condition = Json.objects(conditions).stream()
                .filter(c -> Json.text(c, "type").equals(type))
                .findFirst()
                .orElseGet(conditions::addObject);
        if (!Json.text(condition, "status").equals(text)) {
            condition.put("lastTransitionTime", now);
        }
        condition.put("type", type).put("status", text);
        if (reason.isEmpty()) {
            condition.remove(Set.of("reason"));
        } else {
            condition.put("reason", reason);
        }
    }

    static JsonNode named(JsonNode list, String name) {
        for (JsonNode item : list) {
            if (Json.text(item, "name").equals(name)) {
                return item;
            }
        }
        return list.path("");
    }

    private static String containerId() {
        String one = UUID.randomUUID().toString().replace("-", "");
        return "containerd://" + one + UUID.randomUUID().toString().replace("-", "");
    }
}
