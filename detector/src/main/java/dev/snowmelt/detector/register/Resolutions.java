package dev.snowmelt.detector.register;

import com.google.protobuf.Timestamp;
import dev.snowmelt.v1.DeclarationSpec;
import dev.snowmelt.v1.DeclaredContainer;
import dev.snowmelt.v1.ResolvedDigest;
import dev.snowmelt.v1.Revision;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// What registries said of digests, kept with the revisions that it is about.
final class Resolutions {
    /// How many one revision keeps.
    static final int MOST = 64;
    /// Characters of a detail; with [#MOST] of them and the largest spec two revisions must fit
    /// into one record.
    static final int LONGEST_DETAIL = 256;

    private Resolutions() {}

    /// What one resolution is about.
    private record About(String container, DeclaredContainer.Type type, String digest) {
        static About of(ResolvedDigest resolved) {
            return new About(resolved.getContainer(), read(resolved.getType()), resolved.getDigest());
        }
    }

    /// The form in which it is kept: with its type, a time and a detail of bounded length.
    ///
    /// @param at when it was proposed: stands in when nobody says when the registry was asked
    static ResolvedDigest kept(ResolvedDigest resolved, Timestamp at) {
        return resolved.toBuilder()
                .setType(read(resolved.getType()))
                .setDetail(Answers.beginning(resolved.getDetail(), LONGEST_DETAIL))
                .setAt(resolved.hasAt() ? resolved.getAt() : at)
                .build();
    }

    /// Whether a registry said before that the digest is the declared image, and it is called another
    /// now. Configs never change, so that the later word is wrong: it must make no snowflake.
    static boolean takesBack(Revision revision, ResolvedDigest resolved) {
        return !resolved.getAccepted()
                && revision.getResolvedList().stream()
                        .anyMatch(
                                known -> known.getAccepted() && About.of(known).equals(About.of(resolved)));
    }

    /// The revision with what is known of a digest now, replacing what was known of it before.
    ///
    /// @return empty when the same is known already, whenever the registry was asked
    static Optional<Revision> add(Revision revision, ResolvedDigest kept) {
        List<ResolvedDigest> resolved = new ArrayList<>();
        resolved.add(kept);
        for (ResolvedDigest known : revision.getResolvedList()) {
            if (!About.of(known).equals(About.of(kept))) {
                resolved.add(known);
            } else if (known.toBuilder()
                    .clearAt()
                    .build()
                    .equals(kept.toBuilder().clearAt().build())) {
                return Optional.empty();
            }
        }
        return Optional.of(revision.toBuilder()
                .clearResolved()
                .addAllResolved(resolved.subList(0, Math.min(MOST, resolved.size())))
                .build());
    }

    /// Whether a spec names the container that a resolution is about.
    static boolean concerns(DeclarationSpec spec, ResolvedDigest resolved) {
        return spec.getContainersList().stream().anyMatch(container -> names(container, resolved));
    }

    /// What was found of other revisions and holds for a new one all the same: a registry speaks of
    /// images, so it holds where a container's image and digests are the same. That a digest is another
    /// image is asked again: a registry may know more since.
    ///
    /// @param known revisions, newest first
    static List<ResolvedDigest> inherited(DeclarationSpec spec, List<Revision> known) {
        Map<About, ResolvedDigest> inherited = new LinkedHashMap<>();
        for (Revision revision : known) {
            for (ResolvedDigest resolved : revision.getResolvedList()) {
                if (resolved.getAccepted() && holdsFor(spec, revision.getSpec(), resolved)) {
                    inherited.putIfAbsent(About.of(resolved), resolved);
                }
            }
        }
        return inherited.values().stream().limit(MOST).toList();
    }

    private static boolean holdsFor(DeclarationSpec spec, DeclarationSpec other, ResolvedDigest resolved) {
        Set<Image> images = new HashSet<>();
        for (DeclaredContainer container : other.getContainersList()) {
            if (names(container, resolved)) {
                images.add(Image.of(container));
            }
        }
        return spec.getContainersList().stream()
                .anyMatch(container -> names(container, resolved) && images.contains(Image.of(container)));
    }

    /// What a container accepts.
    private record Image(String image, Set<String> digests) {
        static Image of(DeclaredContainer container) {
            return new Image(container.getImage(), new HashSet<>(container.getDigestsList()));
        }
    }

    private static boolean names(DeclaredContainer container, ResolvedDigest resolved) {
        return container.getName().equals(resolved.getContainer())
                && read(container.getType()) == read(resolved.getType());
    }

    private static DeclaredContainer.Type read(DeclaredContainer.Type type) {
        return type == DeclaredContainer.Type.TYPE_UNSPECIFIED ? DeclaredContainer.Type.APP : type;
    }
}
