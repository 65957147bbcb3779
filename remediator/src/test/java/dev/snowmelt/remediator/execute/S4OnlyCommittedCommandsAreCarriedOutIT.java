package dev.snowmelt.remediator.execute;

import static dev.snowmelt.remediator.execute.Commands.ENFORCE;
import static dev.snowmelt.remediator.execute.Commands.EVIL;
import static dev.snowmelt.remediator.execute.Commands.declaration;
import static dev.snowmelt.remediator.execute.Commands.live;
import static dev.snowmelt.remediator.execute.Commands.pod;
import static dev.snowmelt.remediator.execute.Commands.replace;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.snowmelt.sandbox.kafka.EmbeddedKafka;
import dev.snowmelt.v1.Outcome;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// S4: evidence is durable before the call. A command that is not committed was never given.
@Timeout(120)
class S4OnlyCommittedCommandsAreCarriedOutIT {

    @Test
    void anAbortedCommandIsNeverCarriedOutAndAnOpenOneNotYet() throws InterruptedException, ExecutionException {
        try (var kafka = EmbeddedKafka.start(1);
                var harness = new ExecutorHarness(kafka)) {
            harness.declare(declaration(7, ENFORCE));
            for (int i = 1; i <= 3; i++) {
                harness.platform.lives(pod(i), live(EVIL));
            }
            Map<String, Object> transactional = new HashMap<>(harness.clients());
            transactional.put("transactional.id", "planner");
            try (var executor = harness.start();
                    var planner = new KafkaProducer<byte @Nullable [], byte @Nullable []>(
                            transactional, new ByteArraySerializer(), new ByteArraySerializer())) {
                await().atMost(Duration.ofSeconds(40))
                        .until(() -> executor.health().ready());
                planner.initTransactions();

                planner.beginTransaction();
                planner.send(harness.commandRecord(replace("aborted", pod(1)))).get();
                planner.abortTransaction();
                planner.beginTransaction();
                planner.send(harness.commandRecord(replace("committed", pod(2))))
                        .get();
                planner.commitTransaction();
                planner.beginTransaction();
                planner.send(harness.commandRecord(replace("open", pod(3)))).get();

                harness.awaitOutcome("committed");
                assertThat(harness.platform.terminated()).containsExactly(pod(2));

                planner.commitTransaction();

                harness.awaitOutcome("open");
                assertThat(harness.platform.terminated()).containsExactly(pod(2), pod(3));
            }
            assertThat(harness.outcomes())
                    .extracting(Outcome::getCommand)
                    .containsExactlyInAnyOrder("committed", "open");
        }
    }
}
