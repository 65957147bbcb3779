package dev.snowmelt.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.snowmelt.schemas.text.MessageReader;
import dev.snowmelt.schemas.trust.Envelope;
import dev.snowmelt.schemas.trust.SignedProposal;
import dev.snowmelt.schemas.trust.TrustedKeys;
import dev.snowmelt.v1.Override;
import dev.snowmelt.v1.Proposal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SignCommandTest {
    private static final String CART = """
            workload: k8s:prod-eu/shop/Deployment/cart
            spec:
              containers: [{name: cart, image: "registry.example/cart@sha256:%s"}]
            """.formatted("a".repeat(64));

    @TempDir
    private Path folder;

    private TestKeys keys;

    @BeforeEach
    void makeKeys() {
        keys = TestKeys.in(folder, "anna");
    }

    @Test
    void writesAnEnvelopeALine() throws IOException {
        Path file = write("two.yaml", CART + "---\n" + CART.replace("/cart\n", "/web\n"));

        Run run = sign("-f", file.toString(), "--by", "ci", "--reason", "release 1.4", "--expires", "10m");

        assertThat(run.err()).isEmpty();
        assertThat(run.exitCode()).isZero();
        List<Proposal> proposals = verified(run.out());
        assertThat(proposals)
                .extracting(proposal -> proposal.getDeclare().getWorkload())
                .containsExactly("k8s:prod-eu/shop/Deployment/cart", "k8s:prod-eu/shop/Deployment/web");
        assertThat(proposals).allSatisfy(proposal -> {
            assertThat(proposal.getBy()).isEqualTo("ci");
            assertThat(proposal.getReason()).isEqualTo("release 1.4");
            assertThat(Instant.ofEpochSecond(proposal.getExpiresAt().getSeconds()))
                    .isBetween(Instant.now().plusSeconds(500), Instant.now().plusSeconds(600));
        });
    }

    @Test
    void signsWholeProposalsToo() throws IOException {
        Path file = write("resume.json", """
                {"override": {"target": "k8s:prod-eu", "kind": "RESUME", "subject": "k8s:prod-eu"}, "by": "anna"}
                """);

        Run run = sign("-f", file.toString(), "--by", "ci");

        assertThat(verified(run.out())).singleElement().satisfies(proposal -> {
            assertThat(proposal.getOverride().getKind()).isEqualTo(Override.Kind.RESUME);
            assertThat(proposal.getBy()).isEqualTo("anna");
        });
    }

    @Test
    void expectsARevisionOfOneDocument() throws IOException {
        Path one = write("cart.yaml", CART);
        Path other = write("web.yaml", CART.replace("/cart\n", "/web\n"));

        Run run = sign("-f", one.toString(), "--expected-revision", "7");
        Run two = sign("-f", one.toString(), "-f", other.toString(), "--expected-revision", "7");

        assertThat(verified(run.out()).getFirst().getDeclare().getExpectedRevision())
                .isEqualTo(7);
        assertThat(two.exitCode()).isEqualTo(64);
        assertThat(two.out()).isEmpty();
    }

    @Test
    void takesTheKeyOfTheConfiguration() throws IOException {
        Path file = write("cart.yaml", CART);
        var environment = Map.of("SNOWMELT_TRUST_SIGNING_KEY", keys.privateKey().toString());

        Run run = Run.with(environment, "sign", "-f", file.toString());

        assertThat(verified(run.out())).hasSize(1);
    }

    @Test
    void everyFaultIsToldAndNothingIsSigned() throws IOException {
        Path good = write("good.yaml", CART);
        Path bad = write("bad.yaml", CART.replace("aaa@", "").replace("sha256:a", "sha256:z") + "---\nworkloda: x\n");
        Run signed = sign("-f", good.toString());
        Path again = write("again.json", signed.out());

        Run run = sign("-f", good.toString(), "-f", bad.toString(), "-f", again.toString(), "-f", "missing.yaml");

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.out()).isEmpty();
        assertThat(run.err())
                .contains("Nothing was signed; there are 4 faults:")
                .contains("bad.yaml document 1: spec.containers[0].image")
                .contains("bad.yaml document 2: workloda: unknown key")
                .contains("again.json: is signed already")
                .contains("missing.yaml: there is no such file");
    }

    @Test
    void saysWhatIsWrongWithTheKey() throws IOException {
        Path file = write("cart.yaml", CART);

        Run publicKey =
                Run.of("sign", "-f", file.toString(), "--key", keys.publicKey().toString());
        Run none = Run.of("sign", "-f", file.toString());

        assertThat(publicKey.exitCode()).isEqualTo(1);
        assertThat(publicKey.err()).contains("--key: ").contains("holds a public key, which cannot sign");
        assertThat(none.exitCode()).isEqualTo(64);
        assertThat(none.err()).contains("--key FILE");
    }

    @ParameterizedTest
    @ValueSource(strings = {"0s", "25h"})
    void signaturesCountAtMostADay(String expires) throws IOException {
        Run run = sign("-f", write("cart.yaml", CART).toString(), "--expires", expires);

        assertThat(run.exitCode()).isEqualTo(64);
        assertThat(run.err()).contains("--expires");
    }

    private Run sign(String... arguments) {
        String[] all = new String[arguments.length + 3];
        all[0] = "sign";
        all[1] = "--key";
        all[2] = keys.privateKey().toString();
        System.arraycopy(arguments, 0, all, 3, arguments.length);
        return Run.of(all);
    }

    private List<Proposal> verified(String out) {
        TrustedKeys trusted = TrustedKeys.read(List.of(keys.publicKey())).keys();
        return out.lines()
                .map(line -> {
                    Envelope envelope = Envelope.read(line.getBytes(UTF_8)).orElseThrow();
                    assertThat(trusted.verify(envelope)).isPresent();
                    assertThat(envelope.payloadType()).isEqualTo(SignedProposal.JSON);
                    return MessageReader.read(new String(envelope.payload(), UTF_8), Proposal.getDefaultInstance())
                            .getFirst()
                            .message();
                })
                .toList();
    }

    private Path write(String name, String text) throws IOException {
        return Files.writeString(folder.resolve(name), text);
    }
}
