package dev.snowmelt.sandbox.cluster;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Predicate;

/// What clients asked of the cluster, noted on the cluster's side: every write with its outcome, and the number
/// of requests of each kind.
///
/// The cluster's own controllers and kubelets are not in it: what is here, somebody outside did. Thread-safe.
public final class Ledger {

    private static final List<String> HOUSEKEEPING = List.of("leases", "events", "selfsubjectaccessreviews");

    private final List<Entry> entries = java.util.Collections.synchronizedList(new java.util.ArrayList<>());
    private final Map<String, LongAdder> counts = new ConcurrentHashMap<>();
    private final List<java.util.function.Consumer<Entry>> listeners = new CopyOnWriteArrayList<>();

    Ledger() {}

    /// One write request.
    ///
    /// @param at when it was answered
    /// @param verb create, update, patch, delete or deletecollection
    /// @param resource plural, with the subresource: `pods`, `pods/eviction`
    /// @param uid of the object as it was when the request came, "" when there was none
    /// @param status HTTP status of the answer; 0 when the connection was dropped instead
    /// @param reason of the Status when it failed, else ""
    /// @param carriedOut whether it changed the cluster (false for refusals and dry runs; true for a lost
    /// answer)
    /// @param body of the request as sent, at most 4,096 characters
    public record Entry(
            Instant at,
            String verb,
            String resource,
            String namespace,
            String name,
            String uid,
            String user,
            String userAgent,
            int status,
            String reason,
            boolean carriedOut,
            String body) {}

    void note(Entry entry) {
        entries.add(entry);
        listeners.forEach(listener -> listener.accept(entry));
    }

    void count(String verb, String resource) {
        counts.computeIfAbsent(verb + " " + resource, _ -> new LongAdder()).increment();
    }

    /// Calls back for every write from now on, on the thread that serves the request: only take note.
    public void onWrite(java.util.function.Consumer<Entry> listener) {
        listeners.add(listener);
    }

    /// Every write request, refused ones included.
    public List<Entry> all() {
        synchronized (entries) {
            return List.copyOf(entries);
        }
    }

    private List<Entry> where(Predicate<Entry> test) {
        return all().stream().filter(test).toList();
    }

    /// Requests to `pods/x/eviction`, refused ones included.
    public List<Entry> evictions() {
        return where(entry -> entry.resource().equals("pods/eviction"));
    }

    /// Plain deletes of any resource.
    public List<Entry> deletes() {
        return where(entry -> entry.verb().startsWith("delete"));
    }

    public List<Entry> patches() {
        return where(entry -> entry.verb().equals("patch"));
    }

    /// Writes that changed something in the cluster, leases and events left out: what a tool did to somebody's
    /// workloads.
    public List<Entry> touched() {
        return where(entry -> entry.carriedOut() && !HOUSEKEEPING.contains(entry.resource()));
    }

    /// Requests by `verb resource`, such as `list pods`, `watch deployments`, `create pods/eviction`.
    public Map<String, Long> counts() {
        Map<String, Long> sums = new TreeMap<>();
        counts.forEach((key, count) -> sums.put(key, count.sum()));
        return sums;
    }

    public long count(String verbAndResource) {
        return counts().getOrDefault(verbAndResource, 0L);
    }

    public void clear() {
        entries.clear();
        counts.clear();
    }
}
