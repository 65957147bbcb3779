package dev.snowmelt.cli.declare;

import dev.snowmelt.cli.Subjects;
import dev.snowmelt.schemas.id.WorkloadId;
import dev.snowmelt.v1.Declaration;
import dev.snowmelt.v1.DeclarationSpec;
import dev.snowmelt.v1.Revision;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/// What a watcher does about a folder, given what is declared. Pure; what it needs to know of
/// earlier times stands in the history of the declarations, so that a restart decides the same, or
/// removes less.
///
/// @param publish what differs and may be published
/// @param conflicts what differs but was declared by somebody else since
/// @param vanished declarations that are this watcher's own and have no document any more
/// @param refusal why none of the vanished may be removed; empty: they may
record Reconciliation(
        List<Planned> publish, List<Conflict> conflicts, List<Vanished> vanished, Optional<String> refusal) {

    /// A document that is not published because somebody else declared the workload since.
    ///
    /// @param why one sentence
    record Conflict(Draft draft, String why) {}

    /// A declaration without its document.
    record Vanished(WorkloadId workload, long revision) {}

    /// @param mark what `declared_by` of the watcher's own declarations is
    /// @param force the folder wins
    /// @param limit how much may be removed at once
    record Rules(String mark, boolean force, PruneLimit limit) {}

    /// What is in the folder.
    ///
    /// @param drafts documents without a fault
    /// @param faulty true when there is anything that could not be read or has a fault
    record Content(List<Draft> drafts, boolean faulty) {}

    /// @param declared everything that is declared
    /// @param removed what this process saw declared by itself and then removed by somebody else
    /// @param before the watcher's own declarations from before the first of the missing documents
    /// vanished: what may vanish is a share of these. Whatever was published since may be what
    /// another folder brought
    static Reconciliation of(
            Content content,
            Map<WorkloadId, Declaration> declared,
            Map<WorkloadId, DeclarationSpec> removed,
            Set<WorkloadId> before,
            Rules rules) {
        var comparison = new Comparison(declared, true, rules.force());
        List<Planned> publish = new ArrayList<>();
        List<Conflict> conflicts = new ArrayList<>();
        for (Draft draft : content.drafts()) {
            Planned planned = rules.force()
                    ? comparison.plan(draft)
                    : comparison.plan(draft).unlessRemoved();
            if (planned.changes()) {
                conflict(planned, declared, removed, rules)
                        .ifPresentOrElse(why -> conflicts.add(new Conflict(draft, why)), () -> publish.add(planned));
            }
        }
        Map<WorkloadId, Long> own = OwnDeclarations.of(declared, rules.mark());
        Set<String> documents = content.drafts().stream().map(Draft::subject).collect(Collectors.toSet());
        List<Vanished> vanished = own.entrySet().stream()
                .filter(each -> !documents.contains(each.getKey().toString()))
                .map(each -> new Vanished(each.getKey(), each.getValue()))
                .toList();
        long measure = own.keySet().stream()
                .filter(each -> before.contains(each) || !documents.contains(each.toString()))
                .count();
        return new Reconciliation(publish, conflicts, vanished, refusal(content, vanished.size(), (int) measure, rules))
                .unlessUnpublished(conflicts.size(), "in conflict");
    }

    /// Without what the registrar would refuse again.
    ///
    /// @param refused what it refused before
    Reconciliation without(Predicate<Planned> refused) {
        List<Planned> left = publish.stream().filter(refused.negate()).toList();
        return new Reconciliation(left, conflicts, vanished, refusal)
                .unlessUnpublished(publish.size() - left.size(), "refused");
    }

    /// A workload that got another name keeps its old declaration until the new one is in force.
    private Reconciliation unlessUnpublished(int documents, String why) {
        if (documents == 0 || vanished.isEmpty() || refusal.isPresent()) {
            return this;
        }
        String what = documents == 1 ? "1 document of the folder is " : documents + " documents of the folder are ";
        return new Reconciliation(
                publish, conflicts, vanished, Optional.of(what + why + ", and may replace what is missing"));
    }

    /// Nobody else's word is overwritten by a document that was there before it: only by one that
    /// is newer, which shows in that it is not what this watcher declared last.
    private static Optional<String> conflict(
            Planned planned,
            Map<WorkloadId, Declaration> declared,
            Map<WorkloadId, DeclarationSpec> removed,
            Rules rules) {
        WorkloadId workload = Subjects.workload(planned.subject()).orElseThrow();
        Declaration declaration = declared.get(workload);
        if (rules.force() && !(planned.draft() instanceof Draft.Signed)) {
            return Optional.empty();
        }
        if (declaration == null || declaration.getRevisionsCount() == 0) {
            return planned.after().equals(Optional.ofNullable(removed.get(workload)))
                    ? Optional.of("somebody removed the declaration")
                    : Optional.empty();
        }
        Revision newest = declaration.getRevisions(0);
        String since = "revision " + newest.getNumber() + " was declared " + Said.by(newest);
        if (planned.draft() instanceof Draft.Signed) {
            boolean before = declaration.getRevisionsList().stream()
                    .anyMatch(revision -> Optional.of(revision.getSpec()).equals(planned.after()));
            return before ? Optional.of(since) : Optional.empty();
        }
        if (OwnDeclarations.by(newest, rules.mark())) {
            return Optional.empty();
        }
        Optional<DeclarationSpec> last = declaration.getRevisionsList().stream()
                .filter(revision -> OwnDeclarations.by(revision, rules.mark()))
                .map(Revision::getSpec)
                .findFirst();
        return last.isEmpty() || last.equals(planned.after()) ? Optional.of(since) : Optional.empty();
    }

    /// S9: nothing is concluded from emptiness, and from little only after a look by a person.
    private static Optional<String> refusal(Content content, int vanished, int before, Rules rules) {
        if (vanished == 0) {
            return Optional.empty();
        }
        if (content.drafts().isEmpty()) {
            return Optional.of("the folder holds no readable declaration");
        }
        if (content.faulty()) {
            return Optional.of("the folder has faults, so that what is missing may be in a faulty file");
        }
        if (vanished == before) {
            return Optional.of("all " + before + " declarations of this watcher, as they were before, would go: if this"
                    + " is the right folder, use 'snowmelt declare remove'");
        }
        if (!rules.limit().allows(vanished, before)) {
            return Optional.of(vanished + " of " + before + ", as they were before, would go, more than --prune-limit "
                    + rules.limit());
        }
        return Optional.empty();
    }
}
