package dev.snowmelt.sources.registry.resolve;

import dev.snowmelt.schemas.id.SubjectKey;
import dev.snowmelt.v1.VerdictRecord;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// The questions that verdicts leave open now. Used by the resolver's thread alone.
final class OpenCases {
    private final Map<Question, OpenCase> cases = new LinkedHashMap<>();
    private final Map<SubjectKey, Set<Question>> asked = new HashMap<>();
    private long gone;
    private volatile int size;
    private volatile long closed;

    /// How many; from any thread.
    int size() {
        return size;
    }

    /// How many were open once and are not any more; from any thread, and only ever more. Whoever
    /// finds nothing open and then reads this counts all that was.
    long closed() {
        return closed;
    }

    /// A verdict came.
    ///
    /// @param record null: it is gone
    void verdict(SubjectKey key, @Nullable VerdictRecord record) {
        Set<Question> open = record == null
                ? Set.of()
                : switch (key) {
                    case SubjectKey.OfInstance instance -> Question.of(instance.workload(), record);
                    case SubjectKey.OfWorkload workload -> Question.of(workload.workload(), record);
                    case SubjectKey.OfSnapshot _ -> Set.of();
                };
        Set<Question> before = open.isEmpty() ? asked.remove(key) : asked.put(key, open);
        if (before != null) {
            before.stream().filter(question -> !open.contains(question)).forEach(question -> drop(key, question));
        }
        for (Question question : open) {
            cases.computeIfAbsent(question, OpenCase::new).askers.add(key);
        }
        closed = gone; // before the size, see closed()
        size = cases.size();
    }

    /// Forgets what other replicas look after now.
    void forget(Predicate<SubjectKey> theirs) {
        List<SubjectKey> keys = asked.keySet().stream().filter(theirs).toList();
        keys.forEach(key -> verdict(key, null));
    }

    private void drop(SubjectKey key, Question question) {
        OpenCase open = cases.get(question);
        if (open != null && open.askers.remove(key) && open.askers.isEmpty()) {
            cases.remove(question);
            gone++;
        }
    }

    /// Up to so many that may be asked about now.
    List<OpenCase> due(Instant now, int most) {
        return most <= 0
                ? List.of()
                : cases.values().stream()
                        .filter(open -> !open.asking && !open.due.isAfter(now))
                        .limit(most)
                        .toList();
    }
}
