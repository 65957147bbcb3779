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
import java.util.List;

/// Declarations and facets for tests, written as short as they are thought.
final class Samples {
    /// Digests of index, platform manifest and config of the declared image, and of others.
    static final String INDEX = digest('a');

    static final String MANIFEST = digest('b');
    static final String CONFIG = digest('c');
    static final String OLD = digest('d');
    static final String EVIL = digest('e');

    private Samples() {}

    static String digest(char hex) {
        return "sha256:" + String.valueOf(hex).repeat(64);
    }

    static DeclaredContainer app(String name, String... digests) {
        return DeclaredContainer.newBuilder()
                .setName(name)
                .setType(DeclaredContainer.Type.APP)
                .addAllDigests(List.of(digests))
                .build();
    }

    static DeclaredContainer init(String name, String... digests) {
        return app(name, digests).toBuilder()
                .setType(DeclaredContainer.Type.INIT)
                .build();
    }

    static DeclaredContainer image(String name, String image, String... digests) {
        return app(name, digests).toBuilder().setImage(image).build();
    }

    static DeclaredContainer ami(String... ids) {
        return DeclaredContainer.newBuilder()
                .setName("ami")
                .setType(DeclaredContainer.Type.AMI)
                .setImage(ids[0])
                .addAllDigests(List.of(ids).subList(1, ids.length))
                .build();
    }

    static Revision revision(long number, DeclaredContainer... containers) {
        return Revision.newBuilder()
                .setNumber(number)
                .setSpec(DeclarationSpec.newBuilder().addAllContainers(List.of(containers)))
                .build();
    }

    static Revision injecting(Revision revision, String... names) {
        Revision.Builder builder = revision.toBuilder();
        builder.getSpecBuilder().addAllInjected(List.of(names));
        return builder.build();
    }

    static Declaration declaration(Revision... newestFirst) {
        return Declaration.newBuilder()
                .setWorkload("k8s:test/shop/Deployment/cart")
                .addAllRevisions(List.of(newestFirst))
                .build();
    }

    /// The same after a registry said something of a digest that a container of the newest revision runs.
    static Declaration told(Declaration declaration, String container, String digest, boolean accepted) {
        return told(declaration, 0, container, digest, accepted);
    }

    static Declaration told(Declaration declaration, int revision, String container, String digest, boolean accepted) {
        Declaration.Builder builder = declaration.toBuilder();
        builder.getRevisionsBuilder(revision)
                .addResolved(
                        0,
                        ResolvedDigest.newBuilder()
                                .setContainer(container)
                                .setDigest(digest)
                                .setAccepted(accepted));
        return builder.build();
    }

    static Declaration declares(DeclaredContainer... containers) {
        return declaration(revision(7, containers));
    }

    static ObservedContainer container(ObservedContainer.Type type, String name, String image, String imageId) {
        return ObservedContainer.newBuilder()
                .setType(type)
                .setName(name)
                .setImage(image)
                .setImageId(imageId)
                .build();
    }

    /// An application container that runs a digest, pulled by a tag.
    static ObservedContainer runs(String name, String imageId) {
        return container(ObservedContainer.Type.APP, name, "registry.test/" + name + ":1", imageId);
    }

    static ObservedContainer initRan(String name, String imageId) {
        return container(ObservedContainer.Type.INIT, name, "registry.test/" + name + ":1", imageId);
    }

    static ImageFacet facet(ObservedContainer... containers) {
        return ImageFacet.newBuilder()
                .setTemplate("5d4f")
                .addAllContainers(List.of(containers))
                .build();
    }

    static Template template(String id, String... namesAndImages) {
        Template.Builder template = Template.newBuilder().setId(id);
        for (int i = 0; i < namesAndImages.length; i += 2) {
            template.addContainers(Template.Container.newBuilder()
                    .setType(ObservedContainer.Type.APP)
                    .setName(namesAndImages[i])
                    .setImage(namesAndImages[i + 1]));
        }
        return template.build();
    }

    /// A group's template that may launch any of some machine images.
    static Template launching(String id, String... images) {
        Template.Builder template = Template.newBuilder().setId(id);
        for (String image : images) {
            template.addContainers(Template.Container.newBuilder()
                    .setType(ObservedContainer.Type.AMI)
                    .setName("ami")
                    .setImage(image));
        }
        return template.build();
    }

    static Judgement judge(Declaration declaration, ImageFacet facet, ContentFacet... contents) {
        return Judge.judge(declaration, JudgeRules.DEFAULT, null, facet, List.of(contents));
    }

    /// As judged where a registry is asked.
    static Judgement judgeAsking(Declaration declaration, ImageFacet facet) {
        return Judge.judge(declaration, new JudgeRules(Undeclared.REPORT, true), null, facet, List.of());
    }

    /// Drifts as `KIND subject: declared -> observed`.
    static List<String> told(List<Drift> drifts) {
        return drifts.stream()
                .map(d -> d.getKind() + " " + d.getSubject() + ": " + d.getDeclared() + " -> " + d.getObserved())
                .toList();
    }
}
