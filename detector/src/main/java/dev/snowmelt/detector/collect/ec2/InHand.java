package dev.snowmelt.detector.collect.ec2;

import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Messages that were received and are not done with, and until when the queue hides each from
/// whoever receives. Thread-safe.
final class InHand {
    private final long hold;
    private final Map<String, Long> hiddenUntil = new LinkedHashMap<>();

    /// @param hold how long the queue hides a message when it is received or asked to
    InHand(Duration hold) {
        this.hold = hold.toNanos();
    }

    /// These were received.
    synchronized void took(Collection<String> receipts, long now) {
        receipts.forEach(receipt -> hiddenUntil.put(receipt, now + hold));
    }

    /// Half of the time that these are hidden has passed.
    synchronized List<String> due(long now) {
        return hiddenUntil.entrySet().stream()
                .filter(each -> each.getValue() - now < hold / 2)
                .map(Map.Entry::getKey)
                .toList();
    }

    /// The queue hides these for longer; those that were let go meanwhile stay so.
    synchronized void held(Collection<String> receipts, long now) {
        receipts.forEach(receipt -> hiddenUntil.computeIfPresent(receipt, (_, _) -> now + hold));
    }

    /// Whether the queue hides these does not matter any more.
    synchronized void letGo(Collection<String> receipts) {
        receipts.forEach(hiddenUntil::remove);
    }

    synchronized int size() {
        return hiddenUntil.size();
    }
}
