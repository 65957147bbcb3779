package dev.snowmelt.sources.registry.resolve;

import dev.snowmelt.fingerprint.judge.ImageReference;
import dev.snowmelt.schemas.id.WorkloadId;
import dev.snowmelt.v1.Drift;
import dev.snowmelt.v1.Verdict;
import dev.snowmelt.v1.VerdictRecord;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// Whether one container of a workload, which runs a digest in no accepted set, runs the declared
/// image all the same. Many instances ask the same.
///
/// @param container its name
/// @param image the runtime's image id, or a spec's pinned image; holds a digest
record Question(WorkloadId workload, String container, String image) {
    /// What a verdict leaves open; empty: nothing.
    static Set<Question> of(WorkloadId workload, VerdictRecord record) {
        return switch (record.getWhatCase()) {
            // An instance that surely is not the newest revision may still be an earlier one, so that its mismatches
            // are open too.
            // Without a revision it was judged by its template: nothing is declared that an answer could be kept with.
            case INSTANCE ->
                record.getInstance().getState() == Verdict.State.UNVERIFIED
                                && record.getInstance().getRevision() > 0
                        ? of(workload, record.getInstance().getDriftsList(), true)
                        : Set.of();
            case WORKLOAD -> of(workload, record.getWorkload().getDriftsList(), false);
            case SNAPSHOT, WHAT_NOT_SET -> Set.of();
        };
    }

    private static Set<Question> of(WorkloadId workload, List<Drift> drifts, boolean mismatches) {
        Set<Question> questions = new HashSet<>();
        for (Drift drift : drifts) {
            boolean open = drift.getKind() == Drift.Kind.IMAGE_UNRESOLVED
                    || (mismatches && drift.getKind() == Drift.Kind.IMAGE_MISMATCH);
            if (open
                    && !drift.getSubject().isEmpty()
                    && !ImageReference.digestIn(drift.getObserved()).isEmpty()) {
                questions.add(new Question(workload, drift.getSubject(), drift.getObserved()));
            }
        }
        return questions;
    }

    /// The digest that is asked about.
    String digest() {
        return ImageReference.digestIn(image);
    }
}
