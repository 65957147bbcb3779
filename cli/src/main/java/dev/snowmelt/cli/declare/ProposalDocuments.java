package dev.snowmelt.cli.declare;

import com.google.protobuf.Timestamp;
import dev.snowmelt.detector.register.ProposalRules;
import dev.snowmelt.schemas.text.Document;
import dev.snowmelt.schemas.text.MessageReader;
import dev.snowmelt.schemas.text.Texts;
import dev.snowmelt.v1.Declare;
import dev.snowmelt.v1.Problem;
import dev.snowmelt.v1.Proposal;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/// Proposals made of documents: of declarations, or of whole proposals.
final class ProposalDocuments {
    private static final Set<String> CHANGES =
            Set.of("declare", "rollback", "removal", "override", "withdrawal", "resolution");

    private final Defaults defaults;
    private final Intake intake = new Intake();
    private final List<Proposal> proposals = new ArrayList<>();

    /// What documents need not say.
    ///
    /// @param now when they are made
    /// @param expires until when they count
    record Defaults(String by, String reason, Instant now, Instant expires, OptionalLong expectedRevision) {}

    ProposalDocuments(Defaults defaults) {
        this.defaults = defaults;
    }

    /// @param path a file, a folder, or `-` for standard input
    void read(Path path) {
        for (Path file : intake.files(path)) {
            intake.text(file).ifPresent(text -> text(Intake.name(file), text));
        }
    }

    /// Sound ones, in the order of the documents.
    List<Proposal> proposals() {
        return List.copyOf(proposals);
    }

    List<Fault> faults() {
        return intake.gathered().faults();
    }

    private void text(String file, String text) {
        Texts.Trees trees = JsonLines.trees(text);
        int documents = trees.documents().size() + (trees.problems().isEmpty() ? 0 : 1);
        for (int i = 0; i < trees.documents().size(); i++) {
            var place = new Place(file, documents == 1 ? 0 : i + 1);
            List<Problem> problems = document(trees.documents().get(i));
            problems.forEach(problem -> intake.fault(Fault.of(place, problem)));
        }
        var behind = new Place(file, documents == 1 ? 0 : documents);
        trees.problems().forEach(problem -> intake.fault(Fault.of(behind, problem)));
    }

    private List<Problem> document(JsonNode tree) {
        if (SignedDocument.is(tree)) {
            return List.of(Texts.problem("", "is signed already"));
        }
        boolean whole = tree.isObject() && CHANGES.stream().anyMatch(tree::has);
        var proposal = Proposal.newBuilder();
        List<Problem> unreadable;
        if (whole) {
            Document<Proposal> document = MessageReader.read(1, tree, Proposal.getDefaultInstance());
            proposal.mergeFrom(document.message());
            unreadable = document.problems();
        } else {
            Document<Declare> document = MessageReader.read(1, tree, Declare.getDefaultInstance());
            proposal.setDeclare(document.message());
            unreadable = document.problems();
        }
        if (!unreadable.isEmpty()) {
            return unreadable;
        }
        complete(proposal);
        List<Problem> problems = ProposalRules.problems(proposal.build(), defaults.now());
        if (problems.isEmpty()) {
            proposals.add(proposal.build());
        }
        return problems;
    }

    private void complete(Proposal.Builder proposal) {
        if (proposal.getBy().isEmpty()) {
            proposal.setBy(defaults.by());
        }
        if (proposal.getReason().isEmpty()) {
            proposal.setReason(defaults.reason());
        }
        if (!proposal.hasExpiresAt()) {
            Instant expires = defaults.expires();
            proposal.setExpiresAt(
                    Timestamp.newBuilder().setSeconds(expires.getEpochSecond()).setNanos(expires.getNano()));
        }
        defaults.expectedRevision().ifPresent(revision -> {
            switch (proposal.getChangeCase()) {
                case DECLARE -> proposal.getDeclareBuilder().setExpectedRevision(revision);
                case ROLLBACK -> proposal.getRollbackBuilder().setExpectedRevision(revision);
                case REMOVAL -> proposal.getRemovalBuilder().setExpectedRevision(revision);
                case OVERRIDE, WITHDRAWAL, RESOLUTION, CHANGE_NOT_SET -> {
                    // They have none.
                }
            }
        });
    }
}
