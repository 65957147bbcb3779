package dev.snowmelt.detector.scan;

import dev.snowmelt.schemas.id.MalformedIdException;
import dev.snowmelt.schemas.id.TargetId;
import dev.snowmelt.v1.CollectorStatus;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.apache.kafka.streams.state.ReadOnlyKeyValueStore;

/// Which targets are declared or watched, everywhere.
final class Fleet {
    /// Store: collector → its status.
    static final String WATCHED = "watched";
    /// Store: declared workload → its newest revision.
    static final String DECLARED = "declared";

    private static final Set<String> PLATFORMS = Set.of("kubernetes", "ec2");

    private final ReadOnlyKeyValueStore<String, CollectorStatus> watched;
    private final ReadOnlyKeyValueStore<String, Long> declared;

    Fleet(ReadOnlyKeyValueStore<String, CollectorStatus> watched, ReadOnlyKeyValueStore<String, Long> declared) {
        this.watched = watched;
        this.declared = declared;
    }

    /// The collector that says what exists in a target; also one that is not running now. Agents
    /// see only what they are in.
    Optional<CollectorStatus> watcher(TargetId target) {
        CollectorStatus newest = null;
        try (var all = watched.all()) {
            while (all.hasNext()) {
                CollectorStatus status = all.next().value;
                if (PLATFORMS.contains(status.getKind())
                        && status.getTarget().equals(target.toString())
                        && (newest == null || status.getEpoch() >= newest.getEpoch())) {
                    newest = status;
                }
            }
        }
        return Optional.ofNullable(newest);
    }

    /// The newest revision of a workload that is declared; 0: none.
    long declared(String workload) {
        Long revision = declared.get(workload);
        return revision == null ? 0 : revision;
    }

    /// What is done with a declared workload and its newest revision.
    interface Look {
        void at(String workload, long revision);
    }

    /// Looks at every declared workload of a target, by name.
    void eachDeclared(TargetId target, Look look) {
        String first = target + "/";
        try (var some = declared.range(first, target.toString() + (char) ('/' + 1))) {
            some.forEachRemaining(each -> {
                if (each.key.startsWith(first) && each.value > 0) {
                    look.at(each.key, each.value);
                }
            });
        }
    }

    /// Every declared or watched target, by name.
    Set<TargetId> targets() {
        var targets = new TreeSet<TargetId>();
        try (var all = watched.all()) {
            while (all.hasNext()) {
                CollectorStatus status = all.next().value;
                if (PLATFORMS.contains(status.getKind())) {
                    add(targets, status.getTarget());
                }
            }
        }
        // One look for each target, not for each workload.
        for (String from = ""; from != null; ) {
            try (var next = declared.range(from, null)) {
                from = null;
                if (next.hasNext()) {
                    String workload = next.peekNextKey();
                    int slash = workload.indexOf('/');
                    String target = slash < 0 ? workload : workload.substring(0, slash);
                    add(targets, target);
                    from = target + (char) ('/' + 1);
                }
            }
        }
        return targets;
    }

    private static void add(Set<TargetId> targets, String text) {
        try {
            targets.add(TargetId.parse(text));
        } catch (MalformedIdException _) {
            // Written by hand: nobody can be asked about it.
        }
    }
}
