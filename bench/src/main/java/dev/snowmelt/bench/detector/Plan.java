package dev.snowmelt.bench.detector;

import dev.snowmelt.bench.fleet.Change;
import dev.snowmelt.bench.measure.BenchException;
import dev.snowmelt.bench.measure.Pairs;
import dev.snowmelt.detector.topology.DetectorSettings.Storage;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Map;
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
/// @param kafka further settings of the detector's clients, to try them
public record Plan(
        int instances,
        int partitions,
        int unchangedRecords,
        Duration yardstick,
        Pairs pairs,
        Set<Storage> stores,
        Set<Change> changes,
        Map<String, String> kafka) {
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
        kafka = Map.copyOf(kafka);
    }

    /// What design §9 asks for.
    public static Plan thorough(int instances) {
        return new Plan(
                instances,
                PARTITIONS,
                1_000_000,
                Duration.ofSeconds(1),
                Pairs.THOROUGH,
                EVERY_STORE,
                EVERY_CHANGE,
                Map.of());
    }

    /// For CI.
    public static Plan quick(int instances) {
        return new Plan(
                instances,
                PARTITIONS,
                10 * instances,
                Duration.ofMillis(200),
                Pairs.QUICK,
                EVERY_STORE,
                EVERY_CHANGE,
                Map.of());
    }

    /// The same for some of the stores and changes; an empty set means all.
    ///
    /// @param otherKafka further settings of the detector's clients, to try them
    public Plan only(Set<Storage> someStores, Set<Change> someChanges, Map<String, String> otherKafka) {
        return new Plan(
                instances,
                partitions,
                unchangedRecords,
                yardstick,
                pairs,
                someStores.isEmpty() ? stores : someStores,
                someChanges.isEmpty() ? changes : someChanges,
                otherKafka);
    }

    /// How often each pod is seen in a stretch of mostly unchanged fingerprints.
    int unchangedRounds() {
        return Math.max(1, Math.ceilDiv(unchangedRecords, instances));
    }
}
