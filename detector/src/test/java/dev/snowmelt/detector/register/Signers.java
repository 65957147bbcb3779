package dev.snowmelt.detector.register;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.protobuf.util.Timestamps;
import dev.snowmelt.schemas.trust.SignedProposal;
import dev.snowmelt.schemas.trust.SigningKey;
import dev.snowmelt.schemas.trust.TrustedKeys;
import dev.snowmelt.v1.Proposal;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Stream;

/// People with keys.
final class Signers {
    private final Path folder;
    private final Map<String, SigningKey> keys = new HashMap<>();

    Signers(Path folder) {
        this.folder = folder;
    }

    SigningKey key(String name) {
        return keys.computeIfAbsent(name, this::make);
    }

    TrustedKeys trusting(String... names) {
        return TrustedKeys.read(Stream.of(names)
                        .peek(this::key)
                        .map(name -> folder.resolve(name + ".pub.pem"))
                        .toList())
                .keys();
    }

    /// The value of a record.
    byte[] sign(String name, Proposal proposal, Instant expires) {
        Proposal expiring = proposal.toBuilder()
                .setExpiresAt(Timestamps.fromMillis(expires.toEpochMilli()))
                .build();
        return SignedProposal.sign(expiring, key(name)).line().getBytes(UTF_8);
    }

    private SigningKey make(String name) {
        try {
            KeyPair pair = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
            Path secret = folder.resolve(name + ".pem");
            Files.writeString(secret, pem("PRIVATE KEY", pair.getPrivate().getEncoded()));
            Files.writeString(
                    folder.resolve(name + ".pub.pem"),
                    pem("PUBLIC KEY", pair.getPublic().getEncoded()));
            return SigningKey.read(secret);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String pem(String label, byte[] der) {
        String base64 = Base64.getMimeEncoder().encodeToString(der);
        return "-----BEGIN " + label + "-----\n" + base64 + "\n-----END " + label + "-----\n";
    }
}
