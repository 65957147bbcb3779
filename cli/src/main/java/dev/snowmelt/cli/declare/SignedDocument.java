package dev.snowmelt.cli.declare;

import dev.snowmelt.schemas.topic.Serdes;
import dev.snowmelt.v1.Proposal;
import java.util.Base64;
import java.util.Set;
import java.util.TreeSet;
import org.apache.kafka.common.errors.SerializationException;
import tools.jackson.databind.JsonNode;

/// A document that is a DSSE envelope. Whether its signature is good the registrar decides; here it only is looked
/// into, so that faults of what it says are told before it is published.
///
/// Source of the form: https://github.com/secure-systems-lab/dsse/blob/v1.0.2/envelope.md
final class SignedDocument {
    private static final Set<String> KEYS = Set.of("payloadType", "payload", "signatures");

    private SignedDocument() {}

    /// A declaration has none of these keys.
    static boolean is(JsonNode tree) {
        return tree.isObject() && tree.has("payloadType") && tree.has("payload");
    }

    static void read(Place place, JsonNode tree, Intake intake) {
        var keys = new TreeSet<String>();
        tree.propertyNames().forEach(keys::add);
        keys.removeAll(KEYS);
        for (String key : keys) {
            intake.fault(
                    new Fault(place, key, "unknown key; a signed envelope holds payloadType, payload, signatures"));
        }
        JsonNode signatures = tree.get("signatures");
        if (signatures == null || !signatures.isArray() || signatures.isEmpty()) {
            intake.fault(new Fault(place, "signatures", "must list at least one signature"));
            return;
        }
        try {
            Proposal proposal = payload(tree.get("payload").asString(""));
            if (keys.isEmpty()) {
                intake.draft(new Draft.Signed(place, tree, proposal));
            }
        } catch (IllegalArgumentException _) {
            intake.fault(new Fault(place, "payload", "must be bytes in base64"));
        } catch (SerializationException e) {
            intake.fault(new Fault(place, "payload", String.valueOf(e.getMessage())));
        }
    }

    /// The standard allows both alphabets of base64.
    private static Proposal payload(String text) {
        byte[] bytes = Base64.getDecoder().decode(text.replace('-', '+').replace('_', '/'));
        return Serdes.message(Proposal.getDefaultInstance()).deserializer().deserialize("proposals", bytes);
    }
}
