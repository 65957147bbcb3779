package dev.snowmelt.detector.topology;

import static dev.snowmelt.detector.topology.Sample.CART;
import static dev.snowmelt.detector.topology.Sample.container;
import static dev.snowmelt.detector.topology.Sample.content;
import static dev.snowmelt.detector.topology.Sample.declaration;
import static dev.snowmelt.detector.topology.Sample.facet;
import static dev.snowmelt.detector.topology.Sample.observed;
import static dev.snowmelt.detector.topology.Sample.pod;
import static dev.snowmelt.detector.topology.Sample.status;
import static org.assertj.core.api.Assertions.assertThat;

import dev.snowmelt.schemas.topic.DeadLetter;
import dev.snowmelt.v1.ImageFacet;
import dev.snowmelt.v1.Observation;
import dev.snowmelt.v1.Verdict;
import java.nio.charset.StandardCharsets;
import org.apache.kafka.streams.test.TestRecord;
import org.junit.jupiter.api.Test;

/// S6: whatever may be observed, what comes of it fits into a record that brokers take by default.
class S6TooLargeTest {
    /// `message.max.bytes` of a broker is 1,048,588, with the batch's frame.
    private static final int TAKEN_BY_DEFAULT = 1_000_000;

    private static ImageFacet large(int containers, int bytesEach) {
        var facet = facet('a').toBuilder();
        for (int i = 0; i < containers; i++) {
            facet.addContainers(container("c" + i, 'b').toBuilder().setImage("x".repeat(bytesEach)));
        }
        return facet.build();
    }

    private static Observation says(int pod, String container, int bytes) {
        return content(pod(CART, pod), container, "root", "x".repeat(bytes));
    }

    private static String error(TestRecord<byte[], byte[]> letter) {
        return new String(letter.headers().lastHeader(DeadLetter.ERROR).value(), StandardCharsets.UTF_8);
    }

    @Test
    void whatIsWrittenOfTheLargestObservationsFits() {
        try (var rig = new Rig()) {
            rig.declare(declaration(CART, 'a'))
                    .watch(CART, observed(pod(CART, 1), large(40, 12_000)))
                    .watch(CART, status(CART, 1, 1, "x".repeat(500_000)))
                    .agent(CART, says(1, "app", 180_000))
                    .agent(CART, says(1, "c1", 180_000))
                    .settle();

            assertThat(rig.deadLetters()).isEmpty();
            assertThat(rig.verdict(CART, 1).getState()).isEqualTo(Verdict.State.DRIFTED);
            assertThat(rig.verdict(CART, 1).getSerializedSize()).isLessThan(64 << 10);
            assertThat(rig.verdict(CART).getDrifts(0).getSerializedSize()).isLessThan(4 << 10);
            assertThat(rig.largest()).isLessThan(TAKEN_BY_DEFAULT);
        }
    }

    @Test
    void aLargerObservationIsPutAsideAndWhatWasKnownStays() {
        try (var rig = new Rig()) {
            rig.declare(declaration(CART, 'a')).watch(CART, observed(pod(CART, 1), 'a'));

            rig.watch(CART, observed(pod(CART, 1), large(1, 700_000)))
                    .watch(CART, status(CART, 1, 1, "x".repeat(700_000)))
                    .watch(CART, observed(pod(CART, 2), 'b'));

            assertThat(rig.deadLetters())
                    .hasSize(2)
                    .allSatisfy(letter -> assertThat(error(letter))
                            .contains("an observation of 700")
                            .contains("at most 524288"));
            assertThat(rig.records("dead_letter")).isEqualTo(2);
            assertThat(rig.verdict(CART, 1).getState()).isEqualTo(Verdict.State.CONFORMANT);
            assertThat(rig.verdict(CART, 2).getState()).isEqualTo(Verdict.State.DRIFTED);
        }
    }

    @Test
    void aLargerDeclarationIsPutAside() {
        try (var rig = new Rig()) {
            var large = declaration(CART, 'b').toBuilder();
            large.getRevisionsBuilder(0)
                    .getSpecBuilder()
                    .getContainersBuilder(0)
                    .addDigests("x".repeat(1_000_000));
            rig.declare(declaration(CART, 'a')).watch(CART, observed(pod(CART, 1), 'a'));

            rig.declare(large.build());

            assertThat(rig.deadLetters())
                    .singleElement()
                    .satisfies(letter -> assertThat(error(letter)).contains("a declaration of 1000"));
            assertThat(rig.verdict(CART, 1).getState()).isEqualTo(Verdict.State.CONFORMANT);
        }
    }

    @Test
    void agentsSpeakOfContainersThatAreThere() {
        try (var rig = new Rig()) {
            rig.declare(declaration(CART, 'a')).watch(CART, observed(pod(CART, 1), 'a'));

            rig.agent(CART, content(pod(CART, 1), "nowhere", "root"))
                    .agent(CART, content(pod(CART, 1), "app", "root"))
                    .agent(CART, content(pod(CART, 1), "", "root"));

            assertThat(rig.deadLetters())
                    .singleElement()
                    .satisfies(letter -> assertThat(error(letter)).contains("no container 'nowhere'"));
        }
    }

    @Test
    void agentsSayOfAnInstanceNoMoreThanCanBeKept() {
        try (var rig = new Rig()) {
            for (int i = 0; i < 70; i++) {
                rig.agent(CART, content(pod(CART, 1), "c" + i, "root"));
            }
            assertThat(rig.deadLetters()).hasSize(6);

            for (int i = 0; i < 5; i++) {
                rig.agent(CART, says(2, "c" + i, 100_000));
            }

            assertThat(rig.deadLetters())
                    .hasSize(2)
                    .allSatisfy(letter -> assertThat(error(letter)).contains("what agents say of the instance"));
            assertThat(rig.largest()).isLessThan(TAKEN_BY_DEFAULT);
        }
    }

    @Test
    void aKeyIsNoNovel() {
        try (var rig = new Rig()) {
            String workload = Sample.workload("x".repeat(5_000));

            rig.watch(workload, observed(pod(CART, 1), 'a'))
                    .watch(CART, observed(pod(CART, 1) + "x".repeat(5_000), 'a'));

            assertThat(rig.deadLetters()).hasSize(2);
        }
    }
}
