package dev.snowmelt.bench.detector;

import dev.snowmelt.bench.fleet.Change;
import dev.snowmelt.bench.measure.BenchException;
import dev.snowmelt.bench.measure.Pairs;
import dev.snowmelt.detector.topology.DetectorSettings.Storage;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Set;

/// How big a run is.
///
/// @param instances pods in the fleet
/// @param partitions partitions of each topic
/// @param unchangedRecords how many records a measured stretch of mostly unchanged fingerprints has at least; long
/// enough
/// to last seconds
/// @param yardstick how long the parsing consumer runs at least in each pair
/// @param pairs how often, after what warm-up
/// @param stores with which stores
/// @param changes which kinds of change
public record Plan(
        int instances,
        int partitions,
        int unchangedRecords,
        Duration yardstick,
        Pairs pairs,
        Set<Storage> stores,
        Set<Change> changes) {
    private static final int PARTITIONS = 4;
    private static final Set<Storage> EVERY_STORE = EnumSet.allOf(Storage.class);
    private static final Set<Change> EVERY_CHANGE = EnumSet.of(Change.NONE, Change.ONE_PERCENT, Change.ALL);

    /// @throws BenchException when there are no instances
    public Plan {
        if (instances < 1) {
            throw new BenchException("--instances must be 1 or more, not " + instances);
        }
        stores = Set.copyOf(stores);
        changes = Set.copyOf(changes);
    }

    /// What design §9 asks for.
    public static Plan thorough(int instances) {
        return new Plan(
                instances, PARTITIONS, 1_000_000, Duration.ofSeconds(1), Pairs.THOROUGH, EVERY_STORE, EVERY_CHANGE);
    }

    /// For CI.
    public static Plan quick(int instances) {
        return new Plan(
                instances, PARTITIONS, 10 * instances, Duration.ofMillis(200), Pairs.QUICK, EVERY_STORE, EVERY_CHANGE);
    }

    /// The same for some of the stores and changes; an empty set means all.
    public Plan only(Set<Storage> someStores, Set<Change> someChanges) {
        return new Plan(
                instances,
                partitions,
                unchangedRecords,
                yardstick,
                pairs,
                someStores.isEmpty() ? stores : someStores,
                someChanges.isEmpty() ? changes : someChanges);
    }

    /// How often each pod is seen in a stretch of mostly unchanged fingerprints.
    int unchangedRounds() {
        return Math.max(1, Math.ceilDiv(unchangedRecords, instances));
    }
}
