package dev.snowmelt.detector.topology;

import dev.snowmelt.v1.Declaration;
import dev.snowmelt.v1.DeclaredContainer;
import dev.snowmelt.v1.Drift;
import dev.snowmelt.v1.ImageFacet;
import dev.snowmelt.v1.ObservedContainer;
import dev.snowmelt.v1.WorkloadVerdict;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// The makeups of a workload's instances, and what they tell of it: how many instances run which
/// digest in which container, by template. Replicas of one template that run different digests come
/// from a tag that was pushed again.
final class Cohorts {
    private static final int MOST_ENTRIES = 32;
    /// Makeups that no instance has are kept up to so many makeups in all: pods of a rollout come
    /// and go.
    private static final int MOST_KEPT = 4;

    private static final int MOST_NAMED = 4;

    /// What a makeup adds to.
    record Entry(String template, String container, String digest) {}

    private static final Comparator<WorkloadVerdict.Cohort> MOST_INSTANCES_FIRST = Comparator.comparingInt(
                    WorkloadVerdict.Cohort::getInstances)
            .reversed()
            .thenComparing(WorkloadVerdict.Cohort::getTemplate)
            .thenComparing(WorkloadVerdict.Cohort::getContainer)
            .thenComparing(WorkloadVerdict.Cohort::getDigest);

    private final Map<Makeup.Key, Makeup> makeups = new HashMap<>();

    /// An image facet and its makeup.
    ///
    /// @throws UnusableRecordException when the bytes are no template and containers
    SeenImage look(ImageBytes bytes) {
        Makeup.Key key = bytes.makeup();
        Makeup makeup = makeups.get(key);
        if (makeup == null) {
            Makeup.Key kept = key.kept();
            makeup = Makeup.parse(kept);
            if (makeups.size() >= MOST_KEPT) {
                makeups.values().removeIf(each -> each.instances == 0);
            }
            makeups.put(kept, makeup);
        }
        return new SeenImage(bytes, makeup);
    }

    /// What an image facet counts for: one entry a container that runs, but for ephemeral ones.
    static List<Entry> entries(ImageFacet image) {
        var entries = new ArrayList<Entry>(image.getContainersCount());
        for (ObservedContainer container : image.getContainersList()) {
            if (container.getType() != ObservedContainer.Type.EPHEMERAL
                    && !container.getImageId().isEmpty()) {
                entries.add(new Entry(image.getTemplate(), container.getName(), digest(container.getImageId())));
            }
        }
        return List.copyOf(entries);
    }

    /// Counts the live instances.
    Counted count() {
        var counts = new HashMap<Entry, Integer>();
        for (Makeup makeup : makeups.values()) {
            if (makeup.instances > 0) {
                for (Entry entry : makeup.cohorts()) {
                    counts.merge(entry, makeup.instances, Integer::sum);
                }
            }
        }
        return new Counted(counts);
    }

    /// How many live instances there are of each.
    record Counted(Map<Entry, Integer> counts) {
        /// Most instances first, bounded.
        List<WorkloadVerdict.Cohort> list() {
            return counts.entrySet().stream()
                    .map(each -> WorkloadVerdict.Cohort.newBuilder()
                            .setTemplate(Limits.text(each.getKey().template))
                            .setContainer(Limits.text(each.getKey().container))
                            .setDigest(Limits.text(each.getKey().digest))
                            .setInstances(each.getValue())
                            .build())
                    .sorted(MOST_INSTANCES_FIRST)
                    .limit(MOST_ENTRIES)
                    .toList();
        }

        /// One COHORT_SPLIT a container. A container that may differ is none: one that something
        /// injects, and one all of whose digests are declared for it (a runtime may report any of
        /// an image's digests).
        List<Drift> splits(@Nullable Declaration declaration) {
            if (counts.size() < 2) {
                return List.of();
            }
            var digests = new TreeMap<String, TreeMap<String, Set<String>>>();
            for (Entry entry : counts.keySet()) {
                digests.computeIfAbsent(entry.container, _ -> new TreeMap<>())
                        .computeIfAbsent(entry.template, _ -> new TreeSet<>())
                        .add(entry.digest);
            }
            var drifts = new ArrayList<Drift>();
            digests.forEach((container, templates) -> templates.values().stream()
                    .filter(set -> set.size() > 1 && !tolerated(declaration, container, set))
                    .findFirst()
                    .ifPresent(set -> drifts.add(Drift.newBuilder()
                            .setKind(Drift.Kind.COHORT_SPLIT)
                            .setSubject(container)
                            .setDeclared("one digest for all replicas of a template")
                            .setObserved(set.stream().limit(MOST_NAMED).collect(Collectors.joining(", "))
                                    + (set.size() > MOST_NAMED ? " and " + (set.size() - MOST_NAMED) + " more" : ""))
                            .build())));
            return drifts;
        }
    }

    private static boolean tolerated(@Nullable Declaration declaration, String container, Set<String> digests) {
        if (declaration == null || declaration.getRevisionsCount() == 0) {
            return false;
        }
        var spec = declaration.getRevisions(0).getSpec();
        if (spec.getInjectedList().contains(container)) {
            return true;
        }
        var accepted = new HashSet<String>();
        for (DeclaredContainer declared : spec.getContainersList()) {
            if (declared.getName().equals(container)) {
                accepted.addAll(declared.getDigestsList());
                accepted.add(digest(declared.getImage()));
            }
        }
        return accepted.containsAll(digests);
    }

    /// The digest in an image id or a pinned reference, `docker-pullable://` and `docker://` forms
    /// included; the text itself where there is none.
    private static String digest(String image) {
        int at = image.lastIndexOf('@');
        if (at >= 0) {
            return image.substring(at + 1);
        }
        int scheme = image.indexOf("://");
        return scheme < 0 ? image : image.substring(scheme + 3);
    }
}
