package dev.snowmelt.sources.registry;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What may be in a manifest. The shapes are those of the OCI image specification 1.1 and of
/// Docker's schema 2.
class ManifestParserTest {
    private static final String A = "sha256:" + "a".repeat(64);
    private static final String B = "sha256:" + "b".repeat(64);

    private static Manifest parse(String contentType, String body) {
        return ManifestParser.parse(A, contentType, body.getBytes(UTF_8));
    }

    private static String config(String digest) {
        return "\"config\":{\"mediaType\":\"application/vnd.oci.image.config.v1+json\",\"size\":2,\"digest\":\""
                + digest + "\"},\"layers\":[]";
    }

    @Test
    void readsAnImage() {
        assertThat(parse(ManifestParser.DOCKER_MANIFEST, "{\"schemaVersion\":2," + config(B) + "}"))
                .isEqualTo(new Manifest.Image(A, ManifestParser.DOCKER_MANIFEST, B));
        assertThat(parse(
                        "application/json",
                        "{\"schemaVersion\":2,\"mediaType\":\"" + ManifestParser.OCI_MANIFEST + "\"," + config(B)
                                + "}"))
                .isEqualTo(new Manifest.Image(A, ManifestParser.OCI_MANIFEST, B));
    }

    @Test
    void leavesOutOfAnIndexOnlyWhatNoNodeTakes() {
        String entry = "{\"mediaType\":\"m\",\"digest\":\"%s\",\"size\":1%s}";
        String image =
                entry.formatted(A, ",\"platform\":{\"os\":\"linux\",\"architecture\":\"arm\",\"variant\":\"v7\"}");
        String attestation = entry.formatted(
                B,
                ",\"annotations\":{\"vnd.docker.reference.type\":\"attestation-manifest\"}"
                        + ",\"platform\":{\"os\":\"unknown\",\"architecture\":\"unknown\"}");
        String calledOne = entry.formatted(
                B,
                ",\"annotations\":{\"vnd.docker.reference.type\":\"attestation-manifest\"}"
                        + ",\"platform\":{\"os\":\"linux\",\"architecture\":\"amd64\"}");
        String signature = entry.formatted(B, ",\"artifactType\":\"application/vnd.dev.cosign\"");
        String plain = entry.formatted(B, "");

        var index = parse(
                ManifestParser.OCI_INDEX,
                "{\"manifests\":[" + String.join(",", image, attestation, calledOne, signature, plain) + "]}");

        assertThat(index)
                .isInstanceOfSatisfying(
                        Manifest.Index.class,
                        found -> assertThat(found.children())
                                .containsExactly(
                                        new Manifest.Child(A, "m", new Platform("linux", "arm", "v7")),
                                        new Manifest.Child(B, "m", new Platform("linux", "amd64", "")),
                                        new Manifest.Child(B, "m", null),
                                        new Manifest.Child(B, "m", null)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{%1$s,'Config':{'digest':'x'}}",
                "{%1$s,'layer\u017f':[]}",
                "{%1$s,'x':{'deep':[{'Digest':'x'}]}}",
                "{%1$s,'manifest\u017f':[]}",
                "{'mediaType':'m','MEDIATYPE':'m',%1$s}",
                "{%1$s,'config':{'digest':'x'}}",
                "{%1$s,'x':{'a':1,'a':2}}"
            })
    void refusesWhatARuntimeMayReadOtherwise(String body) {
        String text = body.replace('\'', '"').formatted(config(B));

        assertThatThrownBy(() -> parse(ManifestParser.OCI_MANIFEST, text))
                .isInstanceOf(IllegalArgumentException.class)
                .message()
                .containsAnyOf("but for its case", "names a key twice");
    }

    @Test
    void theKeysOfAnnotationsAreAnybodys() {
        assertThat(parse(
                        ManifestParser.OCI_MANIFEST,
                        "{" + config(B) + ",\"annotations\":{\"Config\":\"x\",\"DIGEST\":\"y\"}}"))
                .isInstanceOf(Manifest.Image.class);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{}                                                       | neither an image nor an index",
                "[]                                                       | no JSON object",
                "nonsense                                                 | no JSON object",
                "''                                                       | no JSON object",
                "{'manifests':[],'config':{}}                             | neither an image nor an index",
                "{'manifests':[],'layers':[]}                             | neither an image nor an index",
                "{'manifests':{}}                                         | lists nothing",
                "{'manifests':[{'digest':'sha256:xyz'}]}                  | no well-formed digest",
                "{'schemaVersion':1,'fsLayers':[]}                        | retired schema 1",
                "{'mediaType':'application/vnd.cncf.helm','manifests':[]} | is no image's",
            })
    void refusesWhatIsNoImage(String body, String why) {
        assertThatThrownBy(() -> parse(ManifestParser.OCI_INDEX, body.replace('\'', '"')))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(why);
    }

    @Test
    void refusesAnImageThatIsCalledAnIndex() {
        assertThatThrownBy(() -> parse(ManifestParser.OCI_INDEX, "{" + config(B) + "}"))
                .hasMessageContaining("lists nothing");
        assertThatThrownBy(() -> parse(ManifestParser.OCI_MANIFEST, "{\"manifests\":[]}"))
                .hasMessageContaining("has no config");
    }
}
