package dev.snowmelt.detector.topology;

import dev.snowmelt.fingerprint.judge.Judgement;
import dev.snowmelt.fingerprint.judge.VerdictId;
import dev.snowmelt.v1.Verdict;

/// A judgement, and what of every verdict that says it is the same.
///
/// @param judgement the judgement
/// @param finding what of the verdicts' ids follows from it
/// @param fields of [Verdict]: state, drifts and revisions
@SuppressWarnings("ArrayRecordComponent") // never compared
record Judged(Judgement judgement, VerdictId.Finding finding, byte[] fields) {
    static Judged of(Judgement judgement) {
        byte[] fields = Verdict.newBuilder()
                .setState(judgement.state())
                .addAllDrifts(Limits.drifts(judgement.drifts()))
                .setRevision(judgement.revision())
                .setMatchedRevision(judgement.matchedRevision())
                .build()
                .toByteArray();
        return new Judged(judgement, new VerdictId.Finding(judgement), fields);
    }
}
