package dev.snowmelt.remediator.topology;

import static dev.snowmelt.remediator.plan.Samples.CART;
import static dev.snowmelt.remediator.plan.Samples.START;
import static dev.snowmelt.remediator.plan.Samples.pod;
import static dev.snowmelt.remediator.plan.Samples.verdict;
import static org.assertj.core.api.Assertions.assertThat;

import dev.snowmelt.remediator.plan.Samples;
import dev.snowmelt.schemas.id.InstanceId;
import dev.snowmelt.schemas.trace.Tracing;
import dev.snowmelt.v1.Command;
import dev.snowmelt.v1.Verdict.State;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// On which verdict a command's step hangs.
class WaysTest {
    private static final String NONE = "none";

    /// Parent and beginning of each step.
    private final List<String> steps = new ArrayList<>();

    private final Ways ways = new Ways((name, parent, began, _) -> {
        steps.add(name + " " + text(parent) + " "
                + began.minusMillis(START.toEpochMilli()).toEpochMilli());
        return new Tracing.Step() {
            @Override
            public byte[] header() {
                return bytes(name);
            }

            @Override
            public void end(Instant at) {}
        };
    });

    @Test
    void aCommandHangsOnTheVerdictThatToldItsFindingFirst() {
        judged(1, State.DRIFTED, "finding", "edited", 1);
        judged(1, State.DRIFTED, "finding", "not ready any more", 2);
        judged(1, State.DRIFTED, "finding", null, 3);
        planned(1, 9);

        assertThat(steps).containsExactly("plan edited 1");
    }

    @Test
    void anotherFindingIsAnotherWay() {
        judged(1, State.DRIFTED, "finding", "edited", 1);
        judged(1, State.DRIFTED, "another", "edited again", 2);
        planned(1, 9);
        judged(1, State.CONFORMANT, "", "declared", 10);
        judged(1, State.DRIFTED, "another", "edited back", 11);
        planned(1, 12);

        assertThat(steps).containsExactly("plan edited again 2", "plan edited back 11");
    }

    @Test
    void whatAListFoundFirstHangsOnNoLaterEvent() {
        judged(1, State.DRIFTED, "finding", null, 1);
        judged(1, State.DRIFTED, "finding", "not ready any more", 2);
        planned(1, 9);

        assertThat(steps).containsExactly("plan none 1");
    }

    @Test
    void theNewestFindingsAreKept() {
        judged(0, State.DRIFTED, "old", "first", 0);
        for (int i = 1; i < 4_096; i++) {
            judged(i, State.DRIFTED, "finding", "edited", i);
        }
        judged(0, State.DRIFTED, "new", "edited again", 5_000);
        judged(4_096, State.DRIFTED, "finding", "edited", 5_001);
        planned(0, 6_000);
        planned(1, 6_000);

        assertThat(steps)
                .as("the new finding of 0 pushed none out, that of 4096 the oldest")
                .containsExactly("plan edited again 5000", "plan none 6000");
    }

    private void judged(int pod, State state, String finding, @Nullable String header, long at) {
        InstanceId instance = pod(CART, pod);
        var headers = new RecordHeaders();
        if (header != null) {
            headers.add(Tracing.HEADER, bytes(header));
        }
        ways.judged(
                Samples.key(CART, instance),
                verdict(CART, instance, state).setId(finding).build(),
                headers,
                START.plusMillis(at));
    }

    private void planned(int pod, long at) {
        ways.planned(
                CART,
                Command.newBuilder()
                        .setId("command")
                        .setInstance(pod(CART, pod).toString())
                        .build(),
                START.plusMillis(at));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    private static String text(byte @Nullable [] header) {
        return header == null ? NONE : new String(header, StandardCharsets.US_ASCII);
    }
}
