package dev.snowmelt.sources.registry.resolve;

import dev.snowmelt.schemas.id.SubjectKey;
import java.time.Instant;
import java.util.HashSet;
import java.util.Set;

/// A question that somebody waits for, and how far it got. Used by the resolver's thread alone.
final class OpenCase {
    final Question question;
    /// Whose verdicts leave it open.
    final Set<SubjectKey> askers = new HashSet<>();
    Instant due = Instant.MIN;
    boolean asking;
    int failures;
    /// The registry said once that it does not know the digest; a second time counts.
    boolean missing;
    /// What was told last about it, so that a repetition is not told again.
    String problem = "";

    OpenCase(Question question) {
        this.question = question;
    }
}
