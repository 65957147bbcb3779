package dev.snowmelt.detector.register;

import com.google.protobuf.ByteString;
import com.google.protobuf.Timestamp;
import dev.snowmelt.v1.Declaration;
import dev.snowmelt.v1.DeclarationSpec;
import dev.snowmelt.v1.Declare;
import dev.snowmelt.v1.Ledger;
import dev.snowmelt.v1.Proposal;
import dev.snowmelt.v1.RemovedDeclaration;
import dev.snowmelt.v1.Revision;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// What stays known of a removal: a declaration's history goes with it, but whoever keeps a folder
/// declared must be told, after a restart too, that a person removed what still lies there.
final class Removals {
    private Removals() {}

    /// @param declaration what is removed
    static RemovedDeclaration of(Declaration declaration, Proposal removal, Timestamp at) {
        Map<String, ByteString> last = new LinkedHashMap<>();
        for (Revision revision : declaration.getRevisionsList()) { // newest first
            last.computeIfAbsent(revision.getDeclaredBy(), _ -> hash(revision.getSpec()));
        }
        var removed = RemovedDeclaration.newBuilder()
                .setBy(removal.getBy())
                .setReason(removal.getReason())
                .setAt(at);
        last.forEach((by, spec) -> removed.addLast(
                RemovedDeclaration.LastWord.newBuilder().setBy(by).setSpecSha256(spec)));
        return removed.build();
    }

    /// Why a document does not bring a declaration back: it is what its proposer had declared when
    /// somebody else removed it.
    static Optional<Decision> objection(Ledger ledger, Declare declare, String by, Timestamp at) {
        RemovedDeclaration removed = ledger.getRemoved();
        if (!declare.getUnlessRemoved()
                || !ledger.hasRemoved()
                || Ledgers.newest(ledger) != 0
                || removed.getBy().equals(by)) {
            return Optional.empty();
        }
        ByteString spec = hash(declare.getSpec());
        boolean same = removed.getLastList().stream()
                .anyMatch(
                        last -> last.getBy().equals(by) && last.getSpecSha256().equals(spec));
        return same
                ? Optional.of(Decision.Refuse.because(
                        "unlessRemoved",
                        (removed.getBy().isEmpty() ? "somebody" : removed.getBy()) + " removed the declaration "
                                + Answers.ago(removed.getAt(), at)
                                + (removed.getReason().isEmpty()
                                        ? ""
                                        : ": '" + Answers.beginning(removed.getReason(), 120) + "'")
                                + "; change the document, or declare it by hand"))
                : Optional.empty();
    }

    // A spec holds no maps, so that equal specs have equal bytes.
    private static ByteString hash(DeclarationSpec spec) {
        try {
            return ByteString.copyFrom(MessageDigest.getInstance("SHA-256").digest(spec.toByteArray()));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
