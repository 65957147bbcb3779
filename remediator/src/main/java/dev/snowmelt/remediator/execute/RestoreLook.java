package dev.snowmelt.remediator.execute;

import dev.snowmelt.fingerprint.judge.ImageReference;
import dev.snowmelt.fingerprint.judge.Judge;
import dev.snowmelt.fingerprint.judge.JudgeRules;
import dev.snowmelt.fingerprint.judge.TemplateJudgement;
import dev.snowmelt.v1.Declaration;
import dev.snowmelt.v1.DeclaredContainer;
import dev.snowmelt.v1.Drift;
import dev.snowmelt.v1.ObservedContainer;
import dev.snowmelt.v1.RemediationPolicy;
import dev.snowmelt.v1.RemediationPolicy.Protected;
import dev.snowmelt.v1.Template;
import dev.snowmelt.v1.WorkloadStatus;
import dev.snowmelt.v1.WorkloadVerdict.TemplateState;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// The questions right before a template is patched, asked of the newest declaration and the live
/// template. Pure.
final class RestoreLook {
    // What an id of a machine image looks like; whatever else may stand for one (`resolve:ssm:…`) is not pinned.
    private static final Pattern AMI = Pattern.compile("ami-[0-9a-f]+");

    private RestoreLook() {}

    /// What is to be done about the template.
    sealed interface Plan {
        /// Change these images.
        record Change(List<ImageChange> images) implements Plan {}

        /// Leave it.
        record Refuse(String why) implements Plan {}
    }

    static Plan plan(Order.Restore order, @Nullable Declaration newest, JudgeRules rules, LiveTemplate live) {
        Optional<String> stale = LastLook.stale(order, newest);
        if (stale.isPresent() || newest == null) {
            return new Plan.Refuse(stale.orElse(""));
        }
        RemediationPolicy policy = newest.getRevisions(0).getSpec().getRemediation();
        Optional<String> no = LastLook.notAllowed(policy)
                .or(() -> notOptedIn(policy))
                .or(() -> unsafe(policy, live.status()))
                .or(() -> LastLook.wrongUserData(newest, live.userData())
                        .map(why -> why + ": a restore changes nothing but the image"));
        if (no.isPresent()) {
            return new Plan.Refuse(no.get());
        }
        Template template = live.status().getTemplate();
        TemplateJudgement judgement = Judge.judgeTemplate(newest, rules, template);
        if (judgement.state() != TemplateState.MISMATCHED && judgement.state() != TemplateState.UNPINNED) {
            return new Plan.Refuse("the template is " + judgement.state() + " when looked at now");
        }
        List<Drift> unasked = new ArrayList<>(judgement.drifts());
        unasked.removeAll(
                Judge.judgeTemplate(newest, Unasked.careful(rules), template).drifts());
        unasked.removeIf(drift -> Unasked.judged(order.command(), drift));
        return unasked.isEmpty()
                ? changes(order, newest, template, judgement.drifts())
                : new Plan.Refuse("the template names " + Unasked.observed(unasked)
                        + " now, which is not what the command is about: it is judged again");
    }

    private static Optional<String> notOptedIn(RemediationPolicy policy) {
        return policy.getRestoreTemplate().getEnabled()
                ? Optional.empty()
                : Optional.of("the declaration does not allow templates to be restored");
    }

    private static Optional<String> unsafe(RemediationPolicy policy, WorkloadStatus status) {
        List<Protected> named = policy.getAlsoTerminateList();
        if (status.getPaused()) {
            return Optional.of("is paused: somebody is working on it");
        }
        if (status.getStrategy() == WorkloadStatus.Strategy.RECREATE && !named.contains(Protected.RECREATE)) {
            return Optional.of("stops every replica at once, and the declaration does not name RECREATE");
        }
        if (status.getStateful() && !named.contains(Protected.STATEFUL)) {
            return Optional.of("holds state, and the declaration does not name STATEFUL");
        }
        return Optional.empty();
    }

    private static Plan changes(Order.Restore order, Declaration newest, Template template, List<Drift> drifts) {
        var changes = new ArrayList<ImageChange>();
        for (Drift drift : drifts) {
            if (drift.getKind() == Drift.Kind.IMAGE_UNRESOLVED) {
                continue; // it may be the declared image under another digest
            }
            String name = drift.getSubject();
            DeclaredContainer declared = declared(newest, name);
            Template.Container found = found(template, name);
            if (declared == null || found == null) {
                // Only images are put back. Half a restore would restart every replica and still not match.
                return new Plan.Refuse("container '" + name + "' is " + (declared == null ? "not declared" : "missing")
                        + ": images alone cannot restore it");
            }
            if (order.command().getRestoreList().stream()
                    .noneMatch(c -> c.getName().equals(name))) {
                return new Plan.Refuse("container '" + name + "' diverges, and the command does not name it");
            }
            if (!isPinned(declared, found)) {
                return new Plan.Refuse("the image that is declared for '" + name + "' is not pinned");
            }
            changes.add(new ImageChange(found.getType(), name, drift.getObserved(), declared.getImage()));
        }
        return new Plan.Change(changes);
    }

    private static @Nullable DeclaredContainer declared(Declaration newest, String name) {
        for (DeclaredContainer container : newest.getRevisions(0).getSpec().getContainersList()) {
            if (container.getName().equals(name)) {
                return container;
            }
        }
        return null;
    }

    private static Template.@Nullable Container found(Template template, String name) {
        for (Template.Container container : template.getContainersList()) {
            if (container.getName().equals(name)) {
                return container;
            }
        }
        return null;
    }

    // By what the template holds: a declaration need not say that its container is an AMI.
    private static boolean isPinned(DeclaredContainer declared, Template.Container found) {
        if (found.getType() == ObservedContainer.Type.AMI) {
            return AMI.matcher(declared.getImage()).matches();
        }
        try {
            return ImageReference.parse(declared.getImage()).pinned();
        } catch (IllegalArgumentException _) {
            return false;
        }
    }
}
