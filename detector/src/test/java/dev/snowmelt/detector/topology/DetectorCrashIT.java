package dev.snowmelt.detector.topology;

import static dev.snowmelt.detector.topology.Sample.CART;
import static dev.snowmelt.detector.topology.Sample.declaration;
import static dev.snowmelt.detector.topology.Sample.observed;
import static dev.snowmelt.detector.topology.Sample.pod;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.snowmelt.sandbox.kafka.EmbeddedKafka;
import dev.snowmelt.streams.StreamsSettings;
import dev.snowmelt.v1.Verdict;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A detector that was killed said goodbye to nobody: its successor waits out the session, which is
/// 6 s and not Kafka's 45.
@Timeout(180)
class DetectorCrashIT {
    private static final Logger LOG = LoggerFactory.getLogger(DetectorCrashIT.class);
    /// The session, and as much again as a slow machine may need; Kafka's default session would be
    /// over after 45 s.
    private static final Duration AGAIN_WITHIN = StreamsSettings.SESSION_TIMEOUT.plusSeconds(24);

    @TempDir
    private Path folder;

    @Test
    void judgesAgainWithinTheSessionTimeoutAndSecondsAfterItWasKilled() throws IOException {
        try (var kafka = EmbeddedKafka.start(1);
                var broker = new Broker(kafka, "crash.", 4, 1)) {
            broker.declare(declaration(CART, 'a'));
            broker.watch(CART, observed(pod(CART, 1), 'b'));
            try (var first = DetectorProcess.start(broker, "crash.", folder)) {
                first.awaitReady();
                await().atMost(Duration.ofSeconds(30)).until(() -> state(broker, 1) == Verdict.State.DRIFTED);
                first.kill();
            }
            long killed = System.nanoTime();
            broker.watch(CART, observed(pod(CART, 2), 'b'));

            try (var second = new Detector(
                    broker.topics(),
                    DetectorSettings.DEFAULT,
                    StreamsSettings.of(broker.bootstrapServers(), folder),
                    new SimpleMeterRegistry())) {
                second.start();
                await().atMost(Duration.ofSeconds(90))
                        .pollInterval(Duration.ofMillis(20))
                        .until(() -> second.unready().isEmpty());
                var took = Duration.ofNanos(System.nanoTime() - killed);
                LOG.atInfo().addKeyValue("took", took).log("running again after a kill");

                assertThat(took).isLessThan(AGAIN_WITHIN);
                await().atMost(Duration.ofSeconds(30)).until(() -> state(broker, 2) == Verdict.State.DRIFTED);
            }
        }
    }

    private static Verdict.State state(Broker broker, int pod) {
        return broker.verdict(Rig.key(CART, pod(CART, pod))).getInstance().getState();
    }
}
