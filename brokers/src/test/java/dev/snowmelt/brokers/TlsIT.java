package dev.snowmelt.brokers;

import static org.assertj.core.api.Assertions.assertThat;

import dev.snowmelt.brokers.Brokers.Authentication;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Every client comes in by TLS, and only to brokers whose certificate it trusts.
@NeedsEngine
class TlsIT {
    @TempDir
    private static Path folder;

    private static Certificate certificate;
    private static Brokers brokers;

    @BeforeAll
    static void start() throws Exception {
        certificate = Certificate.make(folder, "brokers");
        brokers = Brokers.start(1, Authentication.NONE, certificate);
    }

    @AfterAll
    static void stop() {
        if (brokers != null) {
            brokers.close();
        }
    }

    @Test
    void theWholeLoopWorks() throws Exception {
        Map<String, String> environment = environment(certificate);
        assertThat(Run.with(environment, "topics", "create").err()).isEmpty();
        try (var shop = new Shop(folder)) {
            environment.putAll(shop.environment());
            try (var _ = Running.start(environment, folder, "up").awaitReady(Duration.ofMinutes(2))) {
                shop.declare(environment);
                shop.awaitMended(shop.drift());
                assertThat(shop.evicted()).hasSize(1);
            }
        }
    }

    @Test
    void brokersOfAnotherCertificateAreNotBelieved() throws Exception {
        Run run = Run.with(environment(Certificate.make(folder, "others")), "status", "--wait", "30s");

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.err()).contains("refuses the connection").contains("check what kafka.propertiesFile");
    }

    private static Map<String, String> environment(Certificate trusted) throws IOException {
        Path file = Files.writeString(
                Files.createTempFile(folder, "client", ".properties"), """
                security.protocol=SSL
                ssl.truststore.type=PEM
                ssl.truststore.location=%s
                """.formatted(trusted.trusted()));
        return new HashMap<>(Map.of(
                "SNOWMELT_KAFKA_BOOTSTRAP_SERVERS",
                brokers.bootstrapServers(),
                "SNOWMELT_KAFKA_PROPERTIES_FILE",
                file.toString(),
                "SNOWMELT_KAFKA_PARTITIONS",
                "2",
                "SNOWMELT_KAFKA_REPLICATION_FACTOR",
                "1"));
    }
}
