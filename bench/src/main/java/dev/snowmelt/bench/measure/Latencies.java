package dev.snowmelt.bench.measure;

import java.util.Arrays;

/// Latencies of an open-loop load. Each is counted from the moment its event was *due*, not from the moment it was
/// sent:
/// a stall then shows up in every event that had to wait for it, instead of in one (coordinated omission).
///
/// Not thread-safe.
public final class Latencies {
    private long[] nanos = new long[1 << 12];
    private int count;

    public void add(long nanos) {
        if (count == this.nanos.length) {
            this.nanos = Arrays.copyOf(this.nanos, count * 2);
        }
        this.nanos[count++] = nanos;
    }

    /// Takes over those of another one.
    public void addAll(Latencies other) {
        for (int i = 0; i < other.count; i++) {
            add(other.nanos[i]);
        }
    }

    /// Forgets all.
    public void clear() {
        count = 0;
    }

    public int count() {
        return count;
    }

    /// The smallest latency that at least this share of all stays within, in milliseconds.
    ///
    /// @param share more than 0, at most 1
    /// @throws BenchException when none was measured
    public double millisAt(double share) {
        if (count == 0) {
            throw new BenchException("no latency was measured");
        }
        long[] sorted = Arrays.copyOf(nanos, count);
        Arrays.sort(sorted);
        return sorted[Math.clamp((long) Math.ceil(share * count) - 1, 0, count - 1)] / 1e6;
    }
}
