package dev.snowmelt.helm;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/// What a render consists of, as the API's own types.
///
/// @param all in the order in which they are rendered
record Manifests(List<HasMetadata> all) {
    private static final KubernetesSerialization YAML = new KubernetesSerialization();

    static Manifests read(String text) {
        return new Manifests(Arrays.stream(text.split("(?m)^---$"))
                .filter(document -> document.lines().anyMatch(line -> !line.isBlank() && !line.startsWith("#")))
                .<HasMetadata>map(YAML::unmarshal)
                .toList());
    }

    <T extends HasMetadata> Stream<T> of(Class<T> type) {
        return all.stream().filter(type::isInstance).map(type::cast);
    }

    <T extends HasMetadata> T one(Class<T> type, String name) {
        return of(type).filter(each -> each.getMetadata().getName().equals(name))
                .findFirst()
                .orElseThrow(() -> new AssertionError("there is no " + type.getSimpleName() + " " + name));
    }

    /// Something that makes pods, and what they look like.
    record Pods(HasMetadata owner, PodTemplateSpec template) {
        @Override
        public String toString() {
            return owner.getKind() + " " + owner.getMetadata().getName();
        }
    }

    /// Every pod template, of hooks and tests too.
    List<Pods> pods() {
        return all.stream()
                .map(each -> switch (each) {
                    case Deployment it -> new Pods(it, it.getSpec().getTemplate());
                    case StatefulSet it -> new Pods(it, it.getSpec().getTemplate());
                    case Job it -> new Pods(it, it.getSpec().getTemplate());
                    case Pod it -> new Pods(it, new PodTemplateSpec(it.getMetadata(), it.getSpec()));
                    default -> null;
                })
                .filter(Objects::nonNull)
                .toList();
    }

    /// What Snowmelt is told.
    String snowmeltYaml() {
        return Objects.requireNonNull(one(ConfigMap.class, "snowmelt").getData().get("snowmelt.yaml"));
    }
}
