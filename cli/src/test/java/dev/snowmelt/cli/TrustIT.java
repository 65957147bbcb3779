package dev.snowmelt.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.snowmelt.sandbox.kafka.EmbeddedKafka;
import dev.snowmelt.schemas.topic.TopicProvisioning;
import dev.snowmelt.schemas.topic.Topics;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Signing and being checked, by commands and a registrar that runs.
class TrustIT {
    private static EmbeddedKafka kafka;

    @TempDir
    private Path folder;

    @BeforeAll
    static void startKafka() {
        kafka = EmbeddedKafka.start(1);
    }

    @AfterAll
    static void stopKafka() {
        kafka.close();
    }

    @Test
    void withTrustedKeysOnlySignedProposalsCount() throws Exception {
        provision("trust.");
        TestKeys keys = TestKeys.in(folder, "anna");
        Map<String, String> unsigned = environment("trust.");
        Map<String, String> signing = new HashMap<>(unsigned);
        signing.put("SNOWMELT_TRUST_SIGNING_KEY", keys.privateKey().toString());
        Map<String, String> checking = new HashMap<>(unsigned);
        checking.put("SNOWMELT_TRUST_KEYS", keys.publicKey().toString());
        String declaration = """
                workload: k8s:prod-eu/shop/Deployment/cart
                spec: {containers: [{name: cart, image: "registry.example/cart@sha256:%s"}]}
                """;
        Path cart = Files.writeString(folder.resolve("cart.yaml"), declaration.formatted("a".repeat(64)));
        Path both = Files.writeString(
                folder.resolve("both.yaml"),
                declaration.formatted("b".repeat(64)) + "---\n"
                        + declaration.formatted("c".repeat(64)).replace("/cart\n", "/web\n"));

        try (var detect = new RunningDetect(checking, folder)) {
            Run refused = Run.with(unsigned, "declare", "-f", cart.toString());
            Run accepted = Run.with(signing, "declare", "-f", cart.toString());
            Run envelopes = Run.with(signing, "sign", "-f", both.toString());
            Path signed = Files.writeString(folder.resolve("signed.jsonl"), envelopes.out());
            Run published = Run.with(unsigned, "declare", "-f", signed.toString());
            Run replayed = Run.with(unsigned, "declare", "-f", signed.toString());
            Run rolledBack = Run.with(signing, "declare", "rollback", "k8s:prod-eu/shop/Deployment/cart");
            Run paused = Run.with(unsigned, "pause", "k8s:prod-eu");
            Run resumed = Run.with(unsigned, "resume", "k8s:prod-eu");
            Run status = Run.with(checking, "status");

            assertThat(refused.exitCode()).isEqualTo(1);
            assertThat(refused.out()).contains("not trusted: it is not signed");
            assertThat(accepted.exitCode()).as(accepted.out() + accepted.err()).isZero();
            assertThat(published.exitCode())
                    .as(published.out() + published.err())
                    .isZero();
            assertThat(replayed.exitCode()).isEqualTo(1);
            assertThat(replayed.out()).contains("decided about as proposal");
            assertThat(rolledBack.exitCode())
                    .as(rolledBack.out() + rolledBack.err())
                    .isZero();
            assertThat(paused.exitCode()).isZero();
            assertThat(resumed.exitCode()).isEqualTo(1);
            assertThat(status.out()).contains("trust: signed (1 key)").doesNotContain("carry no signature");
            assertThat(detect.get("/metrics").body())
                    .contains("snowmelt_registrar_untrusted_total{reason=\"unsigned\"} 2.0")
                    .contains("snowmelt_registrar_untrusted_total{reason=\"replayed\"} 2.0");
        }
    }

    @Test
    void unfitKeysAreAllToldAtStart() throws Exception {
        Map<String, String> environment = new HashMap<>(environment("unfit."));
        Path words = Files.writeString(folder.resolve("words.pem"), "no key");
        environment.put("SNOWMELT_TRUST_KEYS", words + "," + folder.resolve("missing.pem"));
        provision("unfit.");

        Run run = Run.with(environment, "detect", "--http-port", "0");

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.err())
                .contains("trust.keys has 2 faults:")
                .contains("words.pem: holds no PEM block")
                .contains("missing.pem: there is no such file");
    }

    private static void provision(String prefix) {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()))) {
            new TopicProvisioning(admin, 1, 1, Duration.ofSeconds(30)).provision(new Topics(prefix, 3));
        }
    }

    private static Map<String, String> environment(String prefix) {
        return Map.of(
                "SNOWMELT_KAFKA_BOOTSTRAP_SERVERS",
                kafka.bootstrapServers(),
                "SNOWMELT_KAFKA_PREFIX",
                prefix,
                "SNOWMELT_KAFKA_PARTITIONS",
                "3");
    }
}
