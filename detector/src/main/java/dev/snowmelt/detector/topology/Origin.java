package dev.snowmelt.detector.topology;

import dev.snowmelt.schemas.topic.ObservationHeader;

/// Where and when a record was written.
///
/// @param offset its offset
/// @param timestampMillis its record time: the broker's clock for observations
/// @param replayed true: it lay in the topic before this task started, so an earlier run may have
/// stored its effect and died before telling anybody. Whatever the stores say, the verdict is
/// emitted
/// @param epoch as in [ObservationHeader]
/// @param snapshot as in [ObservationHeader]
/// @param resourceVersion as in [ObservationHeader]
/// @param observedAtMillis as in [ObservationHeader]
/// @param source as in [ObservationHeader]
record Origin(
        long offset,
        long timestampMillis,
        boolean replayed,
        long epoch,
        long snapshot,
        long resourceVersion,
        long observedAtMillis,
        ObservationHeader.Source source) {

    /// Of an observation with a well-formed header.
    static Origin observation(long offset, long timestampMillis, boolean replayed, byte[] header) {
        return new Origin(
                offset,
                timestampMillis,
                replayed,
                ObservationHeader.epoch(header),
                ObservationHeader.snapshot(header),
                ObservationHeader.resourceVersion(header),
                ObservationHeader.observedAtMillis(header),
                ObservationHeader.source(header));
    }

    /// Of a declaration.
    static Origin declaration(long offset, long timestampMillis, boolean replayed) {
        return new Origin(offset, timestampMillis, replayed, 0, 0, 0, timestampMillis, ObservationHeader.Source.WATCH);
    }

    /// The same for who was found to be something else at a time: what is found now began no
    /// earlier. A declaration that is read again is weeks old.
    Origin notBefore(long millis) {
        return observedAtMillis >= millis
                ? this
                : new Origin(offset, timestampMillis, replayed, epoch, snapshot, resourceVersion, millis, source);
    }

    boolean fromAgent() {
        return source == ObservationHeader.Source.AGENT;
    }
}
