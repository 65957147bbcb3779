package dev.snowmelt.schemas.topic;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.jspecify.annotations.Nullable;

/// A record that could not be used, as it was, with where it came from and what was wrong in
/// headers. Its key is the source key.
///
/// @param topic topic it came from
/// @param partition its partition
/// @param offset its offset
/// @param stage which role refused it, for example `registrar`
/// @param error what was wrong, one sentence; its header holds the first 1,024 characters
/// @param key its key, of a larger one the first 16 KiB
/// @param value its value. A batch of the broker's default limit holds more when it is compressed:
/// of a larger one the first [#MOST_VALUE_BYTES] are kept, and `error` says so
@SuppressWarnings("ArrayRecordComponent") // passed on as it was, never compared
public record DeadLetter(
        String topic,
        int partition,
        long offset,
        String stage,
        String error,
        byte @Nullable [] key,
        byte @Nullable [] value) {
    /// Header: source topic.
    public static final String TOPIC = "snowmelt.topic";
    /// Header: source partition, decimal.
    public static final String PARTITION = "snowmelt.partition";
    /// Header: source offset, decimal.
    public static final String OFFSET = "snowmelt.offset";
    /// Header: role that refused it.
    public static final String STAGE = "snowmelt.stage";
    /// Header: what was wrong.
    public static final String ERROR = "snowmelt.error";

    /// Bytes of the largest value that is passed on whole: with key and headers it fits into a dead
    /// letter.
    public static final int MOST_VALUE_BYTES = Topics.LARGEST_RECORD - (64 << 10);

    private static final int MOST_KEY_BYTES = 16 << 10;

    // What is wrong may quote the record, and a record that large beside its own words would not be written at all.
    private static final int LONGEST_ERROR = 1_024;

    /// Keeps what fits.
    public DeadLetter(
            String topic,
            int partition,
            long offset,
            String stage,
            String error,
            byte @Nullable [] key,
            byte @Nullable [] value) {
        this.topic = topic;
        this.partition = partition;
        this.offset = offset;
        this.stage = stage;
        this.error = cut(key, MOST_KEY_BYTES, "key") + cut(value, MOST_VALUE_BYTES, "value") + error;
        this.key = beginning(key, MOST_KEY_BYTES);
        this.value = beginning(value, MOST_VALUE_BYTES);
    }

    private static String cut(byte @Nullable [] bytes, int most, String what) {
        return bytes == null || bytes.length <= most
                ? ""
                : "(the first " + most + " bytes of a " + what + " of " + bytes.length + ") ";
    }

    private static byte @Nullable [] beginning(byte @Nullable [] bytes, int most) {
        return bytes == null || bytes.length <= most ? bytes : Arrays.copyOf(bytes, most);
    }

    /// The headers alone.
    public Headers headers() {
        var headers = new RecordHeaders();
        headers.add(TOPIC, bytes(topic));
        headers.add(PARTITION, bytes(Integer.toString(partition)));
        headers.add(OFFSET, bytes(Long.toString(offset)));
        headers.add(STAGE, bytes(stage));
        headers.add(ERROR, bytes(beginning(error)));
        return headers;
    }

    /// The record for the dead letters' topic.
    public ProducerRecord<byte @Nullable [], byte @Nullable []> record(Topic<byte[], byte[]> deadLetters) {
        return new ProducerRecord<>(deadLetters.name(), null, key, value, headers());
    }

    private static String beginning(String text) {
        if (text.length() <= LONGEST_ERROR) {
            return text;
        }
        int end = LONGEST_ERROR - 1; // and the ellipsis
        return text.substring(0, Character.isHighSurrogate(text.charAt(end - 1)) ? end - 1 : end) + "…";
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
