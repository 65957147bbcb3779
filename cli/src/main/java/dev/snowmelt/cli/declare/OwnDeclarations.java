package dev.snowmelt.cli.declare;

import com.google.protobuf.Timestamp;
import com.google.protobuf.util.Timestamps;
import dev.snowmelt.schemas.id.WorkloadId;
import dev.snowmelt.v1.Declaration;
import dev.snowmelt.v1.Revision;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Which declarations are a watcher's own, and which of them are surely from before any document
/// was missing: what it writes as the reason of a declaration says how its folder was, so that the
/// next process can tell too.
final class OwnDeclarations {
    private static final String NOTHING_MISSING = " (nothing is missing)";
    /// The registrar takes reasons of 1,024 characters.
    private static final int LONGEST_PLACE = 900;

    private OwnDeclarations() {}

    /// Those whose newest revision the watcher declared, with that revision's number.
    static Map<WorkloadId, Long> of(Map<WorkloadId, Declaration> declared, String mark) {
        Map<WorkloadId, Long> own = new TreeMap<>(Comparator.comparing(WorkloadId::toString));
        declared.forEach((workload, declaration) -> {
            if (declaration.getRevisionsCount() > 0 && by(declaration.getRevisions(0), mark)) {
                own.put(workload, declaration.getRevisions(0).getNumber());
            }
        });
        return own;
    }

    static boolean by(Revision revision, String mark) {
        return revision.getDeclaredBy().equals(mark);
    }

    /// Why a document is declared.
    ///
    /// @param missing how many of the watcher's declarations have no document now
    static String reason(Place place, int missing) {
        return Said.shortened(place.toString(), LONGEST_PLACE)
                + (missing == 0 ? NOTHING_MISSING : " (" + missing + " declared without a document)");
    }

    /// What the watcher had declared by the last time that it declared anything while nothing was missing. What it
    /// declared first later than that may be what another folder brought.
    static Set<WorkloadId> beforeAnythingWasMissing(Map<WorkloadId, Declaration> declared, String mark) {
        Optional<Timestamp> last = declared.values().stream()
                .flatMap(declaration -> revisions(declaration, mark))
                .filter(revision -> revision.getReason().endsWith(NOTHING_MISSING))
                .map(Revision::getDeclaredAt)
                .max(Timestamps.comparator());
        return last.isEmpty()
                ? Set.of()
                : declared.entrySet().stream()
                        .filter(each -> revisions(each.getValue(), mark)
                                .anyMatch(revision -> Timestamps.compare(revision.getDeclaredAt(), last.get()) <= 0))
                        .map(Map.Entry::getKey)
                        .collect(Collectors.toSet());
    }

    private static Stream<Revision> revisions(Declaration declaration, String mark) {
        return declaration.getRevisionsList().stream().filter(revision -> by(revision, mark));
    }
}
