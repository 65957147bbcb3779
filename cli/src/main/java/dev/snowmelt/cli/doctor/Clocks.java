package dev.snowmelt.cli.doctor;

import dev.snowmelt.cli.config.DurationText;
import dev.snowmelt.schemas.topic.Topics;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/// This machine's clock beside others'. Commands expire after two minutes, windows and holds end at
/// a time of day: seconds do no harm, half a minute does.
final class Clocks {
    private static final Duration NOTICED = Duration.ofSeconds(3);
    private static final Duration HARMFUL = Duration.ofSeconds(30);
    private static final String TODO =
            "let NTP set it (chronyc tracking, timedatectl): commands expire, windows and" + " holds end by the clock";

    private Clocks() {}

    /// Compares with an HTTP `Date` header, which has whole seconds.
    ///
    /// @param from before the request, by this machine
    /// @param to after the answer, by this machine
    static Finding compare(String check, String other, Optional<String> date, Instant from, Instant to) {
        if (date.isEmpty()) {
            return Finding.skipped(check, other + " says no Date");
        }
        Instant theirs;
        try {
            theirs = ZonedDateTime.parse(date.get(), DateTimeFormatter.RFC_1123_DATE_TIME)
                    .toInstant();
        } catch (DateTimeException _) {
            return Finding.skipped(check, other + " says a Date that is none: '" + date.get() + "'");
        }
        // Theirs was cut to the second, and fell anywhere between sending and receiving.
        Duration ahead = Duration.between(theirs.plusSeconds(1), from);
        Duration behind = Duration.between(to, theirs);
        return ahead.isPositive()
                ? skewed(check, "ahead of", other, ahead)
                : behind.isPositive()
                        ? skewed(check, "behind", other, behind)
                        : Finding.ok(check, "agrees with " + other + " to the second");
    }

    private static Finding skewed(String check, String way, String other, Duration by) {
        String found = "this machine's clock is at least " + DurationText.print(by) + " " + way + " " + other;
        if (by.compareTo(HARMFUL) >= 0) {
            return Finding.fail(check, found, TODO);
        }
        return by.compareTo(NOTICED) >= 0 ? Finding.warn(check, found, TODO) : Finding.ok(check, found);
    }

    /// The newest time at which a broker appended an observation: it cannot be in the future.
    static void kafka(Brokers brokers, Topics topics, InstantSource clock, Consumer<Finding> tell)
            throws InterruptedException {
        String check = "clock.kafka";
        Map<TopicPartition, OffsetSpec> asked = new HashMap<>();
        for (int i = 0; i < topics.partitions(); i++) {
            asked.put(new TopicPartition(topics.observations().name(), i), OffsetSpec.maxTimestamp());
        }
        Map<TopicPartition, KafkaException> refused = new HashMap<>();
        var offsets = brokers.admin().listOffsets(asked);
        Map<
                        TopicPartition,
                        org.apache.kafka.common.KafkaFuture<
                                org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo>>
                answers = new HashMap<>();
        asked.keySet().forEach(partition -> answers.put(partition, offsets.partitionResult(partition)));
        long newest = Brokers.each(answers, refused).values().stream()
                .mapToLong(each -> each.timestamp())
                .max()
                .orElse(-1);
        for (KafkaException refusal : refused.values()) {
            if (!(refusal instanceof UnknownTopicOrPartitionException)) {
                throw refusal;
            }
        }
        tell.accept(appended(check, newest, clock.instant()));
    }

    /// @param newest milliseconds of the newest append; negative: none
    static Finding appended(String check, long newest, Instant now) {
        if (newest < 0) {
            return Finding.skipped(check, "no observation was ever appended, so no broker said what time it is");
        }
        Duration ago = Duration.between(Instant.ofEpochMilli(newest), now);
        return ago.isNegative()
                ? skewed(check, "behind", "the brokers'", ago.negated())
                : Finding.ok(
                        check,
                        "not behind the brokers: the newest observation was appended " + DurationText.print(ago)
                                + " ago (whether it is ahead does not show)");
    }
}
