package dev.snowmelt.sandbox.cluster;

import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/// The values a server fills in when a client leaves them out, as the API reference gives them.
final class Defaults {

    private Defaults() {}

    static void apply(ResourceType type, ObjectNode object) {
        object.put("kind", type.kind()).put("apiVersion", type.apiVersion());
        switch (type.plural()) {
            case "pods" -> podSpec(Json.child(object, "spec"), true);
            case "deployments" -> deployment(Json.child(object, "spec"));
            case "replicasets" -> {
                absent(Json.child(object, "spec"), "replicas", 1);
                template(Json.child(object, "spec"));
            }
            case "statefulsets" -> statefulSet(Json.child(object, "spec"));
            case "daemonsets" -> daemonSet(Json.child(object, "spec"));
            case "namespaces" -> {
                ObjectNode spec = Json.child(object, "spec");
                if (!spec.has("finalizers")) {
                    spec.putArray("finalizers").add("kubernetes");
                }
                Json.child(object, "status").put("phase", "Active");
                Json.child(object, "metadata", "labels")
                        .put("kubernetes.io/metadata.name", Json.text(object, "metadata", "name"));
            }
            case "persistentvolumeclaims" -> {
                absent(Json.child(object, "spec"), "volumeMode", "Filesystem");
                if (!Json.has(object, "status", "phase")) {
                    Json.child(object, "status").put("phase", "Pending");
                }
            }
            default -> {}
        }
    }

    private static void deployment(ObjectNode spec) {
        absent(spec, "replicas", 1);
        absent(spec, "revisionHistoryLimit", 10);
        absent(spec, "progressDeadlineSeconds", 600);
        ObjectNode strategy = Json.child(spec, "strategy");
        absent(strategy, "type", "RollingUpdate");
        if (Json.text(strategy, "type").equals("RollingUpdate")) {
            ObjectNode rolling = Json.child(strategy, "rollingUpdate");
            absent(rolling, "maxUnavailable", "25%");
            absent(rolling, "maxSurge", "25%");
        }
        template(spec);
    }

    private static void statefulSet(ObjectNode spec) {
        absent(spec, "replicas", 1);
        absent(spec, "revisionHistoryLimit", 10);
        absent(spec, "podManagementPolicy", "OrderedReady");
        absent(spec, "serviceName", "");
        ObjectNode strategy = Json.child(spec, "updateStrategy");
        absent(strategy, "type", "RollingUpdate");
        if (Json.text(strategy, "type").equals("RollingUpdate")) {
            absent(Json.child(strategy, "rollingUpdate"), "partition", 0);
        }
        template(spec);
    }

    private static void daemonSet(ObjectNode spec) {
        absent(spec, "revisionHistoryLimit", 10);
        ObjectNode strategy = Json.child(spec, "updateStrategy");
        absent(strategy, "type", "RollingUpdate");
        if (Json.text(strategy, "type").equals("RollingUpdate")) {
            ObjectNode rolling = Json.child(strategy, "rollingUpdate");
            absent(rolling, "maxUnavailable", 1);
            absent(rolling, "maxSurge", 0);
        }
        template(spec);
    }

    private static void template(ObjectNode spec) {
        if (spec.path("template") instanceof ObjectNode template) {
            podSpec(Json.child(template, "spec"), false);
        }
    }

    static void podSpec(ObjectNode spec, boolean pod) {
        for (String list : List.of("containers", "initContainers", "ephemeralContainers")) {
            Json.objects(spec.path(list)).forEach(Defaults::container);
        }
        absent(spec, "restartPolicy", "Always");
        absent(spec, "terminationGracePeriodSeconds", 30);
        absent(spec, "dnsPolicy", "ClusterFirst");
        absent(spec, "securityContext", Json.object());
        absent(spec, "schedulerName", "default-scheduler");
        if (pod) {
            absent(spec, "enableServiceLinks", true);
            absent(spec, "serviceAccountName", "default");
            absent(spec, "serviceAccount", Json.text(spec, "serviceAccountName"));
        }
    }

    static void container(ObjectNode container) {
        absent(container, "resources", Json.object());
        absent(container, "terminationMessagePath", "/dev/termination-log");
        absent(container, "terminationMessagePolicy", "File");
        absent(container, "imagePullPolicy", pullPolicy(Json.text(container, "image")));
        for (ObjectNode port : Json.objects(container.path("ports"))) {
            absent(port, "protocol", "TCP");
        }
    }

    /// `Always` for `:latest` and for no tag at all, else `IfNotPresent`.
    private static String pullPolicy(String image) {
        if (image.contains("@")) {
            return "IfNotPresent";
        }
        String last = image.substring(image.lastIndexOf('/') + 1);
        return !last.contains(":") || last.endsWith(":latest") ? "Always" : "IfNotPresent";
    }

    private static void absent(ObjectNode object, String name, String value) {
        if (!Json.has(object, name)) {
            object.put(name, value);
        }
    }

    private static void absent(ObjectNode object, String name, int value) {
        if (!Json.has(object, name)) {
            object.put(name, value);
        }
    }

    private static void absent(ObjectNode object, String name, boolean value) {
        if (!Json.has(object, name)) {
            object.put(name, value);
        }
    }

    private static void absent(ObjectNode object, String name, ObjectNode value) {
        if (!Json.has(object, name)) {
            object.set(name, value);
        }
    }
}
