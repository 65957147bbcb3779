package dev.snowmelt.remediator.guard;

import dev.snowmelt.schemas.id.OverrideKey;
import dev.snowmelt.schemas.id.WorkloadId;
import dev.snowmelt.v1.Override;
import dev.snowmelt.v1.Override.Kind;
import java.time.Instant;
import java.util.Collection;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/// What people (and other planners) have said, as it concerns one target: its own overrides and the fleet-wide
/// ones.
public final class Overrides {
    /// A target's own layer, or the fleet's.
    public static final class Layer {
        private final Map<Kind, Map<String, Override>> byKind = new EnumMap<>(Kind.class);

        /// Takes an override; the newest of a kind and subject counts.
        public void put(OverrideKey key, Override override) {
            byKind.computeIfAbsent(key.kind(), _ -> new LinkedHashMap<>()).put(key.subject(), override);
        }

        /// Forgets a withdrawn override.
        public void remove(OverrideKey key) {
            Map<String, Override> bySubject = byKind.get(key.kind());
            if (bySubject != null) {
                bySubject.remove(key.subject());
            }
        }

        /// All of one kind, expired ones included.
        public Collection<Override> all(Kind kind) {
            Map<String, Override> bySubject = byKind.get(kind);
            return bySubject == null ? java.util.List.of() : bySubject.values();
        }

        private Optional<Override> get(Kind kind, String subject) {
            Map<String, Override> bySubject = byKind.get(kind);
            return bySubject == null ? Optional.empty() : Optional.ofNullable(bySubject.get(subject));
        }
    }

    private final Layer own;
    private final Layer fleet;

    /// @param own overrides of this target; may change later
    /// @param fleet overrides of every target; may change later
    public Overrides(Layer own, Layer fleet) {
        this.own = own;
        this.fleet = fleet;
    }

    /// An override of a kind that is in force now and is about one of the subjects.
    public Optional<Override> inForce(Kind kind, Instant now, String... subjects) {
        for (String subject : subjects) {
            for (Layer layer : new Layer[] {own, fleet}) {
                Optional<Override> found = layer.get(kind, subject).filter(override -> inForce(override, now));
                if (found.isPresent()) {
                    return found;
                }
            }
        }
        return Optional.empty();
    }

    /// As above, about the workload, its target or everything.
    public Optional<Override> about(Kind kind, Instant now, WorkloadId workload) {
        return inForce(kind, now, OverrideKey.EVERY_TARGET, workload.target().toString(), workload.toString());
    }

    /// The targets that planners have suspended and nobody resumed.
    public Set<String> suspendedTargets(Instant now) {
        var targets = new TreeSet<String>();
        for (Layer layer : new Layer[] {own, fleet}) {
            for (Override suspension : layer.all(Kind.SUSPENSION)) {
                if (inForce(suspension, now) && !resumed(suspension, now)) {
                    targets.add(suspension.getSubject());
                }
            }
        }
        return targets;
    }

    /// Whether a person approved what was found at `found`: an approval covers what was there when it was given, or
    /// the revision that it names.
    public boolean approved(Instant now, Instant found, long revision, String... subjects) {
        for (String subject : subjects) {
            Optional<Override> approval = inForce(Kind.APPROVAL, now, subject);
            if (approval.isPresent()) {
                Override given = approval.get();
                boolean covers = given.getRevision() == 0
                        ? given.hasAt() && !Times.instant(given.getAt()).isBefore(found)
                        : given.getRevision() == revision;
                if (covers) {
                    return true;
                }
            }
        }
        return false;
    }

    private boolean resumed(Override suspension, Instant now) {
        return inForce(Kind.RESUME, now, OverrideKey.EVERY_TARGET, suspension.getSubject())
                .filter(resume -> Times.instant(resume.getAt()).isAfter(Times.instant(suspension.getAt())))
                .isPresent();
    }

    private static boolean inForce(Override override, Instant now) {
        return !override.hasUntil() || Times.instant(override.getUntil()).isAfter(now);
    }
}
