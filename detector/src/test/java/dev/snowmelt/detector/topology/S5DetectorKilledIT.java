package dev.snowmelt.detector.topology;

import static dev.snowmelt.detector.topology.Sample.CART;
import static dev.snowmelt.detector.topology.Sample.TARGET;
import static dev.snowmelt.detector.topology.Sample.WEB;
import static dev.snowmelt.detector.topology.Sample.begin;
import static dev.snowmelt.detector.topology.Sample.declaration;
import static dev.snowmelt.detector.topology.Sample.end;
import static dev.snowmelt.detector.topology.Sample.gone;
import static dev.snowmelt.detector.topology.Sample.observed;
import static dev.snowmelt.detector.topology.Sample.pod;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.snowmelt.sandbox.kafka.EmbeddedKafka;
import dev.snowmelt.schemas.id.SubjectKey;
import dev.snowmelt.streams.StreamsSettings;
import dev.snowmelt.v1.Verdict;
import dev.snowmelt.v1.VerdictRecord;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// S5: the detector dies after some of its sends and starts again, on the stores it left or on
/// none; in the end the same is told. [S5NothingIsSwallowedTest] tries every other point without a
/// broker.
@Timeout(180)
class S5DetectorKilledIT {
    private static final Map<String, Verdict.State> TRUTH = Map.of(
            Rig.key(CART, pod(CART, 1)), Verdict.State.OUTDATED,
            Rig.key(CART, pod(CART, 2)), Verdict.State.CONFORMANT,
            Rig.key(WEB, pod(WEB, 1)), Verdict.State.DRIFTED,
            Rig.key(WEB, pod(WEB, 4)), Verdict.State.CONFORMANT);

    private static EmbeddedKafka kafka;

    @TempDir
    Path first;

    @TempDir
    Path second;

    @BeforeAll
    static void start() {
        kafka = EmbeddedKafka.start(1);
    }

    @AfterAll
    static void stop() {
        kafka.close();
    }

    /// What the heir finds of the dead process's stores.
    enum Stores {
        /// Nothing: another machine.
        GONE,
        /// The files as they are at that moment: what was only in a memtable is lost.
        AS_ON_DISK,
        /// All that was written, though its verdict was never sent.
        FLUSHED
    }

    @ParameterizedTest(name = "dies after {0} sends, stores {1}")
    @CsvSource({
        "0,AS_ON_DISK",
        "1,FLUSHED",
        "2,GONE",
        "3,FLUSHED",
        "5,GONE",
        "8,FLUSHED",
        "11,AS_ON_DISK",
        "14,FLUSHED",
        "17,GONE",
        "20,FLUSHED"
    })
    void tellsInTheEndWhatIsTrue(int sends, Stores stores) {
        try (var broker = new Broker(kafka, "killed-" + sends + ".", 1, 1)) {
            write(broker);
            // By the thread that dies, before anything of it is closed: a dead process flushes no memtable and keeps
            // no lock.
            var clients = new MortalClients(sends, () -> {
                if (stores == Stores.AS_ON_DISK) {
                    copy(first, second);
                }
            });
            try (var mortal = detector(broker, first, clients)) {
                mortal.start();
                await().atMost(Duration.ofSeconds(60))
                        .until(() -> clients.dead() && mortal.unready().isPresent());
            }
            if (stores == Stores.FLUSHED) {
                copy(first, second);
            }

            try (var heir = detector(broker, second, MortalClients.immortal())) {
                heir.start();

                await().atMost(Duration.ofSeconds(60))
                        .untilAsserted(() -> assertThat(states(broker.world())).isEqualTo(TRUTH));
                assertThat(heir.unready()).isEmpty();
            }
        }
    }

    /// 3 instances and an unfinished snapshot at the end, so that nothing but the records
    /// themselves can heal.
    private static void write(Broker broker) {
        broker.declare(declaration(CART, 'a'));
        broker.declare(declaration(WEB, 'a'));
        broker.watch(CART, observed(pod(CART, 1), 'a'));
        broker.watch(CART, observed(pod(CART, 2), 'b'));
        broker.watch(WEB, observed(pod(WEB, 1), 'b'));
        broker.watch(WEB, observed(pod(WEB, 2), 'b'));
        broker.watch(WEB, gone(pod(WEB, 2)));
        broker.watch(WEB, observed(pod(WEB, 3), 'a'));
        broker.marker(begin(TARGET), 5);
        broker.list(CART, observed(pod(CART, 1), 'a'), 5);
        broker.list(CART, observed(pod(CART, 2), 'b'), 5);
        broker.list(WEB, observed(pod(WEB, 1), 'b'), 5);
        broker.marker(end(TARGET, 3, 3, true), 5);
        broker.watch(WEB, observed(pod(WEB, 4), 'a'));
        broker.watch(WEB, gone(pod(WEB, 3)));
        broker.declare(declaration(CART, 'b', 'a'));
        broker.marker(begin(TARGET), 6);
    }

    private static Detector detector(Broker broker, Path folder, MortalClients clients) {
        // By its name it takes its place in the group again at once, dead or not.
        var settings = StreamsSettings.of(broker.bootstrapServers(), folder).withMember("detector-0");
        return new Detector(broker.topics(), DetectorSettings.DEFAULT, settings, new SimpleMeterRegistry(), clients);
    }

    private static void copy(Path from, Path to) {
        try (var all = Files.walk(from)) {
            for (Path path : all.filter(Files::isRegularFile).toList()) {
                Path copy = to.resolve(from.relativize(path));
                Files.createDirectories(copy.getParent());
                Files.copy(path, copy);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Map<String, Verdict.State> states(Map<SubjectKey, VerdictRecord> world) {
        var states = new HashMap<String, Verdict.State>();
        world.forEach((key, record) -> {
            if (record.hasInstance()) {
                states.put(key.toString(), record.getInstance().getState());
            }
        });
        return states;
    }
}
