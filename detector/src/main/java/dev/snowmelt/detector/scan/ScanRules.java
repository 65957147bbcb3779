package dev.snowmelt.detector.scan;

import com.google.protobuf.util.Timestamps;
import dev.snowmelt.schemas.id.MalformedIdException;
import dev.snowmelt.schemas.id.RecordId;
import dev.snowmelt.schemas.id.SubjectKey;
import dev.snowmelt.schemas.id.TargetId;
import dev.snowmelt.schemas.id.WorkloadId;
import dev.snowmelt.v1.ScanRequest;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// What a scan may ask for. Collectors and the scanner read requests by the same rules, so that
/// nothing is listed for a request that is refused.
public final class ScanRules {
    /// The report is made so long after the request unless it says otherwise.
    public static final Duration DEFAULT_DEADLINE = Duration.ofSeconds(60);
    /// A deadline lies at most so long after the request.
    public static final Duration LATEST_DEADLINE = Duration.ofMinutes(10);

    private static final int MOST_NAMED = 1_000;
    private static final int LONGEST_BY = 1_000;

    private ScanRules() {}

    /// What became of a request.
    public sealed interface Outcome {
        /// It can be answered.
        record Good(Scan scan) implements Outcome {}

        /// It cannot: every fault, one sentence each.
        record Refused(List<String> problems) implements Outcome {}
    }

    /// Checks a request.
    ///
    /// @param asked when its record was written, by the broker's clock
    public static Outcome check(RecordId id, ScanRequest request, Instant asked) {
        var problems = new ArrayList<String>();
        ScanRequest.Scope scope = request.getScope();
        Set<TargetId> targets = read(scope.getTargetsList(), "targets", TargetId::parse, problems);
        Set<WorkloadId> workloads = read(scope.getWorkloadsList(), "workloads", WorkloadId::parse, problems);
        Set<TargetId> theirs =
                workloads.stream().map(WorkloadId::target).collect(Collectors.toCollection(LinkedHashSet::new));
        if (problems.isEmpty() && !targets.isEmpty() && !workloads.isEmpty() && !targets.equals(theirs)) {
            problems.add("scope.workloads names workloads of " + named(theirs) + ", but scope.targets is "
                    + named(targets) + ": leave scope.targets away");
        }
        after(scope.getAfter(), problems);
        if (request.getBy().length() > LONGEST_BY) {
            problems.add("by: at most " + LONGEST_BY + " characters");
        }
        Instant deadline = deadline(request, asked, problems);
        return deadline == null || !problems.isEmpty()
                ? new Outcome.Refused(problems)
                : new Outcome.Good(new Scan(
                        id, request, asked, deadline, workloads.isEmpty() ? targets : theirs, List.copyOf(workloads)));
    }

    private static <I> Set<I> read(List<String> texts, String name, Function<String, I> parse, List<String> problems) {
        var ids = new LinkedHashSet<I>();
        if (texts.size() > MOST_NAMED) {
            problems.add("scope." + name + ": " + texts.size() + " are named, at most " + MOST_NAMED + " may be"
                    + (name.equals("workloads") ? "; without any, all of the targets are scanned" : ""));
            return ids;
        }
        for (int i = 0; i < texts.size(); i++) {
            try {
                ids.add(parse.apply(texts.get(i)));
            } catch (MalformedIdException e) {
                problems.add("scope." + name + "[" + i + "]: " + e.getMessage());
            }
        }
        return ids;
    }

    private static void after(String after, List<String> problems) {
        if (after.isEmpty()) {
            return;
        }
        try {
            if (SubjectKey.parse(after) instanceof SubjectKey.OfInstance) {
                return;
            }
            problems.add("scope.after: '" + after + "' is no cursor of a report");
        } catch (MalformedIdException e) {
            problems.add("scope.after: no cursor of a report: " + e.getMessage());
        }
    }

    private static @Nullable Instant deadline(ScanRequest request, Instant asked, List<String> problems) {
        if (!request.hasDeadline()) {
            return asked.plus(DEFAULT_DEADLINE);
        }
        if (!Timestamps.isValid(request.getDeadline())) {
            problems.add("deadline: no valid time");
            return null;
        }
        Instant deadline = Instant.ofEpochMilli(Timestamps.toMillis(request.getDeadline()));
        if (!deadline.isAfter(asked)) {
            problems.add("deadline: " + deadline + " had passed when it was asked for at " + asked
                    + " by the broker's clock");
        } else if (deadline.isAfter(asked.plus(LATEST_DEADLINE))) {
            problems.add("deadline: " + deadline + " is more than " + LATEST_DEADLINE.toMinutes()
                    + " minutes after it was asked for at " + asked + " by the broker's clock");
        }
        return deadline;
    }

    private static String named(Set<TargetId> targets) {
        return targets.stream().limit(3).map(TargetId::toString).collect(Collectors.joining(", "))
                + (targets.size() > 3 ? " and " + (targets.size() - 3) + " more" : "");
    }
}
