package dev.snowmelt.detector.topology;

import dev.snowmelt.fingerprint.judge.JudgeRules;
import dev.snowmelt.fingerprint.judge.Undeclared;
import java.time.Duration;

/// How the detector judges and where it keeps what it knows.
///
/// @param rules what holds where a declaration says nothing; an executor's last look must have the same
/// @param storage where the stores live
/// @param contentMaxAge how long an agent's content facet is believed after it was last seen; more than 0
/// @param views how many workloads are kept parsed, by partition; 1 or more. One takes about 2 to 10 KB.
/// A snapshot goes through all workloads in turn: where there are more than this on a partition, each is read again
public record DetectorSettings(JudgeRules rules, Storage storage, Duration contentMaxAge, int views) {
    /// Where the stores live; either way a changelog topic restores them.
    public enum Storage {
        /// On disk, through RocksDB: the heap stays small whatever the number of instances.
        ROCKSDB,
        /// In the heap: twice as fast when much changes, 1 KB an instance.
        MEMORY
    }

    /// What is used unless configured otherwise.
    public static final DetectorSettings DEFAULT =
            new DetectorSettings(JudgeRules.DEFAULT, Storage.ROCKSDB, Duration.ofHours(24), 4096);

    /// @throws IllegalArgumentException when a value is out of its range
    public DetectorSettings {
        if (!contentMaxAge.isPositive()) {
            throw new IllegalArgumentException("content is believed for more than 0, not " + contentMaxAge);
        }
        if (views < 1) {
            throw new IllegalArgumentException("at least 1 workload is kept parsed, not " + views);
        }
    }

    /// The same with other stores.
    public DetectorSettings with(Storage otherStorage) {
        return new DetectorSettings(rules, otherStorage, contentMaxAge, views);
    }

    /// The same with another rule for what is not declared.
    public DetectorSettings with(Undeclared otherUndeclared) {
        return with(rules.with(otherUndeclared));
    }

    /// The same judging by other rules.
    public DetectorSettings with(JudgeRules otherRules) {
        return new DetectorSettings(otherRules, storage, contentMaxAge, views);
    }
}
