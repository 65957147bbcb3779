package dev.snowmelt.detector.topology;

import static dev.snowmelt.detector.topology.Sample.CART;
import static dev.snowmelt.detector.topology.Sample.TARGET;
import static dev.snowmelt.detector.topology.Sample.WEB;
import static dev.snowmelt.detector.topology.Sample.begin;
import static dev.snowmelt.detector.topology.Sample.declaration;
import static dev.snowmelt.detector.topology.Sample.end;
import static dev.snowmelt.detector.topology.Sample.gone;
import static dev.snowmelt.detector.topology.Sample.image;
import static dev.snowmelt.detector.topology.Sample.observed;
import static dev.snowmelt.detector.topology.Sample.pod;

import dev.snowmelt.v1.Observation;
import dev.snowmelt.v1.Ran;
import dev.snowmelt.v1.Verdict;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// A small cluster that changes at random, as a collector would tell it, with the truth to compare
/// with.
final class ClusterLife {
    private static final int PODS = 4;

    private final Rig rig;
    private final SplittableRandom random;
    private final boolean snapshots;
    private final List<Owner> owners = List.of(new Owner(CART), new Owner(WEB));
    private final Set<String> told = new HashSet<>();
    private long resourceVersion = 100;
    private long snapshot;
    private int born;

    private record Pod(char letter, long version) {}

    private static final class Owner {
        final String workload;
        final NavigableMap<Integer, Pod> pods = new TreeMap<>();
        char declared;
        int ready;

        Owner(String workload) {
            this.workload = workload;
        }
    }

    ClusterLife(Rig rig, int seed, boolean snapshots) {
        this.rig = rig;
        this.random = new SplittableRandom(seed);
        this.snapshots = snapshots;
    }

    void live(int steps) {
        for (int i = 0; i < steps; i++) {
            Owner owner = owners.get(random.nextInt(owners.size()));
            switch (random.nextInt(snapshots ? 10 : 8)) {
                case 0, 1, 2 -> change(owner);
                case 3 -> create(owner);
                case 4 -> delete(owner);
                case 5 -> declare(owner);
                case 6 -> report(owner);
                case 7 -> again(owner);
                case 8 -> snapshot();
                default -> deleteUnseen(owner);
            }
            if (random.nextInt(4) == 0) {
                rig.settle();
            }
        }
    }

    /// Two quiet snapshots, the second long enough after the first for tombstones to go.
    void finish() {
        owners.forEach(this::report);
        snapshot();
        rig.settle().pass(Duration.ofMinutes(2));
        snapshot();
        rig.settle();
    }

    private void create(Owner owner) {
        if (owner.pods.size() < PODS) {
            put(owner, ++born);
        }
    }

    private void change(Owner owner) {
        Integer some = some(owner);
        if (some == null) {
            create(owner);
        } else {
            put(owner, some);
        }
    }

    private void put(Owner owner, int pod) {
        owner.pods.put(pod, new Pod(letter(), ++resourceVersion));
        rig.watch(owner.workload, seen(owner, pod), resourceVersion);
    }

    private void again(Owner owner) {
        Integer some = some(owner);
        if (some != null) {
            rig.watch(owner.workload, seen(owner, some), ++resourceVersion);
        }
    }

    private void delete(Owner owner) {
        Integer some = some(owner);
        if (some != null) {
            owner.pods.remove(some);
            rig.watch(owner.workload, gone(pod(owner.workload, some)), ++resourceVersion);
        }
    }

    /// While no collector watched; never the last one, so that no list is empty.
    private void deleteUnseen(Owner owner) {
        Integer some = some(owner);
        if (some != null && owners.stream().mapToInt(each -> each.pods.size()).sum() > 1) {
            owner.pods.remove(some);
        }
    }

    /// Some of all.
    void deleteUnseen() {
        owners.forEach(this::deleteUnseen);
    }

    private void declare(Owner owner) {
        owner.declared = letter();
        rig.declare(declaration(owner.workload, owner.declared));
    }

    private void report(Owner owner) {
        owner.ready++;
        rig.watch(owner.workload, status(owner), ++resourceVersion);
    }

    private static Observation status(Owner owner) {
        return Sample.status(owner.workload, 3, owner.ready, Sample.TAGGED);
    }

    private Observation seen(Owner owner, int pod) {
        char letter = owner.pods.getOrDefault(pod, new Pod('?', 0)).letter;
        told.add(pod(owner.workload, pod));
        return observed(pod(owner.workload, pod), letter);
    }

    private void snapshot() {
        snapshot++;
        int records = 0;
        int instances = 0;
        rig.list(null, begin(TARGET), snapshot);
        for (Owner owner : owners) {
            for (var each : owner.pods.entrySet()) {
                rig.list(owner.workload, seen(owner, each.getKey()), snapshot, each.getValue().version);
                records++;
                instances++;
            }
            if (owner.ready > 0) {
                rig.list(owner.workload, status(owner), snapshot, resourceVersion);
                records++;
            }
            if (random.nextInt(3) == 0) {
                delete(owner);
            }
        }
        rig.list(null, end(TARGET, records, instances, true), snapshot);
    }

    /// What every instance is.
    Map<String, Verdict.State> states() {
        var states = new HashMap<String, Verdict.State>();
        for (Owner owner : owners) {
            owner.pods.forEach((pod, is) -> states.put(
                    Rig.key(owner.workload, pod(owner.workload, pod)),
                    owner.declared == 0
                            ? Verdict.State.UNDECLARED
                            : owner.declared == is.letter ? Verdict.State.CONFORMANT : Verdict.State.DRIFTED));
        }
        return states;
    }

    /// Running instances without evidence of what they run, and former ones without evidence of
    /// their end.
    List<String> withoutEvidence() {
        var missing = new ArrayList<String>();
        var ended = new HashSet<>(told);
        for (Owner owner : owners) {
            owner.pods.forEach((pod, is) -> {
                String instance = pod(owner.workload, pod);
                ended.remove(instance);
                if (!proven(
                        instance,
                        ran -> !ran.hasTo() && ran.getImages(0).getImageId().equals(image(is.letter)))) {
                    missing.add(instance + " runs " + is.letter);
                }
            });
        }
        for (String instance : ended) {
            if (!proven(instance, Ran::hasTo)) {
                missing.add(instance + " is gone");
            }
        }
        return missing;
    }

    private boolean proven(String instance, Predicate<Ran> what) {
        return rig.evidence().stream()
                .anyMatch(each -> each.getInstance().equals(instance) && what.test(each.getRan()));
    }

    private @Nullable Integer some(Owner owner) {
        var all = List.copyOf(owner.pods.keySet());
        return all.isEmpty() ? null : all.get(random.nextInt(all.size()));
    }

    private char letter() {
        return (char) ('a' + random.nextInt(3));
    }
}
