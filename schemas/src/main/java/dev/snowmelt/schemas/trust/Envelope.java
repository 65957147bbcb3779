package dev.snowmelt.schemas.trust;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// A DSSE v1 envelope: bytes, what they mean, and signatures over both.
///
/// Rules: protocol and JSON envelope of the Dead Simple Signing Envelope, version 1.0
/// (github.com/secure-systems-lab/dsse). Nothing in it is trusted before [TrustedKeys#verify].
///
/// @param payloadType what the payload means; it is signed too, so a signature over another kind of
/// message never counts here
/// @param payload the bytes that are signed
/// @param signatures at least one when read
@SuppressWarnings("ArrayRecordComponent") // signed and read, never compared
public record Envelope(String payloadType, byte[] payload, List<Signature> signatures) {
    /// Bytes of the largest envelope that is read: 512 KiB. The largest declaration is 128 KiB as
    /// Protobuf.
    public static final int LARGEST = 512 * 1024;
    /// Signatures of one envelope; each is tried with every key.
    public static final int MOST_SIGNATURES = 16;

    private static final JsonMapper JSON = JsonMapper.builder(JsonFactory.builder()
                    // Two readers that choose different ones of two payloads would not see the same message.
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .build())
            .build();
    private static final List<String> FIELDS = List.of("payload", "payloadType", "signatures");

    /// One signature.
    ///
    /// @param keyId says which key to try first; not signed, so nothing is concluded from it. May
    /// be empty
    /// @param bytes the signature
    @SuppressWarnings("ArrayRecordComponent") // verified, never compared
    public record Signature(String keyId, byte[] bytes) {}

    /// Keeps a copy of the list.
    public Envelope {
        signatures = List.copyOf(signatures);
    }

    /// Reads an envelope.
    ///
    /// @return empty when it is none: no JSON object, or one with none of an envelope's keys
    /// @throws MalformedEnvelopeException when it is one, but no good one
    public static Optional<Envelope> read(byte[] value) {
        if (value.length == 0 || value[0] != '{') {
            return Optional.empty();
        }
        JsonNode tree;
        try {
            tree = JSON.readTree(value);
        } catch (JacksonException _) {
            return Optional.empty(); // Whoever reads it as something else says what is wrong.
        }
        return FIELDS.stream().noneMatch(tree::has) ? Optional.empty() : Optional.of(read(value.length, tree));
    }

    private static Envelope read(int bytes, JsonNode tree) {
        if (bytes > LARGEST) {
            throw new MalformedEnvelopeException("is " + bytes + " bytes; at most " + LARGEST + " are read");
        }
        JsonNode listed = tree.path("signatures");
        if (!listed.isArray() || listed.isEmpty() || listed.size() > MOST_SIGNATURES) {
            throw new MalformedEnvelopeException(
                    "must have 'signatures', a list of 1 to " + MOST_SIGNATURES + " signatures");
        }
        List<Signature> signatures = new ArrayList<>();
        for (JsonNode each : listed) {
            signatures.add(new Signature(text(each, "keyid"), decoded(text(each, "sig"), "'sig' of a signature")));
        }
        return new Envelope(text(tree, "payloadType"), decoded(text(tree, "payload"), "'payload'"), signatures);
    }

    /// Empty ones may be left out.
    private static String text(JsonNode tree, String key) {
        JsonNode value = tree.path(key);
        if (value.isMissingNode() || value.isNull()) {
            return "";
        }
        if (!value.isString()) {
            throw new MalformedEnvelopeException("must have a text as '" + key + "'");
        }
        return value.stringValue();
    }

    /// Readers must accept both alphabets of RFC 4648.
    private static byte[] decoded(String base64, String what) {
        boolean urlSafe = base64.indexOf('-') >= 0 || base64.indexOf('_') >= 0;
        try {
            return (urlSafe ? Base64.getUrlDecoder() : Base64.getDecoder()).decode(base64);
        } catch (IllegalArgumentException e) {
            throw new MalformedEnvelopeException("must have base64 as " + what + ": " + e.getMessage());
        }
    }

    /// The envelope as JSON on one line.
    public String line() {
        ObjectNode tree = JSON.createObjectNode();
        tree.put("payload", Base64.getEncoder().encodeToString(payload));
        tree.put("payloadType", payloadType);
        var list = tree.putArray("signatures");
        for (Signature signature : signatures) {
            ObjectNode each = list.addObject();
            each.put("keyid", signature.keyId());
            each.put("sig", Base64.getEncoder().encodeToString(signature.bytes()));
        }
        return JSON.writeValueAsString(tree);
    }

    /// What was signed, as an id: whoever writes the same message in another way (other spaces,
    /// another alphabet, further signatures) does not get another one.
    ///
    /// @return SHA-256 of the signed bytes, 64 hexadecimal digits
    public String contentId() {
        return sha256(signedBytes(payloadType, payload));
    }

    /// What is signed: the "pre-authentication encoding" of type and payload.
    static byte[] signedBytes(String payloadType, byte[] payload) {
        byte[] type = payloadType.getBytes(UTF_8);
        return concatenated(
                "DSSEv1 ".getBytes(US_ASCII), length(type), type, " ".getBytes(US_ASCII), length(payload), payload);
    }

    private static byte[] length(byte[] bytes) {
        return (bytes.length + " ").getBytes(US_ASCII);
    }

    private static byte[] concatenated(byte[]... parts) {
        byte[] whole = new byte[Stream.of(parts).mapToInt(part -> part.length).sum()];
        int at = 0;
        for (byte[] part : parts) {
            System.arraycopy(part, 0, whole, at, part.length);
            at += part.length;
        }
        return whole;
    }

    static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
