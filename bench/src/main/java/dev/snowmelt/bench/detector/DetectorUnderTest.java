package dev.snowmelt.bench.detector;

import dev.snowmelt.bench.measure.BenchException;
import dev.snowmelt.detector.topology.Detector;
import dev.snowmelt.detector.topology.DetectorSettings;
import dev.snowmelt.detector.topology.DetectorSettings.Storage;
import dev.snowmelt.schemas.topic.Topics;
import dev.snowmelt.streams.StreamsSettings;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.streams.StreamsConfig;
import org.jspecify.annotations.Nullable;

/// The real detector with one stream thread and its own settings, behind the [Gate].
public final class DetectorUnderTest implements AutoCloseable {
    /// Part of the name of its stream thread.
    static final String THREAD = "-StreamThread-";

    private static final Duration START_LIMIT = Duration.ofMinutes(3);
    private static final long LOOK_EVERY = 1_000_000;

    private final Topics topics;
    private final Storage storage;
    private final StreamsSettings settings;
    private SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private @Nullable Detector detector;

    /// @param state the folder of its stores
    /// @param kafka further settings of Streams and its clients; those of the detector itself when
    /// empty
    public DetectorUnderTest(
            Topics topics, Storage storage, String bootstrapServers, Path state, Map<String, String> kafka) {
        this.topics = topics;
        this.storage = storage;
        var more = new HashMap<String, Object>(kafka);
        more.put(StreamsConfig.mainConsumerPrefix(ConsumerConfig.INTERCEPTOR_CLASSES_CONFIG), Gate.class.getName());
        this.settings = StreamsSettings.of(bootstrapServers, state)
                .withRocksMemory(Detector.ROCKS_MEMORY_BYTES)
                .withKafka(more);
    }

    /// Starts it and returns when it works.
    public void start() {
        // A registry serves one detector.
        meters = new SimpleMeterRegistry();
        detector = new Detector(topics, DetectorSettings.DEFAULT.with(storage), settings, meters);
        detector.start();
        long deadline = System.nanoTime() + START_LIMIT.toNanos();
        Optional<String> unready = detector.unready();
        while (unready.isPresent()) {
            if (System.nanoTime() > deadline) {
                throw new BenchException("after " + START_LIMIT.toSeconds() + " s " + unready.get());
            }
            LockSupport.parkNanos(LOOK_EVERY);
            unready = detector.unready();
        }
    }

    /// Records that the index alone settled since the last start.
    long hits() {
        return (long) meters.get("snowmelt.detector.records")
                .tag("outcome", "hit")
                .functionCounter()
                .count();
    }

    /// Stops it as a service manager would.
    void stop() {
        if (detector != null) {
            detector.close();
            detector = null;
        }
    }

    @Override
    public void close() {
        stop();
    }
}
