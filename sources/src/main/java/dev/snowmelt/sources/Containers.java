package dev.snowmelt.sources;

import dev.snowmelt.schemas.id.WorkloadId;
import dev.snowmelt.v1.DeclarationSpec;
import dev.snowmelt.v1.Declare;
import dev.snowmelt.v1.DeclaredContainer;
import dev.snowmelt.v1.ObservedContainer;
import dev.snowmelt.v1.Template;

/// Templates as declarations: what a controller would create is what shall run.
public final class Containers {
    private Containers() {}

    /// Declares every container of a template with the image that it names, pinned or not.
    public static Declare declare(WorkloadId workload, Template template) {
        var spec = DeclarationSpec.newBuilder();
        for (Template.Container container : template.getContainersList()) {
            var declared =
                    DeclaredContainer.newBuilder().setName(container.getName()).setImage(container.getImage());
            // An ordinary container is written without its kind, as people write it.
            if (container.getType() == ObservedContainer.Type.INIT) {
                declared.setType(DeclaredContainer.Type.INIT);
            }
            spec.addContainers(declared);
        }
        return Declare.newBuilder()
                .setWorkload(workload.toString())
                .setSpec(spec)
                .build();
    }
}
