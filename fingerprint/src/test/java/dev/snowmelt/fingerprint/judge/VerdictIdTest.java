package dev.snowmelt.fingerprint.judge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.snowmelt.schemas.id.InstanceId;
import dev.snowmelt.v1.Drift;
import dev.snowmelt.v1.Verdict.State;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class VerdictIdTest {
    private static final String POD = "k8s:prod-eu/shop/pod/cart-7d9f-x2x4l/0f1e";

    private static Judgement judgement(State state, long revision, String... subjects) {
        return new Judgement(
                state,
                List.of(subjects).stream()
                        .map(subject -> Comparison.drift(Drift.Kind.IMAGE_MISMATCH, subject, "a", "b"))
                        .toList(),
                revision,
                0);
    }

    @Test
    void neverChanges() {
        // Ids of earlier versions stand in topics: a change here would issue every command again.
        assertThat(VerdictId.of(POD, judgement(State.CONFORMANT, 1))).isEqualTo("283682eee975064b76353d76b0ce8548");
        assertThat(VerdictId.of(POD, judgement(State.DRIFTED, 7, "app", "log")))
                .isEqualTo("0f1568e03857b5ada718ef09a8725ecf");
    }

    @Test
    void isTheSameForTheInstanceAndItsText() {
        var judgement = judgement(State.DRIFTED, 7, "app");

        assertThat(VerdictId.of(InstanceId.parse(POD), judgement)).isEqualTo(VerdictId.of(POD, judgement));
    }

    @Test
    void differsWithEverythingThatMakesTheFinding() {
        assertThat(Set.of(
                        VerdictId.of(POD, judgement(State.DRIFTED, 7, "app")),
                        VerdictId.of(POD + "2", judgement(State.DRIFTED, 7, "app")),
                        VerdictId.of(POD, judgement(State.OUTDATED, 7, "app")),
                        VerdictId.of(POD, judgement(State.DRIFTED, 8, "app")),
                        VerdictId.of(POD, judgement(State.DRIFTED, 7, "apps")),
                        VerdictId.of(POD, judgement(State.DRIFTED, 7, "app", "")),
                        VerdictId.of(POD, judgement(State.DRIFTED, 7, "", "app")),
                        VerdictId.of(POD, judgement(State.DRIFTED, 7))))
                .hasSize(8);
    }

    @Test
    void ofAMillionFindingsAreAllDifferent() {
        var random = new Random(20_261_123);
        var seen = new HashSet<String>();
        for (int i = 0; i < 1_000_000; i++) {
            var hash = new Hash128();
            hash.add(i >>> 4);
            hash.add(Integer.toString(i & 15));
            hash.add(random.nextInt(2));
            seen.add(hash.end().toString().substring(8, 24));
        }

        assertThat(seen).hasSize(1_000_000);
    }
}
