package dev.snowmelt.schemas.trace;

import java.time.Instant;
import java.util.Map;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;

/// Where stages tell how long their part of a way took. The way goes on in the header [#HEADER] of
/// records (W3C Trace Context), so a record without it belongs to none. May be called by any
/// thread, and must not wait.
public interface Tracing {
    /// Name of the header: `version-trace-span-flags` in hex digits, 55 bytes.
    String HEADER = "traceparent";

    /// Key under which a stage finds it among the settings of its Kafka clients; absent: [#NONE].
    String CONFIG = "snowmelt.tracing";

    /// Nobody wants to know: no record gets a header.
    Tracing NONE = (_, _, _, _) -> null;

    /// A part of a way has begun.
    ///
    /// @param name what is done, a verb
    /// @param parent header of the record that led to it; null: the way begins here
    /// @param attributes whom it is about
    /// @return null: it is not told
    @Nullable Step begin(String name, byte @Nullable [] parent, Instant began, Map<String, String> attributes);

    /// A part of a way that is under way.
    interface Step {
        /// The header for records that it leads to.
        byte[] header();

        /// It is over.
        void end(Instant at);
    }

    /// That of a stage.
    ///
    /// @param config settings of its Kafka clients
    static Tracing of(Map<String, ?> config) {
        return config.get(CONFIG) instanceof Tracing given ? given : NONE;
    }

    /// A record's header; null: it belongs to no way.
    static byte @Nullable [] header(Headers headers) {
        Header header = headers.lastHeader(HEADER);
        return header == null ? null : header.value();
    }
}
