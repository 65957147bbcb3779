package dev.snowmelt.cli.declare;

import dev.snowmelt.schemas.id.WorkloadId;
import dev.snowmelt.v1.Declaration;
import dev.snowmelt.v1.DeclarationSpec;
import dev.snowmelt.v1.Declare;
import dev.snowmelt.v1.DeclaredContainer;
import dev.snowmelt.v1.Revision;
import java.util.List;

/// What tests declare.
final class Drafts {
    static final String CART = "k8s:prod-eu/shop/Deployment/cart";
    static final String WEB = "k8s:prod-eu/shop/Deployment/web";
    static final String PINNED = image('a');

    private Drafts() {}

    static String image(char digit) {
        return "registry.example/cart:1@sha256:" + ("" + digit).repeat(64);
    }

    static Declare declare(String workload, String... images) {
        return Declare.newBuilder().setWorkload(workload).setSpec(spec(images)).build();
    }

    /// Containers `c0`, `c1` … with these images.
    static DeclarationSpec spec(String... images) {
        var spec = DeclarationSpec.newBuilder();
        for (int i = 0; i < images.length; i++) {
            spec.addContainers(DeclaredContainer.newBuilder().setName("c" + i).setImage(images[i]));
        }
        return spec.build();
    }

    static Gathered stated(Declare... declares) {
        return gathered(List.of(declares).stream()
                .<Draft>map(each -> new Draft.Stated(Place.of("file.yaml"), each))
                .toList());
    }

    static Gathered sourced(Declare... declares) {
        return gathered(List.of(declares).stream()
                .<Draft>map(each -> new Draft.Sourced(Place.of("source.json"), each))
                .toList());
    }

    private static Gathered gathered(List<Draft> drafts) {
        return new Gathered(drafts, List.of(), List.of(), List.of());
    }

    /// A declaration whose newest revision has this number.
    static Declaration declaration(WorkloadId workload, long number, String by, DeclarationSpec spec) {
        return Declaration.newBuilder()
                .setWorkload(workload.toString())
                .addRevisions(revision(number, by, spec))
                .build();
    }

    static Revision revision(long number, String by, DeclarationSpec spec) {
        return Revision.newBuilder()
                .setNumber(number)
                .setDeclaredBy(by)
                .setSpec(spec)
                .build();
    }
}
