package dev.snowmelt.detector.topology;

import dev.snowmelt.schemas.topic.ObservationHeader.Source;
import java.nio.ByteBuffer;

/// Where the newest thing that was seen of an object stands in the order of things. The log's order
/// rules, but for a list against a watch: a page of a list may be older than what the watch has
/// said already, and the resourceVersion tells.
///
/// @param mark offset of the record that showed the object last
/// @param epoch its lease epoch
/// @param resourceVersion its resourceVersion; 0: unknown
/// @param list true: part of a list
record SeenOrder(long mark, long epoch, long resourceVersion, boolean list) {
    static final int BYTES = 25;

    static SeenOrder of(Origin origin) {
        return new SeenOrder(origin.offset(), origin.epoch(), origin.resourceVersion(), origin.source() == Source.LIST);
    }

    static SeenOrder read(ByteBuffer in) {
        return new SeenOrder(in.getLong(), in.getLong(), in.getLong(), in.get() != 0);
    }

    void write(ByteBuffer out) {
        out.putLong(mark).putLong(epoch).putLong(resourceVersion).put((byte) (list ? 1 : 0));
    }

    /// Shown once more. Records come in the log's order, so a higher mark is of a log that was cut
    /// or made anew since.
    SeenOrder marked(long newMark) {
        return new SeenOrder(newMark, epoch, resourceVersion, list);
    }

    /// A tombstone set because a list did not show the object: what version it had then is not
    /// known.
    static SeenOrder missing(Origin end) {
        return new SeenOrder(end.offset(), end.epoch(), 0, true);
    }

    /// True when what the record shows is older than what is known.
    boolean newerThan(Origin origin) {
        return list != (origin.source() == Source.LIST)
                && comparable(origin)
                && origin.resourceVersion() < resourceVersion;
    }

    /// For a deleted object: true when the record shows that it is there nevertheless.
    ///
    /// @param listBegan offset of the BEGIN of the record's snapshot; negative: not known
    boolean revivedBy(Origin origin, long listBegan) {
        return switch (origin.source()) {
            case AGENT -> false;
            case WATCH -> !comparable(origin) || origin.resourceVersion() > resourceVersion;
            case LIST ->
                comparable(origin)
                        ? origin.resourceVersion() > resourceVersion
                        : listBegan > mark || mark > origin.offset();
        };
    }

    private boolean comparable(Origin origin) {
        return epoch == origin.epoch() && resourceVersion != 0 && origin.resourceVersion() != 0;
    }
}
