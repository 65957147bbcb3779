package dev.snowmelt.cli.declare;

import dev.snowmelt.cli.declare.Reconciliation.Content;
import dev.snowmelt.cli.declare.Reconciliation.Vanished;
import dev.snowmelt.cli.kafka.Wish;
import dev.snowmelt.schemas.id.WorkloadId;
import dev.snowmelt.v1.Answer;
import dev.snowmelt.v1.Declaration;
import dev.snowmelt.v1.DeclarationSpec;
import dev.snowmelt.v1.Proposal;
import dev.snowmelt.v1.Removal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Brings what is declared to what a folder holds, one pass after the other; remembers between them
/// only what spares repetition, and what it saw of its own declarations.
final class WatchPass {
    private static final Logger LOG = LoggerFactory.getLogger(WatchPass.class);

    private final WatchSettings settings;
    private final Proposing proposing;
    private final WatchMetrics metrics;
    private final Map<WorkloadId, DeclarationSpec> own = new HashMap<>();
    private final Map<WorkloadId, Instant> missing = new HashMap<>();
    private final Set<Refusal> refusals = new HashSet<>();
    private final Set<Vanished> kept = new HashSet<>(); // their removals were refused
    private @Nullable Set<WorkloadId> whole; // its own declarations when none was without a document last
    private Set<String> told = Set.of();

    WatchPass(WatchSettings settings, Proposing proposing, WatchMetrics metrics) {
        this.settings = settings;
        this.proposing = proposing;
        this.metrics = metrics;
    }

    /// Asks the registrar.
    interface Proposing {
        /// @return answers in the order of the wishes
        List<Answer> publish(List<Wish> wishes, Duration patience) throws InterruptedException;
    }

    /// A proposal that was refused: it would be again as long as neither side changes.
    private record Refusal(Draft draft, long revision) {}

    /// @return true when it changed something, so that another pass may find more to do
    boolean run(Gathered gathered, Map<WorkloadId, Declaration> declared, Instant now) throws InterruptedException {
        Content content = content(gathered);
        refusals.removeIf(refusal -> !content.drafts().contains(refusal.draft()));
        var reconciliation = Reconciliation.of(content, declared, removed(declared), before(declared), settings.rules())
                .without(planned -> refusals.contains(new Refusal(planned.draft(), planned.revision())));
        remember(declared);
        if (reconciliation.vanished().isEmpty()) {
            whole = OwnDeclarations.of(declared, settings.rules().mark()).keySet();
        }
        kept.retainAll(reconciliation.vanished());
        List<Planned> publish = reconciliation.publish();
        List<Vanished> remove = prunable(reconciliation, now);
        metrics.documents.set(content.drafts().size());
        metrics.faults.set(gathered.faults().size());
        metrics.conflicts.set(reconciliation.conflicts().size());
        metrics.vanished.set(reconciliation.vanished().size());
        tell(gathered, reconciliation);
        // What is published first may make room for what is removed: a workload that got another name.
        return !publish.isEmpty()
                ? publish(publish, reconciliation.vanished().size())
                : !remove.isEmpty() && remove(remove);
    }

    /// Of a file with a fault nothing is believed, nor of a workload that two files declare.
    private static Content content(Gathered gathered) {
        Set<String> faulty =
                gathered.faults().stream().map(fault -> fault.place().file()).collect(Collectors.toSet());
        Map<String, Long> times =
                gathered.drafts().stream().collect(Collectors.groupingBy(Draft::subject, Collectors.counting()));
        List<Draft> sound = gathered.drafts().stream()
                .filter(draft -> !faulty.contains(draft.place().file()))
                .filter(draft -> times.getOrDefault(draft.subject(), 0L) == 1)
                .toList();
        return new Content(sound, !gathered.faults().isEmpty());
    }

    /// What was this watcher's own when it was seen last and is not declared at all now.
    private Map<WorkloadId, DeclarationSpec> removed(Map<WorkloadId, Declaration> declared) {
        Map<WorkloadId, DeclarationSpec> removed = new HashMap<>(own);
        removed.keySet().removeAll(declared.keySet());
        return removed;
    }

    private void remember(Map<WorkloadId, Declaration> declared) {
        declared.forEach((workload, declaration) -> declaration.getRevisionsList().stream()
                .filter(revision ->
                        revision.getDeclaredBy().equals(settings.rules().mark()))
                .findFirst()
                .ifPresent(revision -> own.put(workload, revision.getSpec())));
    }

    /// What was declared before the first of the missing documents vanished, as far as it is known.
    private Set<WorkloadId> before(Map<WorkloadId, Declaration> declared) {
        Set<WorkloadId> seen = whole;
        return seen == null
                ? OwnDeclarations.beforeAnythingWasMissing(
                        declared, settings.rules().mark())
                : seen;
    }

    private List<Vanished> prunable(Reconciliation reconciliation, Instant now) {
        Set<WorkloadId> vanished =
                reconciliation.vanished().stream().map(Vanished::workload).collect(Collectors.toSet());
        missing.keySet().retainAll(vanished);
        if (!settings.prune() || reconciliation.refusal().isPresent()) {
            missing.clear(); // what is missing counts from when it can be told
            return List.of();
        }
        vanished.forEach(workload -> missing.putIfAbsent(workload, now));
        return reconciliation.vanished().stream()
                .filter(each -> !kept.contains(each))
                .filter(each -> !missing.getOrDefault(each.workload(), now)
                        .plus(settings.pruneAfter())
                        .isAfter(now))
                .toList();
    }

    private boolean publish(List<Planned> planned, int missing) throws InterruptedException {
        List<Answer> answers = propose(planned.stream()
                .map(each -> each.attempt(
                        proposal().setReason(OwnDeclarations.reason(each.draft().place(), missing))))
                .toList());
        boolean changed = false;
        for (int i = 0; i < answers.size(); i++) {
            Planned each = planned.get(i);
            if (answers.get(i).hasAccepted()) {
                changed = true;
                metrics.published.increment();
                LOG.atInfo()
                        .addKeyValue("workload", each.subject())
                        .addKeyValue("revision", answers.get(i).getAccepted().getRevision())
                        .addKeyValue("place", each.draft().place())
                        .log("declared");
            } else {
                refusals.add(new Refusal(each.draft(), each.revision()));
                refused(each.subject(), answers.get(i));
            }
        }
        return changed;
    }

    private boolean remove(List<Vanished> vanished) throws InterruptedException {
        List<Attempt> attempts = new ArrayList<>();
        for (Vanished each : vanished) {
            var removal =
                    Removal.newBuilder().setWorkload(each.workload().toString()).setExpectedRevision(each.revision());
            attempts.add(Attempt.of(
                    each.workload().toString(),
                    each.revision(),
                    proposal().setReason("its document vanished").setRemoval(removal)));
        }
        List<Answer> answers = propose(attempts);
        boolean changed = false;
        for (int i = 0; i < answers.size(); i++) {
            WorkloadId workload = vanished.get(i).workload();
            if (answers.get(i).hasAccepted()) {
                changed = true;
                own.remove(workload);
                metrics.removed.increment();
                LOG.atWarn().addKeyValue("workload", workload).log("its document vanished: declaration removed");
            } else {
                kept.add(vanished.get(i));
                refused(workload.toString(), answers.get(i));
            }
        }
        return changed;
    }

    private List<Answer> propose(List<Attempt> attempts) throws InterruptedException {
        return proposing.publish(attempts.stream().map(Attempt::wish).toList(), settings.patience());
    }

    private Proposal.Builder proposal() {
        return Proposal.newBuilder().setBy(settings.rules().mark());
    }

    private void refused(String workload, Answer answer) {
        metrics.refused.increment();
        answer.getRefused()
                .getProblemsList()
                .forEach(problem -> LOG.atWarn()
                        .addKeyValue("workload", workload)
                        .addKeyValue("path", problem.getPath())
                        .log("refused: {}", problem.getMessage()));
    }

    private String waiting(Reconciliation reconciliation) {
        return kept.containsAll(reconciliation.vanished())
                ? "the registrar refuses their removal"
                : "waiting for --prune-after";
    }

    /// A change of state is logged, a repetition is not.
    private void tell(Gathered gathered, Reconciliation reconciliation) {
        Set<String> now = new LinkedHashSet<>();
        gathered.faults().forEach(fault -> now.add("nothing of this file is published: " + fault));
        reconciliation
                .conflicts()
                .forEach(conflict -> now.add("not published, " + conflict.why() + ": "
                        + conflict.draft().subject() + " of " + conflict.draft().place()
                        + "; change the document, or declare it by hand, or watch with --force"));
        if (!reconciliation.vanished().isEmpty()) {
            String what = reconciliation.vanished().stream()
                    .map(each -> each.workload().toString())
                    .limit(10)
                    .collect(Collectors.joining(", "));
            now.add(reconciliation.vanished().size() + " declared without a document (" + what + "): "
                    + (settings.prune()
                            ? "not removed: " + reconciliation.refusal().orElse(waiting(reconciliation))
                            : "kept, for --prune is not set"));
        }
        for (String line : now) {
            if (!told.contains(line)) {
                LOG.atWarn().log(line);
            }
        }
        if (now.isEmpty() && !told.isEmpty()) {
            LOG.atInfo().log("nothing is wrong with the folder any more");
        }
        told = now;
    }
}
