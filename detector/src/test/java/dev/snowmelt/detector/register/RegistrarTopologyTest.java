package dev.snowmelt.detector.register;

import static dev.snowmelt.detector.register.Proposals.CART;
import static dev.snowmelt.detector.register.Proposals.TARGET;
import static dev.snowmelt.detector.register.Proposals.declare;
import static dev.snowmelt.detector.register.Proposals.declareExpecting;
import static dev.snowmelt.detector.register.Proposals.override;
import static dev.snowmelt.detector.register.Proposals.removal;
import static dev.snowmelt.detector.register.Proposals.resolution;
import static dev.snowmelt.detector.register.Proposals.resolved;
import static dev.snowmelt.detector.register.Proposals.rollback;
import static dev.snowmelt.detector.register.Proposals.spec;
import static dev.snowmelt.detector.register.Proposals.withdrawal;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.util.Timestamps;
import dev.snowmelt.schemas.id.OverrideKey;
import dev.snowmelt.schemas.id.RecordId;
import dev.snowmelt.schemas.id.WorkloadId;
import dev.snowmelt.schemas.topic.DeadLetter;
import dev.snowmelt.schemas.topic.Topic;
import dev.snowmelt.schemas.topic.Topics;
import dev.snowmelt.schemas.trust.TrustedKeys;
import dev.snowmelt.streams.StreamsSettings;
import dev.snowmelt.v1.Answer;
import dev.snowmelt.v1.Declaration;
import dev.snowmelt.v1.Override;
import dev.snowmelt.v1.Override.Kind;
import dev.snowmelt.v1.Problem;
import dev.snowmelt.v1.Proposal;
import dev.snowmelt.v1.Revision;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Properties;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.TestOutputTopic;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.test.TestRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RegistrarTopologyTest {
    private static final Instant START = Instant.parse("2026-11-01T08:00:00Z");
    private static final Topics TOPICS = new Topics("snowmelt.", 3);

    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private TopologyTestDriver driver;
    private TestInputTopic<byte[], byte[]> proposals;
    private TestOutputTopic<RecordId, Answer> answers;
    private TestOutputTopic<WorkloadId, Declaration> declarations;
    private TestOutputTopic<OverrideKey, Override> overrides;
    private TestOutputTopic<byte[], byte[]> deadLetters;

    @BeforeEach
    void start(@TempDir Path stateDir) {
        var properties = new Properties();
        properties.putAll(StreamsSettings.of("unused:9092", stateDir).streamsConfig(Registrar.application(TOPICS)));
        driver = new TopologyTestDriver(
                new RegistrarTopology(TOPICS, TrustedKeys.NONE, meters).build(), properties, START);
        proposals = driver.createInputTopic(
                TOPICS.proposals().name(), new ByteArraySerializer(), new ByteArraySerializer());
        answers = output(TOPICS.answers());
        declarations = output(TOPICS.declarations());
        overrides = output(TOPICS.overrides());
        deadLetters = driver.createOutputTopic(
                TOPICS.deadLetters().name(), new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    @AfterEach
    void stop() {
        driver.close();
    }

    @Test
    void numbersKeepsTheHistoryAndAnswers() {
        propose(declare(CART, 1));
        propose(declare(CART, 2));

        assertThat(answers.readKeyValuesToList())
                .extracting(
                        answer -> answer.key.toString(),
                        answer -> answer.value.getAccepted().getRevision())
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple("0-0", 1L), org.assertj.core.groups.Tuple.tuple("0-1", 2L));
        List<TestRecord<WorkloadId, Declaration>> written = declarations.readRecordsToList();
        assertThat(written).hasSize(2);
        Declaration newest = written.getLast().value();
        assertThat(newest.getWorkload()).isEqualTo(CART);
        assertThat(newest.getRevisionsList()).extracting(Revision::getNumber).containsExactly(2L, 1L);
        assertThat(newest.getRevisions(0).getDeclaredBy()).isEqualTo("anna");
        assertThat(newest.getRevisions(0).getReason()).isEqualTo("release 1.4");
        assertThat(newest.getRevisions(0).getDeclaredAt())
                .isEqualTo(Timestamps.fromMillis(START.plusSeconds(1).toEpochMilli()));
        assertThat(newest.getRevisions(1).getSpec()).isEqualTo(spec(1));
    }

    @Test
    void keepsTwentyRevisions() {
        for (int build = 1; build <= 25; build++) {
            propose(declare(CART, build));
        }

        Declaration newest = declarations.readValuesToList().getLast();
        assertThat(newest.getRevisionsCount()).isEqualTo(20);
        assertThat(newest.getRevisions(0).getNumber()).isEqualTo(25);
        assertThat(newest.getRevisions(19).getNumber()).isEqualTo(6);
    }

    @Test
    void whatIsInForceAlreadyIsAnsweredUnchanged() {
        propose(declare(CART, 1));
        propose(declare(CART, 1));

        assertThat(lastAnswer().getAccepted().getUnchanged()).isTrue();
        assertThat(declarations.readValuesToList()).hasSize(1);
    }

    @Test
    void anotherThanTheExpectedRevisionIsRefused() {
        propose(declareExpecting(CART, 1, 0));
        propose(declareExpecting(CART, 2, 0));

        assertThat(lastAnswer().getRefused().getProblemsList()).singleElement().satisfies(problem -> {
            assertThat(problem.getPath()).isEqualTo("expectedRevision");
            assertThat(problem.getMessage()).contains("is 0, but revision 1 was declared by anna 1 s ago");
        });
        assertThat(declarations.readValuesToList()).hasSize(1);
    }

    @Test
    void aRollbackDeclaresAnEarlierRevisionUnderANewNumber() {
        propose(declare(CART, 1));
        propose(declare(CART, 2));
        propose(declare(CART, 3));
        propose(rollback(CART, 1));

        Declaration newest = declarations.readValuesToList().getLast();
        assertThat(newest.getRevisions(0).getNumber()).isEqualTo(4);
        assertThat(newest.getRevisions(0).getSpec()).isEqualTo(spec(1));
        assertThat(newest.getRevisions(0).getReason()).isEqualTo("rollback to revision 1: release 1.4");
    }

    @Test
    void aRollbackWithoutANumberGoesOneBack() {
        propose(declare(CART, 1));
        propose(declare(CART, 2));
        propose(rollback(CART, 0));

        assertThat(declarations.readValuesToList().getLast().getRevisions(0).getSpec())
                .isEqualTo(spec(1));
    }

    @Test
    void aRollbackToNowhereIsRefused() {
        propose(rollback(CART, 0));
        assertThat(lastProblem().getMessage()).isEqualTo("nothing is declared");

        propose(declare(CART, 1));
        propose(rollback(CART, 0));
        assertThat(lastProblem().getMessage()).isEqualTo("there is no revision before 1");

        propose(rollback(CART, 7));
        assertThat(lastProblem().getMessage()).isEqualTo("revision 7 is not known; known are 1 to 1");
    }

    @Test
    void aNumberIsNotUsedTwiceAfterARemoval() {
        propose(declare(CART, 1));
        propose(declare(CART, 2));
        propose(removal(CART));
        propose(declare(CART, 3));

        List<@Nullable Declaration> written = declarations.readValuesToList();
        assertThat(written.get(2)).as("a tombstone").isNull();
        assertThat(written.get(3).getRevisionsList())
                .extracting(Revision::getNumber)
                .containsExactly(3L);
    }

    @Test
    void removingWhatIsNotDeclaredChangesNothing() {
        propose(removal(CART));

        assertThat(lastAnswer().getAccepted().getUnchanged()).isTrue();
        assertThat(declarations.isEmpty()).isTrue();
    }

    @Test
    void workloadsAreNumberedApart() {
        propose(declare(CART, 1));
        propose(declare("k8s:prod-eu/shop/Deployment/web", 1));

        assertThat(declarations.readValuesToList())
                .extracting(declaration -> declaration.getRevisions(0).getNumber())
                .containsExactly(1L, 1L);
    }

    @Test
    void aRefusalListsEveryProblemAndWritesNothing() {
        propose(declare("k8s:prod-eu/shop/CronJob/cart", 1).toBuilder()
                .setDeclare(declare("k8s:prod-eu/shop/CronJob/cart", 1).getDeclare().toBuilder()
                        .clearSpec())
                .build());

        assertThat(lastAnswer().getRefused().getProblemsList())
                .extracting(Problem::getPath)
                .containsExactly("workload", "spec.containers");
        assertThat(declarations.isEmpty()).isTrue();
    }

    @Test
    void aResolutionIsPublishedWithItsDeclaration() {
        propose(declare(CART, 1));
        propose(resolution(CART, 1, resolved(70, true)));
        propose(resolution(CART, 1, resolved(70, true)));

        assertThat(answers.readValuesToList())
                .extracting(
                        answer -> answer.getAccepted().getRevision(),
                        answer -> answer.getAccepted().getUnchanged())
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple(1L, false),
                        org.assertj.core.groups.Tuple.tuple(1L, false),
                        org.assertj.core.groups.Tuple.tuple(1L, true));
        assertThat(declarations.readValuesToList())
                .hasSize(2)
                .last()
                .satisfies(declaration -> assertThat(declaration.getRevisions(0).getResolvedList())
                        .hasSize(1));
    }

    @Test
    void anOverrideSaysWhoAndWhenAndRepeatsNothing() {
        propose(override(TARGET, Kind.PAUSE, CART));
        propose(override(TARGET, Kind.PAUSE, CART));

        assertThat(overrides.readRecordsToList()).singleElement().satisfies(record -> {
            assertThat(record.key()).hasToString(TARGET + "|PAUSE|" + CART);
            assertThat(record.value().getBy()).isEqualTo("anna");
            assertThat(record.value().getAt()).isEqualTo(Timestamps.fromMillis(START.toEpochMilli()));
        });
        assertThat(lastAnswer().getAccepted().getUnchanged()).isTrue();
    }

    @Test
    void aFleetWideOverrideGoesToEveryPartition() {
        propose(override("*", Kind.SUSPENSION, TARGET));

        assertThat(overrides.readKeyValuesToList())
                .hasSize(TOPICS.partitions())
                .allMatch(record -> record.key.toString().equals("*|SUSPENSION|" + TARGET));
    }

    @Test
    void resumingEndsThePauseOfTheSameSubject() {
        propose(override(TARGET, Kind.PAUSE, TARGET));
        propose(override(TARGET, Kind.PAUSE, CART));
        propose(override(TARGET, Kind.RESUME, TARGET));

        assertThat(overrides.readKeyValuesToMap())
                .containsEntry(OverrideKey.parse(TARGET + "|PAUSE|" + TARGET), null)
                .hasEntrySatisfying(
                        OverrideKey.parse(TARGET + "|PAUSE|" + CART),
                        pause -> assertThat(pause).isNotNull())
                .hasEntrySatisfying(
                        OverrideKey.parse(TARGET + "|RESUME|" + TARGET),
                        resume -> assertThat(resume).isNotNull());
    }

    @Test
    void resumingTwiceMeansMoreThanOnce() {
        propose(override(TARGET, Kind.RESUME, TARGET));
        propose(override(TARGET, Kind.RESUME, TARGET));

        assertThat(overrides.readValuesToList())
                .extracting(resume -> resume.getAt().getSeconds())
                .containsExactly(START.getEpochSecond(), START.getEpochSecond() + 1);
    }

    @Test
    void aWithdrawalEndsAnOverrideOnce() {
        propose(override(TARGET, Kind.EXEMPTION, CART));
        propose(withdrawal(TARGET, Kind.EXEMPTION, CART));
        assertThat(lastAnswer().getAccepted().getUnchanged()).isFalse();
        propose(withdrawal(TARGET, Kind.EXEMPTION, CART));

        assertThat(lastAnswer().getAccepted().getUnchanged()).isTrue();
        assertThat(overrides.readValuesToList()).hasSize(2).last().isNull();
    }

    @Test
    void anOverrideAboutNothingIsRefused() {
        propose(override("nowhere", Kind.PAUSE, ""));
        assertThat(lastAnswer().getRefused().getProblemsList())
                .extracting(Problem::getPath)
                .contains("override.target", "override.subject");

        propose(override(TARGET, Kind.PAUSE, "k8s:prod-us"));
        assertThat(lastProblem().getMessage()).isEqualTo("'k8s:prod-us' is not in k8s:prod-eu");

        propose(override(TARGET, Kind.ALERT_GATE, "slo"));
        assertThat(lastProblem().getPath()).isEqualTo("override.until");
    }

    @Test
    void anUnreadableProposalIsBuriedAndAnswered() {
        proposals.pipeInput(utf8("key"), utf8("garbage"));

        assertThat(deadLetters.readRecordsToList()).singleElement().satisfies(record -> {
            assertThat(record.key()).isEqualTo(utf8("key"));
            assertThat(record.value()).isEqualTo(utf8("garbage"));
            assertThat(header(record, DeadLetter.TOPIC)).isEqualTo("snowmelt.proposals");
            assertThat(header(record, DeadLetter.PARTITION)).isEqualTo("0");
            assertThat(header(record, DeadLetter.OFFSET)).isEqualTo("0");
            assertThat(header(record, DeadLetter.STAGE)).isEqualTo("registrar");
            assertThat(header(record, DeadLetter.ERROR)).contains("neither a Protobuf Proposal nor its JSON");
        });
        assertThat(lastAnswer().hasRefused()).isTrue();
        assertThat(meters.get("snowmelt.dead.letters").counter().count()).isEqualTo(1);

        propose(declare(CART, 1));
        assertThat(lastAnswer().hasAccepted()).isTrue();
    }

    @Test
    void anEmptyRecordIsBuriedToo() {
        proposals.pipeInput(new TestRecord<>(utf8("key"), null, null, START));

        assertThat(deadLetters.readRecordsToList()).hasSize(1);
    }

    @Test
    void faultyJsonIsAnsweredWithEveryFault() {
        proposals.pipeInput(null, utf8("{\"declare\": {\"workloda\": \"x\", \"spec\": {\"containers\": 1}}}"));

        assertThat(lastAnswer().getRefused().getProblemsList())
                .extracting(Problem::getPath)
                .containsExactly("declare.workloda", "declare.spec.containers");
        assertThat(deadLetters.readRecordsToList()).hasSize(1);
    }

    @Test
    void s6AnAnswerStaysSmallWhateverIsWrong() {
        String fields = IntStream.range(0, 9_000)
                .mapToObj(i -> "\"x" + i + "y".repeat(80) + "\": 1")
                .collect(Collectors.joining(","));
        proposals.pipeInput(null, utf8("{" + fields + "}"));

        List<Problem> problems = lastAnswer().getRefused().getProblemsList();
        assertThat(problems)
                .hasSize(101)
                .last()
                .satisfies(problem -> assertThat(problem.getMessage()).matches("and \\d+ more"));
        propose(override(TARGET, Kind.PAUSE, "ü".repeat(400_000)));
        assertThat(lastAnswer().getSerializedSize()).isLessThan(10_000);
    }

    @Test
    void s6ASubjectStaysSmall() {
        propose(override(TARGET, Kind.ALERT_GATE, "g".repeat(1_025)));

        assertThat(lastAnswer().getRefused().getProblemsList())
                .extracting(Problem::getPath)
                .contains("override.subject");
    }

    @Test
    void s6ATimestampBeforeTheEpochIsNoReasonToStop() {
        proposals.pipeInput(new TestRecord<>(null, declare(CART, 1).toByteArray(), null, Instant.ofEpochMilli(-1)));

        assertThat(lastAnswer().hasAccepted()).isTrue();
    }

    private void propose(Proposal proposal) {
        proposals.pipeInput(new TestRecord<>(null, proposal.toByteArray(), null, START.plusSeconds(proposed++)));
    }

    private int proposed;

    private Answer lastAnswer() {
        return answers.readValuesToList().getLast();
    }

    private Problem lastProblem() {
        return lastAnswer().getRefused().getProblems(0);
    }

    private <K, V> TestOutputTopic<K, V> output(Topic<K, V> topic) {
        return driver.createOutputTopic(
                topic.name(),
                topic.keySerde().deserializer(),
                topic.valueSerde().deserializer());
    }

    private static String header(TestRecord<?, ?> record, String name) {
        return new String(record.headers().lastHeader(name).value(), UTF_8);
    }

    private static byte[] utf8(String text) {
        return text.getBytes(UTF_8);
    }
}
