package dev.snowmelt.fingerprint.judge;

import dev.snowmelt.v1.ContentFacet;
import dev.snowmelt.v1.Declaration;
import dev.snowmelt.v1.DeclarationSpec;
import dev.snowmelt.v1.DeclaredContainer;
import dev.snowmelt.v1.Drift;
import dev.snowmelt.v1.ImageFacet;
import dev.snowmelt.v1.ObservedContainer;
import dev.snowmelt.v1.ResolvedDigest;
import dev.snowmelt.v1.Revision;
import dev.snowmelt.v1.Template;
import dev.snowmelt.v1.Verdict;
import dev.snowmelt.v1.WorkloadVerdict;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Compares what is declared with what is there. Pure and cheap: the detector calls it for every
/// changed record, the executor once more right before it acts.
public final class Judge {
    private Judge() {}

    /// Judges one instance.
    ///
    /// An instance is CONFORMANT only when everything declared was seen and accepted, and DRIFTED
    /// only when something differs for certain whatever is still unknown. Between the two it is
    /// UNVERIFIED: a declared container that has not started (no image id yet), an image id without
    /// a digest, a declaration that accepts nothing, an empty facet, a declared content baseline
    /// that no agent has compared (CONTENT_UNRESOLVED). A pod with an ephemeral container is
    /// DRIFTED with TOUCHED; how long it is left alone so that debugging stays possible is the
    /// planner's matter (touch hold).
    ///
    /// @param declaration what its workload must run; null or without revisions: nothing is
    /// declared A digest in no accepted set is drift when a registry said so or none is asked.
    /// Where one is asked, it is IMAGE_UNRESOLVED, and the instance UNVERIFIED, until the revision
    /// says what the registry answered.
    ///
    /// @param rules what holds when nothing is declared, and of digests in no accepted set
    /// @param template what its controller would create next; null: not known. Only used when its
    /// id is the one that the instance was made from, to tell images edited in place, and for
    /// [Undeclared#TRUST_TEMPLATE]
    /// @param image what the platform says it runs. Only template, containers and user data are
    /// looked at: the detector judges instances once that have these in common
    /// @param contents what agents found inside and is still believed; empty: no agent
    public static Judgement judge(
            @Nullable Declaration declaration,
            JudgeRules rules,
            @Nullable Template template,
            ImageFacet image,
            List<ContentFacet> contents) {
        if (declaration == null || declaration.getRevisionsCount() == 0) {
            return switch (rules.undeclared()) {
                case REPORT -> new Judgement(Verdict.State.UNDECLARED, List.of(), 0, 0);
                case TRUST_TEMPLATE -> judgeByTemplate(template, image);
            };
        }
        Revision newest = declaration.getRevisions(0);
        Comparison now = compare(newest, rules, template, image, contents);
        if (now.drifts().isEmpty()) {
            return now.unresolved().isEmpty()
                    ? new Judgement(Verdict.State.CONFORMANT, List.of(), newest.getNumber(), 0)
                    : new Judgement(Verdict.State.UNVERIFIED, now.unresolved(), newest.getNumber(), 0);
        }
        boolean undecided = false;
        for (int i = 1; i < declaration.getRevisionsCount(); i++) {
            Revision earlier = declaration.getRevisions(i);
            Comparison then = compare(earlier, rules, template, image, contents);
            // It is not what the newest revision says, so the image is enough to call it a rollout. Executors come to
            // the
            // same judgement, who hear of no agent.
            if (then.matchesFromOutside()) {
                return new Judgement(Verdict.State.OUTDATED, now.drifts(), newest.getNumber(), earlier.getNumber());
            }
            undecided |= then.drifts().isEmpty();
        }
        // Surely not what the newest revision says. While it may still turn out to be an earlier one it is no
        // snowflake.
        return undecided
                ? new Judgement(Verdict.State.UNVERIFIED, both(now), newest.getNumber(), 0)
                : new Judgement(Verdict.State.DRIFTED, now.drifts(), newest.getNumber(), 0);
    }

    private static Comparison compare(
            Revision revision,
            JudgeRules rules,
            @Nullable Template template,
            ImageFacet image,
            List<ContentFacet> contents) {
        DeclarationSpec spec = revision.getSpec();
        return new Comparison(
                spec.getContainersList(),
                spec.getInjectedList(),
                revision.getResolvedList(),
                rules.registry(),
                template,
                image,
                contents);
    }

    private static Judgement judgeByTemplate(@Nullable Template template, ImageFacet image) {
        if (template == null) {
            return new Judgement(Verdict.State.UNDECLARED, List.of(), 0, 0);
        }
        // No registry is asked: there is no revision that could keep its answer.
        Comparison now = new Comparison(declaredBy(template), List.of(), List.of(), false, template, image, List.of());
        if (now.matches()) {
            return new Judgement(Verdict.State.CONFORMANT, List.of(), 0, 0);
        }
        // An instance of an earlier template, whose images are not known any more, is a rollout.
        boolean certain = !now.drifts().isEmpty()
                && !template.getId().isEmpty()
                && template.getId().equals(image.getTemplate());
        return certain
                ? new Judgement(Verdict.State.DRIFTED, now.drifts(), 0, 0)
                : new Judgement(Verdict.State.UNVERIFIED, both(now), 0, 0);
    }

    /// A group's template may name several machine images: any of them is what it declares.
    private static List<DeclaredContainer> declaredBy(Template template) {
        var declared = new ArrayList<DeclaredContainer>(template.getContainersCount());
        for (Template.Container container : template.getContainersList()) {
            DeclaredContainer.Type type = switch (container.getType()) {
                case INIT -> DeclaredContainer.Type.INIT;
                case AMI -> DeclaredContainer.Type.AMI;
                case APP, EPHEMERAL, TYPE_UNSPECIFIED, UNRECOGNIZED -> DeclaredContainer.Type.APP;
            };
            int same = type == DeclaredContainer.Type.AMI ? machine(declared, container.getName()) : -1;
            if (same < 0) {
                declared.add(DeclaredContainer.newBuilder()
                        .setName(container.getName())
                        .setImage(container.getImage())
                        .setType(type)
                        .build());
            } else {
                declared.set(
                        same,
                        declared.get(same).toBuilder()
                                .addDigests(container.getImage())
                                .build());
            }
        }
        return declared;
    }

    private static int machine(List<DeclaredContainer> declared, String name) {
        for (int i = 0; i < declared.size(); i++) {
            if (declared.get(i).getType() == DeclaredContainer.Type.AMI
                    && declared.get(i).getName().equals(name)) {
                return i;
            }
        }
        return -1;
    }

    private static List<Drift> both(Comparison comparison) {
        if (comparison.drifts().isEmpty()) {
            return comparison.unresolved();
        }
        var both = new ArrayList<>(comparison.drifts());
        both.addAll(comparison.unresolved());
        return both;
    }

    /// Judges what a controller would create next. MISMATCHED outranks TEMPLATE_UNKNOWN, which
    /// outranks UNPINNED; the drifts name every container that is not as declared.
    ///
    /// A template may name several machine images, when a group's overrides have launch templates
    /// of their own: every one of them must be declared. A container that the declaration does not
    /// name and that is not listed as injected is a mismatch too: recreated instances would have
    /// it. A digest in no accepted set, while a registry may still tell, makes it TEMPLATE_UNKNOWN,
    /// with IMAGE_UNRESOLVED among the drifts.
    public static TemplateJudgement judgeTemplate(
            @Nullable Declaration declaration, JudgeRules rules, @Nullable Template template) {
        if (template == null || template.getContainersCount() == 0) {
            return TemplateJudgement.UNKNOWN;
        }
        if (declaration == null || declaration.getRevisionsCount() == 0) {
            return switch (rules.undeclared()) {
                case REPORT -> TemplateJudgement.UNKNOWN;
                case TRUST_TEMPLATE -> compareTemplate(declaredBy(template), List.of(), List.of(), false, template);
            };
        }
        Revision newest = declaration.getRevisions(0);
        DeclarationSpec spec = newest.getSpec();
        return compareTemplate(
                spec.getContainersList(), spec.getInjectedList(), newest.getResolvedList(), rules.registry(), template);
    }

    private static TemplateJudgement compareTemplate(
            List<DeclaredContainer> declared,
            List<String> injected,
            List<ResolvedDigest> told,
            boolean registry,
            Template template) {
        if (declared.isEmpty()) {
            return TemplateJudgement.UNKNOWN;
        }
        var drifts = new ArrayList<Drift>();
        boolean unknown = false;
        for (DeclaredContainer wanted : declared) {
            boolean missing = true;
            for (Template.Container found : template.getContainersList()) {
                if (!isSame(wanted, found)) {
                    continue;
                }
                missing = false;
                Drift.Kind kind = compareImage(wanted, told, registry, found);
                unknown |= kind == Drift.Kind.IMAGE_UNRESOLVED;
                if (kind != Drift.Kind.KIND_UNSPECIFIED) {
                    drifts.add(Comparison.drift(kind, wanted.getName(), Digests.describe(wanted), found.getImage()));
                }
            }
            if (missing) {
                drifts.add(
                        Comparison.drift(Drift.Kind.TEMPLATE_MISMATCH, wanted.getName(), Digests.describe(wanted), ""));
            }
        }
        for (Template.Container found : template.getContainersList()) {
            if (!isDeclared(declared, found) && !injected.contains(found.getName())) {
                drifts.add(Comparison.drift(Drift.Kind.TEMPLATE_MISMATCH, found.getName(), "", found.getImage()));
            }
        }
        return new TemplateJudgement(stateOf(drifts, unknown), drifts);
    }

    private static WorkloadVerdict.TemplateState stateOf(List<Drift> drifts, boolean unknown) {
        for (Drift drift : drifts) {
            if (drift.getKind() == Drift.Kind.TEMPLATE_MISMATCH) {
                return WorkloadVerdict.TemplateState.MISMATCHED;
            }
        }
        if (unknown) {
            return WorkloadVerdict.TemplateState.TEMPLATE_UNKNOWN;
        }
        return drifts.isEmpty() ? WorkloadVerdict.TemplateState.MATCHING : WorkloadVerdict.TemplateState.UNPINNED;
    }

    private static Drift.Kind compareImage(
            DeclaredContainer wanted, List<ResolvedDigest> told, boolean registry, Template.Container found) {
        if (found.getType() == ObservedContainer.Type.AMI) {
            // A launch template may name a parameter (`resolve:ssm:…`) instead of an image: a tag by another name.
            if (!Digests.isAmi(found.getImage())) {
                return Drift.Kind.TEMPLATE_UNPINNED;
            }
            return Digests.acceptsAmi(wanted, found.getImage())
                    ? Drift.Kind.KIND_UNSPECIFIED
                    : Drift.Kind.TEMPLATE_MISMATCH;
        }
        String digest = Digests.of(found.getImage());
        if (digest.isEmpty()) {
            return Drift.Kind.TEMPLATE_UNPINNED;
        }
        if (!Digests.acceptsAny(wanted)) {
            return Drift.Kind.IMAGE_UNRESOLVED;
        }
        return switch (Acceptance.of(wanted, digest, told, registry)) {
            case ACCEPTED -> Drift.Kind.KIND_UNSPECIFIED;
            case ANOTHER -> Drift.Kind.TEMPLATE_MISMATCH;
            case UNKNOWN -> Drift.Kind.IMAGE_UNRESOLVED;
        };
    }

    private static boolean isDeclared(List<DeclaredContainer> declared, Template.Container found) {
        for (DeclaredContainer wanted : declared) {
            if (isSame(wanted, found)) {
                return true;
            }
        }
        return false;
    }

    private static boolean isSame(DeclaredContainer wanted, Template.Container found) {
        return found.getName().equals(wanted.getName()) && Digests.sameKind(wanted.getType(), found.getType());
    }
}
