package dev.snowmelt.cli.declare;

import dev.snowmelt.cli.Subjects;
import dev.snowmelt.detector.register.DeclarationRules;
import dev.snowmelt.schemas.id.WorkloadId;
import dev.snowmelt.v1.Declaration;
import dev.snowmelt.v1.DeclarationSpec;
import dev.snowmelt.v1.Declare;
import dev.snowmelt.v1.DeclaredContainer;
import dev.snowmelt.v1.Proposal;
import dev.snowmelt.v1.Revision;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Lays drafts beside what is declared: what a source cannot know stays as it is declared, and each is proposed on the
/// condition that the revision that was read is still the newest.
final class Comparison {
    private final Map<WorkloadId, Declaration> declared;
    private final boolean keepPolicy;
    private final boolean force;
    private final List<Fault> faults = new ArrayList<>();

    /// @param declared at least the drafts' workloads, as far as they are declared
    /// @param keepPolicy what a source knows nothing about stays as it is declared
    /// @param force propose without a condition
    Comparison(Map<WorkloadId, Declaration> declared, boolean keepPolicy, boolean force) {
        this.declared = declared;
        this.keepPolicy = keepPolicy;
        this.force = force;
    }

    /// What is wrong with what was planned so far.
    List<Fault> faults() {
        return List.copyOf(faults);
    }

    Planned plan(Draft draft) {
        Declaration declaration = declaration(draft.subject());
        Optional<Revision> before = declaration.getRevisionsList().stream().findFirst();
        return switch (draft) {
            case Draft.Stated stated -> planned(draft, before, stated.declare());
            case Draft.Sourced sourced -> {
                Declare kept = before.map(revision -> keep(revision.getSpec(), sourced.declare()))
                        .orElse(sourced.declare());
                DeclarationRules.problems(kept)
                        .forEach(problem -> faults.add(new Fault(
                                draft.place(),
                                problem.getPath(),
                                problem.getMessage() + " (with what revision "
                                        + before.map(Revision::getNumber).orElse(0L) + " of " + draft.subject()
                                        + " declares)")));
                yield planned(draft, before, kept);
            }
            case Draft.Signed signed ->
                new Planned(
                        draft,
                        before,
                        after(signed.proposal(), declaration),
                        signed.proposal().getDeclare());
        };
    }

    private Declaration declaration(String subject) {
        return Subjects.workload(subject).map(declared::get).orElse(Declaration.getDefaultInstance());
    }

    private Planned planned(Draft draft, Optional<Revision> before, Declare declare) {
        var proposed = declare.toBuilder();
        if (force) {
            proposed.clearExpectedRevision();
        } else if (!declare.hasExpectedRevision()) {
            proposed.setExpectedRevision(before.map(Revision::getNumber).orElse(0L));
        }
        return new Planned(draft, before, Optional.of(declare.getSpec()), proposed.build());
    }

    private static Optional<DeclarationSpec> after(Proposal proposal, Declaration declaration) {
        return switch (proposal.getChangeCase()) {
            case DECLARE -> Optional.of(proposal.getDeclare().getSpec());
            case ROLLBACK ->
                declaration.getRevisionsList().stream()
                        .skip(proposal.getRollback().getToRevision() == 0 ? 1 : 0)
                        .filter(revision -> proposal.getRollback().getToRevision() == 0
                                || revision.getNumber()
                                        == proposal.getRollback().getToRevision())
                        .map(Revision::getSpec)
                        .findFirst();
            case REMOVAL -> Optional.empty();
            case OVERRIDE, WITHDRAWAL, RESOLUTION, CHANGE_NOT_SET ->
                declaration.getRevisionsList().stream().map(Revision::getSpec).findFirst();
        };
    }

    /// A source that knows only images must not reset ENFORCE to OBSERVE, nor forget what else is known of an image
    /// that stays the same.
    private Declare keep(DeclarationSpec known, Declare found) {
        var kept = found.toBuilder();
        var spec = kept.getSpecBuilder();
        if (spec.getInjectedCount() == 0) {
            known.getInjectedList().stream()
                    .filter(name -> container(found.getSpec(), name) == null)
                    .forEach(spec::addInjected);
        }
        if (keepPolicy && known.hasRemediation()) {
            var mode = spec.getRemediation().getMode();
            spec.setRemediation(known.getRemediation());
            if (mode.getNumber() != 0) {
                spec.getRemediationBuilder().setMode(mode);
            }
        }
        for (DeclaredContainer.Builder container : spec.getContainersBuilderList()) {
            DeclaredContainer before = container(known, container.getName());
            if (before != null && pinned(container) && before.getImage().equals(container.getImage())) {
                sameImage(before, container);
            }
        }
        return kept.build();
    }

    private static boolean pinned(DeclaredContainer.Builder container) {
        return container.getImage().contains("@") || container.getImage().startsWith("ami-");
    }

    private static void sameImage(DeclaredContainer before, DeclaredContainer.Builder container) {
        if (container.getDigestsCount() == 0) {
            container.addAllDigests(before.getDigestsList());
        }
        if (container.getBaselineRoot().isEmpty()) {
            container.setBaselineRoot(before.getBaselineRoot());
        }
        if (container.getUserDataSha256().isEmpty()) {
            container.setUserDataSha256(before.getUserDataSha256());
        }
    }

    private static @Nullable DeclaredContainer container(DeclarationSpec spec, String name) {
        return spec.getContainersList().stream()
                .filter(each -> each.getName().equals(name))
                .findFirst()
                .orElse(null);
    }
}
