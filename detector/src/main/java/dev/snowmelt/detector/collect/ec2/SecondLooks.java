package dev.snowmelt.detector.collect.ec2;

import dev.snowmelt.detector.collect.ec2.EventNews.Touch;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Instances that are looked at once more, a few times and ever more rarely: EC2 does not show them
/// yet, or shows them on their way to another state, and Auto Scaling's events of their arrival are
/// best effort. What is not settled then is left to the next list. Used by one thread.
final class SecondLooks {
    private static final int ATTEMPTS = 6;
    private static final Duration LONGEST = Duration.ofMinutes(1);

    private record Waiting(int attempt, long due, @Nullable String group, List<Touch> touches) {}

    private final long first;
    private final Map<String, Waiting> waiting = new HashMap<>();
    private final Map<String, Integer> underWay = new HashMap<>();

    /// @param first pause before the second look; it doubles
    SecondLooks(Duration first) {
        this.first = first.toNanos();
    }

    /// Adds what is due to what is to be looked at.
    void addDue(EventNews news, long now) {
        for (var each = waiting.entrySet().iterator(); each.hasNext(); ) {
            var entry = each.next();
            Waiting due = entry.getValue();
            if (due.due - now <= 0) {
                each.remove();
                underWay.put(entry.getKey(), due.attempt);
                news.instances().add(entry.getKey());
                news.touches().addAll(due.touches);
                if (due.group != null) {
                    news.groupOf().putIfAbsent(entry.getKey(), due.group);
                }
            }
        }
    }

    /// Some were looked at.
    ///
    /// @param unsettled of these, what is to be looked at again
    void looked(EventNews news, EventNews unsettled, long now) {
        for (String instance : news.instances()) {
            Waiting before = waiting.remove(instance);
            int attempt = underWay.getOrDefault(instance, before == null ? 0 : before.attempt);
            if (unsettled.instances().contains(instance) && attempt < ATTEMPTS) {
                var touches = new ArrayList<>(unsettled.touches());
                touches.removeIf(touch -> !touch.instance().equals(instance));
                waiting.put(
                        instance,
                        new Waiting(
                                attempt + 1,
                                now + (first << attempt),
                                unsettled.groupOf().get(instance),
                                touches));
            }
        }
        underWay.clear();
    }

    /// Whether something waits.
    boolean any() {
        return !waiting.isEmpty();
    }

    /// 0: something is due.
    long nanosUntilDue(long now) {
        long least = LONGEST.toNanos();
        for (Waiting each : waiting.values()) {
            least = Math.min(least, Math.max(0, each.due - now));
        }
        return least;
    }
}
