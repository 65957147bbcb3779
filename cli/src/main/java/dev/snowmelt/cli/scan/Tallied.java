package dev.snowmelt.cli.scan;

import java.time.Duration;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/// How far a scan has come.
///
/// @param scan its id
/// @param waited since it was asked for
/// @param partitions how many each target has
/// @param answered partitions that were counted, by target; targets that were asked for are there from the first
/// @param open the scan asks for every target, so more may follow
public record Tallied(String scan, Duration waited, int partitions, SortedMap<String, Integer> answered, boolean open) {
    public Tallied {
        answered = new TreeMap<>(answered);
    }

    /// Partitions counted, of all targets.
    public int counted() {
        return answered.values().stream().mapToInt(Integer::intValue).sum();
    }

    /// Partitions of all targets that are known of.
    public int expected() {
        return answered.size() * partitions;
    }

    /// For people, without the time: the same as long as nothing changes.
    public String words() {
        if (answered.isEmpty()) {
            return "nothing is counted yet";
        }
        String of = counted() + " of " + expected() + " partitions are counted";
        long missing =
                answered.values().stream().filter(count -> count < partitions).count();
        String first = answered.entrySet().stream()
                .filter(entry -> entry.getValue() < partitions)
                .map(Map.Entry::getKey)
                .findFirst()
                .orElse("");
        String waits = missing == 0
                ? open ? "; waiting for other targets, or for the report" : "; waiting for the report"
                : "; waiting for " + first + (missing == 1 ? "" : " and " + (missing - 1) + " more");
        return of + waits;
    }
}
