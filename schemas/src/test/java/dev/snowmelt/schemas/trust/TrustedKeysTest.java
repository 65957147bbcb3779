package dev.snowmelt.schemas.trust;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.snowmelt.v1.Problem;
import dev.snowmelt.v1.Proposal;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TrustedKeysTest {
    private static final String IN_TOTO = "application/vnd.in-toto+json";

    @TempDir
    private Path folder;

    /// Published test vectors for DSSE with Ed25519 (testvectors/vectors.json beside the
    /// specification). Ed25519 signs the same thing the same way every time, so ours must be these.
    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '`',
            value = {
                IN_TOTO
                        + ",eyJfdHlwZSI6Imh0dHBzOi8vaW4tdG90by5pby9TdGF0ZW1lbnQvdjEifQ==,"
                        + "2WAfaHm5jluo0w+0rk8uVkluELJYWjSmU9x7EUzx+AyteDGJ4/nqyJXfmAUVFIAoQafWm7AxBZNw5M9ixNHiCA==",
                IN_TOTO
                        + ",+/+/Pj8=,"
                        + "P+/KHICeR7tI6S/YyejJTRtrXhcQyQ2LYPaL8h90KjC9qN8HU/svOQ6TuDOT1HIrsGW886DbWNWcCmX5twLrAw==",
                IN_TOTO
                        + ",``,"
                        + "gSggCAaTLTYyRH6FIDBem6meyIynsYy8RTHVzwx9tnTb7Bg/1jMWnuVgI/gffqmbsC2VX5/jHfkkDqsj7CDbDg==",
                "application/vnd.exämple+json,eyJfdHlwZSI6Imh0dHBzOi8vaW4tdG90by5pby9TdGF0ZW1lbnQvdjEifQ==,"
                        + "xmSk/ug66ysT7ayhkCIjhAq42zgZXSsEWuzUaNL7w2eGAdF/NU6/fRXPtmfN+5DNSAs5/i2lUnHjbbjPsu0tAw=="
            })
    void signsAndVerifiesThePublishedVectors(String type, String payload, String signature) {
        SigningKey key = SigningKey.read(TestKeys.privateKey(folder, "a.key", TestKeys.RFC_1));
        byte[] body = Base64.getDecoder().decode(payload);

        Envelope envelope = key.sign(type, body);

        assertThat(Base64.getEncoder()
                        .encodeToString(envelope.signatures().getFirst().bytes()))
                .isEqualTo(signature);
        assertThat(trusted(TestKeys.RFC_1_PUBLIC).verify(envelope)).contains(key.id());
    }

    @Test
    void knowsThePublicHalfOfAPrivateKey() {
        assertThat(SigningKey.read(TestKeys.PRIVATE).id()).isEqualTo(TestKeys.ID);
        assertThat(TrustedKeys.read(List.of(TestKeys.PUBLIC)).keys().ids()).containsExactly(TestKeys.ID);
    }

    @Test
    void aSignatureForAnotherTypeDoesNotCount() {
        Envelope other = SigningKey.read(TestKeys.PRIVATE).sign(IN_TOTO, utf8("{}"));

        assertThat(fixture().verify(new Envelope(SignedProposal.JSON, other.payload(), other.signatures())))
                .isEmpty();
    }

    @Test
    void noBitMayChange() {
        Envelope envelope = SigningKey.read(TestKeys.PRIVATE).sign("type", utf8("payload"));
        assertThat(fixture().verify(envelope)).contains(TestKeys.ID);

        for (int bit = 0; bit < 7 * 8; bit++) {
            assertThat(fixture().verify(new Envelope("type", flipped(envelope.payload(), bit), envelope.signatures())))
                    .as("payload, bit %d", bit)
                    .isEmpty();
        }
        for (int bit = 0; bit < 64 * 8; bit++) {
            var signature = envelope.signatures().getFirst();
            var changed = new Envelope.Signature(signature.keyId(), flipped(signature.bytes(), bit));
            assertThat(fixture().verify(new Envelope("type", envelope.payload(), List.of(changed))))
                    .as("signature, bit %d", bit)
                    .isEmpty();
        }
    }

    @Test
    void aSignatureOfAnotherLengthDoesNotCount() {
        for (int length : new int[] {0, 1, 63, 65, 1_000}) {
            var signature = new Envelope.Signature(TestKeys.ID, new byte[length]);

            assertThat(fixture().verify(new Envelope("type", utf8("payload"), List.of(signature))))
                    .isEmpty();
        }
    }

    @Test
    void anotherKeysSignatureDoesNotCount() {
        Envelope envelope = SigningKey.read(TestKeys.PRIVATE).sign("type", utf8("payload"));

        assertThat(trusted(TestKeys.RFC_1_PUBLIC).verify(envelope)).isEmpty();
        assertThat(TrustedKeys.NONE.verify(envelope)).isEmpty();
    }

    @Test
    void oneGoodSignatureOfSeveralIsEnough() {
        Envelope envelope = SigningKey.read(TestKeys.PRIVATE).sign("type", utf8("payload"));
        List<Envelope.Signature> several = new ArrayList<>();
        several.add(new Envelope.Signature("", new byte[3]));
        several.add(new Envelope.Signature(TestKeys.ID, new byte[64]));
        several.addAll(envelope.signatures());

        assertThat(fixture().verify(new Envelope("type", envelope.payload(), several)))
                .contains(TestKeys.ID);
    }

    /// The name of a key is not signed: it must neither make a signature good nor hide that it is.
    @ParameterizedTest
    @CsvSource({"''", "no such key", "rfc"})
    void theNameOfTheKeyDecidesNothing(String name) {
        TrustedKeys both = trusted(TestKeys.RFC_1_PUBLIC, TestKeys.RFC_2_PUBLIC);
        SigningKey second = SigningKey.read(TestKeys.privateKey(folder, "b.key", TestKeys.RFC_2));
        String keyId = name.equals("rfc") ? both.ids().iterator().next() : name;

        Envelope signed = second.sign("type", utf8("payload"));
        var renamed =
                new Envelope.Signature(keyId, signed.signatures().getFirst().bytes());

        assertThat(both.verify(new Envelope("type", signed.payload(), List.of(renamed))))
                .contains(second.id());
    }

    @Test
    void aFileMayHoldSeveralKeysAndWords() {
        Path file = TestKeys.write(
                folder,
                "team.pem",
                "# anna\r\n" + TestKeys.publicPem(TestKeys.RFC_1_PUBLIC).replace("\n", "\r\n") + "# ben\n"
                        + TestKeys.publicPem(TestKeys.RFC_2_PUBLIC));

        TrustedKeys.Loaded loaded = TrustedKeys.read(List.of(file));

        assertThat(loaded.problems()).isEmpty();
        assertThat(loaded.keys().ids()).hasSize(2);
    }

    @Test
    void everyUnfitFileIsTold() {
        String good = TestKeys.publicPem(TestKeys.RFC_1_PUBLIC);
        // SubjectPublicKeyInfo of an RSA key, cut short.
        String rsa = "-----BEGIN PUBLIC KEY-----\nMDwwDQYJKoZIhvcNAQEBBQADKwAwKAIhAMr8\n-----END PUBLIC KEY-----\n";
        List<Path> files = List.of(
                TestKeys.write(folder, "good.pem", good),
                TestKeys.write(folder, "again.pem", good),
                TestKeys.write(folder, "rsa.pem", rsa),
                TestKeys.write(folder, "words.pem", "no key"),
                TestKeys.write(folder, "empty-block.pem", "-----BEGIN PUBLIC KEY-----\n-----END PUBLIC KEY-----\n"),
                TestKeys.write(folder, "other.pem", "-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----\n"),
                TestKeys.PRIVATE,
                folder.resolve("missing.pem"),
                folder);

        TrustedKeys.Loaded loaded = TrustedKeys.read(files);

        assertThat(loaded.keys().ids()).hasSize(1);
        assertThat(loaded.problems())
                .extracting(Problem::getPath)
                .containsExactlyElementsOf(
                        files.stream().skip(1).map(Path::toString).toList());
        assertThat(loaded.problems())
                .extracting(Problem::getMessage)
                .satisfiesExactly(
                        again -> assertThat(again).contains("which is in " + files.getFirst() + " too"),
                        algorithm -> assertThat(algorithm).contains("not Ed25519"),
                        words -> assertThat(words).contains("no PEM block"),
                        empty -> assertThat(empty).contains("not Ed25519, or a damaged one"),
                        other -> assertThat(other)
                                .contains("holds a CERTIFICATE")
                                .contains("openssl pkey"),
                        secret -> assertThat(secret).contains("holds a private key"),
                        missing -> assertThat(missing).isEqualTo("there is no such file"),
                        unreadable -> assertThat(unreadable).startsWith("cannot be read"));
    }

    @ParameterizedTest
    @CsvSource({
        "PUBLIC KEY, MCowBQYDK2VwAyEAwtVQcU7VQGQgW1UBk5Ah1TjJRsYadcmETVllLYqsQ6s=, cannot sign",
        "ENCRYPTED PRIVATE KEY, AA==, passphrase",
        "RSA PRIVATE KEY, AA==, openssl genpkey -algorithm ed25519",
        "PRIVATE KEY, AA==, not Ed25519"
    })
    void aFileThatCannotSignSaysWhy(String label, String base64, String why) {
        Path file = TestKeys.write(
                folder, "key.pem", "-----BEGIN " + label + "-----\n" + base64 + "\n-----END " + label + "-----\n");

        assertThatThrownBy(() -> SigningKey.read(file)).hasMessageContaining(why);
    }

    @Test
    void aProposalIsSignedWithItsExpiryAlone() {
        SigningKey key = SigningKey.read(TestKeys.PRIVATE);

        assertThatThrownBy(() -> SignedProposal.sign(Proposal.getDefaultInstance(), key))
                .hasMessageContaining("expires");
    }

    private static TrustedKeys fixture() {
        return TrustedKeys.read(List.of(TestKeys.PUBLIC)).keys();
    }

    private TrustedKeys trusted(String... publicKeys) {
        List<Path> files = new ArrayList<>();
        for (String key : publicKeys) {
            files.add(TestKeys.publicKey(folder, key.substring(0, 8) + ".pem", key));
        }
        return TrustedKeys.read(files).keys();
    }

    private static byte[] flipped(byte[] bytes, int bit) {
        byte[] flipped = bytes.clone();
        flipped[bit / 8] ^= (byte) (1 << bit % 8);
        return flipped;
    }

    private static byte[] utf8(String text) {
        return text.getBytes(UTF_8);
    }
}
