package dev.snowmelt.remediator.execute;

import dev.snowmelt.fingerprint.judge.Judge;
import dev.snowmelt.fingerprint.judge.JudgeRules;
import dev.snowmelt.fingerprint.judge.Judgement;
import dev.snowmelt.schemas.id.WorkloadId;
import dev.snowmelt.v1.Declaration;
import dev.snowmelt.v1.DeclaredContainer;
import dev.snowmelt.v1.Hold;
import dev.snowmelt.v1.ImageFacet;
import dev.snowmelt.v1.RemediationPolicy;
import dev.snowmelt.v1.RemediationPolicy.Mode;
import dev.snowmelt.v1.RemediationPolicy.Protected;
import dev.snowmelt.v1.Revision;
import dev.snowmelt.v1.Template;
import dev.snowmelt.v1.Verdict;
import dev.snowmelt.v1.WorkloadVerdict.TemplateState;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// The questions right before an instance is terminated, asked of the newest declaration and the
/// live instance. Pure. Each answers with a reason to refuse, or with nothing.
///
/// What the platform cannot show is not believed: drift of content alone is refused, until agents'
/// observations reach executors.
final class LastLook {
    private LastLook() {}

    /// Why the instance must not be terminated; empty: it may.
    static Optional<String> refusal(
            Order.Replace order, @Nullable Declaration newest, JudgeRules rules, LiveInstance live) {
        Optional<String> stale = stale(order, newest);
        if (stale.isPresent() || newest == null) {
            return stale;
        }
        RemediationPolicy policy = newest.getRevisions(0).getSpec().getRemediation();
        return notAllowed(policy)
                .or(() -> notItsOwner(order.workload(), live))
                .or(() -> protectedFrom(policy, order.workload(), live.image()))
                .or(() -> notDrifted(order, newest, rules, live));
    }

    /// Why an order is over; empty: it may still be carried out.
    static Optional<String> expired(Order order, Instant now) {
        return now.isBefore(order.expiresAt())
                ? Optional.empty()
                : Optional.of("expired at " + order.expiresAt() + ", it is " + now);
    }

    /// S10: why an order rests on a declaration that does not hold any more.
    static Optional<String> stale(Order order, @Nullable Declaration newest) {
        long planned = order.command().getRevision();
        if (newest == null || newest.getRevisionsCount() == 0) {
            return Optional.of("rests on revision " + planned + ", but nothing is declared any more");
        }
        Revision revision = newest.getRevisions(0);
        return revision.getNumber() == planned
                ? Optional.empty()
                : Optional.of("rests on revision " + planned + ", but the newest is " + revision.getNumber());
    }

    /// Why the policy does not let Snowmelt act at all.
    static Optional<String> notAllowed(RemediationPolicy policy) {
        Mode mode = policy.getMode();
        return mode == Mode.ENFORCE || mode == Mode.APPROVE
                ? Optional.empty()
                : Optional.of("mode is " + (mode == Mode.OFF ? Mode.OFF : Mode.OBSERVE));
    }

    private static Optional<String> notItsOwner(WorkloadId workload, LiveInstance live) {
        return workload.equals(live.owner())
                ? Optional.empty()
                : Optional.of(
                        live.owner() == null
                                ? "its controller is gone"
                                : "belongs to " + live.owner() + " now, not to " + workload);
    }

    private static Optional<String> protectedFrom(RemediationPolicy policy, WorkloadId workload, ImageFacet image) {
        List<Protected> named = policy.getAlsoTerminateList();
        for (ImageFacet.Protection protection : image.getProtectionsList()) {
            switch (protection) {
                case STATEFUL -> {
                    if (!named.contains(Protected.STATEFUL)) {
                        return Optional.of("holds state, and the declaration does not name STATEFUL");
                    }
                }
                case STATIC_POD -> {
                    return Optional.of("is a static pod: deleting its mirror changes nothing");
                }
                case PHYSICAL -> {
                    return Optional.of("is a physical host");
                }
                case PROTECTION_UNSPECIFIED, UNRECOGNIZED -> {
                    return Optional.of("is protected in a way that this version does not know");
                }
            }
        }
        return workload.recreates() || (workload.standalone() && named.contains(Protected.STANDALONE))
                ? Optional.empty()
                : Optional.of("nobody would recreate it");
    }

    private static Optional<String> notDrifted(
            Order.Replace order, Declaration newest, JudgeRules rules, LiveInstance live) {
        Judgement judgement = judge(newest, rules, live);
        if (!drifted(judgement)) {
            return Optional.of("is " + judgement.state() + " when looked at now");
        }
        boolean certain = drifted(judge(newest, Unasked.careful(rules), live))
                || judgement.drifts().stream().anyMatch(drift -> Unasked.judged(order.command(), drift));
        return certain
                ? Optional.empty()
                : Optional.of("runs " + Unasked.observed(judgement.drifts())
                        + " now, which is not what the command is about: it is judged again");
    }

    private static Judgement judge(Declaration newest, JudgeRules rules, LiveInstance live) {
        return Judge.judge(newest, rules, live.template(), live.image(), List.of());
    }

    /// Why terminating it would bring another wrong one: what would be made in its place is not what
    /// is declared, or what may come instead is drifted itself. Empty: nothing is known of such.
    static Optional<Reply.NotNow> wrongNext(@Nullable Declaration newest, JudgeRules rules, LiveInstance live) {
        return wrongTemplate(newest, rules, live.next().template())
                .or(() -> wrongUserData(newest, live.next().userData()))
                .or(() -> wrongSpare(newest, rules, live.next().spares()))
                .map(why -> new Reply.NotNow(Hold.Reason.PLATFORM, why, null, true));
    }

    private static Optional<String> wrongTemplate(
            @Nullable Declaration newest, JudgeRules rules, @Nullable Template next) {
        if (next == null) {
            return Optional.empty();
        }
        TemplateState state = Judge.judgeTemplate(newest, rules, next).state();
        return state == TemplateState.MATCHING
                ? Optional.empty()
                : Optional.of("%s, from which the next one would be made, is %s when looked at now: it names %s"
                        .formatted(next.getId(), state, images(next)));
    }

    /// Why what is made from a template would run other user data than is declared: user data
    /// finishes an image, and no judgement of templates asks for it.
    ///
    /// @param found as [LiveInstance.Next#userData()]
    static Optional<String> wrongUserData(@Nullable Declaration newest, Set<String> found) {
        if (newest == null || newest.getRevisionsCount() == 0) {
            return Optional.empty();
        }
        return newest.getRevisions(0).getSpec().getContainersList().stream()
                .map(DeclaredContainer::getUserDataSha256)
                .filter(declared -> !declared.isEmpty())
                .flatMap(declared -> found.stream()
                        .filter(hash -> !hash.equals(declared))
                        .map(hash -> "the next one would be made with user data that is not declared: %s instead of %s"
                                .formatted(hash.isEmpty() ? "nobody knows which" : "SHA-256 " + hash, declared)))
                .findFirst();
    }

    private static String images(Template template) {
        return template.getContainersList().stream()
                .map(container -> container.getImage().isEmpty() ? "no image" : container.getImage())
                .collect(Collectors.joining(", "));
    }

    private static Optional<String> wrongSpare(@Nullable Declaration newest, JudgeRules rules, List<Spare> spares) {
        for (Spare spare : spares) {
            Judgement judgement = Judge.judge(newest, rules, null, spare.image(), List.of());
            if (drifted(judgement)) {
                return Optional.of("its replacement may be %s, which is %s and runs %s: %s"
                        .formatted(
                                spare.name(), judgement.state(), Unasked.observed(judgement.drifts()), spare.remedy()));
            }
        }
        return Optional.empty();
    }

    private static boolean drifted(Judgement judgement) {
        return judgement.state() == Verdict.State.DRIFTED || judgement.state() == Verdict.State.OUTDATED;
    }
}
