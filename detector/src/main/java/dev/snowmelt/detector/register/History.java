package dev.snowmelt.detector.register;

import dev.snowmelt.v1.Declaration;
import java.util.List;

/// How much of a declaration's history stays known: what fits into one record.
final class History {
    /// How many revisions stay known at most.
    static final int REVISIONS = 20;
    /// Fewer are not kept, however large they are: there must be something to go back to. Two of
    /// the largest that the rules allow ([DeclarationRules#LARGEST_SPEC], [Resolutions#MOST]) are
    /// half of [#BYTES].
    static final int LEAST_REVISIONS = 2;
    /// A topic takes records of 1 MiB unless somebody raised it; the rest is for the key and the
    /// batch's head.
    static final int BYTES = 900_000;

    private History() {}

    /// The declaration with the newest of its revisions.
    static Declaration fitting(Declaration declaration) {
        var revisions = declaration.getRevisionsList();
        int kept = Math.min(REVISIONS, revisions.size());
        Declaration fitting = first(declaration, kept);
        while (fitting.getSerializedSize() > BYTES && kept > LEAST_REVISIONS) {
            kept--;
            fitting = first(declaration, kept);
        }
        return fitting;
    }

    private static Declaration first(Declaration declaration, int revisions) {
        return revisions == declaration.getRevisionsCount()
                ? declaration
                : declaration.toBuilder()
                        .clearRevisions()
                        .addAllRevisions(
                                List.copyOf(declaration.getRevisionsList().subList(0, revisions)))
                        .build();
    }
}
