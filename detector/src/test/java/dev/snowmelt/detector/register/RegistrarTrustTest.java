package dev.snowmelt.detector.register;

import static dev.snowmelt.detector.register.Proposals.CART;
import static dev.snowmelt.detector.register.Proposals.TARGET;
import static dev.snowmelt.detector.register.Proposals.declare;
import static dev.snowmelt.detector.register.Proposals.declareLarge;
import static dev.snowmelt.detector.register.Proposals.override;
import static dev.snowmelt.detector.register.Proposals.resolution;
import static dev.snowmelt.detector.register.Proposals.resolved;
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
import dev.snowmelt.schemas.trust.Envelope;
import dev.snowmelt.schemas.trust.SignedProposal;
import dev.snowmelt.schemas.trust.TrustedKeys;
import dev.snowmelt.streams.StreamsSettings;
import dev.snowmelt.v1.Answer;
import dev.snowmelt.v1.Declaration;
import dev.snowmelt.v1.Override;
import dev.snowmelt.v1.Override.Kind;
import dev.snowmelt.v1.Proposal;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Properties;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.TestOutputTopic;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.test.TestRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RegistrarTrustTest {
    private static final Instant START = Instant.parse("2026-11-01T08:00:00Z");
    private static final Topics TOPICS = new Topics("snowmelt.", 3);
    private static final byte[] KEY = "cart".getBytes(UTF_8);

    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private Signers signers;
    private TopologyTestDriver driver;
    private TestInputTopic<byte[], byte[]> proposals;
    private TestOutputTopic<RecordId, Answer> answers;
    private TestOutputTopic<WorkloadId, Declaration> declarations;
    private TestOutputTopic<OverrideKey, Override> overrides;
    private TestOutputTopic<byte[], byte[]> deadLetters;
    private Instant now = START;

    @TempDir
    private Path folder;

    @BeforeEach
    void start() {
        signers = new Signers(folder);
        start(signers.trusting("anna", "ben"));
    }

    private void start(TrustedKeys trusted) {
        var properties = new Properties();
        properties.putAll(StreamsSettings.of("unused:9092", folder).streamsConfig(Registrar.application(TOPICS)));
        driver = new TopologyTestDriver(new RegistrarTopology(TOPICS, trusted, meters).build(), properties, START);
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
    void whatATrustedKeySignedTakesForceAndSaysWhoSigned() {
        write(signed("anna", declare(CART, 1)));
        write(signed("ben", override(TARGET, Kind.EXEMPTION, CART)));

        assertThat(declarations.readValuesToList())
                .singleElement()
                .satisfies(declaration -> assertThat(declaration.getRevisions(0).getSignedBy())
                        .isEqualTo(signers.key("anna").id()));
        assertThat(overrides.readValuesToList())
                .singleElement()
                .satisfies(exemption -> assertThat(exemption.getSignedBy())
                        .isEqualTo(signers.key("ben").id()));
        assertThat(deadLetters.isEmpty()).isTrue();
    }

    @Test
    void protobufIsSignedAsWell() {
        Proposal proposal = expiring(declare(CART, 1), START.plusSeconds(60));
        write(signers.key("anna")
                .sign(SignedProposal.PROTOBUF, proposal.toByteArray())
                .line()
                .getBytes(UTF_8));

        assertThat(lastAnswer().hasAccepted()).isTrue();
    }

    @Test
    void theLargestDeclarationFitsIntoAnEnvelope() {
        byte[] large = signed("anna", declareLarge(CART, 1));
        write(large);

        assertThat(lastAnswer().hasAccepted()).isTrue();
        assertThat(large.length).isBetween(150_000, Envelope.LARGEST);
    }

    @Test
    void whatIsNotSignedIsBuriedRefusedAndCounted() {
        byte[] value = declare(CART, 1).toByteArray();
        write(value);

        assertThat(declarations.isEmpty()).isTrue();
        assertThat(deadLetters.readRecordsToList()).singleElement().satisfies(record -> {
            assertThat(record.key()).isEqualTo(KEY);
            assertThat(record.value()).isEqualTo(value);
            assertThat(header(record, DeadLetter.ERROR)).startsWith("not trusted: it is not signed");
            assertThat(header(record, DeadLetter.OFFSET)).isEqualTo("0");
        });
        assertThat(refusal()).contains("snowmelt sign");
        assertThat(count(Distrust.UNSIGNED)).isEqualTo(1);
    }

    @Test
    void everyChangeThatIsNoStopNeedsASignature() {
        write(override(TARGET, Kind.RESUME, TARGET).toByteArray());
        write(override(TARGET, Kind.EXEMPTION, CART).toByteArray());
        write(withdrawal(TARGET, Kind.PAUSE, TARGET).toByteArray());
        write(resolution(CART, 1, resolved(1, true)).toByteArray());

        assertThat(count(Distrust.UNSIGNED)).isEqualTo(4);
        assertThat(overrides.isEmpty()).isTrue();
    }

    @Test
    void aKeyThatIsNotTrustedDoesNotCount() {
        write(signed("eve", declare(CART, 1)));

        assertThat(refusal())
                .contains("no key of 'trust.keys'")
                .contains(signers.key("eve").id());
        assertThat(count(Distrust.UNKNOWN_KEY)).isEqualTo(1);
        assertThat(deadLetters.readRecordsToList()).hasSize(1);
    }

    /// Every part that is changed on the way: what is said, by whom, until when, the signature, the
    /// type.
    @Test
    void whatWasChangedDoesNotCount() {
        String envelope = new String(signed("anna", declare(CART, 1)), UTF_8);
        String payload = between(envelope, "\"payload\":\"", "\"");
        String json = new String(Base64.getDecoder().decode(payload), UTF_8);
        List<String> changed = List.of(
                json.replace("0001\"", "0002\""),
                json.replace("anna", "anne"),
                json.replace(":01:00Z", ":02:00Z"),
                json.replace(",\"reason\"", ", \"reason\""));
        for (String each : changed) {
            assertThat(each).isNotEqualTo(json);
            write(utf8(envelope.replace(payload, Base64.getEncoder().encodeToString(utf8(each)))));
        }
        String signature = between(envelope, "\"sig\":\"", "\"");
        write(utf8(envelope.replace(signature, (signature.charAt(0) == 'A' ? "B" : "A") + signature.substring(1))));
        write(utf8(envelope.replace("+json", "+protobuf")));

        assertThat(count(Distrust.BAD_SIGNATURE)).isEqualTo(6);
        assertThat(declarations.isEmpty()).isTrue();
        assertThat(deadLetters.readRecordsToList()).hasSize(6);

        write(utf8(envelope));
        assertThat(lastAnswer().hasAccepted()).as("what was not changed").isTrue();
    }

    /// A key may sign other things for other systems: none of them becomes a proposal.
    @Test
    void aSignatureOverAnotherKindOfMessageDoesNotCount() {
        Proposal proposal = expiring(declare(CART, 1), START.plusSeconds(60));
        byte[] json = dev.snowmelt.schemas.text.MessageText.line(proposal).getBytes(UTF_8);
        for (String type : List.of("application/vnd.in-toto+json", "", SignedProposal.PROTOBUF)) {
            write(signers.key("anna").sign(type, json).line().getBytes(UTF_8));
        }
        write(signers.key("anna")
                .sign(SignedProposal.JSON, proposal.toByteArray())
                .line()
                .getBytes(UTF_8));

        assertThat(count(Distrust.PAYLOAD_TYPE)).isEqualTo(4);
        assertThat(declarations.isEmpty()).isTrue();
    }

    @Test
    void anEnvelopeThatIsNoneDoesNotCount() {
        write(utf8("{\"payload\": \"AA==\", \"signatures\": []}"));
        write(utf8("{\"payload\": \"!\", \"signatures\": [{\"sig\": \"AA==\"}]}"));

        assertThat(count(Distrust.MALFORMED)).isEqualTo(2);
        assertThat(deadLetters.readRecordsToList()).hasSize(2);
    }

    @Test
    void aSignedProposalThatIsWrongInItselfIsToldSo() {
        write(signers.key("anna")
                .sign(SignedProposal.JSON, utf8("{\"declare\": {\"workloda\": \"x\"}}"))
                .line()
                .getBytes(UTF_8));

        assertThat(lastAnswer().getRefused().getProblems(0).getPath()).isEqualTo("declare.workloda");
        assertThat(count(Distrust.PAYLOAD_TYPE)).isZero();
    }

    @Test
    void aSignatureCountsWithinItsTimeAlone() {
        write(signers.key("anna")
                .sign(SignedProposal.PROTOBUF, declare(CART, 1).toByteArray())
                .line()
                .getBytes(UTF_8));
        assertThat(count(Distrust.NO_EXPIRY)).isEqualTo(1);

        write(signers.sign("anna", declare(CART, 1), START));
        assertThat(count(Distrust.EXPIRED)).isEqualTo(1);

        write(signers.sign("anna", declare(CART, 1), START.plus(Duration.ofHours(25))));
        assertThat(count(Distrust.EXPIRES_TOO_LATE)).isEqualTo(1);

        write(signers.sign("anna", declare(CART, 1), START.plus(Duration.ofHours(24))));
        assertThat(lastAnswer().hasAccepted()).isTrue();
    }

    /// A record's time is the word of whoever wrote it, who may be somebody else than who signed.
    @Test
    void theRecordsTimeDecidesNothing() {
        byte[] late = signers.sign("anna", declare(CART, 1), START.plusSeconds(60));
        passes(Duration.ofMinutes(2));
        write(late, START);
        assertThat(count(Distrust.EXPIRED)).isEqualTo(1);

        write(signers.sign("anna", declare(CART, 1), now.plusSeconds(60)), now.plus(Duration.ofMinutes(6)));
        assertThat(count(Distrust.FROM_THE_FUTURE)).isEqualTo(1);
    }

    @Test
    void theSameIsDecidedAboutOnceHoweverItIsWritten() {
        byte[] once = signed("anna", override(TARGET, Kind.RESUME, TARGET));
        write(once);
        write(once);
        String envelope = new String(once, UTF_8);
        write(utf8(envelope.replace("{\"payload\"", "{\"note\":1, \"payload\"")));
        write(utf8(envelope.replace("\"signatures\":[", "\"signatures\":[{\"sig\":\"AA==\"},")));
        byte[] byBen = signed("ben", override(TARGET, Kind.RESUME, TARGET));
        write(byBen);

        assertThat(count(Distrust.REPLAYED)).isEqualTo(4);
        assertThat(overrides.readValuesToList()).hasSize(1);
        assertThat(refusal()).contains("decided about as proposal 0-0");
        assertThat(deadLetters.readRecordsToList()).hasSize(4).first().satisfies(record -> {
            assertThat(record.key()).isEqualTo(KEY);
            assertThat(record.value()).isEqualTo(once);
            assertThat(header(record, DeadLetter.TOPIC)).isEqualTo("snowmelt.proposals");
            assertThat(header(record, DeadLetter.OFFSET)).isEqualTo("1");
        });
    }

    @Test
    void whatWasRefusedWasDecidedAboutToo() {
        byte[] conflicting = signed("anna", Proposals.declareExpecting(CART, 1, 7));
        write(conflicting);
        write(conflicting);

        assertThat(count(Distrust.REPLAYED)).isEqualTo(1);
    }

    /// Forgetting frees the store, and still nothing counts twice, not even after clocks were set
    /// back.
    @Test
    void whatExpiredIsForgottenAndNeverCountsAgain() {
        byte[] one = signers.sign("anna", declare(CART, 1), START.plusSeconds(60));
        write(one);
        assertThat(driver.getKeyValueStore(DecideProposal.SIGNATURES).approximateNumEntries())
                .isEqualTo(1);

        passes(Duration.ofMinutes(3));

        assertThat(driver.getKeyValueStore(DecideProposal.SIGNATURES).approximateNumEntries())
                .as("how far it has forgotten")
                .isEqualTo(1);
        var memory = new SignatureMemory(driver.getKeyValueStore(DecideProposal.SIGNATURES));
        var replay = dev.snowmelt.v1.QueuedProposal.newBuilder()
                .setProposal(expiring(declare(CART, 1), START.plusSeconds(60)))
                .setSignature(dev.snowmelt.v1.CheckedSignature.newBuilder().setContent("content"))
                .build();
        assertThat(memory.remember(replay, START))
                .hasValueSatisfying(untrusted -> assertThat(untrusted.why()).isEqualTo(Distrust.EXPIRED));
    }

    @Test
    void stopsCountUnsigned() {
        write(override(TARGET, Kind.PAUSE, CART).toByteArray());
        write(override("*", Kind.SUSPENSION, TARGET).toByteArray());
        write(signed("eve", override("*", Kind.PAUSE, "*")));
        byte[] late = signers.sign("anna", override(TARGET, Kind.PAUSE, TARGET), START);
        write(late);

        assertThat(overrides.readKeyValuesToMap().keySet())
                .extracting(OverrideKey::toString)
                .containsExactlyInAnyOrder(
                        TARGET + "|PAUSE|" + CART, "*|SUSPENSION|" + TARGET, "*|PAUSE|*", TARGET + "|PAUSE|" + TARGET);
        assertThat(deadLetters.isEmpty()).isTrue();
    }

    @Test
    void aReplayedStopIsAnUnsignedOne() {
        byte[] pause = signed("anna", override(TARGET, Kind.PAUSE, TARGET));
        write(pause);
        write(signed("anna", override(TARGET, Kind.RESUME, TARGET)));
        write(pause);

        assertThat(overrides.readValuesToList().getLast().getSignedBy()).isEmpty();
        assertThat(count(Distrust.REPLAYED)).isZero();
    }

    /// An unsigned word must not set terminations free: neither by ending a stop sooner nor by
    /// making it older than a resume.
    @Test
    void anUnsignedStopDoesNotWeakenTheOneInForce() {
        write(signed("anna", override(TARGET, Kind.PAUSE, TARGET)));
        write(signed("anna", override("*", Kind.SUSPENSION, TARGET)), START.plusSeconds(100));
        overrides.readValuesToList();

        write(until(override(TARGET, Kind.PAUSE, TARGET), START.plusSeconds(5)).toByteArray());
        assertThat(lastAnswer().getAccepted().getUnchanged()).isTrue();
        assertThat(overrides.isEmpty()).isTrue();

        write(
                until(override("*", Kind.SUSPENSION, TARGET), START.plusSeconds(5))
                        .toByteArray(),
                START.minusSeconds(100));
        Override suspension = overrides.readValuesToList().getLast();
        assertThat(suspension.hasUntil()).isFalse();
        assertThat(suspension.getAt())
                .isEqualTo(Timestamps.fromMillis(START.plusSeconds(100).toEpochMilli()));

        write(signed("ben", until(override(TARGET, Kind.PAUSE, TARGET), START.plusSeconds(5))));
        assertThat(overrides.readValuesToList().getLast().hasUntil())
                .as("whoever may resume may also shorten")
                .isTrue();
    }

    @Test
    void aStopFromTheFutureIsOfNow() {
        write(override("*", Kind.SUSPENSION, TARGET).toByteArray(), START.plus(Duration.ofDays(30_000)));

        assertThat(overrides.readValuesToList().getFirst().getAt())
                .as("else no resume could lift it")
                .isEqualTo(Timestamps.fromMillis(START.toEpochMilli()));
    }

    @Test
    void whatIsDeclaredAlreadyIsAdoptedByASignature() {
        write(signed("anna", declare(CART, 1)));
        write(signers.sign("ben", declare(CART, 1), START.plusSeconds(80)));
        write(signers.sign("ben", declare(CART, 1), START.plusSeconds(90)));

        assertThat(declarations.readValuesToList())
                .extracting(
                        declaration -> declaration.getRevisions(0).getNumber(),
                        declaration -> declaration.getRevisions(0).getSignedBy())
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple(
                                1L, signers.key("anna").id()),
                        org.assertj.core.groups.Tuple.tuple(
                                1L, signers.key("ben").id()));
        assertThat(lastAnswer().getAccepted().getUnchanged()).isTrue();
    }

    @Test
    void withoutTrustedKeysAnEnvelopeIsReadAndNothingIsClaimed() {
        driver.close();
        start(TrustedKeys.NONE);
        write(signed("anna", declare(CART, 1)));
        write(signed("anna", declare(CART, 1)));
        write(signed(
                "anna",
                override(TARGET, Kind.EXEMPTION, CART).toBuilder()
                        .setOverride(override(TARGET, Kind.EXEMPTION, CART).getOverride().toBuilder()
                                .setSignedBy("me"))
                        .build()));

        assertThat(declarations.readValuesToList())
                .singleElement()
                .satisfies(declaration ->
                        assertThat(declaration.getRevisions(0).getSignedBy()).isEmpty());
        assertThat(overrides.readValuesToList())
                .singleElement()
                .satisfies(exemption -> assertThat(exemption.getSignedBy()).isEmpty());
        write(signed("anna", expiring(declare(CART, 2), START)));
        write(signers.sign("anna", declare(CART, 2), START.minusSeconds(1)));
        assertThat(lastAnswer().getRefused().getProblems(0).getPath()).isEqualTo("expiresAt");
    }

    @Test
    void withoutTrustedKeysABrokenEnvelopeIsUnreadable() {
        driver.close();
        start(TrustedKeys.NONE);
        write(utf8("{\"payload\": \"AA==\"}"));
        write(signers.key("anna").sign("application/other", utf8("{}")).line().getBytes(UTF_8));

        assertThat(deadLetters.readRecordsToList()).hasSize(2);
        assertThat(meters.get("snowmelt.dead.letters").counter().count()).isEqualTo(2);
    }

    /// S6: whatever is written, the next good proposal is decided about.
    @Test
    void s6NothingUntrustedStopsTheStage() {
        for (int i = 0; i < 200; i++) {
            write(utf8("{\"payloadType\": \"" + "x".repeat(i * 50) + "\", \"payload\": \"" + "A".repeat(i) + "\","
                    + " \"signatures\": [{\"keyid\": \"" + "k".repeat(i * 20) + "\", \"sig\": \"AAAA\"}]}"));
        }
        write(signed("anna", declare(CART, 1)));

        assertThat(answers.readValuesToList())
                .hasSize(201)
                .allMatch(answer -> answer.getSerializedSize() < 10_000)
                .last()
                .satisfies(answer -> assertThat(answer.hasAccepted()).isTrue());
    }

    private byte[] signed(String by, Proposal proposal) {
        return signers.sign(by, proposal, START.plusSeconds(60));
    }

    private static Proposal expiring(Proposal proposal, Instant at) {
        return proposal.toBuilder()
                .setExpiresAt(Timestamps.fromMillis(at.toEpochMilli()))
                .build();
    }

    private static Proposal until(Proposal proposal, Instant at) {
        return proposal.toBuilder()
                .setOverride(proposal.getOverride().toBuilder().setUntil(Timestamps.fromMillis(at.toEpochMilli())))
                .build();
    }

    private void write(byte[] value) {
        write(value, now);
    }

    private void write(byte[] value, Instant at) {
        proposals.pipeInput(new TestRecord<>(KEY, value, null, at));
    }

    private void passes(Duration time) {
        now = now.plus(time);
        driver.advanceWallClockTime(time);
    }

    private Answer lastAnswer() {
        return answers.readValuesToList().getLast();
    }

    private String refusal() {
        return lastAnswer().getRefused().getProblems(0).getMessage();
    }

    private double count(Distrust why) {
        return meters.get("snowmelt.registrar.untrusted")
                .tag("reason", why.tag())
                .counter()
                .count();
    }

    private <K, V> TestOutputTopic<K, V> output(Topic<K, V> topic) {
        return driver.createOutputTopic(
                topic.name(),
                topic.keySerde().deserializer(),
                topic.valueSerde().deserializer());
    }

    private static String between(String text, String before, String after) {
        int from = text.indexOf(before) + before.length();
        return text.substring(from, text.indexOf(after, from));
    }

    private static String header(TestRecord<?, ?> record, String name) {
        return new String(record.headers().lastHeader(name).value(), UTF_8);
    }

    private static byte[] utf8(String text) {
        return text.getBytes(UTF_8);
    }
}
