package dev.snowmelt.streams;

import dev.snowmelt.schemas.topic.DeadLetter;
import dev.snowmelt.schemas.topic.Topic;
import dev.snowmelt.schemas.topic.Topics;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.errors.ErrorHandlerContext;
import org.apache.kafka.streams.errors.ProductionExceptionHandler;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What a role that is at-least-once does with a record that no broker takes because it is too
/// large: it goes to the dead letters, is counted, and the role goes on. Otherwise the role would stop
/// at the same record for ever. What a role writes is bounded before; this is for topics that were
/// made with other limits.
///
/// A changelog is no such topic: a store that holds what its changelog does not would be another
/// after the next restart. Of no use to a role that is exactly-once: its transaction is lost with the
/// record.
public final class PutAside implements ProductionExceptionHandler {
    private static final Logger LOG = LoggerFactory.getLogger(PutAside.class);
    private static final String CONFIG = "snowmelt.put.aside";
    private static final String CHANGELOG = "-changelog";

    private record To(Topic<byte[], byte[]> deadLetters, String stage, LongAdder count) {}

    private To to;

    /// Streams makes it by its class name, then calls [#configure].
    @SuppressWarnings("NullAway.Init")
    public PutAside() {}

    /// The settings of Streams that make a role do so.
    ///
    /// @param stage the role's name
    /// @param count is raised by every record that was put aside
    public static Map<String, Object> config(Topics topics, String stage, LongAdder count) {
        return Map.of(
                StreamsConfig.PRODUCTION_EXCEPTION_HANDLER_CLASS_CONFIG,
                PutAside.class,
                CONFIG,
                new To(topics.deadLetters(), stage, count));
    }

    @Override
    public void configure(Map<String, ?> configs) {
        if (!(configs.get(CONFIG) instanceof To configured)) {
            throw new IllegalStateException("'" + CONFIG + "' is not set");
        }
        to = configured;
    }

    @Override
    public Response handleError(
            ErrorHandlerContext context, ProducerRecord<byte[], byte[]> record, Exception exception) {
        if (exception instanceof org.apache.kafka.common.errors.RetriableException) {
            return Response.retry();
        }
        if (!(exception instanceof RecordTooLargeException) || record.topic().endsWith(CHANGELOG)) {
            return Response.fail();
        }
        to.count().increment();
        LOG.atError()
                .addKeyValue("topic", record.topic())
                .addKeyValue("from", context.topic())
                .addKeyValue("partition", context.partition())
                .addKeyValue("offset", context.offset())
                .addKeyValue("error", exception.getMessage())
                .log("a record was too large to be written and was put aside");
        if (record.topic().equals(to.deadLetters().name())) {
            return Response.resume();
        }
        // What a timer wrote comes of no record.
        boolean timer = context.topic() == null;
        var letter = new DeadLetter(
                timer ? record.topic() : context.topic(),
                timer ? -1 : context.partition(),
                timer ? -1 : context.offset(),
                to.stage(),
                "what came of it is too large for " + record.topic() + ": " + exception.getMessage(),
                record.key(),
                record.value());
        return Response.resume(List.of(letter.record(to.deadLetters())));
    }
}
