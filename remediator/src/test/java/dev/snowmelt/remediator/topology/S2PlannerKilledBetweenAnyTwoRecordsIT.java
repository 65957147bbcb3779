package dev.snowmelt.remediator.topology;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.snowmelt.remediator.guard.GuardSettings;
import dev.snowmelt.remediator.guard.Times;
import dev.snowmelt.remediator.plan.Samples;
import dev.snowmelt.sandbox.kafka.EmbeddedKafka;
import dev.snowmelt.schemas.id.InstanceId;
import dev.snowmelt.schemas.id.SubjectKey;
import dev.snowmelt.schemas.id.TargetId;
import dev.snowmelt.schemas.id.WorkloadId;
import dev.snowmelt.streams.StreamsSettings;
import dev.snowmelt.v1.Command;
import dev.snowmelt.v1.Outcome;
import dev.snowmelt.v1.Outcome.Result;
import dev.snowmelt.v1.Remediation.Phase;
import dev.snowmelt.v1.Verdict.State;
import dev.snowmelt.v1.VerdictRecord;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// S2 against a real broker: wherever the planner is killed while it replaces, no slot is spent
/// twice, and a command exists exactly when its remediation says so.
@Timeout(600)
class S2PlannerKilledBetweenAnyTwoRecordsIT {
    private static final Logger LOG = LoggerFactory.getLogger(S2PlannerKilledBetweenAnyTwoRecordsIT.class);
    /// More records and commits than one whole replacement takes.
    private static final int POINTS = 60;

    private static EmbeddedKafka kafka;

    @TempDir
    Path folder;

    @BeforeAll
    static void start() {
        kafka = EmbeddedKafka.start(1);
    }

    @AfterAll
    static void stop() {
        kafka.close();
    }

    /// Every life begins with an unsettled census; waiting for it is not what this is about.
    private static GuardSettings quick() {
        GuardSettings usual = GuardSettings.defaults();
        return new GuardSettings(
                usual.breakerShare(),
                usual.breakerMinimum(),
                Duration.ofMillis(100),
                usual.jump(),
                usual.declarationsWindow(),
                usual.clockTolerance());
    }

    private Planner planner(PlannerBroker broker, KillableClients clients) {
        var planner = new Planner(
                broker.topics,
                PlannerSettings.defaults().with(quick()),
                StreamsSettings.of(broker.bootstrapServers(), folder),
                new SimpleMeterRegistry(),
                clients);
        planner.start();
        await().atMost(Duration.ofSeconds(60))
                .pollInterval(Duration.ofMillis(20))
                .until(() -> planner.unready().isEmpty());
        return planner;
    }

    @Test
    void noSlotIsSpentTwiceWhereverItIsKilled() {
        try (var broker = new PlannerBroker(kafka, "killed.", 1)) {
            boolean wholeLife = false;
            for (int point = 0; point < POINTS && !wholeLife; point += point < 30 ? 2 : 5) {
                wholeLife = !replaceOne(broker, point);
            }

            assertThat(wholeLife)
                    .as("it was killed at every point of a replacement")
                    .isTrue();
            assertConsistent(broker);
        }
    }

    /// @return false when the replacement was over before the planner was to be killed
    private boolean replaceOne(PlannerBroker broker, int point) {
        var fleet = new Fleet(broker, TargetId.parse("k8s:t" + point));
        var clients = new KillableClients();
        boolean killed;
        try (var _ = planner(broker, clients)) {
            fleet.appear();
            clients.killAfter(point);
            fleet.drift();
            await().atMost(Duration.ofSeconds(60))
                    .pollInterval(Duration.ofMillis(10))
                    .until(() -> {
                        fleet.execute();
                        return clients.dead() || fleet.proven();
                    });
            killed = clients.dead();
        }
        LOG.atInfo().addKeyValue("point", point).addKeyValue("killed", killed).log("first life is over");
        try (var _ = planner(broker, new KillableClients())) {
            await().atMost(Duration.ofSeconds(60))
                    .pollInterval(Duration.ofMillis(10))
                    .until(() -> {
                        fleet.execute();
                        return fleet.proven();
                    });
        }
        return killed;
    }

    private static void assertConsistent(PlannerBroker broker) {
        broker.poll();
        var ids = new HashSet<String>();
        for (Command command : broker.commands) {
            assertThat(ids.add(command.getId()))
                    .as("command %s is there once", command.getId())
                    .isTrue();
            assertThat(broker.remediations)
                    .as("command %s was committed with its slot", command.getId())
                    .anyMatch(remediation -> remediation.getPhase() == Phase.ISSUED
                            && remediation.getCommand().equals(command.getId()));
        }
        assertThat(broker.remediations)
                .filteredOn(remediation -> remediation.getPhase() == Phase.ISSUED)
                .allMatch(remediation -> ids.contains(remediation.getCommand()));
    }

    /// A Deployment of three with one drifted pod, and an executor that carries out what was
    /// committed.
    private static final class Fleet {
        private final PlannerBroker broker;
        private final TargetId target;
        private final WorkloadId workload;
        private int carriedOut;

        private Fleet(PlannerBroker broker, TargetId target) {
            this.broker = broker;
            this.target = target;
            this.workload = new WorkloadId(target, "shop", WorkloadId.DEPLOYMENT, "cart");
        }

        private void appear() {
            say(Samples.key(workload), Samples.record(Samples.workload(workload, 3, 3)));
            for (int i = 0; i < 3; i++) {
                say(pod(i), Samples.record(Samples.verdict(workload, Samples.pod(workload, i), State.CONFORMANT)));
            }
            say(new SubjectKey.OfSnapshot(target, 0), Samples.settled(target, 0, 1, true));
        }

        private void drift() {
            say(
                    pod(0),
                    Samples.record(Samples.verdict(workload, Samples.pod(workload, 0), State.DRIFTED)
                            .setSince(Times.timestamp(Instant.now()))));
        }

        /// Acts on each committed command once.
        private void execute() {
            broker.poll();
            List<Command> ours = ours();
            assertThat(ours).as("one drift, one slot, one command").hasSizeLessThanOrEqualTo(1);
            if (ours.size() > carriedOut) {
                carriedOut++;
                Command command = ours.getLast();
                broker.send(
                        broker.topics.outcomes(),
                        workload,
                        Outcome.newBuilder()
                                .setCommand(command.getId())
                                .setWorkload(command.getWorkload())
                                .setInstance(command.getInstance())
                                .setResult(Result.TERMINATED)
                                .build());
                say(Samples.key(workload, InstanceId.parse(command.getInstance())), null);
                say(
                        pod(3),
                        Samples.record(Samples.verdict(workload, Samples.pod(workload, 3), State.CONFORMANT)
                                .setCreated(Times.timestamp(Instant.now()))));
            }
        }

        private List<Command> ours() {
            return broker.commands.stream()
                    .filter(command -> command.getWorkload().equals(workload.toString()))
                    .toList();
        }

        private boolean proven() {
            return broker.remediations.stream()
                    .anyMatch(remediation -> remediation.getWorkload().equals(workload.toString())
                            && remediation.getPhase() == Phase.REPLACED);
        }

        private SubjectKey pod(int number) {
            return Samples.key(workload, Samples.pod(workload, number));
        }

        private void say(SubjectKey key, @org.jspecify.annotations.Nullable VerdictRecord record) {
            broker.send(broker.topics.verdicts(), key, record);
        }
    }
}
