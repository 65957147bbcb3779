package dev.snowmelt.sources.manifest;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The parts of a Kubernetes object that decide what it is, read without trusting their types.
///
/// @param apiVersion empty: not a text
/// @param kind empty: not a text
/// @param metadata empty map: none
/// @param fields the whole object
record KubernetesObject(String apiVersion, String kind, Map<?, ?> metadata, Map<?, ?> fields) {
    static KubernetesObject of(Map<?, ?> fields) {
        return new KubernetesObject(
                text(fields.get("apiVersion")), text(fields.get("kind")), map(fields.get("metadata")), fields);
    }

    /// API group; empty: the core group.
    String group() {
        int slash = apiVersion.indexOf('/');
        return slash < 0 ? "" : apiVersion.substring(0, slash);
    }

    /// True for something that Helm creates around an installation and that does not stay: tests,
    /// migrations.
    boolean hook() {
        return map(metadata.get("annotations")).containsKey("helm.sh/hook");
    }

    /// True when a controller made it, so that the controller is what counts.
    boolean owned() {
        return metadata.get("ownerReferences") instanceof List<?> owners
                && owners.stream()
                        .anyMatch(owner -> Boolean.TRUE.equals(map(owner).get("controller")));
    }

    /// What is at a path of keys; null: nothing.
    @Nullable Object at(String... path) {
        Object value = fields;
        for (String key : path) {
            value = map(value).get(key);
        }
        return value;
    }

    /// How people name it.
    @Override
    public String toString() {
        String name = text(metadata.get("name"));
        return kind + (name.isEmpty() ? "" : " " + name);
    }

    static String text(@Nullable Object value) {
        return value instanceof String text ? text : "";
    }

    static Map<?, ?> map(@Nullable Object value) {
        return value instanceof Map<?, ?> map ? map : Map.of();
    }
}
