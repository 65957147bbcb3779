package dev.snowmelt.cli.declare;

import dev.snowmelt.cli.kafka.Wish;
import dev.snowmelt.v1.DeclarationSpec;
import dev.snowmelt.v1.Declare;
import dev.snowmelt.v1.Proposal;
import dev.snowmelt.v1.Revision;
import java.util.Optional;

/// A draft beside what is declared now.
///
/// @param draft what was read
/// @param before the newest revision; empty: nothing is declared
/// @param after what would be declared; empty: nothing (a signed removal, or an override)
/// @param declare what is proposed, as far as it is not signed already
record Planned(Draft draft, Optional<Revision> before, Optional<DeclarationSpec> after, Declare declare) {
    String subject() {
        return draft.subject();
    }

    /// The newest revision's number; 0: nothing is declared.
    long revision() {
        return before.map(Revision::getNumber).orElse(0L);
    }

    boolean changes() {
        return !before.map(Revision::getSpec).equals(after);
    }

    /// Why the registrar would refuse it now; empty: it would not.
    Optional<String> stale() {
        return declare.hasExpectedRevision() && declare.getExpectedRevision() != revision()
                ? Optional.of("expectedRevision is " + Long.toUnsignedString(declare.getExpectedRevision())
                        + ", but the newest revision is " + revision())
                : Optional.empty();
    }

    /// The same, refused when somebody else removed what the document still says.
    Planned unlessRemoved() {
        return new Planned(
                draft, before, after, declare.toBuilder().setUnlessRemoved(true).build());
    }

    /// @param proposal who proposes and why; an envelope says so itself
    Attempt attempt(Proposal.Builder proposal) {
        Wish wish = switch (draft) {
            case Draft.Signed signed -> Wish.signed(signed.envelope());
            case Draft.Stated _, Draft.Sourced _ ->
                Wish.of(proposal.setDeclare(declare).build());
        };
        return new Attempt(subject(), revision(), wish);
    }
}
