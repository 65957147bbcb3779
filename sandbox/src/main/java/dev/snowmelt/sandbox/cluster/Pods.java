package dev.snowmelt.sandbox.cluster;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// What controllers put into the pods they create.
final class Pods {

    private static final String SAFE = "bcdfghjklmnpqrstvwxz2456789";

    private Pods() {}

    /// A pod from the template in the owner's spec, controlled by the owner. Name or generateName is the
    /// caller's to set.
    static ObjectNode fromTemplate(Stored owner, JsonNode template, Map<String, String> extraLabels) {
        ObjectNode pod = Json.object();
        pod.put("kind", "Pod").put("apiVersion", "v1");
        ObjectNode meta = pod.putObject("metadata");
        meta.put("namespace", owner.namespace());
        ObjectNode labels = meta.putObject("labels");
        Json.strings(Json.at(template, "metadata", "labels")).forEach(labels::put);
        extraLabels.forEach(labels::put);
        if (!Json.at(template, "metadata", "annotations").isEmpty()) {
            meta.set("annotations", Json.at(template, "metadata", "annotations").deepCopy());
        }
        own(meta, owner);
        ObjectNode spec = Json.child(template.deepCopy().asObject(), "spec");
        var tolerations = Json.list(spec, "tolerations");
        for (String condition : new String[] {"not-ready", "unreachable"}) {
            tolerations
                    .addObject()
                    .put("key", "node.kubernetes.io/" + condition)
                    .put("operator", "Exists")
                    .put("effect", "NoExecute")
                    .put("tolerationSeconds", 300);
        }
        pod.set("spec", spec);
        return pod;
    }

    static void own(ObjectNode meta, Stored owner) {
        meta.putArray("ownerReferences")
                .addObject()
                .put("apiVersion", owner.type().apiVersion())
                .put("kind", owner.type().kind())
                .put("name", owner.name())
                .put("uid", owner.uid())
                .put("controller", true)
                .put("blockOwnerDeletion", true);
    }

    /// A short name for a template's content, stable as long as the content is (FNV-1a of its JSON in
    /// Kubernetes' safe alphabet).
    static String hash(JsonNode template, int collisions) {
        int hash = 0x811c9dc5;
        String text = sorted(template) + (collisions == 0 ? "" : Integer.toString(collisions));
        for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
            hash = (hash ^ (b & 0xff)) * 0x01000193;
        }
        StringBuilder safe = new StringBuilder();
        Integer.toUnsignedString(hash).chars().forEach(c -> safe.append(SAFE.charAt(c % SAFE.length())));
        return safe.toString();
    }

    /// JSON with sorted keys, so that the order of a client's fields does not count.
    private static String sorted(JsonNode node) {
        if (node instanceof ObjectNode object) {
            StringBuilder text = new StringBuilder("{");
            object.properties().stream()
                    .sorted(Map.Entry.comparingByKey())
                    .forEach(e -> text.append(e.getKey())
                            .append(':')
                            .append(sorted(e.getValue()))
                            .append(','));
            return text.append('}').toString();
        }
        if (node.isArray()) {
            StringBuilder text = new StringBuilder("[");
            node.forEach(item -> text.append(sorted(item)).append(','));
            return text.append(']').toString();
        }
        return node.toString();
    }

    static boolean isAvailable(JsonNode pod) {
        return PodStatus.isReady(pod) && !Deletes.isBeingDeleted(pod);
    }

    /// A number, or a percentage of `total`; Kubernetes rounds a surge up and an unavailability down.
    static int share(JsonNode value, int total, boolean up) {
        if (value.isNumber()) {
            return value.asInt();
        }
        String text = value.asString("0%");
        if (!text.endsWith("%")) {
            return 0;
        }
        int percent = Integer.parseInt(text.substring(0, text.length() - 1));
        return up ? Math.ceilDiv(total * percent, 100) : total * percent / 100;
    }
}
