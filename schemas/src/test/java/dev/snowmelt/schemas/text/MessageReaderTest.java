package dev.snowmelt.schemas.text;

import static org.assertj.core.api.Assertions.assertThat;

import dev.snowmelt.v1.Declare;
import dev.snowmelt.v1.Override;
import dev.snowmelt.v1.Problem;
import dev.snowmelt.v1.Proposal;
import dev.snowmelt.v1.RemediationPolicy.Mode;
import java.util.List;
import org.junit.jupiter.api.Test;

class MessageReaderTest {
    private static final String GOOD = """
            workload: k8s:prod-eu/shop/Deployment/cart
            expectedRevision: 3
            spec:
              containers:
                - name: cart
                  image: registry.example/cart@sha256:aa
              injected: [istio-proxy]
              remediation:
                mode: ENFORCE
                gracePeriod: 90s
                maxUnavailable: 1
                rate: {count: 2, per: 3600s}
                windows:
                  - {days: [1, 2], from: "08:00", to: 17:30, zone: Europe/Berlin}
            """;

    @Test
    void readsADocument() {
        Document<Declare> document = only(MessageReader.read(GOOD, Declare.getDefaultInstance()));

        assertThat(document.problems()).isEmpty();
        Declare declare = document.message();
        assertThat(declare.getExpectedRevision()).isEqualTo(3);
        assertThat(declare.getSpec().getContainers(0).getName()).isEqualTo("cart");
        assertThat(declare.getSpec().getRemediation().getMode()).isEqualTo(Mode.ENFORCE);
        assertThat(declare.getSpec().getRemediation().getGracePeriod().getSeconds())
                .isEqualTo(90);
        assertThat(declare.getSpec().getRemediation().getMaxUnavailable()).isEqualTo("1");
        assertThat(declare.getSpec().getRemediation().getWindows(0).getTo()).isEqualTo("17:30");
        assertThat(declare.getSpec().getRemediation().getWindows(0).getDaysList())
                .containsExactly(1, 2);
    }

    @Test
    void everyFaultIsListedWithItsPath() {
        String bad = """
                workload: [k8s:prod-eu]
                expectedRevision: -1
                sepc: {}
                spec:
                  containers:
                    - name: cart
                      img: x
                    - cart
                  injected: istio-proxy
                  remediation:
                    mode: enforce
                    gracePeriod: 90
                    alsoTerminate: [STATEFULL]
                    restoreTemplate: {enabled: "yes"}
                    rate: {count: 1.5, per: 1h}
                """;

        Document<Declare> document = only(MessageReader.read(bad, Declare.getDefaultInstance()));

        assertThat(document.problems())
                .extracting(Problem::getPath)
                .containsExactly(
                        "workload",
                        "expectedRevision",
                        "sepc",
                        "spec.containers[0].img",
                        "spec.containers[1]",
                        "spec.injected",
                        "spec.remediation.mode",
                        "spec.remediation.gracePeriod",
                        "spec.remediation.alsoTerminate[0]",
                        "spec.remediation.restoreTemplate.enabled",
                        "spec.remediation.rate.count",
                        "spec.remediation.rate.per");
        assertThat(message(document, "sepc")).contains("did you mean 'spec'?");
        assertThat(message(document, "spec.containers[0].img")).contains("unknown key");
        assertThat(message(document, "spec.remediation.mode"))
                .isEqualTo("must be one of OFF, OBSERVE, APPROVE, ENFORCE, not 'enforce'; did you mean 'ENFORCE'?");
        assertThat(message(document, "spec.remediation.gracePeriod")).contains("'90s'");
        assertThat(message(document, "spec.remediation.alsoTerminate[0]")).contains("did you mean 'STATEFUL'?");
    }

    @Test
    void severalDocumentsAreNumberedAndReadOneByOne() {
        var documents = MessageReader.read(
                "---\nworkload: a\n---\n---\nworkloda: b\n---\nworkload: c\n", Declare.getDefaultInstance());

        assertThat(documents).extracting(Document::number).containsExactly(1, 2, 3);
        assertThat(documents)
                .extracting(document -> document.message().getWorkload())
                .containsExactly("a", "", "c");
        assertThat(documents.get(1).problems()).hasSize(1);
    }

    @Test
    void brokenSyntaxSaysWhere() {
        Document<Declare> document =
                only(MessageReader.read("workload: a\n  spec: [}\n", Declare.getDefaultInstance()));

        assertThat(document.problems()).singleElement().satisfies(problem -> {
            assertThat(problem.getPath()).startsWith("line 2");
            assertThat(problem.getMessage()).startsWith("not readable as YAML or JSON: ");
        });
    }

    @Test
    void aKeyWrittenTwiceIsAFault() {
        Document<Declare> document =
                only(MessageReader.read("workload: a\nworkload: b\n", Declare.getDefaultInstance()));

        assertThat(document.problems())
                .singleElement()
                .satisfies(problem -> assertThat(problem.getMessage()).contains("workload"));
    }

    @Test
    void bothSpellingsOfAKeyAreOneKey() {
        Document<Declare> document =
                only(MessageReader.read("expectedRevision: 1\nexpected_revision: 2\n", Declare.getDefaultInstance()));

        assertThat(document.problems()).extracting(Problem::getPath).containsExactly("expected_revision");
    }

    @Test
    void onlyOneMemberOfAChoiceMayBeWritten() {
        Document<Proposal> document = only(
                MessageReader.read("rollback: {workload: a}\nremoval: {workload: a}\n", Proposal.getDefaultInstance()));

        assertThat(document.problems()).singleElement().satisfies(problem -> {
            assertThat(problem.getPath()).isEqualTo("removal");
            assertThat(problem.getMessage()).contains("'rollback'");
        });
    }

    @Test
    void anAliasIsAFaultInsteadOfItsName() {
        var documents = MessageReader.read("workload: &a x\nspec:\n  injected: [*a]\n", Declare.getDefaultInstance());

        assertThat(documents.getLast().problems())
                .singleElement()
                .satisfies(problem -> assertThat(problem.getMessage()).contains("aliases"));
    }

    @Test
    void timesAreRfc3339() {
        var good = only(MessageReader.read("until: 2026-11-01T08:00:00Z", Override.getDefaultInstance()));
        var bad = only(MessageReader.read("until: tomorrow", Override.getDefaultInstance()));

        assertThat(good.problems()).isEmpty();
        assertThat(good.message().getUntil().getSeconds()).isEqualTo(1_793_520_000L);
        assertThat(bad.problems()).extracting(Problem::getPath).containsExactly("until");
    }

    @Test
    void hugeExponentsAreRefusedQuickly() {
        var document = only(MessageReader.read("expectedRevision: 1e999999999", Declare.getDefaultInstance()));

        assertThat(document.problems()).extracting(Problem::getPath).containsExactly("expectedRevision");
    }

    @Test
    void whatIsPrintedIsReadAgain() {
        Declare declare =
                only(MessageReader.read(GOOD, Declare.getDefaultInstance())).message();

        for (String text : List.of(MessageText.line(declare), MessageText.pretty(declare), MessageText.yaml(declare))) {
            Document<Declare> again = only(MessageReader.read(text, Declare.getDefaultInstance()));
            assertThat(again.problems()).isEmpty();
            assertThat(again.message()).isEqualTo(declare);
        }
        assertThat(MessageText.line(declare)).doesNotContain("\n").contains("\"gracePeriod\":\"90s\"");
        assertThat(MessageText.yaml(declare)).contains("\n  remediation:\n").doesNotContain("---");
    }

    @Test
    void printingKeepsWhatPeopleWrote() {
        var override = Override.newBuilder().setReason("it's <urgent> = 1").build();

        assertThat(MessageText.line(override)).isEqualTo("{\"reason\":\"it's <urgent> = 1\"}");
    }

    private static <M extends com.google.protobuf.Message> Document<M> only(List<Document<M>> documents) {
        assertThat(documents).hasSize(1);
        return documents.getFirst();
    }

    private static String message(Document<?> document, String path) {
        return document.problems().stream()
                .filter(problem -> problem.getPath().equals(path))
                .findFirst()
                .orElseThrow()
                .getMessage();
    }
}
