package dev.snowmelt.sandbox.cluster;

import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// What a test makes go wrong between a client and the cluster. Verbs and resources are RBAC's (`watch`,
/// `pods/eviction`), `*` is any. Thread-safe.
public final class Faults {

    private final List<Latency> latencies = new CopyOnWriteArrayList<>();
    private final List<Fault> faults = new CopyOnWriteArrayList<>();

    Faults() {}

    private record Latency(String verb, String resource, Duration delay) {}

    /// What happens to a request instead of its answer.
    sealed interface Outcome {
        record Refuse(int status, int retryAfterSeconds) implements Outcome {}

        /// The connection is closed before anything is done.
        record Drop() implements Outcome {}

        /// The request is carried out, and the connection closed instead of an answer.
        record LoseAnswer() implements Outcome {}
    }

    private record Fault(String verb, String resource, AtomicInteger left, Outcome outcome) {}

    /// Every matching request waits that long before it is looked at; a later call for the same verb and
    /// resource replaces the earlier.
    public void latency(String verb, String resource, Duration delay) {
        latencies.removeIf(l -> l.verb.equals(verb) && l.resource.equals(resource));
        latencies.add(new Latency(verb, resource, delay));
    }

    /// The next matching requests are answered with an HTTP status and its Status object, and not carried out.
    public void failNext(int times, String verb, String resource, int status) {
        failNext(times, verb, resource, status, Duration.ZERO);
    }

    /// @param retryAfter whole seconds, sent as `Retry-After`; zero sends none
    public void failNext(int times, String verb, String resource, int status, Duration retryAfter) {
        faults.add(new Fault(
                verb, resource, new AtomicInteger(times), new Outcome.Refuse(status, (int) retryAfter.toSeconds())));
    }

    /// The next matching requests find their connection closed; they are not carried out.
    public void dropNext(int times, String verb, String resource) {
        faults.add(new Fault(verb, resource, new AtomicInteger(times), new Outcome.Drop()));
    }

    /// The next matching requests are carried out, and their connection is closed instead of an answer.
    public void loseAnswerOfNext(int times, String verb, String resource) {
        faults.add(new Fault(verb, resource, new AtomicInteger(times), new Outcome.LoseAnswer()));
    }

    public void clear() {
        latencies.clear();
        faults.clear();
    }

    Duration latency(String verb, String resource) {
        Duration longest = Duration.ZERO;
        for (Latency latency : latencies) {
            if (matches(latency.verb, verb)
                    && matches(latency.resource, resource)
                    && latency.delay.compareTo(longest) > 0) {
                longest = latency.delay;
            }
        }
        return longest;
    }

    @Nullable Outcome next(String verb, String resource) {
        for (Iterator<Fault> all = faults.iterator(); all.hasNext(); ) {
            Fault fault = all.next();
            if (matches(fault.verb, verb) && matches(fault.resource, resource)) {
                int left = fault.left.getAndDecrement();
                if (left == 1) {
                    faults.remove(fault);
                }
                if (left > 0) {
                    return fault.outcome;
                }
            }
        }
        return null;
    }

    private static boolean matches(String pattern, String value) {
        return pattern.equals("*") || pattern.equals(value);
    }
}
