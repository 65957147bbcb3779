package dev.snowmelt.remediator.topology;

import dev.snowmelt.remediator.guard.Times;
import dev.snowmelt.schemas.id.InstanceId;
import dev.snowmelt.schemas.id.SubjectKey;
import dev.snowmelt.schemas.id.WorkloadId;
import dev.snowmelt.schemas.trace.Tracing;
import dev.snowmelt.v1.Command;
import dev.snowmelt.v1.Remediation;
import dev.snowmelt.v1.Verdict;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;

/// Which way led to a command, and on to the replacement. Grace periods and budgets lie between a
/// verdict and its command, so the header of the verdict that told the finding first is kept in the
/// heap meanwhile (what else happens to the instance until then is not what led to the command): of
/// the newest few thousand, and not over a restart.
final class Ways {
    private static final int MOST = 4_096;

    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Way(byte @Nullable [] header, Instant at, String finding) {}

    /// In the order in which they came, since [#begin] takes away what was there of the same subject.
    private static final class Newest extends LinkedHashMap<SubjectKey, Way> {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<SubjectKey, Way> eldest) {
            return size() > MOST;
        }

        void begin(SubjectKey key, Way way) {
            remove(key);
            put(key, way);
        }
    }

    private final Tracing tracing;
    private final Newest verdicts = new Newest();
    private final Newest commands = new Newest();

    Ways(Tracing tracing) {
        this.tracing = tracing;
    }

    /// A verdict came.
    void judged(SubjectKey key, @Nullable Verdict verdict, Headers headers, Instant now) {
        byte[] header = Tracing.header(headers);
        if (verdict == null || !finds(verdict)) {
            if (!verdicts.isEmpty()) {
                verdicts.remove(key);
            }
            return;
        }
        Way known = verdicts.get(key);
        if (known != null && known.finding().equals(verdict.getId())) {
            return;
        }
        if (header != null || traced()) {
            // Without a header too: what a list found began no way, and a later event is not its beginning.
            verdicts.begin(key, new Way(header, now, verdict.getId()));
        } else if (known != null) {
            verdicts.remove(key);
        }
    }

    private static boolean finds(Verdict verdict) {
        return verdict.getState() == Verdict.State.DRIFTED || verdict.getState() == Verdict.State.OUTDATED;
    }

    private boolean traced() {
        return !tracing.equals(Tracing.NONE);
    }

    /// A command goes out; a restored template begins a way of its own.
    ///
    /// @return the header for it; null: none
    byte @Nullable [] planned(WorkloadId workload, Command command, Instant now) {
        SubjectKey key = command.getInstance().isEmpty()
                ? new SubjectKey.OfWorkload(workload)
                : new SubjectKey.OfInstance(workload, InstanceId.parse(command.getInstance()));
        Way verdict = verdicts.get(key);
        Tracing.Step step = tracing.begin(
                "plan",
                verdict == null ? null : verdict.header(),
                verdict == null ? now : verdict.at(),
                Map.of("snowmelt.subject", key.toString(), "snowmelt.command", command.getId()));
        if (step == null) {
            return verdict == null ? null : verdict.header();
        }
        step.end(now);
        commands.begin(key, new Way(step.header(), now, command.getId()));
        return step.header();
    }

    /// A remediation changed: when it ended well, the way did.
    void moved(SubjectKey key, @Nullable Remediation remediation, Instant now) {
        if (remediation == null || commands.isEmpty()) {
            return;
        }
        switch (remediation.getPhase()) {
            case REPLACED, RETIRED -> {
                Way command = commands.remove(key);
                Tracing.Step step = command == null
                        ? null
                        : tracing.begin(
                                "replace",
                                command.header(),
                                Times.instant(remediation.getIssuedAt()),
                                Map.of("snowmelt.subject", key.toString()));
                if (step != null) {
                    step.end(now);
                }
            }
            case RESOLVED -> commands.remove(key);
            case HELD, ISSUED, TERMINATED, BLOCKED, FAILED, STUCK, PHASE_UNSPECIFIED, UNRECOGNIZED -> {}
        }
    }
}
