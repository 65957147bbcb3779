package dev.snowmelt.cli.declare;

import dev.snowmelt.v1.Declare;
import dev.snowmelt.v1.Proposal;
import tools.jackson.databind.JsonNode;

/// Something that was read and shall be proposed.
sealed interface Draft {
    /// Where it was written.
    Place place();

    /// The workload that it is about; a signed override's subject.
    String subject();

    /// A document that a person wrote: it states everything, what it leaves out is left out.
    record Stated(Place place, Declare declare) implements Draft {
        @Override
        public String subject() {
            return declare.getWorkload();
        }
    }

    /// What a source found, which knows images and nothing else: the policy that is declared stays.
    record Sourced(Place place, Declare declare) implements Draft {
        @Override
        public String subject() {
            return declare.getWorkload();
        }
    }

    /// A signed envelope: nothing of it can be changed, it is published as it is.
    ///
    /// @param envelope the DSSE envelope: `payloadType`, `payload`, `signatures`
    /// @param proposal what the payload says
    record Signed(Place place, JsonNode envelope, Proposal proposal) implements Draft {
        @Override
        public String subject() {
            return switch (proposal.getChangeCase()) {
                case DECLARE -> proposal.getDeclare().getWorkload();
                case ROLLBACK -> proposal.getRollback().getWorkload();
                case REMOVAL -> proposal.getRemoval().getWorkload();
                case RESOLUTION -> proposal.getResolution().getWorkload();
                case OVERRIDE -> proposal.getOverride().getSubject();
                case WITHDRAWAL -> proposal.getWithdrawal().getSubject();
                case CHANGE_NOT_SET -> "";
            };
        }
    }
}
