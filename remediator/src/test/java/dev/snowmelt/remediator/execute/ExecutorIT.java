package dev.snowmelt.remediator.execute;

import static dev.snowmelt.remediator.execute.Commands.CART;
import static dev.snowmelt.remediator.execute.Commands.ENFORCE;
import static dev.snowmelt.remediator.execute.Commands.EVIL;
import static dev.snowmelt.remediator.execute.Commands.NOON;
import static dev.snowmelt.remediator.execute.Commands.declaration;
import static dev.snowmelt.remediator.execute.Commands.live;
import static dev.snowmelt.remediator.execute.Commands.pod;
import static dev.snowmelt.remediator.execute.Commands.replace;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.snowmelt.sandbox.kafka.EmbeddedKafka;
import dev.snowmelt.schemas.id.OverrideKey;
import dev.snowmelt.schemas.topic.DeadLetter;
import dev.snowmelt.v1.Command;
import dev.snowmelt.v1.Outcome;
import dev.snowmelt.v1.Outcome.Result;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Executors over a real broker and a platform in memory.
@Timeout(120)
class ExecutorIT {
    private static EmbeddedKafka kafka;

    private ExecutorHarness harness;

    @BeforeAll
    static void startKafka() {
        kafka = EmbeddedKafka.start(1);
    }

    @AfterAll
    static void stopKafka() {
        kafka.close();
    }

    @BeforeEach
    void prepare() {
        harness = new ExecutorHarness(kafka);
        harness.declare(declaration(7, ENFORCE));
        harness.platform.lives(pod(1), live(EVIL));
    }

    @AfterEach
    void closeHarness() {
        harness.close();
    }

    @Test
    void carriesOutACommandAnswersAndCommits() {
        harness.command(replace("c1", pod(1)));

        try (var executor = harness.start()) {
            Outcome outcome = harness.awaitOutcome("c1");

            assertThat(outcome.getResult()).as(outcome.getDetail()).isEqualTo(Result.TERMINATED);
            assertThat(harness.platform.terminated()).containsExactly(pod(1));
            await().untilAsserted(() -> assertThat(harness.committed()).isEqualTo(1));
            assertThat(executor.health()).isEqualTo(new Executor.Health(true, ""));
            assertThat(harness.registry
                            .get("snowmelt.executor.outcomes")
                            .tag("result", "terminated")
                            .counter()
                            .count())
                    .isEqualTo(1);
        }
        assertThat(harness.outcomes()).hasSize(1);
    }

    @Test
    void s10RefusesACommandWhoseRevisionWasReplacedAMomentBefore() {
        try (var executor = harness.start()) {
            await().atMost(Duration.ofSeconds(40)).until(() -> executor.health().ready());
            for (int i = 0; i < 20; i++) {
                harness.platform.lives(pod(100 + i), live(EVIL));
                harness.declare(declaration(8 + i, ENFORCE));
                harness.command(replace("stale" + i, pod(100 + i)).toBuilder()
                        .setRevision(7 + i)
                        .build());
            }

            harness.awaitOutcome("stale19");
        }
        assertThat(harness.outcomes())
                .hasSize(20)
                .allSatisfy(outcome -> assertThat(outcome.getResult()).isEqualTo(Result.REFUSED));
        assertThat(harness.platform.terminated()).isEmpty();
    }

    @Test
    void aPauseReachesWhatWasIssuedBeforeAndItsEndToo() {
        var pause = dev.snowmelt.v1.Override.newBuilder()
                .setBy("anna")
                .setReason("audit")
                .build();
        List<OverrideKey> keys = List.of(
                OverrideKey.parse("*|PAUSE|*"),
                OverrideKey.parse(Commands.TARGET + "|PAUSE|" + CART),
                OverrideKey.parse(Commands.TARGET + "|EXEMPTION|" + pod(1)));
        try (var executor = harness.start()) {
            await().atMost(Duration.ofSeconds(40)).until(() -> executor.health().ready());
            for (OverrideKey key : keys) {
                harness.say(key, pause);
                harness.command(replace("during " + key, pod(1)));

                Outcome refused = harness.awaitOutcome("during " + key);
                assertThat(refused.getResult()).as(refused.getDetail()).isEqualTo(Result.REFUSED);
                assertThat(refused.getDetail()).contains("by anna: audit");
                assertThat(refused.getEffectUnknown()).as("nobody else had it").isFalse();
                harness.say(key, null);
            }
            assertThat(harness.platform.terminated()).isEmpty();
            harness.command(replace("after", pod(1)));

            assertThat(harness.awaitOutcome("after").getResult()).isEqualTo(Result.TERMINATED);
        }
    }

    @Test
    void aDeclarationThatCannotBeReadIsNotTheOneBeforeIt() {
        harness.send(new ProducerRecord<>(
                harness.topics.declarations().name(),
                harness.topics.declarations().partitionOf(CART),
                harness.key(CART),
                new byte[] {(byte) 0xff, 0x01}));
        harness.command(replace("c1", pod(1)));

        try (var _ = harness.start()) {
            Outcome blocked = harness.awaitOutcome("c1");
            assertThat(blocked.getResult()).isEqualTo(Result.BLOCKED);
            assertThat(blocked.getEffectUnknown()).as("it was there before").isTrue();
        }
        assertThat(harness.platform.terminated()).isEmpty();
        assertThat(harness.read(harness.topics.deadLetters().name())).hasSize(1);
    }

    @Test
    void s6UnreadableCommandsGoToTheDeadLettersAndNothingElseIsLost() {
        String commands = harness.topics.commands().name();
        int partition = Objects.requireNonNull(harness.topics.commands().partitionOf(CART));
        byte[] garbage = {(byte) 0xff, 0x01};
        harness.send(new ProducerRecord<>(commands, partition, harness.key(CART), garbage));
        harness.send(new ProducerRecord<>(commands, partition, null, garbage));
        harness.send(new ProducerRecord<>(
                commands,
                (partition + 1) % harness.topics.partitions(),
                harness.key(CART),
                replace("misplaced", pod(1)).toByteArray()));
        harness.command(replace("c1", pod(1)));

        try (var _ = harness.start()) {
            assertThat(harness.awaitOutcome("c1").getResult()).isEqualTo(Result.TERMINATED);
            await().untilAsserted(() -> assertThat(
                            harness.read(harness.topics.deadLetters().name()))
                    .hasSize(3));
        }
        List<ConsumerRecord<byte[], byte[]>> letters =
                harness.read(harness.topics.deadLetters().name());
        assertThat(letters).allSatisfy(letter -> {
            assertThat(header(letter, DeadLetter.TOPIC)).isEqualTo(commands);
            assertThat(header(letter, DeadLetter.STAGE)).isEqualTo("executor");
            assertThat(header(letter, DeadLetter.ERROR)).isNotBlank();
        });
        assertThat(letters).filteredOn(letter -> letter.value().length == 2).hasSize(2);
        assertThat(harness.outcomes()).extracting(Outcome::getCommand).containsExactly("c1");
        assertThat(harness.registry.get("snowmelt.dead.letters").counter().count())
                .isEqualTo(3);
    }

    private static String header(ConsumerRecord<byte[], byte[]> record, String name) {
        return new String(record.headers().lastHeader(name).value(), StandardCharsets.UTF_8);
    }

    @Test
    void duplicatesAndReorderedCommandsTerminateNothingTwiceOverRestarts() {
        var random = new Random(4);
        List<Command> commands = new ArrayList<>();
        for (int i = 1; i <= 8; i++) {
            harness.platform.lives(pod(i), live(EVIL));
            for (int attempt = 1; attempt <= 2; attempt++) {
                commands.addAll(Collections.nCopies(2, replace("v" + i + "-" + attempt, pod(i))));
            }
        }
        Collections.shuffle(commands, random);

        for (List<Command> part :
                List.of(commands.subList(0, 11), commands.subList(11, 22), commands.subList(22, 32))) {
            part.forEach(harness::command);
            try (var _ = harness.start()) {
                harness.awaitOutcome(part.getLast().getId());
            }
        }
        try (var _ = harness.start()) {
            await().atMost(Duration.ofSeconds(40))
                    .untilAsserted(() -> assertThat(harness.outcomes().stream()
                                    .map(Outcome::getCommand)
                                    .distinct())
                            .hasSize(16));
        }

        assertThat(harness.platform.terminated()).hasSize(8).doesNotHaveDuplicates();
    }

    @Test
    void anExecutorThatStopsBetweenCallAndAnswerRepeatsSafely() {
        harness.command(replace("c1", pod(1)));
        // The call takes effect, and the process is gone before anybody hears of it.
        harness.platform.uponLook(() -> {
            throw new StackOverflowError("stands for the end of the process");
        });
        try (var executor = harness.start()) {
            await().atMost(Duration.ofSeconds(40))
                    .untilAsserted(() -> assertThat(executor.health().problem()).contains("without an answer"));
        }
        assertThat(harness.outcomes()).isEmpty();
        assertThat(harness.committed()).isZero();
        harness.platform.uponLook(() -> {});
        harness.platform.terminate(pod(1), live(EVIL));

        try (var _ = harness.start()) {
            Outcome outcome = harness.awaitOutcome("c1");

            assertThat(outcome.getResult()).isEqualTo(Result.ALREADY_GONE);
        }
        assertThat(harness.platform.terminated()).containsExactly(pod(1));
    }

    @Test
    void keepsTheOrderOfAWorkload() {
        for (int i = 0; i < 30; i++) {
            harness.platform.lives(pod(i), live(EVIL));
            harness.command(replace("c" + i, pod(i)));
        }

        try (var _ = harness.start()) {
            harness.awaitOutcome("c29");
        }

        assertThat(harness.platform.terminated())
                .containsExactlyElementsOf(java.util.stream.IntStream.range(0, 30)
                        .mapToObj(Commands::pod)
                        .toList());
    }

    @Test
    void leavesExpiredCommandsOfAnOutageAlone() {
        harness.command(replace("c1", pod(1)));
        Instant later = NOON.plus(Duration.ofHours(1));

        try (var _ = harness.start(() -> later)) {
            assertThat(harness.awaitOutcome("c1").getResult()).isEqualTo(Result.REFUSED);
        }
        assertThat(harness.platform.terminated()).isEmpty();
    }

    @Test
    void closesWithinTenSeconds() {
        var executor = harness.start();
        await().atMost(Duration.ofSeconds(40)).until(() -> executor.health().ready());
        long before = System.nanoTime();

        executor.close();

        assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(10));
        assertThat(executor.health().ready()).isFalse();
    }
}
