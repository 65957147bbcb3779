package dev.snowmelt.schemas.trust;

import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.Signature;
import java.util.List;

/// A private key that signs.
public final class SigningKey {
    private final PrivateKey key;
    private final String id;

    private SigningKey(PrivateKey key) {
        this.key = key;
        this.id = Keys.id(Keys.publicHalf(key));
    }

    /// Reads a key as `openssl genpkey -algorithm ed25519` writes it.
    ///
    /// @throws IllegalArgumentException when the file holds none; says what to do, without the
    /// file's name
    public static SigningKey read(Path file) {
        return new SigningKey(Keys.privateKey(file));
    }

    /// Id of its public key: SHA-256 of its DER form (SubjectPublicKeyInfo), 64 hexadecimal digits.
    public String id() {
        return id;
    }

    /// Signs one message.
    ///
    /// @param payloadType what it means; signed too
    public Envelope sign(String payloadType, byte[] payload) {
        try {
            Signature signature = Signature.getInstance(Keys.ALGORITHM);
            signature.initSign(key);
            signature.update(Envelope.signedBytes(payloadType, payload));
            return new Envelope(payloadType, payload, List.of(new Envelope.Signature(id, signature.sign())));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("an Ed25519 key does not sign", e);
        }
    }
}
