package dev.snowmelt.remediator.execute.ec2;

import java.util.LinkedHashMap;
import java.util.Map;

/// The versions of launch templates that this process made and EC2 did not warn of. EC2 says its
/// doubts once, in the answer to the call that makes a version, and never again: of a version that
/// another process made, or whose answer was lost, nobody can tell. Bounded. Thread-safe.
final class UndoubtedVersions {
    private static final int MOST = 1_000;

    private final Map<String, Boolean> tokens = new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Boolean> eldest) {
            return size() > MOST;
        }
    };

    synchronized void add(NewVersion version) {
        tokens.put(version.token(), true);
    }

    synchronized boolean has(NewVersion version) {
        return tokens.containsKey(version.token());
    }
}
