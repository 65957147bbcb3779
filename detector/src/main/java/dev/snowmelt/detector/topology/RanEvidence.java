package dev.snowmelt.detector.topology;

import dev.snowmelt.v1.Evidence;
import dev.snowmelt.v1.ImageFacet;
import dev.snowmelt.v1.ObservedContainer;
import dev.snowmelt.v1.Ran;
import org.jspecify.annotations.Nullable;

/// Evidence of which images an instance ran: opened when all its containers have an image id,
/// closed when one of them changes or the instance is gone. A change closes what ran and opens what
/// runs in one record. After a crash a record may be there twice, with the same times; the second
/// need not say any more what ran before.
final class RanEvidence {
    private static final long OPEN = Long.MIN_VALUE;

    private final Outbox outbox;
    private final ReverseEncoder encoder = new ReverseEncoder();

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

    /// From now on it runs these images, if they are all known, and no more what it ran before.
    ///
    /// @param before null: it was not there
    void change(
            WorkloadView view,
            byte[] key,
            InstanceState state,
            @Nullable SeenImage before,
            SeenImage now,
            Origin origin) {
        long at = origin.observedAtMillis();
        if (now.makeup().running()) {
            Makeup ended = before == null || state.ranFrom == 0 ? null : before.makeup();
            write(view, key, now, at, OPEN, ended, state.ranFrom, origin);
            state.ranFrom = at;
        } else if (before != null) {
            if (state.ranFrom != 0) {
                closed(view, key, state, before, at, origin);
            }
            state.ranFrom = 0;
        }
    }

    /// Writes again what is open.
    void repeat(WorkloadView view, byte[] key, InstanceState state, SeenImage image, Origin origin) {
        if (state.ranFrom != 0) {
            write(view, key, image, state.ranFrom, OPEN, null, 0, origin);
        }
    }

    /// Writes what was open as closed.
    void closed(WorkloadView view, byte[] key, InstanceState state, SeenImage image, long toMillis, Origin origin) {
        write(view, key, image, state.ranFrom, toMillis, null, 0, origin);
    }

    /// @param to [#OPEN]: still running
    /// @param ended what it ran until `from`; null: nothing
    private void write(
            WorkloadView view,
            byte[] key,
            SeenImage image,
            long from,
            long to,
            @Nullable Makeup ended,
            long endedFrom,
            Origin origin) {
        ReverseEncoder out = encoder;
        out.begin();
        out.bytes(Evidence.INSTANCE_FIELD_NUMBER, key, view.key().length + 1, key.length);
        out.bytes(Evidence.WORKLOAD_FIELD_NUMBER, view.key());
        int ran = out.mark();
        if (ended != null) {
            int before = out.mark();
            out.timestamp(Ran.Before.TO_FIELD_NUMBER, from);
            out.timestamp(Ran.Before.FROM_FIELD_NUMBER, endedFrom);
            out.raw(ended.ran());
            out.message(Ran.BEFORE_FIELD_NUMBER, before);
        }
        image.bytes().writeNode(out, Ran.NODE_FIELD_NUMBER);
        if (to != OPEN) {
            out.timestamp(Ran.TO_FIELD_NUMBER, to);
        }
        out.timestamp(Ran.FROM_FIELD_NUMBER, from);
        out.raw(image.makeup().ran());
        out.message(Evidence.RAN_FIELD_NUMBER, ran);
        outbox.evidence(view.key(), out.end(), origin.timestampMillis());
    }
}
