package dev.snowmelt.detector.topology;

import dev.snowmelt.v1.Evidence;
import dev.snowmelt.v1.ImageFacet;
import dev.snowmelt.v1.ObservedContainer;
import dev.snowmelt.v1.Ran;
import org.jspecify.annotations.Nullable;

/// Evidence of which images an instance ran: opened when all its containers have an image id,
/// closed when one of them changes or the instance is gone. A change closes what ran and opens what
/// runs in one record. After a crash a record may be there twice, with the same times; the second
/// need not say any more what ran before. What was closed while nothing else ran yet is kept in the
/// instance's state until something does, because nothing else would tell it again.
final class RanEvidence {
    /// What is closed is kept for a replay up to so many bytes; thousands of containers' images are
    /// more.
    private static final int MOST_KEPT = 64 << 10;

    private final Outbox outbox;
    private final ReverseEncoder encoder = new ReverseEncoder();

    RanEvidence(Outbox outbox) {
        this.outbox = outbox;
    }

    /// Of an instance's template and images; the same in every process.
    static long hash(ImageFacet image) {
        long hash = FacetHash.text(0, image.getTemplate());
        for (ObservedContainer container : image.getContainersList()) {
            if (counts(container)) {
                hash = FacetHash.text(hash + container.getTypeValue(), container.getName());
                hash = FacetHash.text(hash, container.getImage());
                hash = FacetHash.text(hash, container.getImageId());
            }
        }
        return hash;
    }

    /// False of an ephemeral container that has run nothing yet. It may never do: its image may not
    /// exist, and it cannot be taken out of the pod again. What the others run is to be told.
    static boolean counts(ObservedContainer container) {
        return container.getType() != ObservedContainer.Type.EPHEMERAL
                || !container.getImageId().isEmpty();
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
            write(view, key, now, at, ended, state.ranFrom, origin);
            state.ranFrom = at;
            state.ended = InstanceState.NOTHING;
        } else if (before != null && state.ranFrom != 0) {
            byte[] ended = ended(before, state.ranFrom, at);
            write(view, key, ended, origin);
            state.ranFrom = 0;
            state.ended = ended.length <= MOST_KEPT ? ended : InstanceState.NOTHING;
        }
    }

    /// Writes again what is open, or what was closed last if nothing is: it may not have been told.
    void repeat(WorkloadView view, byte[] key, InstanceState state, SeenImage image, Origin origin) {
        if (state.ranFrom != 0) {
            write(view, key, image, state.ranFrom, null, 0, origin);
        } else if (state.ended.length > 0) {
            write(view, key, state.ended, origin);
        }
    }

    /// Writes what was open as closed, because the instance is gone.
    ///
    /// @param image what the tombstone shows
    void gone(WorkloadView view, byte[] key, InstanceState tombstone, SeenImage image, Origin origin) {
        if (tombstone.ranFrom != 0) {
            write(view, key, ended(image, tombstone.ranFrom, tombstone.observedAt), origin);
        } else if (origin.replayed() && tombstone.ended.length > 0) {
            write(view, key, tombstone.ended, origin);
        }
    }

    /// The fields of a [Ran] that is over.
    private byte[] ended(SeenImage image, long from, long to) {
        ReverseEncoder out = encoder;
        out.begin();
        image.bytes().writeNode(out, Ran.NODE_FIELD_NUMBER);
        out.timestamp(Ran.TO_FIELD_NUMBER, to);
        out.timestamp(Ran.FROM_FIELD_NUMBER, from);
        out.raw(image.makeup().ran());
        return out.end();
    }

    private void write(WorkloadView view, byte[] key, byte[] ended, Origin origin) {
        ReverseEncoder out = encoder;
        out.begin();
        out.bytes(Evidence.INSTANCE_FIELD_NUMBER, key, view.key().length + 1, key.length);
        out.bytes(Evidence.WORKLOAD_FIELD_NUMBER, view.key());
        out.bytes(Evidence.RAN_FIELD_NUMBER, ended);
        outbox.evidence(view.key(), out.end(), origin.timestampMillis());
    }

    /// Writes what runs.
    ///
    /// @param ended what it ran until `from`; null: nothing
    private void write(
            WorkloadView view,
            byte[] key,
            SeenImage image,
            long from,
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
        out.timestamp(Ran.FROM_FIELD_NUMBER, from);
        out.raw(image.makeup().ran());
        out.message(Evidence.RAN_FIELD_NUMBER, ran);
        outbox.evidence(view.key(), out.end(), origin.timestampMillis());
    }
}
