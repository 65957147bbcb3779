package dev.snowmelt.sources.registry.resolve;

import static dev.snowmelt.sources.registry.resolve.InMemoryRegistry.digest;
import static org.assertj.core.api.Assertions.assertThat;

import dev.snowmelt.sources.registry.RegistryException.Kind;
import dev.snowmelt.v1.DeclaredContainer;
import java.util.List;
import org.junit.jupiter.api.Test;

/// When what runs is the declared image, when it is another, and when nobody can tell. The declared
/// index is `a`: of the images `b` (config `c`) and `d` (config `e`).
class InquiryTest {
    private static final String IMAGE = "reg.test/cart:1@" + digest('a');

    private final InMemoryRegistry registry = new InMemoryRegistry()
            .index("reg.test/cart", 'a', "bd")
            .image("reg.test/cart", 'b', 'c')
            .image("reg.test/cart", 'd', 'e');

    private static DeclaredContainer declared(String image, char... digests) {
        var container = DeclaredContainer.newBuilder().setName("app").setImage(image);
        for (char each : digests) {
            container.addDigests(digest(each));
        }
        return container.build();
    }

    private Finding ask(String imageId) {
        return Inquiry.of(registry, declared(IMAGE), imageId);
    }

    private static void untold(Finding finding, String reason) {
        assertThat(finding)
                .isInstanceOfSatisfying(
                        Finding.Untold.class,
                        untold ->
                                assertThat(untold.reason()).as(untold.detail()).isEqualTo(reason));
    }

    @Test
    void aPlatformOfTheDeclaredIndexIsTheDeclaredImageWhereverItWasPulledFrom() {
        assertThat(ask("reg.test/cart@" + digest('b'))).isInstanceOf(Finding.Accepted.class);
        assertThat(ask("mirror.test/hub/cart@" + digest('d'))).isInstanceOf(Finding.Accepted.class);
        assertThat(ask("docker-pullable://reg.test/cart@" + digest('b'))).isInstanceOf(Finding.Accepted.class);
        assertThat(registry.asked).noneMatch(asked -> asked.startsWith("mirror.test"));
    }

    @Test
    void aConfigOfTheDeclaredIndexIsTheDeclaredImage() {
        assertThat(ask(digest('c'))).isInstanceOf(Finding.Accepted.class);
        assertThat(ask("docker://" + digest('e'))).isInstanceOf(Finding.Accepted.class);
        assertThat(ask("e".repeat(64))).isInstanceOf(Finding.Accepted.class);
    }

    @Test
    void theSameConfigUnderAnotherManifestIsTheDeclaredImage() {
        registry.image("mirror.test/cart", '1', 'c');

        assertThat(ask("mirror.test/cart@" + digest('1')))
                .isEqualTo(new Finding.Accepted("It has the same config as " + IMAGE + "."));
    }

    @Test
    void anotherConfigIsAnotherImage() {
        registry.image("reg.test/cart", '1', '2');

        assertThat(ask("reg.test/cart@" + digest('1')))
                .isInstanceOfSatisfying(
                        Finding.Another.class,
                        found -> assertThat(found.detail()).contains(digest('2')));
    }

    @Test
    void anotherIndexIsJudgedByItsImages() {
        registry.image("reg.test/cart", '1', 'c').image("reg.test/cart", '3', '4');
        registry.index("reg.test/cart", '5', "1")
                .index("reg.test/cart", '6', "3")
                .index("reg.test/cart", '7', "13");

        assertThat(ask("reg.test/cart@" + digest('5'))).isInstanceOf(Finding.Accepted.class);
        assertThat(ask("reg.test/cart@" + digest('6'))).isInstanceOf(Finding.Another.class);
        untold(ask("reg.test/cart@" + digest('7')), "undecidable");
    }

    @Test
    void whatNoRegistryKnowsAnyMoreIsNotAnotherImage() {
        for (String running :
                List.of("reg.test/cart@", "mirror.test/cart@", "docker://", "docker-pullable://x.test/y@")) {
            assertThat(ask(running + digest('9'))).isInstanceOfSatisfying(Finding.Untold.class, untold -> {
                assertThat(untold.reason()).isEqualTo("unknown");
                assertThat(untold.detail()).contains("may have been deleted").contains("under 'digests'");
            });
        }
        assertThat(ask("mirror.test/cart@" + digest('9')))
                .isInstanceOfSatisfying(
                        Finding.Untold.class,
                        untold -> assertThat(untold.detail()).contains("mirror.test"));
    }

    @Test
    void aConfigThatIsNoDeclaredOneIsAnotherImage() {
        assertThat(ask(digest('9'))).isInstanceOf(Finding.Missing.class);
        assertThat(ask("9".repeat(64))).isInstanceOf(Finding.Missing.class);
    }

    @Test
    void aDigestIsTheSameContentWhereverItIsLookedUp() {
        registry.image("reg.test/cart", '1', '2');

        assertThat(ask("mirror.test/cart@" + digest('1'))).isInstanceOf(Finding.Another.class);
    }

    @Test
    void anEmptyConfigMakesNoTwoImagesTheSame() {
        String empty = "sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a";
        registry.image("reg.test/signed", '1', empty).image("reg.test/signed", '3', empty);
        registry.index("reg.test/signed", '7', "b1").image("reg.test/signed", 'b', 'c');

        assertThat(Inquiry.of(registry, declared("reg.test/signed@" + digest('7')), "reg.test/signed@" + digest('3')))
                .isInstanceOf(Finding.Another.class);
    }

    @Test
    void whatOnlyTheDeclaredRepositoryKnowsIsLookedUpThere() {
        registry.image("reg.test/cart", '1', 'c');

        assertThat(ask("mirror.test/cart@" + digest('1'))).isInstanceOf(Finding.Accepted.class);
    }

    @Test
    void troubleTellsNothing() {
        registry.image("mirror.test/cart", '1', '2');
        for (Kind kind : List.of(Kind.UNREACHABLE, Kind.UNAUTHORISED, Kind.RATE_LIMITED, Kind.UNUSABLE)) {
            String reason = kind.name().toLowerCase(java.util.Locale.ROOT);

            registry.trouble("mirror.test", kind);
            untold(ask("mirror.test/cart@" + digest('1')), reason);

            registry.trouble("mirror.test", null);
            registry.trouble("reg.test", kind);
            untold(ask("mirror.test/cart@" + digest('1')), reason);
            untold(ask("mirror.test/cart@" + digest('9')), reason);
            registry.trouble("reg.test", null);
        }
        assertThat(ask("mirror.test/cart@" + digest('1'))).isInstanceOf(Finding.Another.class);
    }

    @Test
    void aDeclaredImageThatIsGoneMakesNoSnowflakes() {
        registry.image("reg.test/cart", '1', '2');
        DeclaredContainer gone = declared("reg.test/gone@" + digest('8'));

        untold(Inquiry.of(registry, gone, "reg.test/cart@" + digest('1')), "declared_unknown");
        untold(Inquiry.of(registry, gone, "reg.test/cart@" + digest('9')), "unknown");
        untold(Inquiry.of(registry, gone, digest('9')), "declared_unknown");
    }

    @Test
    void aDeclaredIndexOfWhichAPlatformIsMissingMakesNoSnowflakesEither() {
        registry.index("reg.test/sparse", '7', "b9")
                .image("reg.test/sparse", 'b', 'c')
                .image("reg.test/cart", '1', '2');
        DeclaredContainer sparse = declared("reg.test/sparse@" + digest('7'));

        assertThat(Inquiry.of(registry, sparse, "x.test/y@" + digest('9'))).isInstanceOf(Finding.Accepted.class);
        untold(Inquiry.of(registry, sparse, "reg.test/cart@" + digest('1')), "declared_unknown");
    }

    @Test
    void declaredDigestsAloneAreLookedUpWhereTheImageCameFrom() {
        registry.image("reg.test/cart", '1', 'c').image("reg.test/cart", '3', '4');

        assertThat(Inquiry.of(registry, declared("", 'b'), "reg.test/cart@" + digest('1')))
                .isInstanceOf(Finding.Accepted.class);
        assertThat(Inquiry.of(registry, declared("", 'b'), "reg.test/cart@" + digest('3')))
                .isInstanceOf(Finding.Another.class);
        untold(Inquiry.of(registry, declared("", 'b', '8'), "reg.test/cart@" + digest('3')), "declared_unknown");
        untold(Inquiry.of(registry, declared("", 'b'), digest('9')), "declared_unknown");
    }

    @Test
    void anIndexWithAMissingPlatformDoesNotExplainItselfWithoutAnImageEither() {
        registry.index("reg.test/sparse", '7', "b9")
                .image("reg.test/sparse", 'b', 'c')
                .image("reg.test/sparse", '1', '2');

        untold(Inquiry.of(registry, declared("", '7'), "reg.test/sparse@" + digest('1')), "declared_unknown");
        untold(Inquiry.of(registry, declared("", '7', 'b'), "reg.test/sparse@" + digest('1')), "declared_unknown");
    }

    @Test
    void aConfigThatADeclaredManifestExplainsNeedsNoManifestOfItsOwn() {
        registry.image("reg.test/cart", '3', '4');

        assertThat(Inquiry.of(registry, declared("", 'c', 'b'), "reg.test/cart@" + digest('3')))
                .isInstanceOf(Finding.Another.class);
    }

    @Test
    void everyDeclaredDigestIsLookedUpBesideThePinnedImage() {
        registry.image("reg.test/cart", '1', '2')
                .image("mirror.test/cart", '3', '2')
                .image("mirror.test/cart", '5', '6');

        assertThat(Inquiry.of(registry, declared(IMAGE, '1'), "mirror.test/cart@" + digest('3')))
                .isInstanceOf(Finding.Accepted.class);
        assertThat(Inquiry.of(registry, declared(IMAGE, '1', 'b', 'c'), "mirror.test/cart@" + digest('5')))
                .isInstanceOf(Finding.Another.class);
        untold(Inquiry.of(registry, declared(IMAGE, '8'), "mirror.test/cart@" + digest('5')), "declared_unknown");
    }

    @Test
    void noMoreThanSixtyFourDeclaredDigestsAreLookedUp() {
        registry.image("reg.test/cart", '5', '6');
        var many = declared(IMAGE).toBuilder();
        for (int i = 0; i < 200; i++) {
            many.addDigests("sha256:%064x".formatted(i));
        }

        untold(Inquiry.of(registry, many.build(), "reg.test/cart@" + digest('5')), "declared_unknown");
        assertThat(registry.asked).hasSizeBetween(64, 70);
    }

    @Test
    void digestsBesideATagAreLookedUpInItsRepository() {
        registry.image("mirror.test/cart", '1', 'c').image("mirror.test/cart", '3', '4');
        DeclaredContainer tagged = declared("reg.test/cart:1.2", 'b');

        assertThat(Inquiry.of(registry, tagged, "mirror.test/cart@" + digest('1')))
                .isEqualTo(new Finding.Accepted("It has the same config as the declared digests."));
        assertThat(Inquiry.of(registry, tagged, "mirror.test/cart@" + digest('3')))
                .isInstanceOf(Finding.Another.class);
        assertThat(Inquiry.of(registry, tagged, digest('c'))).isInstanceOf(Finding.Accepted.class);
    }

    @Test
    void aTagAloneMustBePinned() {
        registry.image("reg.test/cart", '1', '2');

        assertThat(Inquiry.of(registry, declared("reg.test/cart:1.2"), "reg.test/cart@" + digest('1')))
                .isInstanceOfSatisfying(
                        Finding.Untold.class,
                        untold -> assertThat(untold.detail()).contains("pin 'image'"));
    }

    @Test
    void whatAnotherRegistryDoesNotShowMayStillBeTheDeclaredImage() {
        registry.image("reg.test/cart", '1', 'c');
        registry.trouble("mirror.test", Kind.UNUSABLE);

        assertThat(ask("mirror.test/cart@" + digest('1'))).isInstanceOf(Finding.Accepted.class);
        untold(ask("mirror.test/cart@" + digest('9')), "unusable");
    }
}
