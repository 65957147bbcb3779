package dev.snowmelt.remediator.execute;

import static dev.snowmelt.remediator.execute.Commands.EVIL;
import static dev.snowmelt.remediator.execute.Commands.live;
import static dev.snowmelt.remediator.execute.Commands.pod;
import static dev.snowmelt.remediator.execute.Commands.replace;
import static org.assertj.core.api.Assertions.assertThat;

import dev.snowmelt.v1.Command;
import dev.snowmelt.v1.Hold;
import dev.snowmelt.v1.Outcome;
import dev.snowmelt.v1.Outcome.Result;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Duplicated and reordered commands, with and without the memory of earlier ones.
class DuplicatesTerminateNothingTwiceTest {

    @Test
    void aDuplicateIsAnsweredWithTheSameOutcomeAndNoCall() {
        var executing = new Executing();

        Outcome first = executing.handle(replace("c1", pod(1)));
        int looks = executing.platform.looks();
        Outcome second = executing.handle(replace("c1", pod(1)));

        assertThat(second).isEqualTo(first);
        assertThat(executing.platform.looks()).isEqualTo(looks);
        assertThat(executing
                        .registry
                        .get("snowmelt.executor.duplicates")
                        .counter()
                        .count())
                .isEqualTo(1);
    }

    @Test
    void aForgottenDuplicateFindsNothingToTerminate() {
        var executing = new Executing();
        executing.handle(replace("c1", pod(1)));

        // Another executor, or the same after a restart: nothing is remembered, the cluster is the same.
        var restarted = new Executing();
        restarted.platform.lives(pod(2), live(EVIL));
        restarted.handle(replace("c0", pod(1)));
        Outcome again = restarted.handle(replace("c1", pod(1)));

        assertThat(again.getResult()).isEqualTo(Result.ALREADY_GONE);
        assertThat(restarted.platform.terminated()).containsExactly(pod(1));
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void anyOrderOfAnyDuplicatesTerminatesEachInstanceOnce(long seed) {
        var random = new Random(seed);
        var executing = new Executing();
        List<Command> commands = new ArrayList<>();
        for (int i = 1; i <= 10; i++) {
            executing.platform.lives(pod(i), live(EVIL));
            for (int attempt = 1; attempt <= 3; attempt++) {
                Command command = replace("v" + i + "-" + attempt, pod(i));
                commands.addAll(Collections.nCopies(1 + random.nextInt(3), command));
            }
        }
        Collections.shuffle(commands, random);

        List<Outcome> outcomes = commands.stream().map(executing::handle).toList();

        assertThat(executing.platform.terminated()).hasSize(10).doesNotHaveDuplicates();
        assertThat(outcomes)
                .allSatisfy(outcome -> assertThat(outcome.getResult()).isIn(Result.TERMINATED, Result.ALREADY_GONE));
        assertThat(outcomes.stream()
                        .filter(outcome -> outcome.getResult() == Result.TERMINATED)
                        .map(Outcome::getInstance)
                        .distinct())
                .hasSize(10);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void thatNothingWasDoneIsNotClaimedOfWhatMayHaveBeenBegunBefore(boolean again) {
        var executing = new Executing();
        executing.platform.willReply(
                new Reply.NotNow(Hold.Reason.DISRUPTION_BUDGET, "budget", Duration.ofSeconds(10)),
                new Reply.Refused("paused"),
                new Reply.Rejected("invalid"),
                new Reply.Gone("not there"));
        List<Result> negative = List.of(Result.BLOCKED, Result.REFUSED, Result.FAILED, Result.ALREADY_GONE);

        for (Result result : negative) {
            Outcome outcome = executing.handle(replace(result.name(), pod(1)), again);

            assertThat(outcome.getResult()).isEqualTo(result);
            assertThat(outcome.getEffectUnknown()).as(outcome.getDetail()).isEqualTo(again);
        }
        Outcome done = executing.handle(replace("done", pod(1)), again);
        assertThat(done.getResult()).isEqualTo(Result.TERMINATED);
        assertThat(done.getEffectUnknown()).isFalse();
    }

    @Test
    void memoryIsBounded() {
        var finished = new FinishedCommands(3);
        for (int i = 1; i <= 5; i++) {
            finished.remember(Outcome.newBuilder().setCommand("c" + i).build());
        }

        assertThat(finished.find("c2")).isEmpty();
        assertThat(finished.find("c3")).isPresent();
        assertThat(finished.find("c5")).isPresent();
    }
}
