package dev.snowmelt.remediator.topology;

import static dev.snowmelt.remediator.plan.Samples.CART;
import static dev.snowmelt.remediator.plan.Samples.TARGET;
import static dev.snowmelt.remediator.plan.Samples.enforce;
import static dev.snowmelt.remediator.plan.Samples.key;
import static dev.snowmelt.remediator.plan.Samples.override;
import static dev.snowmelt.remediator.plan.Samples.pod;
import static dev.snowmelt.remediator.plan.Samples.record;
import static dev.snowmelt.remediator.plan.Samples.verdict;
import static dev.snowmelt.remediator.plan.Samples.workload;
import static org.assertj.core.api.Assertions.assertThat;

import dev.snowmelt.remediator.guard.Times;
import dev.snowmelt.schemas.id.OverrideKey;
import dev.snowmelt.schemas.topic.DeadLetter;
import dev.snowmelt.v1.Command;
import dev.snowmelt.v1.Hold.Reason;
import dev.snowmelt.v1.Outcome;
import dev.snowmelt.v1.Outcome.Result;
import dev.snowmelt.v1.Override.Kind;
import dev.snowmelt.v1.Remediation.Phase;
import dev.snowmelt.v1.Verdict.State;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.streams.test.TestRecord;
import org.junit.jupiter.api.Test;

/// What the topology adds to the rules: reading, time, sinks, meters.
class PlannerTopologyTest {
    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static void oneDrifted(PlannerDriver planner) {
        planner.say(workload(CART, 3, 3));
        planner.say(verdict(CART, pod(CART, 1), State.CONFORMANT));
        planner.say(verdict(CART, pod(CART, 2), State.CONFORMANT));
        planner.say(verdict(CART, pod(CART, 3), State.DRIFTED));
        planner.settle(TARGET);
    }

    @Test
    void unreadableRecordsGoToTheDeadLettersAndNothingElseIsLost() {
        try (var planner = new PlannerDriver()) {
            var raw = new ByteArraySerializer();
            var verdicts =
                    planner.driver.createInputTopic(planner.topics.verdicts().name(), raw, raw);
            var outcomes =
                    planner.driver.createInputTopic(planner.topics.outcomes().name(), raw, raw);
            var overrides =
                    planner.driver.createInputTopic(planner.topics.overrides().name(), raw, raw);
            verdicts.pipeInput(bytes("no key at all"), bytes("x"), planner.now());
            verdicts.pipeInput(bytes(CART + "|"), bytes("no message"), planner.now());
            verdicts.pipeInput(
                    bytes(CART + "|"),
                    record(verdict(CART, pod(CART, 1), State.DRIFTED)).toByteArray(),
                    planner.now());
            outcomes.pipeInput(
                    bytes(CART.toString()),
                    Outcome.newBuilder().setInstance("nonsense").build().toByteArray(),
                    planner.now());
            outcomes.pipeInput(bytes(CART.toString()), null, planner.now());
            overrides.pipeInput(bytes("k8s:prod-eu|NAP|k8s:prod-eu"), bytes("{}"), planner.now());
            oneDrifted(planner);

            var letters = planner.output(planner.topics.deadLetters()).readRecordsToList();
            assertThat(letters)
                    .hasSize(6)
                    .allSatisfy(letter -> assertThat(letter.headers()
                                    .lastHeader(DeadLetter.ERROR)
                                    .value())
                            .isNotEmpty());
            assertThat(planner.meters.get("snowmelt.dead.letters").counter().count())
                    .isEqualTo(6);
            assertThat(planner.issued()).hasSize(1);
        }
    }

    @Test
    void aTimeFromBeyondTheCalendarStopsNothing() {
        try (var planner = new PlannerDriver()) {
            var never = com.google.protobuf.Timestamp.newBuilder()
                    .setSeconds(Long.MAX_VALUE)
                    .setNanos(-1);
            planner.say(workload(CART, 3, 3).setDeclaredAt(never));
            planner.say(verdict(CART, pod(CART, 1), State.DRIFTED)
                    .setSince(never)
                    .setCreated(never)
                    .setTouchedAt(never));
            planner.settle(TARGET);

            assertThat(planner.issued()).isEmpty();
            assertThat(planner.remediation(key(CART, pod(CART, 1)))).isNotNull();
        }
    }

    @Test
    void theGracePeriodEndsByTheClockAlone() {
        try (var planner = new PlannerDriver()) {
            planner.settle(TARGET);
            planner.say(
                    workload(CART, 3, 3).setPolicy(enforce().setGracePeriod(Times.protobuf(Duration.ofSeconds(60)))));
            planner.say(verdict(CART, pod(CART, 3), State.DRIFTED).setSince(Times.timestamp(planner.now())));
            planner.say(verdict(CART, pod(CART, 1), State.CONFORMANT));
            planner.say(verdict(CART, pod(CART, 2), State.CONFORMANT));
            planner.pass(Duration.ofSeconds(59));
            assertThat(planner.issued()).isEmpty();
            planner.pass(Duration.ofSeconds(2));

            assertThat(planner.issued()).hasSize(1);
        }
    }

    @Test
    void aPauseHoldsUntilItIsWithdrawn() {
        try (var planner = new PlannerDriver()) {
            var pause = new OverrideKey(Optional.of(TARGET), Kind.PAUSE, TARGET.toString());
            planner.overrides.pipeInput(
                    pause,
                    override(Kind.PAUSE, TARGET.toString(), planner.now()).build(),
                    planner.now());
            oneDrifted(planner);
            assertThat(planner.issued()).isEmpty();
            planner.pass(Duration.ofSeconds(1));
            assertThat(planner.meters.get("snowmelt.planner.paused").gauge().value())
                    .isEqualTo(1);
            assertThat(planner.meters
                            .get("snowmelt.planner.holds")
                            .tag("reason", "paused")
                            .gauge()
                            .value())
                    .isEqualTo(1);
            planner.overrides.pipeInput(new TestRecord<>(pause, null, planner.now()));
            planner.pass(Duration.ofSeconds(1));

            assertThat(planner.issued()).hasSize(1);
        }
    }

    @Test
    void holdsAreWrittenWhenTheirReasonChangesAndNotBefore() {
        try (var planner = new PlannerDriver()) {
            planner.settle(TARGET);
            planner.say(
                    workload(CART, 3, 3).setPolicy(enforce().setMode(dev.snowmelt.v1.RemediationPolicy.Mode.OBSERVE)));
            for (int i = 0; i < 20; i++) {
                planner.say(verdict(CART, pod(CART, 3), State.DRIFTED));
                planner.settle(TARGET);
                planner.pass(Duration.ofMinutes(10));
            }

            assertThat(planner.remediations.readValuesToList())
                    .singleElement()
                    .satisfies(remediation ->
                            assertThat(remediation.getHold().getReason()).isEqualTo(Reason.MODE));
        }
    }

    @Test
    void metersCountWhereRemediationsStandAndHowLongTheyTook() {
        try (var planner = new PlannerDriver()) {
            oneDrifted(planner);
            Command command = planner.issued().getFirst();
            planner.pass(Duration.ofSeconds(1));
            assertThat(inPhase(planner, "issued")).isEqualTo(1);
            planner.answer(command, Result.TERMINATED);
            planner.answer(command, Result.TERMINATED);
            planner.gone(key(CART, pod(CART, 3)));
            planner.pass(Duration.ofSeconds(1));
            planner.say(verdict(CART, pod(CART, 4), State.CONFORMANT).setCreated(Times.timestamp(planner.now())));

            assertThat(inPhase(planner, "issued")).isZero();
            assertThat(inPhase(planner, "replaced")).isEqualTo(1);
            assertThat(planner.meters
                            .get("snowmelt.planner.replacement")
                            .timer()
                            .count())
                    .isEqualTo(1);
            assertThat(planner.meters.get("snowmelt.planner.issue").timer().count())
                    .isEqualTo(1);
            assertThat(planner.meters
                            .get("snowmelt.planner.outcomes.ignored")
                            .counter()
                            .count())
                    .isEqualTo(1);
        }
    }

    private static double inPhase(PlannerDriver planner, String phase) {
        return planner.meters
                .get("snowmelt.planner.remediations")
                .tag("phase", phase)
                .gauge()
                .value();
    }

    @Test
    void evidenceTellsOfTheOrderAndOfItsEnd() {
        try (var planner = new PlannerDriver()) {
            oneDrifted(planner);
            Command command = planner.issued().getFirst();
            planner.pass(Duration.ofSeconds(1));
            planner.answer(command, Result.TERMINATED);
            planner.gone(key(CART, pod(CART, 3)));
            planner.pass(Duration.ofSeconds(1));
            planner.say(verdict(CART, pod(CART, 4), State.CONFORMANT).setCreated(Times.timestamp(planner.now())));

            assertThat(planner.output(planner.topics.evidence()).readValuesToList())
                    .extracting(evidence -> evidence.getRemediation().getPhase())
                    .containsExactly(Phase.ISSUED, Phase.REPLACED);
        }
    }
}
