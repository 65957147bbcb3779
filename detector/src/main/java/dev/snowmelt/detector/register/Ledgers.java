package dev.snowmelt.detector.register;

import com.google.protobuf.Timestamp;
import dev.snowmelt.v1.Declaration;
import dev.snowmelt.v1.DeclarationSpec;
import dev.snowmelt.v1.Declare;
import dev.snowmelt.v1.Ledger;
import dev.snowmelt.v1.Proposal;
import dev.snowmelt.v1.Removal;
import dev.snowmelt.v1.Revision;
import dev.snowmelt.v1.Rollback;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/// Decides about proposals to declare, to roll back and to remove, given all that was declared before. Pure: a replay
/// decides the same.
final class Ledgers {
    /// How many revisions stay known.
    static final int HISTORY = 20;

    private Ledgers() {}

    /// @param ledger what was declared before; the default instance: nothing ever was
    /// @param at when it was proposed
    static Decision decide(Ledger ledger, Proposal proposal, Timestamp at) {
        return switch (proposal.getChangeCase()) {
            case DECLARE -> declare(ledger, proposal, at);
            case ROLLBACK -> rollback(ledger, proposal, at);
            case REMOVAL -> remove(ledger, proposal.getRemoval());
            case OVERRIDE, WITHDRAWAL, RESOLUTION, CHANGE_NOT_SET ->
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

    private static Decision declare(Ledger ledger, Proposal proposal, Timestamp at) {
        Declare declare = proposal.getDeclare();
        var expected =
                declare.hasExpectedRevision() ? OptionalLong.of(declare.getExpectedRevision()) : OptionalLong.empty();
        return conflict("expectedRevision", expected, newest(ledger))
                .orElseGet(() ->
                        append(ledger, declare.getWorkload(), declare.getSpec(), proposal, proposal.getReason(), at));
    }

    private static Decision rollback(Ledger ledger, Proposal proposal, Timestamp at) {
        Rollback rollback = proposal.getRollback();
        var expected =
                rollback.hasExpectedRevision() ? OptionalLong.of(rollback.getExpectedRevision()) : OptionalLong.empty();
        return conflict("rollback.expectedRevision", expected, newest(ledger)).orElseGet(() -> {
            List<Revision> known = ledger.getDeclaration().getRevisionsList();
            Optional<Revision> to = rollback.getToRevision() == 0
                    ? known.stream().skip(1).findFirst()
                    : known.stream()
                            .filter(revision -> revision.getNumber() == rollback.getToRevision())
                            .findFirst();
            return to.isEmpty()
                    ? Decision.Refuse.because("rollback.toRevision", notKnown(known, rollback.getToRevision()))
                    : append(
                            ledger,
                            rollback.getWorkload(),
                            to.get().getSpec(),
                            proposal,
                            rollbackReason(to.get(), proposal),
                            at);
        });
    }

    private static Decision remove(Ledger ledger, Removal removal) {
        var expected =
                removal.hasExpectedRevision() ? OptionalLong.of(removal.getExpectedRevision()) : OptionalLong.empty();
        return conflict("removal.expectedRevision", expected, newest(ledger))
                .orElseGet(() -> newest(ledger) == 0
                        ? new Decision.Unchanged(0)
                        : new Decision.Accept(
                                ledger.toBuilder().clearDeclaration().build()));
    }

    private static Decision append(
            Ledger ledger, String workload, DeclarationSpec spec, Proposal proposal, String reason, Timestamp at) {
        Declaration declaration = ledger.getDeclaration();
        if (newest(ledger) != 0 && declaration.getRevisions(0).getSpec().equals(spec)) {
            return new Decision.Unchanged(newest(ledger));
        }
        long number = ledger.getLastNumber() + 1;
        var next = Declaration.newBuilder()
                .setWorkload(workload)
                .addRevisions(Revision.newBuilder()
                        .setNumber(number)
                        .setDeclaredAt(at)
                        .setDeclaredBy(proposal.getBy())
                        .setReason(reason)
                        .setSpec(spec));
        declaration.getRevisionsList().stream().limit(HISTORY - 1).forEach(next::addRevisions);
        return new Decision.Accept(
                ledger.toBuilder().setDeclaration(next).setLastNumber(number).build());
    }

    private static Optional<Decision> conflict(String path, OptionalLong expected, long newest) {
        return expected.isPresent() && expected.getAsLong() != newest
                ? Optional.of(Decision.Refuse.because(
                        path,
                        "the newest revision is " + newest + ", not " + Long.toUnsignedString(expected.getAsLong())
                                + "; read it and decide again"))
                : Optional.empty();
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
