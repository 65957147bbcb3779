package dev.snowmelt.schemas.trust;

import dev.snowmelt.schemas.text.Texts;
import dev.snowmelt.v1.Problem;
import java.nio.file.Path;
import java.security.InvalidKeyException;
import java.security.NoSuchAlgorithmException;
import java.security.PublicKey;
import java.security.Signature;
import java.security.SignatureException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The public keys whose signatures count.
public final class TrustedKeys {
    /// No key: nothing is checked.
    public static final TrustedKeys NONE = new TrustedKeys(Map.of());

    private final Map<String, PublicKey> keys;

    private TrustedKeys(Map<String, PublicKey> keys) {
        this.keys = keys;
    }

    /// What was read, and everything that is wrong.
    ///
    /// @param keys those that could be read
    /// @param problems their paths are the files' names
    public record Loaded(TrustedKeys keys, List<Problem> problems) {
        /// Keeps a copy.
        public Loaded {
            problems = List.copyOf(problems);
        }
    }

    /// Reads keys as `openssl pkey -pubout` writes them, one or several a file.
    public static Loaded read(List<Path> files) {
        Map<String, PublicKey> keys = new LinkedHashMap<>();
        Map<String, Path> places = new HashMap<>();
        List<Problem> problems = new ArrayList<>();
        for (Path file : files) {
            try {
                for (PublicKey key : Keys.publicKeys(file)) {
                    String id = Keys.id(key);
                    Path other = places.putIfAbsent(id, file);
                    if (other != null) {
                        problems.add(Texts.problem(
                                file.toString(),
                                "holds key " + id
                                        + (other.equals(file) ? " twice" : ", which is in " + other + " too")));
                    }
                    keys.putIfAbsent(id, key);
                }
            } catch (IllegalArgumentException e) {
                problems.add(Texts.problem(file.toString(), String.valueOf(e.getMessage())));
            }
        }
        return new Loaded(new TrustedKeys(keys), problems);
    }

    /// No key is trusted, so nothing is checked.
    public boolean isEmpty() {
        return keys.isEmpty();
    }

    /// Ids of the keys, in the order in which they were read.
    public Set<String> ids() {
        return Collections.unmodifiableSet(keys.keySet());
    }

    /// Finds a signature that counts: one is enough. Every key is tried, the one that the signature
    /// names first: its name is not signed, so a wrong one must not hide a good signature.
    ///
    /// @return the id of the key that signed; empty: none of these
    public Optional<String> verify(Envelope envelope) {
        byte[] signed = Envelope.signedBytes(envelope.payloadType(), envelope.payload());
        for (Envelope.Signature signature : envelope.signatures()) {
            Optional<String> by = namedFirst(signature)
                    .filter(id -> valid(keys.get(id), signed, signature.bytes()))
                    .findFirst();
            if (by.isPresent()) {
                return by;
            }
        }
        return Optional.empty();
    }

    private Stream<String> namedFirst(Envelope.Signature signature) {
        return Stream.concat(Stream.of(signature.keyId()).filter(keys::containsKey), keys.keySet().stream())
                .distinct();
    }

    private static boolean valid(@Nullable PublicKey key, byte[] signed, byte[] signature) {
        try {
            Signature verifier = Signature.getInstance(Keys.ALGORITHM);
            verifier.initVerify(key);
            verifier.update(signed);
            return verifier.verify(signature);
        } catch (SignatureException _) {
            return false; // Of another length, or no point of the curve.
        } catch (NoSuchAlgorithmException | InvalidKeyException e) {
            throw new IllegalStateException("a key that was read does not verify", e);
        }
    }
}
