package dev.snowmelt.fingerprint.judge;

import static dev.snowmelt.fingerprint.judge.Samples.CONFIG;
import static dev.snowmelt.fingerprint.judge.Samples.EVIL;
import static dev.snowmelt.fingerprint.judge.Samples.INDEX;
import static dev.snowmelt.fingerprint.judge.Samples.MANIFEST;
import static dev.snowmelt.fingerprint.judge.Samples.OLD;
import static dev.snowmelt.fingerprint.judge.Samples.container;
import static dev.snowmelt.fingerprint.judge.Samples.declares;
import static dev.snowmelt.fingerprint.judge.Samples.facet;
import static dev.snowmelt.fingerprint.judge.Samples.image;
import static dev.snowmelt.fingerprint.judge.Samples.judge;
import static dev.snowmelt.fingerprint.judge.Samples.runs;
import static dev.snowmelt.fingerprint.judge.Samples.template;
import static dev.snowmelt.fingerprint.judge.Samples.told;
import static org.assertj.core.api.Assertions.assertThat;

import dev.snowmelt.v1.Declaration;
import dev.snowmelt.v1.ObservedContainer;
import dev.snowmelt.v1.Verdict.State;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What one container may report, and what follows.
class DigestRulesTest {
    private static final String REPOSITORY = "registry.test/shop/cart";
    private static final Declaration CART = declares(image("app", REPOSITORY + ":2.1@" + INDEX, MANIFEST, CONFIG));

    @ParameterizedTest
    @CsvSource({
        // containerd and CRI-O: a repository's digest, whichever it saw first
        "registry.test/shop/cart@{index},              CONFORMANT",
        "registry.test/shop/cart@{manifest},           CONFORMANT",
        "mirror.test:5000/hub/cart@{manifest},         CONFORMANT",
        "registry.test/shop/cart@{evil},               DRIFTED",
        // Docker
        "docker-pullable://registry.test/cart@{index}, CONFORMANT",
        "docker-pullable://registry.test/cart@{evil},  DRIFTED",
        "docker://{config},                            CONFORMANT",
        // the config's own digest: imported or locally built images
        "{config},                                     CONFORMANT",
        "{evil},                                       DRIFTED",
        "cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc, CONFORMANT",
        "eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee, DRIFTED",
        // not started, or nothing that identifies an image
        "'',                                           UNVERIFIED",
        "registry.test/shop/cart:2.1,                  UNVERIFIED",
        "registry.test/shop/cart@sha256:abc,           UNVERIFIED",
    })
    void judgesEveryFormOfAnImageId(String imageId, State expected) {
        String reported = imageId.replace("{index}", INDEX)
                .replace("{manifest}", MANIFEST)
                .replace("{config}", CONFIG)
                .replace("{evil}", EVIL);

        var judgement = judge(CART, facet(container(ObservedContainer.Type.APP, "app", REPOSITORY + ":2.1", reported)));

        assertThat(judgement.state()).isEqualTo(expected);
        assertThat(judgement.revision()).isEqualTo(7);
        assertThat(judgement.drifts().isEmpty()).isEqualTo(expected == State.CONFORMANT);
    }

    @Test
    void saysWhatIsDeclaredAndWhatIsThere() {
        var judgement = judge(CART, facet(runs("app", REPOSITORY + "@" + EVIL)));

        assertThat(told(judgement.drifts()))
                .containsExactly(
                        "IMAGE_MISMATCH app: " + REPOSITORY + ":2.1@" + INDEX + " -> " + REPOSITORY + "@" + EVIL);
    }

    @Test
    void acceptsDigestsWithoutAnImage() {
        var judgement = judge(declares(Samples.app("app", MANIFEST)), facet(runs("app", "x@" + MANIFEST)));

        assertThat(judgement.state()).isEqualTo(State.CONFORMANT);
    }

    @Test
    void anUnknownDigestIsAMismatchEvenWhereTheSpecIsPinnedToADeclaredOne() {
        var pinned = container(ObservedContainer.Type.APP, "app", REPOSITORY + "@" + INDEX, REPOSITORY + "@" + EVIL);

        assertThat(judge(CART, facet(pinned)).state()).isEqualTo(State.DRIFTED);
    }

    @Test
    void aSpecPinnedToAnotherDigestIsAMismatchWhateverStillRuns() {
        var edited = container(ObservedContainer.Type.APP, "app", REPOSITORY + "@" + EVIL, REPOSITORY + "@" + INDEX);

        var judgement = judge(CART, facet(edited));

        assertThat(judgement.state()).isEqualTo(State.DRIFTED);
        assertThat(judgement.drifts().getFirst().getObserved()).isEqualTo(REPOSITORY + "@" + EVIL);
    }

    @Test
    void doesNotJudgeTheImageOfAContainerThatHasNotStarted() {
        var pending = container(ObservedContainer.Type.APP, "app", REPOSITORY + "@" + EVIL, "");

        assertThat(judge(CART, facet(pending)).state()).isEqualTo(State.UNVERIFIED);
    }

    @Test
    void oneDriftedContainerOutweighsOneThatHasNotStarted() {
        var both = declares(Samples.app("app", INDEX), Samples.app("log", OLD));

        var judgement = judge(both, facet(runs("app", "x@" + EVIL), runs("log", "")));

        assertThat(judgement.state()).isEqualTo(State.DRIFTED);
        assertThat(judgement.drifts()).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource({
        // template's image, pod's image, edited?
        "shop/cart:2.1,                    shop/cart:2.1,                false",
        "shop/cart:2.1,                    mirror.test/hub/shop/cart:2.1, false", // mirrored by a webhook
        "shop/cart,                        shop/cart:latest,             false",
        "shop/cart:2.1,                    shop/cart:2.1@{index},        false", // pinned by a webhook
        "shop/cart:2.1,                    shop/cart:2.1@{evil},         true",
        "shop/cart:2.1,                    shop/cart:2.2,                true",
        "shop/cart:2.1,                    shop/toolbox:2.1,             true",
        "shop/cart:2.1@{index},            shop/cart:2.1,                true",
        "shop/cart:2.1,                    'not an image',               true",
    })
    void tellsAnImageEditedInPlaceFromOneThatAWebhookRewrote(String templates, String pods, boolean edited) {
        var template = template("5d4f", "app", templates.replace("{index}", INDEX));
        var pod = container(
                ObservedContainer.Type.APP,
                "app",
                pods.replace("{index}", INDEX).replace("{evil}", EVIL),
                "x@" + MANIFEST);

        var judgement = Judge.judge(CART, JudgeRules.DEFAULT, template, facet(pod), List.of());

        assertThat(judgement.state()).isEqualTo(edited ? State.DRIFTED : State.CONFORMANT);
    }

    @Test
    void comparesAPodOnlyWithTheTemplateItWasMadeFrom() {
        var newer = template("9999", "app", "shop/cart:2.2");
        var pod = container(ObservedContainer.Type.APP, "app", "shop/cart:2.1", "x@" + MANIFEST);

        var judgement = Judge.judge(CART, JudgeRules.DEFAULT, newer, facet(pod), List.of());

        assertThat(judgement.state()).isEqualTo(State.CONFORMANT);
    }
}
