package dev.snowmelt.remediator.execute.ec2;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// The versions of launch templates that this process made and EC2 did not warn of, so that a
/// restore that is BLOCKED for weeks does not make one with each attempt: a launch template holds
/// 10 000. EC2 says its doubts once, in the answer to the call that makes a version, and never
/// again: of a version that another process made, or whose answer was lost, nobody can tell. Those
/// are not used; another one is made. Bounded. Thread-safe.
final class UndoubtedVersions {
    private static final int MOST = 1_000;

    private final Map<NewVersion, Long> numbers = new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<NewVersion, Long> eldest) {
            return size() > MOST;
        }
    };

    synchronized void add(NewVersion version, long number) {
        numbers.put(version.forAnyCommand(), number);
    }

    /// The number of the last one that was made for the same, by whichever command.
    synchronized Optional<Long> number(NewVersion version) {
        return Optional.ofNullable(numbers.get(version.forAnyCommand()));
    }
}
