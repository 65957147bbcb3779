package dev.snowmelt.cli.role;

import dev.snowmelt.cli.config.Config;
import dev.snowmelt.detector.register.Registrar;
import dev.snowmelt.detector.topology.Detector;
import dev.snowmelt.detector.topology.DetectorSettings;
import dev.snowmelt.schemas.topic.BrokerChecks;
import dev.snowmelt.schemas.topic.Topics;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.List;
import java.util.stream.Stream;

/// The registrar and the detector, side by side.
public final class DetectRole implements Role {
    private final Topics topics;
    private final Registrar registrar;
    private final Detector detector;

    /// Connects to Kafka, but takes no part yet.
    public DetectRole(Config config, Topics topics, MeterRegistry registry) {
        this.topics = topics;
        var streams = Streams.settings(config);
        registrar = new Registrar(topics, config.trust().trusted(), streams, registry);
        detector = new Detector(
                topics,
                judging(config),
                streams.withThreads(config.detect().threads()).withRocksMemory(Detector.ROCKS_MEMORY_BYTES),
                registry);
    }

    private static DetectorSettings judging(Config config) {
        Config.Detect detect = config.detect();
        return new DetectorSettings(
                config.judging(),
                detect.inMemory() ? DetectorSettings.Storage.MEMORY : DetectorSettings.Storage.ROCKSDB,
                detect.contentMaxAge(),
                DetectorSettings.DEFAULT.views());
    }

    @Override
    public String name() {
        return "detect";
    }

    @Override
    public BrokerChecks.Needs needs() {
        return Registrar.needs(topics).and(Detector.needs(topics));
    }

    @Override
    public void start() {
        registrar.start();
        detector.start();
    }

    @Override
    public List<String> unready() {
        return Stream.of(registrar.unready(), detector.unready())
                .flatMap(reason -> reason.stream())
                .toList();
    }

    @Override
    public boolean failed() {
        return registrar.failed() || detector.failed();
    }

    @Override
    public void close() {
        var first = Thread.ofPlatform().name("close-detector").start(detector::close);
        registrar.close();
        try {
            first.join();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }
}
