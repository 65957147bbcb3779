package dev.snowmelt.bench;

import dev.snowmelt.sandbox.kafka.BrokerProcess;
import java.util.List;

/// The broker that a run measures against: in a JVM of its own, with the second compiler, because it has to keep up.
final class Brokers {
    private Brokers() {}

    static BrokerProcess start() {
        return BrokerProcess.builder()
                .jvmFlags(List.of("-Xms512m", "-Xmx512m", "-XX:+UseSerialGC"))
                .start();
    }
}
