package dev.snowmelt.detector.register;

import com.google.protobuf.Timestamp;
import dev.snowmelt.v1.Declaration;
import dev.snowmelt.v1.DeclarationSpec;
import dev.snowmelt.v1.Declare;
import dev.snowmelt.v1.Ledger;
import dev.snowmelt.v1.Proposal;
import dev.snowmelt.v1.Removal;
import dev.snowmelt.v1.Resolution;
import dev.snowmelt.v1.ResolvedDigest;
import dev.snowmelt.v1.Revision;
import dev.snowmelt.v1.Rollback;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/// Decides about proposals to declare, to roll back, to remove and to resolve, given all that was
/// declared before. Pure: a replay decides the same.
final class Ledgers {
    private Ledgers() {}

    /// @param ledger what was declared before; the default instance: nothing ever was
    /// @param signedBy id of the key whose signature counts; empty: none
    /// @param at when it was proposed
    static Decision decide(Ledger ledger, Proposal proposal, String signedBy, Timestamp at) {
        return switch (proposal.getChangeCase()) {
            case DECLARE -> declare(ledger, proposal, signedBy, at);
            case ROLLBACK -> rollback(ledger, proposal, signedBy, at);
            case REMOVAL -> remove(ledger, proposal, at);
            case RESOLUTION -> resolve(ledger, proposal.getResolution(), at);
            case OVERRIDE, WITHDRAWAL, CHANGE_NOT_SET ->
                throw new IllegalArgumentException("no declaration is in a " + proposal.getChangeCase());
        };
    }

    /// The newest revision's number; 0: nothing is declared.
    static long newest(Ledger ledger) {
        Declaration declaration = ledger.getDeclaration();
        return declaration.getRevisionsCount() == 0
                ? 0
                : declaration.getRevisions(0).getNumber();
    }

    private static Decision declare(Ledger ledger, Proposal proposal, String signedBy, Timestamp at) {
        Declare declare = proposal.getDeclare();
        var expected =
                declare.hasExpectedRevision() ? OptionalLong.of(declare.getExpectedRevision()) : OptionalLong.empty();
        return conflict("expectedRevision", expected, ledger, at)
                .or(() -> Removals.objection(ledger, declare, proposal.getBy(), at))
                .orElseGet(
                        () -> append(ledger, declare.getWorkload(), draft(proposal, declare.getSpec(), signedBy, at)));
    }

    private static Decision rollback(Ledger ledger, Proposal proposal, String signedBy, Timestamp at) {
        Rollback rollback = proposal.getRollback();
        var expected =
                rollback.hasExpectedRevision() ? OptionalLong.of(rollback.getExpectedRevision()) : OptionalLong.empty();
        return conflict("rollback.expectedRevision", expected, ledger, at).orElseGet(() -> {
            List<Revision> known = ledger.getDeclaration().getRevisionsList();
            Optional<Revision> to = rollback.getToRevision() == 0
                    ? known.stream().skip(1).findFirst()
                    : numbered(known, rollback.getToRevision());
            return to.isEmpty()
                    ? Decision.Refuse.because("rollback.toRevision", notKnown(known, rollback.getToRevision()))
                    : append(
                            ledger,
                            rollback.getWorkload(),
                            draft(proposal, to.get().getSpec(), signedBy, at)
                                    .setReason(rollbackReason(to.get(), proposal)));
        });
    }

    private static Decision remove(Ledger ledger, Proposal proposal, Timestamp at) {
        Removal removal = proposal.getRemoval();
        var expected =
                removal.hasExpectedRevision() ? OptionalLong.of(removal.getExpectedRevision()) : OptionalLong.empty();
        return conflict("removal.expectedRevision", expected, ledger, at)
                .orElseGet(() -> newest(ledger) == 0
                        ? new Decision.Unchanged(0)
                        : new Decision.Accept(ledger.toBuilder()
                                .clearDeclaration()
                                .setRemoved(Removals.of(ledger.getDeclaration(), proposal, at))
                                .build()));
    }

    private static Decision resolve(Ledger ledger, Resolution resolution, Timestamp at) {
        List<Revision> known = ledger.getDeclaration().getRevisionsList();
        Optional<Revision> revision = numbered(known, resolution.getRevision());
        if (revision.isEmpty()) {
            return Decision.Refuse.because("resolution.revision", notKnown(known, resolution.getRevision()));
        }
        ResolvedDigest resolved = Resolutions.kept(resolution.getResolved(), at);
        if (!Resolutions.concerns(revision.get().getSpec(), resolved)) {
            return Decision.Refuse.because(
                    "resolution.resolved.container",
                    "revision " + resolution.getRevision() + " names no " + resolved.getType() + " container '"
                            + resolved.getContainer() + "'");
        }
        if (Resolutions.takesBack(revision.get(), resolved)) {
            return Decision.Refuse.because(
                    "resolution.resolved.accepted",
                    "the registry said before that " + resolved.getDigest()
                            + " is the declared image: a config digest does not change");
        }
        int index = known.indexOf(revision.get());
        return Resolutions.add(revision.get(), resolved)
                .<Decision>map(better -> new Decision.Accept(ledger.toBuilder()
                        .setDeclaration(History.fitting(ledger.getDeclaration().toBuilder()
                                .setRevisions(index, better)
                                .build()))
                        .build()))
                .orElseGet(() -> new Decision.Unchanged(newest(ledger)));
    }

    private static Revision.Builder draft(Proposal proposal, DeclarationSpec spec, String signedBy, Timestamp at) {
        return Revision.newBuilder()
                .setDeclaredAt(at)
                .setDeclaredBy(proposal.getBy())
                .setReason(proposal.getReason())
                .setSpec(spec)
                .setSignedBy(signedBy);
    }

    private static Decision append(Ledger ledger, String workload, Revision.Builder draft) {
        Declaration declaration = ledger.getDeclaration();
        if (newest(ledger) != 0 && declaration.getRevisions(0).getSpec().equals(draft.getSpec())) {
            return again(ledger, draft.getSignedBy());
        }
        long number = ledger.getLastNumber() + 1;
        var next = Declaration.newBuilder()
                .setWorkload(workload)
                .addRevisions(draft.setNumber(number)
                        .addAllResolved(Resolutions.inherited(draft.getSpec(), declaration.getRevisionsList())))
                .addAllRevisions(declaration.getRevisionsList())
                .build();
        return new Decision.Accept(ledger.toBuilder()
                .setDeclaration(History.fitting(next))
                .clearRemoved()
                .setLastNumber(number)
                .build());
    }

    /// What is declared already is declared again. A signature makes the difference that it is
    /// signed from now on: so declarations from before signatures were checked, or by a key that is
    /// not trusted any more, are adopted.
    private static Decision again(Ledger ledger, String signedBy) {
        Revision newest = ledger.getDeclaration().getRevisions(0);
        if (signedBy.isEmpty() || signedBy.equals(newest.getSignedBy())) {
            return new Decision.Unchanged(newest.getNumber());
        }
        var signed = ledger.toBuilder();
        signed.getDeclarationBuilder().getRevisionsBuilder(0).setSignedBy(signedBy);
        return new Decision.Accept(signed.build());
    }

    private static Optional<Decision> conflict(String path, OptionalLong expected, Ledger ledger, Timestamp at) {
        return expected.isPresent() && expected.getAsLong() != newest(ledger)
                ? Optional.of(Decision.Refuse.because(
                        path,
                        "is " + Long.toUnsignedString(expected.getAsLong()) + ", but " + standing(ledger, at)
                                + "; read it and decide again, or --force"))
                : Optional.empty();
    }

    /// What is declared now, by whom, how long ago and why.
    private static String standing(Ledger ledger, Timestamp at) {
        if (newest(ledger) == 0) {
            return ledger.getLastNumber() == 0
                    ? "nothing was ever declared"
                    : "nothing is declared any more (the last revision was " + ledger.getLastNumber() + ")";
        }
        Revision newest = ledger.getDeclaration().getRevisions(0);
        String by = newest.getDeclaredBy().isEmpty() ? "somebody" : newest.getDeclaredBy();
        String why = newest.getReason().isEmpty() ? "" : ": '" + Answers.beginning(newest.getReason(), 120) + "'";
        return "revision " + newest.getNumber() + " was declared by " + by + " "
                + Answers.ago(newest.getDeclaredAt(), at) + why;
    }

    private static Optional<Revision> numbered(List<Revision> known, long number) {
        return known.stream().filter(revision -> revision.getNumber() == number).findFirst();
    }

    private static String notKnown(List<Revision> known, long wanted) {
        if (known.isEmpty()) {
            return "nothing is declared";
        }
        String oldest = known.getLast().getNumber() + " to " + known.getFirst().getNumber();
        return wanted == 0
                ? "there is no revision before " + known.getFirst().getNumber()
                : "revision " + Long.toUnsignedString(wanted) + " is not known; known are " + oldest;
    }

    private static String rollbackReason(Revision to, Proposal proposal) {
        String text = "rollback to revision " + to.getNumber();
        return proposal.getReason().isEmpty() ? text : text + ": " + proposal.getReason();
    }
}
