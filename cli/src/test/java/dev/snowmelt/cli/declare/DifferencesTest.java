package dev.snowmelt.cli.declare;

import static dev.snowmelt.cli.declare.Drafts.CART;
import static dev.snowmelt.cli.declare.Drafts.declare;
import static dev.snowmelt.cli.declare.Drafts.image;
import static dev.snowmelt.cli.declare.Drafts.spec;
import static org.assertj.core.api.Assertions.assertThat;

import dev.snowmelt.schemas.id.WorkloadId;
import dev.snowmelt.v1.DeclarationSpec;
import dev.snowmelt.v1.RemediationPolicy.Mode;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class DifferencesTest {
    @Test
    void fieldsAreNamedByWhatTheyBelongTo() {
        var before = spec(image('a'), image('b')).toBuilder().addInjected("istio-proxy");
        before.getRemediationBuilder().setMode(Mode.OBSERVE);
        var after = spec(image('c'), image('b')).toBuilder().addInjected("linkerd");

        assertThat(Change.between(before.build(), after.build()))
                .extracting(change -> change.path() + ": " + change.before() + " " + change.after())
                .containsExactly(
                        "containers[c0].image: \"" + image('a') + "\" \"" + image('c') + "\"",
                        "injected[istio-proxy]: \"istio-proxy\" null",
                        "injected[linkerd]: null \"linkerd\"",
                        "remediation: {\"mode\":\"OBSERVE\"} null");
    }

    @Test
    void anotherOrderIsAChangeToo() {
        var before = spec(image('a'), image('b'));
        var after = DeclarationSpec.newBuilder()
                .addContainers(before.getContainers(1))
                .addContainers(before.getContainers(0))
                .build();

        assertThat(Change.between(before, before)).isEmpty();
        assertThat(Change.between(before, after))
                .singleElement()
                .satisfies(change -> assertThat(change.path()).isEqualTo("containers[order]"));
    }

    @Test
    void linesAroundAChangeAreShown() {
        assertThat(LineDiff.of(List.of("1", "2", "3", "4", "5", "6"), List.of("1", "2", "3", "4", "x", "6")))
                .containsExactly("…", "  2", "  3", "  4", "- 5", "+ x", "  6");
        assertThat(LineDiff.of(List.of("1"), List.of("1"))).isEmpty();
        assertThat(LineDiff.of(List.of(), List.of("1"))).containsExactly("+ 1");
    }

    @Test
    void eachWorkloadSaysWhatWouldHappen() {
        WorkloadId workload = WorkloadId.parse(CART);
        var comparison = new Comparison(
                Map.of(workload, Drafts.declaration(workload, 3, "alice", spec(image('a')))), true, false);
        var differences = new Differences(Drafts.stated(
                        declare(CART, image('b')).toBuilder()
                                .setExpectedRevision(2)
                                .build(),
                        declare(Drafts.WEB, image('a')))
                .drafts()
                .stream()
                .map(comparison::plan)
                .toList());

        assertThat(differences.lines())
                .containsExactly(
                        CART + ": revision 3 by alice at 1970-01-01T00:00:00Z [file.yaml]",
                        "  would be refused: expectedRevision is 2, but the newest revision is 3",
                        "    containers:",
                        "      - name: c0",
                        "  -     image: " + image('a'),
                        "  +     image: " + image('b'),
                        "\n" + Drafts.WEB + ": not declared yet [file.yaml]",
                        "  + containers:",
                        "  +   - name: c0",
                        "  +     image: " + image('a'),
                        "\n2 would change, 0 unchanged.");
        assertThat(differences.tree().at("/workloads/0/changes/0/path")).hasToString("\"spec.containers[c0].image\"");
        assertThat(differences.tree().at("/workloads/1/result")).hasToString("\"NEW\"");
    }
}
