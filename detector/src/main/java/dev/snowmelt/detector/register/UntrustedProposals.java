package dev.snowmelt.detector.register;

import com.google.protobuf.util.Timestamps;
import dev.snowmelt.schemas.id.RecordId;
import dev.snowmelt.schemas.text.Texts;
import dev.snowmelt.schemas.topic.DeadLetter;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What becomes of a proposal that is not trusted: a dead letter, a refusal, a count and a warning.
final class UntrustedProposals {
    private static final Logger LOG = LoggerFactory.getLogger(UntrustedProposals.class);
    /// Whoever floods the topic must not flood the log: one line a reason in so long.
    private static final Duration BETWEEN_WARNINGS = Duration.ofMinutes(1);

    private final String topic;
    private final RegistrarMetrics metrics;
    private final Map<Distrust, Instant> warned = new EnumMap<>(Distrust.class);
    private final Map<Distrust, Long> silent = new EnumMap<>(Distrust.class);

    UntrustedProposals(String topic, RegistrarMetrics metrics) {
        this.topic = topic;
        this.metrics = metrics;
    }

    /// @param at the record's time
    /// @param now the registrar's
    List<Step> refuse(
            RecordId id,
            byte @Nullable [] key,
            byte @Nullable [] value,
            Reading.Untrusted untrusted,
            Instant at,
            Instant now) {
        metrics.untrusted(untrusted.why()).increment();
        metrics.refused.increment();
        warn(id, untrusted, now);
        String error = "not trusted: " + untrusted.error();
        return List.of(
                new Step.Bury(new DeadLetter(topic, id.partition(), id.offset(), "registrar", error, key, value)),
                new Step.Reply(
                        id,
                        Answers.refused(
                                id.toString(),
                                List.of(Texts.problem("", error)),
                                Timestamps.fromMillis(at.toEpochMilli()))));
    }

    private void warn(RecordId id, Reading.Untrusted untrusted, Instant now) {
        Distrust why = untrusted.why();
        Instant last = warned.get(why);
        if (last != null && now.isBefore(last.plus(BETWEEN_WARNINGS))) {
            silent.merge(why, 1L, Long::sum);
            return;
        }
        warned.put(why, now);
        Long unsaid = silent.remove(why);
        LOG.atWarn()
                .addKeyValue("proposal", id)
                .addKeyValue("reason", why.tag())
                .addKeyValue("error", untrusted.error())
                .addKeyValue("alsoSinceTheLastWarning", unsaid == null ? 0 : unsaid)
                .log("proposal is not trusted");
    }
}
