package dev.snowmelt.sources.manifest;

import static dev.snowmelt.sources.Fixture.faults;
import static dev.snowmelt.sources.Fixture.lines;
import static org.assertj.core.api.Assertions.assertThat;

import dev.snowmelt.schemas.id.TargetId;
import dev.snowmelt.sources.Fixture;
import dev.snowmelt.sources.Found;
import dev.snowmelt.sources.Garbage;
import dev.snowmelt.sources.Input;
import dev.snowmelt.sources.SourceException;
import java.io.ByteArrayInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ManifestSourceTest {
    private static final String IN = "k8s:prod-eu/";
    private static final String DIGEST = "sha256:" + "a".repeat(64);

    @Test
    void whatHelmRendersIsDeclared() throws Exception {
        Found found = read(Fixture.text("manifest/rendered.yaml"));

        assertThat(lines(found))
                .containsExactlyInAnyOrder(
                        IN + "shop/Deployment/summer-cart:"
                                + " migrate INIT registry.example/shop/cart-migrate@sha256:" + "2".repeat(64)
                                // A native sidecar is an init container.
                                + " log-shipper INIT registry.example/shop/shipper:2@sha256:" + "3".repeat(64)
                                + " cart registry.example/shop/cart:1.4@sha256:" + "1".repeat(64),
                        IN + "team/StatefulSet/summer-store: store registry.example/shop/store@sha256:"
                                + "4".repeat(64),
                        IN + "team/DaemonSet/summer-agent: agent registry.example/shop/agent@sha256:" + "3".repeat(64));
        assertThat(found.unresolved()).isEmpty();
        assertThat(found.remarks())
                .extracting(remark -> remark.place().replaceAll(" document \\d+", "") + ": " + remark.text())
                .containsExactlyInAnyOrder(
                        "f.yaml (shop/templates/nightly.yaml): CronJob summer-nightly is not declared: Snowmelt does not watch this"
                                + " kind");
    }

    @Test
    void whatHelmRunsAroundAnInstallationIsNoWorkload() throws Exception {
        Found found = read("""
                # Source: shop/templates/tests/connection.yaml
                apiVersion: v1
                kind: Pod
                metadata: {name: test, annotations: {"helm.sh/hook": test}}
                spec: {containers: [{name: wget, image: "busybox:1.37"}]}
                ---
                # Source: shop/templates/debug.yaml
                {apiVersion: v1, kind: Pod, metadata: {name: debug}, spec: {containers: [{name: a, image: b}]}}
                """);

        assertThat(lines(found)).containsExactly(IN + "team/standalone/debug: a b");
        assertThat(found.remarks())
                .containsExactly(new Found.Remark(
                        "f.yaml document 1 (shop/templates/tests/connection.yaml)",
                        "Pod test is a Helm hook: it does not stay, so it is not declared"));
    }

    @Test
    void listsPodsAndReplicaSetsAreRead() throws Exception {
        Found found = read("""
                ---
                # nothing but a comment
                ---
                apiVersion: v1
                kind: List
                items:
                  - apiVersion: apps/v1
                    kind: ReplicaSet
                    metadata: {name: bare, namespace: shop}
                    spec: {template: {spec: {containers: [{name: a, image: "a@DIGEST"}]}}}
                  - apiVersion: apps/v1
                    kind: ReplicaSet
                    metadata: {name: owned-7d9f, ownerReferences: [{kind: Deployment, name: owned, controller: true}]}
                    spec: {template: {spec: {containers: [{name: a, image: "a:1"}]}}}
                  - {apiVersion: v1, kind: Service, metadata: {name: s}}
                ---
                apiVersion: v1
                kind: Pod
                metadata: {name: debug}
                spec: {containers: [{name: sh, image: "tools@DIGEST"}]}
                ---
                apiVersion: apps/v1
                kind: DeploymentList
                items:
                  - metadata: {name: typed, namespace: shop}
                    spec: {template: {spec: {containers: [{name: a, image: "a:1"}]}}}
                ---
                apiVersion: stable.example/v1
                kind: Deployment
                metadata: {name: of-another-group}
                """);

        assertThat(lines(found))
                .containsExactly(
                        IN + "shop/ReplicaSet/bare: a a@" + DIGEST,
                        IN + "team/standalone/debug: sh tools@" + DIGEST,
                        IN + "shop/Deployment/typed: a a:1");
        assertThat(found.remarks()).isEmpty();
    }

    @Test
    void everyFaultIsToldWithItsPlace() {
        assertThat(faults(() -> read("""
                # Source: shop/templates/a.yaml
                apiVersion: apps/v1
                kind: Deployment
                metadata: {name: 12, namespace: shop}
                spec:
                  template:
                    spec:
                      initContainers: {name: x}
                      containers:
                        - {name: cart}
                        - {image: "cart:1"}
                        - nonsense
                ---
                # Source: shop/templates/b.yaml
                apiVersion: apps/v1beta1
                kind: StatefulSet
                metadata: {name: old}
                ---
                kind: Deployment
                ---
                - a list
                ---
                apiVersion: apps/v1
                kind: DaemonSet
                metadata: {name: none}
                spec: {template: {spec: {containers: []}}}
                ---
                apiVersion: apps/v2
                kind: DaemonSet
                metadata: {name: tomorrow}
                ---
                apiVersion: v1
                kind: Pod
                metadata: {name: a/b}
                spec: {containers: [{name: a, image: b, ports: nothing}]}
                """)))
                .containsExactly(
                        "f.yaml document 1 (shop/templates/a.yaml): metadata.name: must be a text",
                        "f.yaml document 1 (shop/templates/a.yaml): spec.template.spec.initContainers: must be a list",
                        "f.yaml document 1 (shop/templates/a.yaml): spec.template.spec.containers[0].image: is missing",
                        "f.yaml document 1 (shop/templates/a.yaml): spec.template.spec.containers[1].name: is missing",
                        "f.yaml document 1 (shop/templates/a.yaml): spec.template.spec.containers[2]: must be a container: keys and"
                                + " values",
                        "f.yaml document 2 (shop/templates/b.yaml): apiVersion: apps/v1beta1 is gone since Kubernetes 1.16; write"
                                + " apps/v1 for this StatefulSet",
                        "f.yaml document 3: is no Kubernetes object: 'apiVersion' and 'kind' must be texts",
                        "f.yaml document 4: is no Kubernetes object: it must be keys and values",
                        "f.yaml document 5: spec.template.spec.containers: must list at least one container",
                        "f.yaml document 6: apiVersion: must be apps/v1, not apps/v2",
                        "f.yaml document 7: spec.containers[0].ports: is of a type that Kubernetes does not take there");
    }

    @Test
    void nothingIsConcludedFromNothing() {
        assertThat(faults(() -> read("")))
                .containsExactly("f.yaml: holds no Kubernetes object; nothing is concluded from an empty file");
        assertThat(faults(() -> read("---\n# comment\n---\n")))
                .containsExactly("f.yaml: holds no Kubernetes object; nothing is concluded from an empty file");
        assertThat(faults(() -> read("{apiVersion: v1, kind: Service, metadata: {name: s}}")))
                .containsExactly(
                        "f.yaml: there is no workload in it, only Service; Deployments, StatefulSets, DaemonSets,"
                                + " ReplicaSets and Pods can be declared");
    }

    @Test
    void oneWorkloadInTwoFilesIsAFault() {
        String cart = "{apiVersion: apps/v1, kind: Deployment, metadata: {name: cart, namespace: shop},"
                + " spec: {template: {spec: {containers: [{name: a, image: b}]}}}}";
        var source = new ManifestSource(TargetId.parse("k8s:prod-eu"), "team");

        source.read("a.yaml", cart);
        source.read("b.yaml", cart);

        assertThat(faults(source::found)).containsExactly("b.yaml: k8s:prod-eu/shop/Deployment/cart is in a.yaml too");
    }

    @Test
    void aNameThatIsMadeUpLaterIsUnresolved() throws Exception {
        Found found = read("{apiVersion: v1, kind: Pod, metadata: {generateName: x-},"
                + " spec: {containers: [{name: a, image: b}]}}");

        assertThat(found.unresolved())
                .containsExactly(new Found.Unresolved(
                        "f.yaml",
                        "the API server will make up the name ('generateName'); name it, or declare it when it runs"));
    }

    @Test
    void anchorsAndMergesAreHonoured() throws Exception {
        Found found = read("""
                apiVersion: apps/v1
                kind: Deployment
                metadata: {name: cart}
                x-base: &base {image: "a:1", name: base}
                spec:
                  template:
                    spec:
                      containers:
                        - {<<: *base, name: one}
                        - *base
                        - {<<: [{name: three}, *base]}
                """);

        assertThat(lines(found)).containsExactly(IN + "team/Deployment/cart: one a:1 base a:1 three a:1");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a: [&a 1]\na: 2 # f.yaml line 2, column 1: the key 'a' is there twice",
                "a: !!javax.script.ScriptEngineManager [] # f.yaml line 1, column 4: the tag"
                        + " 'tag:yaml.org,2002:javax.script.ScriptEngineManager' means nothing to Kubernetes; leave it away",
                "a: !ruby/object {} # f.yaml line 1, column 4: the tag '!ruby/object' means nothing to Kubernetes; leave it away",
                "a: *b # f.yaml line 1, column 4: '*b' names nothing that is complete before it",
                "a: &a [*a] # f.yaml line 1, column 8: '*a' names nothing that is complete before it",
                "? [a]\n: b # f.yaml line 1, column 3: a key must be a text",
                "{{ .Values.x }} # f.yaml line 1, column 2: a key must be a text; it looks like a template",
                "a: {{- toYaml .x }} # f.yaml line 1, column 5: a key must be a text; it looks like a template: render it first (helm"
                        + " template)",
            })
    void whatYamlCanDoAndNobodyShould(String textAndFault) {
        String[] parts = textAndFault.split(" # ", 2);

        assertThat(faults(() -> read(parts[0])).getFirst()).startsWith(parts[1]);
    }

    @Test
    void aBombOfAliasesIsRefusedBeforeItGoesOff() {
        var bomb = new StringBuilder("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
        for (int i = 1; i < 12; i++) {
            bomb.append("a").append(i).append(": &a").append(i).append(" [");
            bomb.append(("*a" + (i - 1) + ", ").repeat(10)).append("x]\n");
        }

        assertThat(faults(() -> read(bomb.toString())).getFirst())
                .endsWith("its aliases repeat more than 1000000 values; write them out");
    }

    @Test
    void aFileThatIsTooLargeIsRefusedUnread() {
        assertThat(faults(() -> read(" ".repeat(ManifestSource.LIMIT + 1))))
                .containsExactly("f.yaml: is larger than 32 MiB; split it");
    }

    @Test
    void depthIsBounded() {
        assertThat(faults(() -> read("[".repeat(100_000))).getFirst()).endsWith("is nested deeper than 200 levels");
        assertThat(faults(() -> read("- ".repeat(100_000))).getFirst()).endsWith("is nested deeper than 200 levels");
        assertThat(faults(() -> read("{a: ".repeat(100_000))).getFirst()).endsWith("is nested deeper than 200 levels");
    }

    @Test
    void garbageIsRefused() {
        Garbage.feed(
                Fixture.bytes("manifest/rendered.yaml"),
                20261123,
                bytes -> read(Input.text("f.yaml", new ByteArrayInputStream(bytes), ManifestSource.LIMIT)));
    }

    private static Found read(String text) throws SourceException {
        var source = new ManifestSource(TargetId.parse("k8s:prod-eu"), "team");
        source.read("f.yaml", text.replace("DIGEST", DIGEST));
        return source.found();
    }
}
