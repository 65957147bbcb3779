package dev.snowmelt.detector.register;

import com.google.protobuf.ByteString;
import com.google.protobuf.util.Timestamps;
import dev.snowmelt.schemas.text.MessageReader;
import dev.snowmelt.schemas.text.Texts;
import dev.snowmelt.schemas.topic.Topic;
import dev.snowmelt.schemas.trust.Envelope;
import dev.snowmelt.schemas.trust.MalformedEnvelopeException;
import dev.snowmelt.schemas.trust.SignedProposal;
import dev.snowmelt.schemas.trust.TrustedKeys;
import dev.snowmelt.v1.CheckedSignature;
import dev.snowmelt.v1.Override.Kind;
import dev.snowmelt.v1.Problem;
import dev.snowmelt.v1.Proposal;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.common.errors.SerializationException;
import org.jspecify.annotations.Nullable;

/// Reads proposals, as they are or in an envelope, and checks signatures when keys are trusted.
/// Pure.
///
/// Whether a signature expired is told by the registrar's clock: a record's time is the word of
/// whoever wrote it.
final class ProposalReader {
    /// How much clocks may differ.
    static final Duration CLOCKS = Duration.ofMinutes(5);

    private final Topic<@Nullable String, Proposal> topic;
    private final TrustedKeys trusted;

    /// @param trusted none: signatures are not checked, and what an envelope holds is read all the
    /// same
    ProposalReader(Topic<@Nullable String, Proposal> topic, TrustedKeys trusted) {
        this.topic = topic;
        this.trusted = trusted;
    }

    /// @param key of the record
    /// @param value of the record
    /// @param recordTime when it was written, as its writer says
    /// @param now the registrar's time
    Reading read(byte @Nullable [] key, byte @Nullable [] value, Instant recordTime, Instant now) {
        if (value == null) {
            return unreadable("a proposal has a value");
        }
        Optional<Envelope> envelope;
        try {
            envelope = Envelope.read(value);
        } catch (MalformedEnvelopeException e) {
            String error = String.valueOf(e.getMessage());
            return trusted.isEmpty() ? unreadable(error) : new Reading.Untrusted(Distrust.MALFORMED, error);
        }
        if (envelope.isPresent()) {
            return enveloped(envelope.get(), key, value, recordTime, now);
        }
        Reading bare = parse(value);
        return trusted.isEmpty() || !(bare instanceof Reading.Proposed proposed) || isFailSafe(proposed.proposal())
                ? bare
                : new Reading.Untrusted(
                        Distrust.UNSIGNED,
                        "it is not signed; 'snowmelt sign' signs it, and so does 'trust.signingKey' in the"
                                + " configuration of the command that proposes");
    }

    /// What can only stop terminations counts however it is signed, so that nobody looks for a key
    /// in an emergency.
    static boolean isFailSafe(Proposal proposal) {
        return proposal.hasOverride()
                && (proposal.getOverride().getKind() == Kind.PAUSE
                        || proposal.getOverride().getKind() == Kind.SUSPENSION);
    }

    private Reading enveloped(Envelope envelope, byte @Nullable [] key, byte[] value, Instant recordTime, Instant now) {
        Reading payload = payload(envelope);
        if (trusted.isEmpty()) {
            return payload;
        }
        Optional<String> signer = trusted.verify(envelope);
        Optional<Reading.Untrusted> distrust = signer.isEmpty()
                ? Optional.of(notTrusted(envelope))
                : payload instanceof Reading.Proposed proposed
                        ? untimely(proposed.proposal(), recordTime, now)
                        : otherType(envelope);
        if (distrust.isPresent()) {
            boolean counts = payload instanceof Reading.Proposed proposed && isFailSafe(proposed.proposal());
            return counts ? payload : distrust.get();
        }
        return payload instanceof Reading.Proposed(Proposal proposal, var _)
                ? new Reading.Proposed(proposal, signer.map(by -> signature(by, envelope, key, value)))
                : payload;
    }

    private static CheckedSignature signature(String signer, Envelope envelope, byte @Nullable [] key, byte[] value) {
        var signature = CheckedSignature.newBuilder()
                .setKey(signer)
                .setContent(envelope.contentId())
                .setRecordValue(ByteString.copyFrom(value));
        if (key != null) {
            signature.setRecordKey(ByteString.copyFrom(key));
        }
        return signature.build();
    }

    private Reading.Untrusted notTrusted(Envelope envelope) {
        List<String> named =
                envelope.signatures().stream().map(Envelope.Signature::keyId).toList();
        return named.stream().anyMatch(trusted.ids()::contains)
                ? new Reading.Untrusted(
                        Distrust.BAD_SIGNATURE,
                        "its signature is not the one that the key it names makes of this content: one of them was"
                                + " changed on the way")
                : new Reading.Untrusted(
                        Distrust.UNKNOWN_KEY,
                        "no key of 'trust.keys' made its signature; it names "
                                + String.join(
                                        ", ",
                                        named.stream()
                                                .map(id -> id.isEmpty() ? "no key" : "'" + id + "'")
                                                .toList()));
    }

    private static Optional<Reading.Untrusted> otherType(Envelope envelope) {
        return isOurs(envelope)
                ? Optional.empty()
                : Optional.of(new Reading.Untrusted(Distrust.PAYLOAD_TYPE, otherTypeError(envelope)));
    }

    private static Optional<Reading.Untrusted> untimely(Proposal proposal, Instant recordTime, Instant now) {
        if (!proposal.hasExpiresAt() || !Timestamps.isValid(proposal.getExpiresAt())) {
            return distrust(
                    Distrust.NO_EXPIRY, "it does not say until when it counts: 'expiresAt', at most 24 h ahead");
        }
        Instant expires = expires(proposal);
        if (!expires.isAfter(now)) {
            return distrust(Distrust.EXPIRED, expired(expires, now));
        }
        if (expires.isAfter(now.plus(SignedProposal.LONGEST).plus(CLOCKS))) {
            return distrust(
                    Distrust.EXPIRES_TOO_LATE, "'expiresAt' is " + expires + ", more than 24 h ahead of now, " + now);
        }
        if (recordTime.isAfter(now.plus(CLOCKS))) {
            return distrust(
                    Distrust.FROM_THE_FUTURE,
                    "its record says " + recordTime + ", and it is " + now + "; set the clock of who published it");
        }
        return Optional.empty();
    }

    private static Optional<Reading.Untrusted> distrust(Distrust why, String error) {
        return Optional.of(new Reading.Untrusted(why, error));
    }

    /// When a proposal with a valid `expires_at` expires.
    static Instant expires(Proposal proposal) {
        return Instant.ofEpochMilli(Timestamps.toMillis(proposal.getExpiresAt()));
    }

    static String expired(Instant expires, Instant now) {
        return "it expired at " + expires + ", and it is " + now + "; propose it again";
    }

    private Reading payload(Envelope envelope) {
        return isOurs(envelope) ? parse(envelope.payload()) : unreadable(otherTypeError(envelope));
    }

    /// A payload must be what its type says: a signature covers the type, not what a lenient reader
    /// makes of it.
    private static boolean isOurs(Envelope envelope) {
        boolean json = envelope.payload().length > 0 && envelope.payload()[0] == '{';
        return envelope.payloadType().equals(json ? SignedProposal.JSON : SignedProposal.PROTOBUF);
    }

    private static String otherTypeError(Envelope envelope) {
        return "the envelope holds '" + envelope.payloadType() + "', not the JSON of a proposal as "
                + SignedProposal.JSON + " or its Protobuf as " + SignedProposal.PROTOBUF;
    }

    private Reading parse(byte[] bytes) {
        try {
            return new Reading.Proposed(
                    topic.valueSerde().deserializer().deserialize(topic.name(), bytes), Optional.empty());
        } catch (SerializationException e) {
            String error = String.valueOf(e.getMessage());
            return new Reading.Unreadable(error, everyFault(bytes, error));
        }
    }

    /// Whoever wrote JSON by hand is told every fault; Protobuf's own parser names the first alone.
    private static List<Problem> everyFault(byte[] bytes, String error) {
        if (bytes.length > 0 && bytes[0] == '{') {
            String text = new String(bytes, StandardCharsets.UTF_8);
            for (var document : MessageReader.read(text, Proposal.getDefaultInstance())) {
                if (!document.problems().isEmpty()) {
                    return document.problems();
                }
            }
        }
        return List.of(Texts.problem("", error));
    }

    private static Reading unreadable(String error) {
        return new Reading.Unreadable(error, List.of(Texts.problem("", error)));
    }
}
