package dev.snowmelt.streams;

import dev.snowmelt.schemas.topic.DeadLetter;
import dev.snowmelt.schemas.topic.Topics;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.errors.ErrorHandlerContext;
import org.apache.kafka.streams.errors.ProductionExceptionHandler;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What a role that is at-least-once does with a record that no broker takes because it is too
/// large: it is handed to the role as a dead letter, and the role goes on. Otherwise the role would
/// stop at the same record for ever. What a role writes is bounded before; this is for topics that
/// were made with other limits.
///
/// The role writes the letter itself, from its own thread: the broker's refusal is heard on the
/// producer's thread, which would wait for the letter's topic to become known, and nobody else makes
/// it so.
///
/// A changelog is no such topic: a store that holds what its changelog does not would be another
/// after the next restart. Of no use to a role that is exactly-once: its transaction is lost with the
/// record.
public final class PutAside implements ProductionExceptionHandler {
    private static final Logger LOG = LoggerFactory.getLogger(PutAside.class);
    private static final String CONFIG = "snowmelt.put.aside";
    private static final String CHANGELOG = "-changelog";

    private record To(String deadLetters, String stage, Consumer<DeadLetter> aside) {}

    private To to;

    /// Streams makes it by its class name, then calls [#configure].
    @SuppressWarnings("NullAway.Init")
    public PutAside() {}

    /// The settings of Streams that make a role do so.
    ///
    /// @param stage the role's name
    /// @param aside takes every such record but dead letters, on whatever thread
    public static Map<String, Object> config(Topics topics, String stage, Consumer<DeadLetter> aside) {
        return Map.of(
                StreamsConfig.PRODUCTION_EXCEPTION_HANDLER_CLASS_CONFIG,
                PutAside.class,
                CONFIG,
                new To(topics.deadLetters().name(), stage, aside));
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
        LOG.atError()
                .addKeyValue("topic", record.topic())
                .addKeyValue("from", context.topic())
                .addKeyValue("partition", context.partition())
                .addKeyValue("offset", context.offset())
                .addKeyValue("error", exception.getMessage())
                .log("a record was too large to be written and is put aside");
        if (record.topic().equals(to.deadLetters())) {
            return Response.resume();
        }
        // What a timer wrote comes of no record.
        boolean timer = context.topic() == null;
        to.aside()
                .accept(new DeadLetter(
                        timer ? record.topic() : context.topic(),
                        timer ? -1 : context.partition(),
                        timer ? -1 : context.offset(),
                        to.stage(),
                        "what came of it is too large for " + record.topic() + ": " + exception.getMessage(),
                        record.key(),
                        record.value()));
        return Response.resume();
    }
}
