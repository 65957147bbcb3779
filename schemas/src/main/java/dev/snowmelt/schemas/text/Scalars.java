package dev.snowmelt.schemas.text;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.EnumDescriptor;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Duration;
import com.google.protobuf.Timestamp;
import com.google.protobuf.util.Durations;
import com.google.protobuf.util.Timestamps;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.text.ParseException;
import java.util.Base64;
import java.util.List;
import tools.jackson.databind.JsonNode;

/// Single values in the canonical Protobuf JSON mapping.
final class Scalars {
    private static final BigInteger TWO_32 = BigInteger.ONE.shiftLeft(32);
    private static final BigInteger TWO_64 = BigInteger.ONE.shiftLeft(64);

    private Scalars() {}

    /// A value is none of its type; the message says what would be.
    static final class NotReadable extends Exception {
        private static final long serialVersionUID = 1L;

        NotReadable(String message) {
            super(message);
        }
    }

    static Object read(FieldDescriptor field, JsonNode tree) throws NotReadable {
        return switch (field.getType()) {
            case STRING -> text(tree);
            case BOOL -> truth(tree);
            case ENUM -> choice(field.getEnumType(), tree);
            case INT32, SINT32, SFIXED32 -> whole(tree, signed(TWO_32)).intValue();
            case UINT32, FIXED32 ->
                whole(tree, new Span(BigInteger.ZERO, TWO_32)).intValue();
            case INT64, SINT64, SFIXED64 -> whole(tree, signed(TWO_64)).longValue();
            case UINT64, FIXED64 ->
                whole(tree, new Span(BigInteger.ZERO, TWO_64)).longValue();
            case BYTES -> bytes(tree);
            case FLOAT, DOUBLE, MESSAGE, GROUP ->
                throw new UnsupportedOperationException("no such field yet: " + field.getFullName());
        };
    }

    /// A whole number is taken for the text that it is written as: `maxUnavailable: 1`.
    private static String text(JsonNode tree) throws NotReadable {
        if (tree.isString() || tree.isIntegralNumber()) {
            return tree.asString();
        }
        throw new NotReadable("must be a text, not " + describe(tree)
                + (tree.isValueNode() ? "; put it into quotes if it is meant as one" : ""));
    }

    private static boolean truth(JsonNode tree) throws NotReadable {
        if (!tree.isBoolean()) {
            throw new NotReadable("must be true or false, not " + describe(tree));
        }
        return tree.booleanValue();
    }

    private static EnumValueDescriptor choice(EnumDescriptor type, JsonNode tree) throws NotReadable {
        EnumValueDescriptor value = tree.isString()
                ? type.findValueByName(tree.stringValue())
                : tree.isInt() ? type.findValueByNumber(tree.intValue()) : null;
        if (value == null) {
            // The zero value only says that nothing was said.
            List<String> allowed = type.getValues().stream()
                    .filter(each -> each.getNumber() != 0)
                    .map(EnumValueDescriptor::getName)
                    .toList();
            throw new NotReadable("must be one of " + String.join(", ", allowed) + ", not " + describe(tree)
                    + (tree.isString() ? Suggestion.question(tree.stringValue(), allowed) : ""));
        }
        return value;
    }

    /// Numbers from `from` to before `to`.
    private record Span(BigInteger from, BigInteger to) {}

    private static Span signed(BigInteger span) {
        return new Span(span.shiftRight(1).negate(), span.shiftRight(1));
    }

    private static BigInteger whole(JsonNode tree, Span span) throws NotReadable {
        try {
            if (tree.isNumber() || tree.isString()) {
                var number = new BigDecimal(tree.asString());
                // toBigIntegerExact of 1e999999999 would fill the heap.
                BigInteger value = Math.abs(number.scale()) > 64 ? TWO_64 : number.toBigIntegerExact();
                if (value.compareTo(span.from) >= 0 && value.compareTo(span.to) < 0) {
                    return value;
                }
            }
        } catch (ArithmeticException | NumberFormatException _) {
            // Said below, together with the other ways to be none.
        }
        throw new NotReadable("must be a whole number from " + span.from + " to " + span.to.subtract(BigInteger.ONE)
                + ", not " + describe(tree));
    }

    private static ByteString bytes(JsonNode tree) throws NotReadable {
        try {
            if (tree.isString()) {
                return ByteString.copyFrom(Base64.getDecoder().decode(tree.stringValue()));
            }
        } catch (IllegalArgumentException _) {
            // Said below.
        }
        throw new NotReadable("must be bytes in base64, not " + describe(tree));
    }

    static Timestamp timestamp(JsonNode tree) throws NotReadable {
        try {
            if (tree.isString()) {
                return Timestamps.parse(tree.stringValue());
            }
        } catch (ParseException | IllegalArgumentException _) {
            // Said below.
        }
        throw new NotReadable("must be a time such as '2026-11-01T08:00:00Z', not " + describe(tree));
    }

    static Duration duration(JsonNode tree) throws NotReadable {
        try {
            if (tree.isString()) {
                return Durations.parse(tree.stringValue());
            }
        } catch (ParseException | IllegalArgumentException _) {
            // Said below.
        }
        throw new NotReadable("must be a duration in seconds such as '90s' or '0.5s', not " + describe(tree));
    }

    /// How a wrong value is named in a fault.
    static String describe(JsonNode tree) {
        if (tree.isObject()) {
            return "keys and values";
        }
        if (tree.isArray()) {
            return "a list";
        }
        if (tree.isNull()) {
            return "nothing";
        }
        String text = tree.asString();
        return tree.isString()
                ? "'" + (text.length() > 60 ? text.substring(0, 60) + "…" : text) + "'"
                : text + (tree.isBoolean() ? "" : " (a number)");
    }
}
