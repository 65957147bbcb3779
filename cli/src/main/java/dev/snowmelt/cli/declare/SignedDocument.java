package dev.snowmelt.cli.declare;

import dev.snowmelt.schemas.text.MessageText;
import dev.snowmelt.schemas.topic.Serdes;
import dev.snowmelt.schemas.trust.Envelope;
import dev.snowmelt.schemas.trust.MalformedEnvelopeException;
import dev.snowmelt.schemas.trust.SignedProposal;
import dev.snowmelt.v1.Proposal;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;
import org.apache.kafka.common.errors.SerializationException;
import tools.jackson.databind.JsonNode;

/// A document that is a signed envelope. Whether its signature is good the registrar decides; here it only is looked
/// into, so that faults of what it says are told before it is published.
final class SignedDocument {
    private static final List<String> TYPES = List.of(SignedProposal.JSON, SignedProposal.PROTOBUF);

    private SignedDocument() {}

    /// A declaration has none of these keys.
    static boolean is(JsonNode tree) {
        return tree.isObject()
                && Stream.of("payloadType", "payload", "signatures").anyMatch(tree::has);
    }

    static void read(Place place, JsonNode tree, Intake intake) {
        try {
            Envelope envelope = Envelope.read(MessageText.line(tree).getBytes(StandardCharsets.UTF_8))
                    .orElseThrow();
            if (!TYPES.contains(envelope.payloadType())) {
                intake.fault(new Fault(place, "payloadType", "must be " + String.join(" or ", TYPES)));
                return;
            }
            Proposal proposal = Serdes.message(Proposal.getDefaultInstance())
                    .deserializer()
                    .deserialize("proposals", envelope.payload());
            intake.draft(new Draft.Signed(place, tree, proposal));
        } catch (MalformedEnvelopeException e) {
            intake.fault(new Fault(place, "", String.valueOf(e.getMessage())));
        } catch (SerializationException e) {
            intake.fault(new Fault(place, "payload", String.valueOf(e.getMessage())));
        }
    }
}
