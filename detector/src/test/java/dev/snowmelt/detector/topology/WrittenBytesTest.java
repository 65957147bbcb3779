package dev.snowmelt.detector.topology;

import static dev.snowmelt.detector.topology.Sample.CART;
import static dev.snowmelt.detector.topology.Sample.WEB;
import static dev.snowmelt.detector.topology.Sample.declaration;
import static dev.snowmelt.detector.topology.Sample.observed;
import static dev.snowmelt.detector.topology.Sample.pod;
import static dev.snowmelt.detector.topology.Sample.touched;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.util.Timestamps;
import dev.snowmelt.fingerprint.judge.Judge;
import dev.snowmelt.fingerprint.judge.JudgeRules;
import dev.snowmelt.fingerprint.judge.Judgement;
import dev.snowmelt.fingerprint.judge.VerdictId;
import dev.snowmelt.v1.Evidence;
import dev.snowmelt.v1.ImageFacet;
import dev.snowmelt.v1.Verdict;
import dev.snowmelt.v1.VerdictRecord;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/// Verdicts and evidence are written by hand: byte for byte what Protobuf would write, and about
/// each instance what judging its whole image facet says.
class WrittenBytesTest {
    private static final int TRIES = 300;

    @Test
    void areWhatProtobufWouldWrite() throws InvalidProtocolBufferException {
        var random = new SplittableRandom(7);
        int told = 0;
        try (var rig = new Rig()) {
            var declaration = declaration(CART, 'a', 'b');
            rig.declare(declaration);
            for (int i = 0; i < TRIES; i++) {
                // Few pods, so that most of them change; a workload without a declaration between.
                String workload = i % 3 == 0 ? WEB : CART;
                int pod = random.nextInt(5);
                ImageFacet facet = ImageBytesTest.random(random);
                boolean touched = random.nextInt(10) == 0;
                if (touched) {
                    rig.watch(workload, touched(pod(workload, pod), rig.nowMillis()));
                }

                rig.forget().watch(workload, observed(pod(workload, pod), facet));

                byte[] written = rig.raw(Rig.key(workload, pod(workload, pod)));
                Verdict verdict = VerdictRecord.parseFrom(written).getInstance();
                assertThat(verdict.toBuilder().clearSince().clearTouchedAt().build())
                        .isEqualTo(expected(
                                workload,
                                pod(workload, pod),
                                facet,
                                Judge.judge(
                                        workload.equals(CART) ? declaration : null,
                                        JudgeRules.DEFAULT,
                                        null,
                                        facet,
                                        List.of()),
                                rig.nowMillis()));
                assertThat(verdict.hasSince()).isTrue();
                assertThat(verdict.hasTouchedAt() || !touched).isTrue();
                assertThat(written).isEqualTo(VerdictRecord.parseFrom(written).toByteArray());
                if (rig.settle().wrote(workload + "|")) {
                    told++;
                    byte[] whole = rig.raw(workload + "|");
                    assertThat(whole).isEqualTo(VerdictRecord.parseFrom(whole).toByteArray());
                    assertThat(VerdictRecord.parseFrom(whole).getWorkload().getWorkload())
                            .isEqualTo(workload);
                }
                for (byte[] evidence : rig.rawEvidence()) {
                    assertThat(evidence).isEqualTo(Evidence.parseFrom(evidence).toByteArray());
                }
            }
            assertThat(told).isPositive();
        }
    }

    private static Verdict expected(
            String workload, String instance, ImageFacet facet, Judgement judgement, long observedAt) {
        var verdict = Verdict.newBuilder()
                .setId(VerdictId.of(instance, judgement))
                .setWorkload(workload)
                .setInstance(instance)
                .setState(judgement.state())
                .addAllDrifts(judgement.drifts())
                .setRevision(judgement.revision())
                .setMatchedRevision(judgement.matchedRevision())
                .setObservedAt(Timestamps.fromMillis(observedAt - 1))
                .setReady(facet.getReady())
                .setTerminating(facet.getTerminating())
                .addAllProtections(facet.getProtectionsList())
                .setTemplate(facet.getTemplate());
        if (facet.hasCreated()) {
            verdict.setCreated(facet.getCreated());
        }
        return verdict.build();
    }
}
