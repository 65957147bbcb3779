package dev.snowmelt.detector.topology;

import com.google.protobuf.util.Timestamps;
import dev.snowmelt.v1.Evidence;
import dev.snowmelt.v1.ImageFacet;
import dev.snowmelt.v1.ObservedContainer;
import dev.snowmelt.v1.Ran;

/// Evidence of which images an instance ran: opened when all its containers have an image id, closed when one of them
/// changes or the instance is gone. After a crash a record may be there twice, with the same times.
final class RanEvidence {
    private final Outbox outbox;

    RanEvidence(Outbox outbox) {
        this.outbox = outbox;
    }

    /// Of an instance's template and images; the same in every process.
    static long hash(ImageFacet image) {
        long hash = FacetHash.text(0, image.getTemplate());
        for (ObservedContainer container : image.getContainersList()) {
            hash = FacetHash.text(hash + container.getTypeValue(), container.getName());
            hash = FacetHash.text(hash, container.getImage());
            hash = FacetHash.text(hash, container.getImageId());
        }
        return hash;
    }

    /// From now on it runs these images, if they are all known.
    void open(WorkloadView view, String instance, InstanceState state, ImageFacet image, Origin origin) {
        if (complete(image)) {
            state.ranFrom = origin.observedAtMillis();
            repeat(view, instance, state, image, origin);
        }
    }

    /// Writes again what is open.
    void repeat(WorkloadView view, String instance, InstanceState state, ImageFacet image, Origin origin) {
        if (state.ranFrom != 0) {
            write(view, instance, ran(state, image), origin);
        }
    }

    /// It does not run these images any more.
    void close(
            WorkloadView view, String instance, InstanceState state, ImageFacet image, long toMillis, Origin origin) {
        if (state.ranFrom != 0) {
            closed(view, instance, state, image, toMillis, origin);
            state.ranFrom = 0;
        }
    }

    /// Writes what was open as closed.
    void closed(
            WorkloadView view, String instance, InstanceState state, ImageFacet image, long toMillis, Origin origin) {
        write(view, instance, ran(state, image).setTo(Timestamps.fromMillis(toMillis)), origin);
    }

    private void write(WorkloadView view, String instance, Ran.Builder ran, Origin origin) {
        var record = Evidence.newBuilder()
                .setWorkload(view.text())
                .setInstance(instance)
                .setRan(ran)
                .build();
        outbox.evidence(view.key(), record, origin.timestampMillis());
    }

    private static Ran.Builder ran(InstanceState state, ImageFacet image) {
        var ran = Ran.newBuilder().setFrom(Timestamps.fromMillis(state.ranFrom)).setNode(image.getNode());
        for (ObservedContainer container : image.getContainersList()) {
            ran.addImagesBuilder()
                    .setContainer(container.getName())
                    .setImage(container.getImage())
                    .setImageId(container.getImageId());
        }
        return ran;
    }

    private static boolean complete(ImageFacet image) {
        for (ObservedContainer container : image.getContainersList()) {
            if (container.getImageId().isEmpty()) {
                return false;
            }
        }
        return image.getContainersCount() > 0;
    }
}
