package dev.snowmelt.cli.declare;

import dev.snowmelt.detector.register.DeclarationRules;
import dev.snowmelt.detector.register.ProposalRules;
import dev.snowmelt.schemas.id.MalformedIdException;
import dev.snowmelt.schemas.id.TargetId.Platform;
import dev.snowmelt.schemas.id.WorkloadId;
import dev.snowmelt.sources.Found;
import dev.snowmelt.sources.Found.Remark;
import dev.snowmelt.sources.Found.Unresolved;
import dev.snowmelt.v1.Declare;
import dev.snowmelt.v1.DeclaredContainer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/// The way of everything that was read to what may be proposed, before anything that is declared is
/// looked at: registries, then what the command line changes, then the rules. Every fault of every
/// draft is kept.
final class Preparation {
    private final Adjustments adjustments;
    private final Instant now;
    private final List<Fault> faults;
    private final List<Unresolved> unresolved;
    private final List<Remark> remarks;

    private Preparation(Gathered gathered, Adjustments adjustments, Instant now) {
        this.adjustments = adjustments;
        this.now = now;
        this.faults = new ArrayList<>(gathered.faults());
        this.unresolved = new ArrayList<>(gathered.unresolved());
        this.remarks = new ArrayList<>(gathered.remarks());
    }

    /// @param now for the rules about times in signed proposals
    static Gathered of(Gathered gathered, Adjustments adjustments, Instant now) {
        return new Preparation(gathered, adjustments, now).run(gathered.drafts());
    }

    private Gathered run(List<Draft> read) {
        List<Draft> drafts = resolve(read);
        drafts.removeIf(this::namesOnlyATag);
        drafts.replaceAll(draft -> mapped(draft, adjustments::adjustPolicy));
        for (BaselineRoot root : adjustments.roots()) {
            setRoot(root, drafts);
        }
        Map<String, Place> places = new HashMap<>();
        for (Draft draft : drafts) {
            check(draft);
            Place other = draft.subject().isEmpty() ? null : places.putIfAbsent(draft.subject(), draft.place());
            if (other != null) {
                fault(draft, "workload", draft.subject() + " is declared in " + other + " too");
            }
        }
        return new Gathered(drafts, faults, unresolved, remarks);
    }

    private List<Draft> resolve(List<Draft> drafts) {
        if (adjustments.resolver().isEmpty()) {
            return new ArrayList<>(drafts);
        }
        List<Declare> asked = new ArrayList<>();
        drafts.forEach(draft -> mapped(draft, declare -> {
            asked.add(declare);
            return declare;
        }));
        if (asked.isEmpty()) {
            return new ArrayList<>(drafts);
        }
        Set<String> sourced = drafts.stream()
                .filter(Draft.Sourced.class::isInstance)
                .map(Draft::subject)
                .collect(Collectors.toSet());
        Found found = adjustments.resolver().get().resolve(asked, sourced);
        unresolved.addAll(found.unresolved());
        remarks.addAll(found.remarks());
        Map<String, Declare> resolved = new LinkedHashMap<>();
        found.declarations().forEach(declare -> resolved.put(declare.getWorkload(), declare));
        List<Draft> left = new ArrayList<>(drafts);
        left.removeIf(draft -> !(draft instanceof Draft.Signed) && !resolved.containsKey(draft.subject()));
        left.replaceAll(draft -> mapped(draft, declare -> resolved.getOrDefault(draft.subject(), declare)));
        return left;
    }

    /// Nothing is half-declared: one container that may change its content any time leaves the
    /// whole workload out.
    private boolean namesOnlyATag(Draft draft) {
        if (!(draft instanceof Draft.Sourced sourced) || !onKubernetes(sourced.subject())) {
            return false;
        }
        List<String> tags = sourced.declare().getSpec().getContainersList().stream()
                .filter(container -> !container.getImage().isEmpty()
                        && !container.getImage().contains("@")
                        && container.getDigestsCount() == 0)
                .map(DeclaredContainer::getImage)
                .toList();
        if (!tags.isEmpty()) {
            unresolved.add(new Unresolved(
                    sourced.place() + ": " + sourced.subject(),
                    String.join(", ", tags) + (tags.size() == 1 ? " names" : " name")
                            + " only a tag; add --resolve or pin the digest"));
        }
        return !tags.isEmpty();
    }

    private static boolean onKubernetes(String workload) {
        try {
            return WorkloadId.parse(workload).target().platform() == Platform.K8S;
        } catch (MalformedIdException _) {
            return false; // the rules say so
        }
    }

    private void setRoot(BaselineRoot root, List<Draft> drafts) {
        boolean named = !root.container().isEmpty();
        boolean[] used = {false};
        drafts.replaceAll(draft -> mapped(draft, declare -> {
            if (root.fits(declare)) {
                used[0] = true;
                return root.into(declare);
            }
            if (!named) {
                fault(
                        draft,
                        "spec.containers",
                        "there is not exactly one; say which: --baseline-root CONTAINER=" + root.hash());
            }
            return declare;
        }));
        if (!used[0] && named && !drafts.isEmpty()) {
            faults.add(new Fault(Place.of("--baseline-root " + root), "", "no declaration has such a container"));
        }
    }

    private void check(Draft draft) {
        switch (draft) {
            case Draft.Stated stated ->
                DeclarationRules.problems(stated.declare())
                        .forEach(problem -> faults.add(Fault.of(draft.place(), problem)));
            case Draft.Sourced sourced ->
                DeclarationRules.problems(sourced.declare())
                        .forEach(problem -> faults.add(new Fault(
                                draft.place(), problem.getPath(), sourced.subject() + ": " + problem.getMessage())));
            case Draft.Signed signed -> {
                ProposalRules.problems(signed.proposal(), now)
                        .forEach(problem -> faults.add(Fault.of(draft.place(), problem)));
                if (adjustments.changesDocuments()) {
                    fault(
                            draft,
                            "",
                            "is signed and cannot be changed: leave --resolve, --baseline-root, --remediation"
                                    + " and --mode away, or apply them before it is signed");
                }
            }
        }
    }

    private void fault(Draft draft, String path, String message) {
        faults.add(new Fault(draft.place(), path, message));
    }

    private static Draft mapped(Draft draft, UnaryOperator<Declare> change) {
        return switch (draft) {
            case Draft.Stated stated -> new Draft.Stated(stated.place(), change.apply(stated.declare()));
            case Draft.Sourced sourced -> new Draft.Sourced(sourced.place(), change.apply(sourced.declare()));
            case Draft.Signed signed -> signed;
        };
    }
}
