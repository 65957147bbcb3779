package dev.snowmelt.sources.manifest;

import dev.snowmelt.sources.SourceException.Fault;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What a pod's specification must have so that its images can be told. Kubernetes' model takes
/// numbers for texts; the API server does not, and a name that was turned into another one would be
/// declared for nobody.
final class TemplateChecks {
    private final String place;
    private final List<Fault> faults;

    /// @param faults gets every fault
    TemplateChecks(String place, List<Fault> faults) {
        this.place = place;
        this.faults = faults;
    }

    void podSpec(String path, @Nullable Object spec) {
        if (!(spec instanceof Map<?, ?> fields)) {
            fault(path, "must be the pod's specification: keys and values");
            return;
        }
        containers(path + ".initContainers", fields.get("initContainers"));
        if (fields.get("containers") instanceof List<?> list && !list.isEmpty()) {
            containers(path + ".containers", list);
        } else {
            fault(path + ".containers", "must list at least one container");
        }
    }

    private void containers(String path, @Nullable Object list) {
        if (list == null) {
            return;
        }
        if (!(list instanceof List<?> containers)) {
            fault(path, "must be a list");
            return;
        }
        for (int i = 0; i < containers.size(); i++) {
            String at = path + "[" + i + "]";
            if (containers.get(i) instanceof Map<?, ?> container) {
                text(at + ".name", container.get("name"));
                text(at + ".image", container.get("image"));
            } else {
                fault(at, "must be a container: keys and values");
            }
        }
    }

    private void text(String path, @Nullable Object value) {
        if (!(value instanceof String text) || text.isBlank()) {
            fault(path, value == null ? "is missing" : "must be a text; put it into quotes if it is meant as one");
        }
    }

    private void fault(String path, String message) {
        faults.add(new Fault(place + ": " + path, message));
    }
}
