package dev.snowmelt.schemas.topic;

import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.Parser;
import com.google.protobuf.util.JsonFormat;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.function.Function;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serializer;
import org.jspecify.annotations.Nullable;

/// Serdes of keys and messages. A failure to read throws [SerializationException] with a reason fit for people.
public final class Serdes {
    private static final JsonFormat.Parser JSON = JsonFormat.parser();

    private Serdes() {}

    /// Messages as deterministic Protobuf; reading also accepts the canonical Protobuf JSON of the same message (first
    /// byte `{`, which no proto3
    /// message can begin with: it would be the start of a group).
    public static <M extends Message> Serde<M> message(M prototype) {
        @SuppressWarnings("unchecked")
        Parser<M> parser = (Parser<M>) prototype.getParserForType();
        return org.apache.kafka.common.serialization.Serdes.serdeFrom(
                (_, message) -> message == null ? null : deterministicBytes(message),
                (_, bytes) -> bytes == null ? null : read(prototype, parser, bytes));
    }

    /// Keys that print and parse themselves, as UTF-8.
    public static <K> Serde<K> key(Function<String, K> parse) {
        Serializer<K> serializer =
                (_, key) -> key == null ? null : key.toString().getBytes(StandardCharsets.UTF_8);
        Deserializer<@Nullable K> deserializer = (topic, bytes) -> {
            if (bytes == null) {
                return null;
            }
            try {
                return parse.apply(new String(bytes, StandardCharsets.UTF_8));
            } catch (IllegalArgumentException e) {
                throw new SerializationException("key of " + topic + ": " + e.getMessage(), e);
            }
        };
        return org.apache.kafka.common.serialization.Serdes.serdeFrom(serializer, deserializer);
    }

    /// Protobuf bytes that are equal for equal messages (map entries are sorted).
    public static byte[] deterministicBytes(Message message) {
        byte[] bytes = new byte[message.getSerializedSize()];
        CodedOutputStream out = CodedOutputStream.newInstance(bytes);
        out.useDeterministicSerialization();
        try {
            message.writeTo(out);
        } catch (IOException e) {
            throw new UncheckedIOException("a byte array of the computed size was too small", e);
        }
        return bytes;
    }

    private static <M extends Message> M read(M prototype, Parser<M> parser, byte[] bytes) {
        String type = prototype.getDescriptorForType().getName();
        try {
            if (bytes.length > 0 && bytes[0] == '{') {
                Message.Builder builder = prototype.newBuilderForType();
                JSON.merge(new String(bytes, StandardCharsets.UTF_8), builder);
                @SuppressWarnings("unchecked")
                M message = (M) builder.build();
                return message;
            }
            return parser.parseFrom(bytes);
        } catch (InvalidProtocolBufferException e) {
            throw new SerializationException(
                    "value is neither a Protobuf " + type + " nor its JSON: " + e.getMessage(), e);
        }
    }
}
