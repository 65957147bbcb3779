package dev.snowmelt.cli.kafka;

import dev.snowmelt.schemas.text.MessageText;
import dev.snowmelt.schemas.topic.Serdes;
import dev.snowmelt.v1.Proposal;
import java.nio.charset.StandardCharsets;
import tools.jackson.databind.JsonNode;

/// What is written to `proposals`.
public sealed interface Wish {
    /// The record's value.
    byte[] value();

    /// A proposal.
    static Wish of(Proposal proposal) {
        return new Plain(proposal);
    }

    /// A signed envelope in JSON, published as it is.
    static Wish signed(JsonNode envelope) {
        return new Signed(envelope);
    }

    /// Not signed; whoever publishes it signs it if there is a key.
    record Plain(Proposal proposal) implements Wish {
        @Override
        public byte[] value() {
            return Serdes.deterministicBytes(proposal);
        }
    }

    /// Signed by somebody, before it came here.
    record Signed(JsonNode envelope) implements Wish {
        @Override
        public byte[] value() {
            return MessageText.line(envelope).getBytes(StandardCharsets.UTF_8);
        }
    }
}
