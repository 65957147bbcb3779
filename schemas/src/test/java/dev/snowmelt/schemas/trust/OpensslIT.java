package dev.snowmelt.schemas.trust;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What people are told to do with openssl works with what we do. Needs openssl 3 on the path.
class OpensslIT {
    @TempDir
    private Path folder;

    @BeforeEach
    void makeAPair() throws Exception {
        assumeThat(Stream.of(System.getenv("PATH").split(":")).map(each -> Path.of(each, "openssl")))
                .as("an openssl on the path")
                .anyMatch(Files::isExecutable);
        openssl("genpkey", "-algorithm", "ed25519", "-out", "key.pem");
        openssl("pkey", "-in", "key.pem", "-pubout", "-out", "key.pub.pem");
    }

    @Test
    void verifiesWhatWeSign() throws Exception {
        Envelope envelope = SigningKey.read(folder.resolve("key.pem")).sign("type", utf8("payload"));
        Files.write(folder.resolve("signed"), Envelope.signedBytes(envelope.payloadType(), envelope.payload()));
        Files.write(
                folder.resolve("signature"), envelope.signatures().getFirst().bytes());

        String said = openssl(
                "pkeyutl",
                "-verify",
                "-pubin",
                "-inkey",
                "key.pub.pem",
                "-rawin",
                "-in",
                "signed",
                "-sigfile",
                "signature");

        assertThat(said).contains("Signature Verified Successfully");
    }

    @Test
    void signsWhatWeVerify() throws Exception {
        Files.write(folder.resolve("signed"), Envelope.signedBytes("type", utf8("payload")));
        openssl("pkeyutl", "-sign", "-inkey", "key.pem", "-rawin", "-in", "signed", "-out", "signature");
        var signature = new Envelope.Signature("", Files.readAllBytes(folder.resolve("signature")));

        TrustedKeys.Loaded loaded = TrustedKeys.read(List.of(folder.resolve("key.pub.pem")));

        assertThat(loaded.problems()).isEmpty();
        assertThat(loaded.keys().verify(new Envelope("type", utf8("payload"), List.of(signature))))
                .isPresent();
    }

    /// `openssl pkey -pubin -in key.pub.pem -outform DER | sha256sum`
    @Test
    void agreesAboutTheIdOfAKey() throws Exception {
        openssl("pkey", "-pubin", "-in", "key.pub.pem", "-outform", "DER", "-out", "key.der");

        String said = openssl("dgst", "-sha256", "-r", "key.der");

        assertThat(said).startsWith(SigningKey.read(folder.resolve("key.pem")).id());
    }

    @Test
    void otherKeysOfItAreTold() throws Exception {
        openssl("genpkey", "-algorithm", "ed448", "-out", "448.pem");
        openssl("pkey", "-in", "448.pem", "-pubout", "-out", "448.pub.pem");
        openssl("pkey", "-in", "key.pem", "-aes256", "-passout", "pass:x", "-out", "locked.pem");

        assertThat(TrustedKeys.read(List.of(folder.resolve("448.pub.pem"), folder.resolve("locked.pem")))
                        .problems())
                .satisfiesExactly(
                        algorithm -> assertThat(algorithm.getMessage()).contains("not Ed25519"),
                        locked -> assertThat(locked.getMessage()).contains("private key"));
    }

    private String openssl(String... arguments) throws IOException, InterruptedException {
        var command = Stream.concat(Stream.of("openssl"), Stream.of(arguments)).toList();
        Process process = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .start();
        String said = new String(process.getInputStream().readAllBytes(), UTF_8);
        assertThat(process.waitFor()).as(said).isZero();
        return said;
    }

    private static byte[] utf8(String text) {
        return text.getBytes(UTF_8);
    }
}
