package dev.snowmelt.sources.registry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.snowmelt.sources.Found;
import dev.snowmelt.v1.DeclarationSpec;
import dev.snowmelt.v1.Declare;
import dev.snowmelt.v1.DeclaredContainer;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// Whether a tag still is what was built. It names the manifest `1` with the config `c`.
class ImagePinningTest {
    private static final String CART = "k8s:prod/shop/Deployment/cart";
    private static final Registry REGISTRY = (_, _) -> new Manifest.Image(digest('1'), "image", digest('c'));

    private static String digest(char hex) {
        return "sha256:" + String.valueOf(hex).repeat(64);
    }

    private static ImagePinning.Pinned pin(char known, Set<String> built) throws InterruptedException {
        var declare = Declare.newBuilder()
                .setWorkload(CART)
                .setSpec(DeclarationSpec.newBuilder()
                        .addContainers(DeclaredContainer.newBuilder()
                                .setName("cart")
                                .setImage("reg.test/cart:1.4")
                                .addDigests(digest(known))))
                .build();
        return new ImagePinning(REGISTRY, Set.of()).pin(List.of(declare), built);
    }

    @Test
    void aTagThatWasPushedAgainSinceItWasBuiltIsNotDeclared() throws InterruptedException {
        var pinned = pin('b', Set.of(CART));

        assertThat(pinned.declarations()).isEmpty();
        assertThat(pinned.unresolved())
                .singleElement()
                .extracting(Found.Unresolved::reason)
                .asString()
                .contains("with the config " + digest('c'))
                .contains("not what was built, " + digest('b'));
    }

    @Test
    void theTagOfWhatWasBuiltIsPinned() throws InterruptedException {
        for (char known : new char[] {'c', '1'}) {
            var pinned = pin(known, Set.of(CART));

            assertThat(pinned.unresolved()).isEmpty();
            assertThat(pinned.declarations())
                    .singleElement()
                    .satisfies(declare -> assertThat(
                                    declare.getSpec().getContainers(0).getImage())
                            .endsWith("@" + digest('1')));
        }
    }

    @Test
    void whatAPersonWroteBesideATagStaysAccepted() throws InterruptedException {
        var pinned = pin('b', Set.of());

        assertThat(pinned.unresolved()).isEmpty();
        assertThat(pinned.declarations().getFirst().getSpec().getContainers(0).getDigestsList())
                .containsExactly(digest('b'), digest('c'));
    }
}
