package dev.snowmelt.schemas.trust;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.snowmelt.schemas.text.MessageText;
import dev.snowmelt.v1.Proposal;
import java.time.Duration;

/// What a signed proposal is: an envelope around the proposal in canonical JSON or as Protobuf.
public final class SignedProposal {
    /// The payload is the canonical Protobuf JSON of a [Proposal].
    public static final String JSON = "application/vnd.snowmelt.proposal.v1+json";
    /// The payload is a [Proposal] as Protobuf.
    public static final String PROTOBUF = "application/vnd.snowmelt.proposal.v1+protobuf";
    /// How far ahead `expires_at` may lie: so long a registrar remembers what it has decided about.
    public static final Duration LONGEST = Duration.ofHours(24);

    private SignedProposal() {}

    /// Signs a proposal, as JSON.
    ///
    /// @param proposal with `expires_at`, at most [#LONGEST] ahead; the registrar takes no other
    public static Envelope sign(Proposal proposal, SigningKey key) {
        if (!proposal.hasExpiresAt()) {
            throw new IllegalArgumentException("a signed proposal must say when it expires");
        }
        return key.sign(JSON, MessageText.line(proposal).getBytes(UTF_8));
    }
}
