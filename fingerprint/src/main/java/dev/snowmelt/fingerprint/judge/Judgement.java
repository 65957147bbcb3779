package dev.snowmelt.fingerprint.judge;

import dev.snowmelt.v1.Drift;
import dev.snowmelt.v1.Verdict;
import java.util.List;

/// What was found about one instance.
///
/// @param state the outcome
/// @param drifts what differs from the newest revision
/// @param revision the revision that it was judged against; 0: none
/// @param matchedRevision OUTDATED: the revision that it runs; 0 otherwise
public record Judgement(Verdict.State state, List<Drift> drifts, long revision, long matchedRevision) {
    public Judgement {
        drifts = List.copyOf(drifts);
    }
}
