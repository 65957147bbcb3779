package dev.snowmelt.sources.terraform;

import dev.snowmelt.schemas.id.MalformedIdException;
import dev.snowmelt.schemas.id.TargetId;
import dev.snowmelt.schemas.id.WorkloadId;
import dev.snowmelt.sources.Containers;
import dev.snowmelt.sources.Found.Unresolved;
import dev.snowmelt.v1.Declare;
import dev.snowmelt.v1.ObservedContainer;
import dev.snowmelt.v1.Template;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/// Declares the workloads of Terraform's Kubernetes provider. Blocks are lists of one in its
/// values: `spec[0].template[0].spec[0].container[…]`.
final class ClusterResources {
    private static final String LATER = " is known only after the plan is applied; declare from the state then";

    private final TargetId target;
    private final String defaultNamespace;
    private final boolean plan;
    private final List<Unresolved> unresolved;

    /// @param unresolved gets what cannot be declared
    ClusterResources(TargetId target, String defaultNamespace, boolean plan, List<Unresolved> unresolved) {
        this.target = target;
        this.defaultNamespace = defaultNamespace;
        this.plan = plan;
        this.unresolved = unresolved;
    }

    /// @param place where the resource stands
    /// @param kind of the workload
    Optional<Declare> declare(String place, Resource resource, String kind) {
        List<String> faults = new ArrayList<>();
        Optional<WorkloadId> workload = workload(resource, kind, faults);
        Template template = template(resource, kind, faults);
        faults.forEach(fault -> unresolved.add(new Unresolved(place, fault)));
        return faults.isEmpty() ? workload.map(id -> Containers.declare(id, template)) : Optional.empty();
    }

    private Optional<WorkloadId> workload(Resource resource, String kind, List<String> faults) {
        JsonNode metadata = resource.values().path("metadata").path(0);
        JsonNode hidden = resource.sensitive().path("metadata");
        if (Resource.truth(resource.sensitive())
                || Resource.truth(hidden)
                || Resource.truth(hidden.path(0).path("name"))
                || Resource.truth(hidden.path(0).path("namespace"))) {
            faults.add("metadata is sensitive, and a declaration is read by everybody: mark it nonsensitive()");
            return Optional.empty();
        }
        String name = Resource.text(metadata.path("name"));
        if (name.isEmpty()) {
            faults.add(plan ? "metadata.name" + LATER : "metadata.name is not set");
            return Optional.empty();
        }
        // The provider fills in 'default' itself; an absent namespace is one that a plan does not know.
        String namespace = Resource.text(metadata.path("namespace"));
        if (namespace.isEmpty() && plan && !metadata.has("namespace")) {
            faults.add("metadata.namespace" + LATER);
            return Optional.empty();
        }
        try {
            return Optional.of(new WorkloadId(target, namespace.isEmpty() ? defaultNamespace : namespace, kind, name));
        } catch (MalformedIdException e) {
            faults.add(String.valueOf(e.getMessage()));
            return Optional.empty();
        }
    }

    private Template template(Resource resource, String kind, List<String> faults) {
        JsonNode spec = podSpec(resource.values(), kind);
        JsonNode hidden = podSpec(resource.sensitive(), kind);
        boolean all = Resource.truth(resource.sensitive())
                || Resource.truth(resource.sensitive().path("spec"));
        var template = Template.newBuilder();
        add(
                template,
                ObservedContainer.Type.INIT,
                spec.path("init_container"),
                all ? resource.sensitive() : hidden,
                faults);
        add(template, ObservedContainer.Type.APP, spec.path("container"), all ? resource.sensitive() : hidden, faults);
        if (spec.path("container").isEmpty()) {
            faults.add(plan ? "spec.template.spec.container" + LATER : "it has no container");
        }
        return template.build();
    }

    private void add(
            Template.Builder template,
            ObservedContainer.Type type,
            JsonNode list,
            JsonNode hidden,
            List<String> faults) {
        String block = type == ObservedContainer.Type.INIT ? "init_container" : "container";
        for (int i = 0; i < list.size(); i++) {
            String name = Resource.text(list.path(i).path("name"));
            String image = Resource.text(list.path(i).path("image"));
            JsonNode secret = hidden.path(block).path(i);
            String called = block + (name.isEmpty() ? "[" + i + "]" : " " + name);
            if (Resource.truth(hidden)
                    || Resource.truth(hidden.path(block))
                    || Resource.truth(secret)
                    || Resource.truth(secret.path("image"))
                    || Resource.truth(secret.path("name"))) {
                faults.add("the image of " + block + "[" + i
                        + "] is sensitive, and a declaration is read by everybody: mark it nonsensitive()");
            } else if (image.isEmpty()) {
                faults.add("the image of " + called + (plan ? LATER : " is not set"));
            } else if (name.isEmpty()) {
                faults.add("the name of " + called + (plan ? LATER : " is not set"));
            } else {
                template.addContainers(Template.Container.newBuilder()
                        .setName(name)
                        .setType(type)
                        .setImage(image));
            }
        }
    }

    private static JsonNode podSpec(JsonNode values, String kind) {
        JsonNode spec = values.path("spec").path(0);
        return kind.equals(WorkloadId.STANDALONE)
                ? spec
                : spec.path("template").path(0).path("spec").path(0);
    }
}
