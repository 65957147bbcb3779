package dev.snowmelt.cli.role;

import dev.snowmelt.cli.config.Config;
import dev.snowmelt.cli.kafka.Part;
import dev.snowmelt.cli.trace.RoleTracing;
import dev.snowmelt.detector.register.Registrar;
import dev.snowmelt.detector.scan.Scanner;
import dev.snowmelt.detector.topology.Detector;
import dev.snowmelt.detector.topology.DetectorSettings;
import dev.snowmelt.schemas.topic.BrokerChecks;
import dev.snowmelt.schemas.topic.Topics;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.List;
import java.util.stream.Stream;

/// The registrar, the detector and the scanner, side by side.
public final class DetectRole implements Role {
    private final Topics topics;
    private final Registrar registrar;
    private final Detector detector;
    private final Scanner scanner;
    private final RoleTracing tracing;

    /// Connects to Kafka, but takes no part yet.
    public DetectRole(Config config, Topics topics, MeterRegistry registry) {
        this.topics = topics;
        tracing = RoleTracing.of(config.otlp(), "detect");
        var streams = Streams.settings(config, registry, tracing)
                .withStandbys(config.detect().standbyReplicas());
        registrar = new Registrar(topics, config.trust().trusted(), streams, registry);
        detector = new Detector(
                topics,
                judging(config),
                streams.withThreads(config.detect().threads()).withRocksMemory(Detector.ROCKS_MEMORY_BYTES),
                registry);
        scanner = new Scanner(topics, judging(config).storage(), streams, registry);
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
    public Part part() {
        return Part.DETECT;
    }

    @Override
    public BrokerChecks.Needs needs() {
        return Registrar.needs(topics).and(Detector.needs(topics)).and(Scanner.needs(topics));
    }

    @Override
    public void start() {
        registrar.start();
        detector.start();
        scanner.start();
    }

    @Override
    public List<String> unready() {
        return Stream.of(registrar.unready(), detector.unready(), scanner.unready())
                .flatMap(reason -> reason.stream())
                .toList();
    }

    @Override
    public boolean failed() {
        return registrar.failed() || detector.failed() || scanner.failed();
    }

    @Override
    public void close() {
        List<Thread> closing = Stream.<Runnable>of(detector::close, scanner::close)
                .map(part -> Thread.ofPlatform().name("close-detect").start(part))
                .toList();
        registrar.close();
        for (Thread thread : closing) {
            try {
                thread.join();
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
            }
        }
        tracing.close();
    }
}
