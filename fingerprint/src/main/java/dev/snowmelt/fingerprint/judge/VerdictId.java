package dev.snowmelt.fingerprint.judge;

import dev.snowmelt.schemas.id.InstanceId;
import dev.snowmelt.v1.Drift;
import java.util.List;

/// Ids of verdicts: equal findings have equal ids, in every process and every version. They stand in topics and in
/// command ids, so the computation must never change.
public final class VerdictId {
    private VerdictId() {}

    /// Hash of instance, state, drifts and revision.
    ///
    /// @return 32 hexadecimal digits
    public static String of(InstanceId instance, Judgement judgement) {
        return of(instance.toString(), judgement);
    }

    /// Hash of instance, state, drifts and revision.
    ///
    /// @param instance the instance's id as text
    /// @return 32 hexadecimal digits
    public static String of(String instance, Judgement judgement) {
        var hash = new Hash128();
        hash.add(instance);
        hash.add(judgement.state().getNumber());
        hash.add(judgement.revision());
        List<Drift> drifts = judgement.drifts();
        for (int i = 0; i < drifts.size(); i++) {
            Drift drift = drifts.get(i);
            hash.add(drift.getKindValue());
            hash.add(drift.getSubject());
            hash.add(drift.getDeclared());
            hash.add(drift.getObserved());
        }
        return hash.toHex();
    }
}
