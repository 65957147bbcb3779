package dev.snowmelt.fingerprint.judge;

import dev.snowmelt.v1.ContentFacet;
import dev.snowmelt.v1.DeclaredContainer;
import dev.snowmelt.v1.Drift;
import dev.snowmelt.v1.ImageFacet;
import dev.snowmelt.v1.ObservedContainer;
import dev.snowmelt.v1.ResolvedDigest;
import dev.snowmelt.v1.Template;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// One instance beside one revision: what differs for certain, and what cannot be told yet.
final class Comparison {
    private final List<DeclaredContainer> declared;
    private final List<String> injected;
    private final List<ResolvedDigest> told;
    private final boolean registry;
    private final @Nullable Template template;
    private final ImageFacet image;
    private final List<ContentFacet> contents;
    private final List<Drift> drifts = new ArrayList<>(4);
    private final List<Drift> unresolved = new ArrayList<>(4);

    /// @param told what registries said of the revision's digests, newest first
    /// @param registry whether a registry may tell more
    /// @param template what the instance was made from; null: not known
    Comparison(
            List<DeclaredContainer> declared,
            List<String> injected,
            List<ResolvedDigest> told,
            boolean registry,
            @Nullable Template template,
            ImageFacet image,
            List<ContentFacet> contents) {
        this.declared = declared;
        this.injected = injected;
        this.told = told;
        this.registry = registry;
        this.template = template;
        this.image = image;
        this.contents = contents;
        if (declared.isEmpty() || image.getContainersCount() == 0) {
            // Neither an empty declaration nor an empty reply says anything: no pod and no machine is without an image.
            unresolved.add(drift(Drift.Kind.IMAGE_UNRESOLVED, "", "", ""));
            return;
        }
        for (int i = 0; i < declared.size(); i++) {
            compareDeclared(declared.get(i));
        }
        for (int i = 0; i < image.getContainersCount(); i++) {
            compareObserved(image.getContainers(i));
        }
    }

    /// What differs, whatever is still unknown.
    List<Drift> drifts() {
        return drifts;
    }

    /// What cannot be told yet.
    List<Drift> unresolved() {
        return unresolved;
    }

    /// True when nothing differs and everything is known.
    boolean matches() {
        return drifts.isEmpty() && unresolved.isEmpty();
    }

    /// True when nothing differs and all but content is known, at which nobody may have looked.
    boolean matchesFromOutside() {
        return drifts.isEmpty()
                && unresolved.stream().allMatch(each -> each.getKind() == Drift.Kind.CONTENT_UNRESOLVED);
    }

    private void compareDeclared(DeclaredContainer wanted) {
        ObservedContainer found = observed(wanted);
        if (found == null) {
            differs(Drift.Kind.CONTAINER_MISSING, wanted.getName(), Digests.describe(wanted), "");
            return;
        }
        if (found.getType() == ObservedContainer.Type.AMI) {
            compareMachine(wanted, found);
        } else {
            compareImage(wanted, found);
        }
        if (!wanted.getBaselineRoot().isEmpty()) {
            compareContents(wanted);
        }
    }

    private void compareImage(DeclaredContainer wanted, ObservedContainer found) {
        if (!Digests.acceptsAny(wanted) || found.getImageId().isEmpty()) {
            unknown(wanted, found.getImageId());
            return;
        }
        String running = Digests.of(found.getImageId());
        if (running.isEmpty()) {
            unknown(wanted, found.getImageId());
            return;
        }
        switch (Acceptance.of(wanted, running, told, registry)) {
            case ANOTHER ->
                differs(Drift.Kind.IMAGE_MISMATCH, wanted.getName(), Digests.describe(wanted), found.getImageId());
            // Whether this manifest's config is a declared one only a registry can tell.
            case UNKNOWN -> unknown(wanted, found.getImageId());
            case ACCEPTED -> compareAskedFor(wanted, found);
        }
    }

    // What runs is accepted, but a pod's image may be edited in place: then the status goes on showing the old image
    // until the kubelet has pulled the new one, for ever when it cannot. The next restart of the container runs what
    // the spec names.
    private void compareAskedFor(DeclaredContainer wanted, ObservedContainer found) {
        String pinned = Digests.of(found.getImage());
        if (pinned.isEmpty()) {
            Template.Container origin = origin(found);
            if (origin != null && EditedInPlace.test(origin.getImage(), found.getImage())) {
                differs(Drift.Kind.IMAGE_MISMATCH, wanted.getName(), Digests.describe(wanted), found.getImage());
            }
            return;
        }
        switch (Acceptance.of(wanted, pinned, told, registry)) {
            case ANOTHER ->
                differs(Drift.Kind.IMAGE_MISMATCH, wanted.getName(), Digests.describe(wanted), found.getImage());
            case UNKNOWN -> unknown(wanted, found.getImage());
            case ACCEPTED -> {}
        }
    }

    private Template.@Nullable Container origin(ObservedContainer found) {
        if (template == null
                || image.getTemplate().isEmpty()
                || !image.getTemplate().equals(template.getId())) {
            return null;
        }
        for (int i = 0; i < template.getContainersCount(); i++) {
            Template.Container candidate = template.getContainers(i);
            if (candidate.getType() == found.getType() && candidate.getName().equals(found.getName())) {
                return candidate;
            }
        }
        return null;
    }

    private void compareMachine(DeclaredContainer wanted, ObservedContainer found) {
        if (found.getImage().isEmpty() || (wanted.getImage().isEmpty() && wanted.getDigestsCount() == 0)) {
            unknown(wanted, found.getImage());
        } else if (!Digests.acceptsAmi(wanted, found.getImage())) {
            if (Digests.acceptsUnknownAmi(wanted)) {
                unknown(wanted, found.getImage());
            } else {
                differs(Drift.Kind.IMAGE_MISMATCH, wanted.getName(), Digests.describe(wanted), found.getImage());
            }
        }
        String userData = wanted.getUserDataSha256();
        if (!userData.isEmpty() && !userData.equals(image.getUserDataSha256())) {
            if (image.getUserDataSha256().isEmpty()) {
                unresolved.add(drift(Drift.Kind.IMAGE_UNRESOLVED, "user-data", userData, ""));
            } else {
                differs(Drift.Kind.CONTENT_CHANGED, "user-data", userData, image.getUserDataSha256());
            }
        }
    }

    private void compareContents(DeclaredContainer wanted) {
        String root = wanted.getBaselineRoot();
        boolean seen = false;
        for (int i = 0; i < contents.size(); i++) {
            ContentFacet content = contents.get(i);
            if (!isAbout(content, wanted) || content.getRoot().isEmpty()) {
                continue;
            }
            seen = true;
            if (content.getRoot().equals(root)) {
                continue;
            }
            if (!content.getBaselineRoot().equals(root)) {
                differs(Drift.Kind.BASELINE_MISMATCH, wanted.getName(), root, content.getBaselineRoot());
                continue;
            }
            for (int j = 0; j < content.getDifferencesCount(); j++) {
                ContentFacet.Difference difference = content.getDifferences(j);
                differs(
                        Drift.Kind.CONTENT_CHANGED,
                        difference.getSubject(),
                        difference.getExpected(),
                        difference.getFound());
            }
            if (content.getOmitted() > 0 || content.getDifferencesCount() == 0) {
                differs(Drift.Kind.CONTENT_CHANGED, wanted.getName(), root, content.getRoot());
            }
        }
        if (!seen) {
            unresolved.add(drift(Drift.Kind.CONTENT_UNRESOLVED, wanted.getName(), root, ""));
        }
    }

    private static boolean isAbout(ContentFacet content, DeclaredContainer wanted) {
        return content.getContainer().isEmpty()
                ? wanted.getType() == DeclaredContainer.Type.AMI
                : content.getContainer().equals(wanted.getName());
    }

    private void compareObserved(ObservedContainer found) {
        if (found.getType() == ObservedContainer.Type.EPHEMERAL) {
            // An ephemeral container cannot be removed from a pod again: whoever used it was inside. A declaration
            // cannot name one, and a name in `injected` does not excuse it.
            differs(Drift.Kind.TOUCHED, found.getName(), "", found.getImage());
        } else if (!isDeclared(found) && !injected.contains(found.getName())) {
            // The spec's image, not the runtime's id: that appears only when the container starts, and the finding
            // would seem to be a new one.
            differs(Drift.Kind.CONTAINER_UNEXPECTED, found.getName(), "", found.getImage());
        }
    }

    private @Nullable ObservedContainer observed(DeclaredContainer wanted) {
        for (int i = 0; i < image.getContainersCount(); i++) {
            ObservedContainer candidate = image.getContainers(i);
            if (isSame(wanted, candidate)) {
                return candidate;
            }
        }
        return null;
    }

    private boolean isDeclared(ObservedContainer found) {
        for (int i = 0; i < declared.size(); i++) {
            if (isSame(declared.get(i), found)) {
                return true;
            }
        }
        return false;
    }

    private static boolean isSame(DeclaredContainer wanted, ObservedContainer found) {
        return found.getName().equals(wanted.getName()) && Digests.sameKind(wanted.getType(), found.getType());
    }

    private void unknown(DeclaredContainer wanted, String observed) {
        unresolved.add(drift(Drift.Kind.IMAGE_UNRESOLVED, wanted.getName(), Digests.describe(wanted), observed));
    }

    private void differs(Drift.Kind kind, String subject, String declaredValue, String observed) {
        drifts.add(drift(kind, subject, declaredValue, observed));
    }

    static Drift drift(Drift.Kind kind, String subject, String declared, String observed) {
        return Drift.newBuilder()
                .setKind(kind)
                .setSubject(subject)
                .setDeclared(declared)
                .setObserved(observed)
                .build();
    }
}
