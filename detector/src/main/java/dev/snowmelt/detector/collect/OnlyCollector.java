package dev.snowmelt.detector.collect;

import java.time.Duration;
import java.util.OptionalLong;
import java.util.function.LongSupplier;

/// Active without asking anybody: for a collector that writes to topics of its own, which no other
/// collector knows. It needs no right to any Lease, and takes none from the collector that watches
/// the same cluster for good.
public final class OnlyCollector implements Leadership {
    private static final Duration RETRY = Duration.ofSeconds(10);

    private volatile boolean active;

    @Override
    public boolean held() {
        return active;
    }

    /// Epoch 1 where nothing was collected before.
    @Override
    public OptionalLong tryAcquire(LongSupplier usedEpoch) {
        long epoch = usedEpoch.getAsLong() + 1;
        active = true;
        return OptionalLong.of(epoch);
    }

    @Override
    public void renew() {}

    @Override
    public void release() {
        active = false;
    }

    @Override
    public Duration retry() {
        return RETRY;
    }
}
