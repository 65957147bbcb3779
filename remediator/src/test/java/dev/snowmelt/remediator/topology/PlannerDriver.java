package dev.snowmelt.remediator.topology;

import dev.snowmelt.remediator.plan.SaidBefore;
import dev.snowmelt.remediator.plan.Samples;
import dev.snowmelt.schemas.id.OverrideKey;
import dev.snowmelt.schemas.id.SubjectKey;
import dev.snowmelt.schemas.id.TargetId;
import dev.snowmelt.schemas.id.WorkloadId;
import dev.snowmelt.schemas.topic.Topic;
import dev.snowmelt.schemas.topic.Topics;
import dev.snowmelt.v1.Command;
import dev.snowmelt.v1.Outcome;
import dev.snowmelt.v1.Override;
import dev.snowmelt.v1.Remediation;
import dev.snowmelt.v1.Verdict;
import dev.snowmelt.v1.VerdictRecord;
import dev.snowmelt.v1.WorkloadVerdict;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.TestOutputTopic;
import org.apache.kafka.streams.TopologyTestDriver;
import org.jspecify.annotations.Nullable;

/// The planner's topology over one partition, with a clock that only tests move.
final class PlannerDriver implements AutoCloseable {
    final Topics topics = new Topics(Topics.DEFAULT_PREFIX, 1);
    final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    final TopologyTestDriver driver;
    final TestInputTopic<SubjectKey, VerdictRecord> verdicts;
    final TestInputTopic<OverrideKey, Override> overrides;
    final TestInputTopic<WorkloadId, Outcome> outcomes;
    final TestOutputTopic<WorkloadId, Command> commands;
    final TestOutputTopic<SubjectKey, Remediation> remediations;
    private final SaidBefore detector = new SaidBefore();
    private Instant now = Samples.START;

    PlannerDriver(PlannerSettings settings) {
        var config = new Properties();
        config.putAll(Map.of(
                StreamsConfig.APPLICATION_ID_CONFIG,
                "planner",
                StreamsConfig.PROCESSING_GUARANTEE_CONFIG,
                StreamsConfig.EXACTLY_ONCE_V2));
        driver = new TopologyTestDriver(new PlannerTopology(topics, settings, meters).build(), config, now);
        verdicts = input(topics.verdicts());
        overrides = input(topics.overrides());
        outcomes = input(topics.outcomes());
        commands = output(topics.commands());
        remediations = output(topics.remediations());
    }

    PlannerDriver() {
        this(PlannerSettings.defaults().with(PlannerSettings.Storage.MEMORY));
    }

    private <K, V> TestInputTopic<K, V> input(Topic<K, V> topic) {
        return driver.createInputTopic(
                topic.name(), topic.keySerde().serializer(), topic.valueSerde().serializer());
    }

    <K, V> TestOutputTopic<K, V> output(Topic<K, V> topic) {
        return driver.createOutputTopic(
                topic.name(),
                topic.keySerde().deserializer(),
                topic.valueSerde().deserializer());
    }

    Instant now() {
        return now;
    }

    void pass(Duration time) {
        now = now.plus(time);
        driver.advanceWallClockTime(time);
    }

    /// The target was seen once, and the census has been quiet since.
    void settle(TargetId target) {
        say(new SubjectKey.OfSnapshot(target, 0), Samples.whole(target, now));
        pass(Duration.ofSeconds(3));
    }

    private void say(SubjectKey key, @Nullable VerdictRecord verdict) {
        detector.require(key, verdict);
        verdicts.pipeInput(key, verdict, now);
    }

    void say(WorkloadVerdict.Builder verdict) {
        say(key(verdict), Samples.record(verdict));
    }

    void say(Verdict.Builder verdict) {
        say(key(verdict), Samples.record(verdict));
    }

    /// The same, from a simulation whose detector has nothing to say when nothing changed.
    void sayNews(WorkloadVerdict.Builder verdict) {
        sayNews(key(verdict), Samples.record(verdict));
    }

    void sayNews(Verdict.Builder verdict) {
        sayNews(key(verdict), Samples.record(verdict));
    }

    private void sayNews(SubjectKey key, VerdictRecord verdict) {
        if (detector.isNews(key, verdict)) {
            verdicts.pipeInput(key, verdict, now);
        }
    }

    private static SubjectKey key(WorkloadVerdict.Builder verdict) {
        return Samples.key(WorkloadId.parse(verdict.getWorkload()));
    }

    private static SubjectKey key(Verdict.Builder verdict) {
        return SubjectKey.parse(verdict.getWorkload() + "|" + verdict.getInstance());
    }

    void gone(SubjectKey key) {
        say(key, null);
    }

    void answer(Command command, Outcome.Result result) {
        outcomes.pipeInput(
                WorkloadId.parse(command.getWorkload()),
                Outcome.newBuilder()
                        .setCommand(command.getId())
                        .setWorkload(command.getWorkload())
                        .setInstance(command.getInstance())
                        .setResult(result)
                        .build(),
                now);
    }

    List<Command> issued() {
        return commands.readValuesToList();
    }

    /// The newest state of a remediation that was published since this was last asked; null: none.
    @Nullable Remediation remediation(SubjectKey key) {
        Remediation newest = null;
        for (var record : remediations.readKeyValuesToList()) {
            if (record.key.equals(key)) {
                newest = record.value;
            }
        }
        return newest;
    }

    @java.lang.Override
    public void close() {
        driver.close();
    }
}
