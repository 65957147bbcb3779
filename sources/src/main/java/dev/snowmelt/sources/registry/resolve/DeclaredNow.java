package dev.snowmelt.sources.registry.resolve;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.snowmelt.fingerprint.judge.Acceptance;
import dev.snowmelt.schemas.id.WorkloadId;
import dev.snowmelt.v1.Declaration;
import dev.snowmelt.v1.DeclaredContainer;
import dev.snowmelt.v1.Revision;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// The newest declarations, unparsed: few of them are ever asked about. Used by the resolver's
/// thread alone.
final class DeclaredNow {
    /// How many answers a revision keeps, as the registrar limits them: beyond, each would push out
    /// another, which would be asked again, for ever.
    static final int MOST_RESOLVED = 64;

    private final Map<WorkloadId, byte[]> declarations = new HashMap<>();

    /// One place where an answer is missing.
    ///
    /// @param revision number
    /// @param container what is declared there
    record Gap(long revision, DeclaredContainer container) {}

    /// What is missing to answer a question.
    ///
    /// @param gaps newest revision first; empty: nothing
    /// @param full a revision holds as many answers as it may
    record Gaps(List<Gap> gaps, boolean full) {
        Gaps {
            gaps = List.copyOf(gaps);
        }
    }

    void put(WorkloadId workload, byte[] declaration) {
        declarations.put(workload, declaration);
    }

    void remove(WorkloadId workload) {
        declarations.remove(workload);
    }

    /// Revisions that say nothing of the digest, up to the newest one that accepts it.
    ///
    /// @throws InvalidProtocolBufferException when what is declared cannot be read
    Gaps gaps(Question question) throws InvalidProtocolBufferException {
        byte[] bytes = declarations.get(question.workload());
        List<Gap> gaps = new ArrayList<>();
        if (bytes == null) {
            return new Gaps(gaps, false);
        }
        String digest = question.digest();
        for (Revision revision : Declaration.parseFrom(bytes).getRevisionsList()) {
            for (DeclaredContainer container : revision.getSpec().getContainersList()) {
                if (!container.getName().equals(question.container())) {
                    continue;
                }
                switch (Acceptance.of(container, digest, revision.getResolvedList(), true)) {
                    case ACCEPTED -> {
                        return new Gaps(gaps, false);
                    }
                    case ANOTHER -> {} // answered
                    case UNKNOWN -> {
                        if (revision.getResolvedCount() >= MOST_RESOLVED) {
                            return new Gaps(gaps, true);
                        }
                        gaps.add(new Gap(revision.getNumber(), container));
                    }
                }
            }
        }
        return new Gaps(gaps, false);
    }
}
