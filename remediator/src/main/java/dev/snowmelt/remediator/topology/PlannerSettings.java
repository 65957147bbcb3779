package dev.snowmelt.remediator.topology;

import dev.snowmelt.remediator.guard.GuardSettings;
import dev.snowmelt.remediator.plan.PlanSettings;
import java.time.Duration;

/// How the planner plans.
///
/// @param guards what the guards ask by
/// @param plan how commands are issued
/// @param tick how often what waits for time is looked at
/// @param workloadsPerTick how many workloads are looked at in one tick; a change of a target that concerns all of
/// them is spread over ticks, so that outcomes are not kept waiting
/// @param storage where the census and the remediations lie
public record PlannerSettings(
        GuardSettings guards, PlanSettings plan, Duration tick, int workloadsPerTick, Storage storage) {
    /// Where stores lie.
    public enum Storage {
        /// On disk.
        ROCKSDB,
        /// In the heap; a restart reads everything from Kafka again.
        MEMORY
    }

    public PlannerSettings {
        if (!tick.isPositive() || workloadsPerTick < 1) {
            throw new IllegalArgumentException("tick and workloads per tick are more than 0");
        }
    }

    /// The design's figures, 250 ms, RocksDB.
    public static PlannerSettings defaults() {
        return new PlannerSettings(
                GuardSettings.defaults(), PlanSettings.defaults(), Duration.ofMillis(250), 2_000, Storage.ROCKSDB);
    }

    /// The same with other guards' settings.
    public PlannerSettings with(GuardSettings other) {
        return new PlannerSettings(other, plan, tick, workloadsPerTick, storage);
    }

    /// The same with another way to issue commands.
    public PlannerSettings with(PlanSettings other) {
        return new PlannerSettings(guards, other, tick, workloadsPerTick, storage);
    }

    /// The same with stores elsewhere.
    public PlannerSettings with(Storage other) {
        return new PlannerSettings(guards, plan, tick, workloadsPerTick, other);
    }
}
