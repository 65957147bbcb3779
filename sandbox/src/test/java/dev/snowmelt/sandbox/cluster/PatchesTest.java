package dev.snowmelt.sandbox.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

/// The rules of RFC 6902, RFC 7386 and of strategic merge.
class PatchesTest {

    private static final ObjectNode POD = Json.parse("""
            {"metadata": {"labels": {"a": "1", "b": "2"}, "finalizers": ["x"]},
             "spec": {"containers": [{"name": "one", "image": "i:1", "env": [{"name": "A", "value": "1"}]},
                                     {"name": "two", "image": "i:2"}],
                      "tolerations": [{"key": "k"}]}}
            """);

    private static ObjectNode apply(String kind, String patch) {
        return Patches.apply("application/" + kind + "+json", POD, patch.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void mergePatchReplacesListsAndRemovesByNull() {
        ObjectNode patched = apply(
                "merge-patch",
                "{\"metadata\": {\"labels\": {\"a\": null}}, \"spec\": {\"containers\": [{\"name\": \"only\"}]}}");

        assertThat(Json.strings(Json.at(patched, "metadata", "labels"))).containsOnlyKeys("b");
        assertThat(Json.at(patched, "spec", "containers")).hasSize(1);
        assertThat(Json.at(patched, "spec", "tolerations")).hasSize(1);
    }

    @Test
    void strategicMergeMergesContainersByNameAndKeepsTheOthers() {
        ObjectNode patched = apply("strategic-merge-patch", """
                {"spec": {"containers": [{"name": "one", "image": "i:9", "env": [{"name": "B", "value": "2"}]},
                                         {"name": "three", "image": "i:3"}],
                          "$setElementOrder/containers": [{"name": "one"}],
                          "tolerations": [{"key": "other"}]}}
                """);

        assertThat(Json.objects(Json.at(patched, "spec", "containers")))
                .extracting(c -> Json.text(c, "name") + " " + Json.text(c, "image"))
                .containsExactly("one i:9", "two i:2", "three i:3");
        assertThat(Json.at(patched, "spec", "containers").path(0).path("env")).hasSize(2);
        assertThat(Json.at(patched, "spec", "tolerations").path(0).path("key").asString(""))
                .isEqualTo("other");
        assertThat(patched.path("spec").has("$setElementOrder/containers")).isFalse();
    }

    @Test
    void strategicMergeDeletesAndReplacesByDirective() {
        ObjectNode deleted = apply(
                "strategic-merge-patch", "{\"spec\": {\"containers\": [{\"name\": \"one\", \"$patch\": \"delete\"}]}}");
        ObjectNode replaced = apply(
                "strategic-merge-patch",
                "{\"metadata\": {\"labels\": {\"$patch\": \"replace\", \"c\": \"3\"}}, \"spec\": {\"containers\": [{\"$patch\": \"replace\"}, {\"name\": \"new\"}]}}");
        ObjectNode finalizers = apply(
                "strategic-merge-patch",
                "{\"metadata\": {\"finalizers\": [\"y\"], \"$deleteFromPrimitiveList/finalizers\": [\"x\"]}}");

        assertThat(Json.objects(Json.at(deleted, "spec", "containers")))
                .extracting(c -> Json.text(c, "name"))
                .containsExactly("two");
        assertThat(Json.strings(Json.at(replaced, "metadata", "labels"))).containsOnlyKeys("c");
        assertThat(Json.at(replaced, "spec", "containers")).hasSize(1);
        assertThat(Json.at(finalizers, "metadata", "finalizers").toString()).isEqualTo("[\"y\"]");
    }

    @Test
    void jsonPatchRefusesWhatIsNotThere() {
        Refusal removed = catchThrowableOfType(
                Refusal.class, () -> apply("json-patch", "[{\"op\": \"remove\", \"path\": \"/metadata/labels/z\"}]"));
        Refusal tested = catchThrowableOfType(
                Refusal.class,
                () -> apply("json-patch", "[{\"op\": \"test\", \"path\": \"/metadata/labels/a\", \"value\": \"9\"}]"));

        assertThat(removed.code()).isEqualTo(422);
        assertThat(tested.code()).isEqualTo(422);
    }

    @Test
    void refusesServerSideApply() {
        Refusal refused = catchThrowableOfType(
                Refusal.class, () -> Patches.apply("application/apply-patch+yaml", POD, new byte[0]));

        assertThat(refused.code()).isEqualTo(415);
    }
}
