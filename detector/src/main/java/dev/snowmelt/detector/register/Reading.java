package dev.snowmelt.detector.register;

import dev.snowmelt.v1.CheckedSignature;
import dev.snowmelt.v1.Problem;
import dev.snowmelt.v1.Proposal;
import java.util.List;
import java.util.Optional;

/// What a record of the proposals' topic turns out to be.
sealed interface Reading {
    /// Somebody proposes something.
    ///
    /// @param signature present where signatures are checked and its counts
    record Proposed(Proposal proposal, Optional<CheckedSignature> signature) implements Reading {}

    /// It cannot be read.
    ///
    /// @param problems the same for whoever wrote it: at least one
    record Unreadable(String error, List<Problem> problems) implements Reading {}

    /// It does not count because of its signature.
    ///
    /// @param error what is wrong and what would be right, one sentence
    record Untrusted(Distrust why, String error) implements Reading {}
}
