package dev.snowmelt.remediator.plan;

import dev.snowmelt.schemas.id.SubjectKey;
import dev.snowmelt.v1.Verdict;
import dev.snowmelt.v1.Verdict.State;
import dev.snowmelt.v1.VerdictRecord;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What a detector has said, and so what it will not say again: a workload's verdict is said when
/// its bytes change, an instance's when something of it changes; only one that is not conformant is
/// repeated, once with each snapshot. Whoever waits for more waits for ever.
///
/// (A restarted detector says everything once more. Nobody may count on that.)
public final class SaidBefore {
    private final Map<SubjectKey, VerdictRecord> said = new HashMap<>();
    private final Set<SubjectKey> repeated = new HashSet<>();

    /// Whether a detector would say this now. It is remembered as said.
    public boolean isNews(SubjectKey key, @Nullable VerdictRecord verdict) {
        if (key instanceof SubjectKey.OfSnapshot) {
            repeated.removeIf(other -> other.target().equals(key.target()));
            return true;
        }
        VerdictRecord before = verdict == null ? said.remove(key) : said.put(key, verdict);
        if (verdict == null || before == null || !told(before).equals(told(verdict))) {
            repeated.remove(key);
            return true;
        }
        return verdict.hasInstance() && verdict.getInstance().getState() != State.CONFORMANT && repeated.add(key);
    }

    /// @throws AssertionError when no detector would say this now
    public void require(SubjectKey key, @Nullable VerdictRecord verdict) {
        if (!isNews(key, verdict)) {
            throw new AssertionError("a detector has said this of " + key + " before, and does not repeat it");
        }
    }

    /// When it was seen last is no news by itself.
    private static VerdictRecord told(VerdictRecord record) {
        return record.hasInstance()
                ? record.toBuilder().setInstance(timeless(record.getInstance())).build()
                : record;
    }

    private static Verdict timeless(Verdict verdict) {
        return verdict.toBuilder().clearObservedAt().clearSince().build();
    }
}
