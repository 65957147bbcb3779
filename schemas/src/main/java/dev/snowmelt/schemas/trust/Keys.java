package dev.snowmelt.schemas.trust;

import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.interfaces.EdECPrivateKey;
import java.security.spec.NamedParameterSpec;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Pattern;

/// Ed25519 keys in PEM, as `openssl genpkey -algorithm ed25519` and `openssl pkey -pubout` write
/// them.
final class Keys {
    static final String ALGORITHM = "Ed25519";

    private static final String PRIVATE = "PRIVATE KEY";
    private static final String PUBLIC = "PUBLIC KEY";
    private static final Pattern BLOCK =
            Pattern.compile("-----BEGIN ([A-Z0-9 ]+)-----\\s(.*?)-----END \\1-----", Pattern.DOTALL);
    private static final String MAKE_PRIVATE = "make one with 'openssl genpkey -algorithm ed25519 -out key.pem'";
    private static final String MAKE_PUBLIC =
            "write the public half with 'openssl pkey -in key.pem -pubout -out key.pub.pem'";

    private Keys() {}

    /// One PEM block.
    private record Block(String label, String base64) {
        byte[] der() {
            return Base64.getMimeDecoder().decode(base64);
        }
    }

    /// The public keys of a file.
    ///
    /// @return at least one
    /// @throws IllegalArgumentException when one is none; says what to do
    static List<PublicKey> publicKeys(Path file) {
        List<PublicKey> keys = new ArrayList<>();
        for (Block block : blocks(file, MAKE_PUBLIC)) {
            switch (block.label()) {
                case PUBLIC -> keys.add(publicKey(block));
                case PRIVATE, "ENCRYPTED PRIVATE KEY" ->
                    throw new IllegalArgumentException(
                            "holds a private key, which belongs to whoever signs; " + MAKE_PUBLIC);
                default -> throw new IllegalArgumentException("holds a " + block.label() + "; " + MAKE_PUBLIC);
            }
        }
        return keys;
    }

    /// The private key of a file.
    ///
    /// @throws IllegalArgumentException when there is none or more than one; says what to do
    static PrivateKey privateKey(Path file) {
        List<Block> blocks = blocks(file, MAKE_PRIVATE);
        if (blocks.size() > 1) {
            throw new IllegalArgumentException("holds " + blocks.size() + " keys; one signs");
        }
        Block block = blocks.getFirst();
        return switch (block.label()) {
            case PRIVATE -> privateKey(block);
            case PUBLIC -> throw new IllegalArgumentException("holds a public key, which cannot sign");
            case "ENCRYPTED PRIVATE KEY" ->
                throw new IllegalArgumentException("holds a key behind a passphrase, which nobody can be asked for;"
                        + " write it without with 'openssl pkey -in key.pem -out plain.pem'");
            default -> throw new IllegalArgumentException("holds a " + block.label() + "; " + MAKE_PRIVATE);
        };
    }

    private static List<Block> blocks(Path file, String advice) {
        String text;
        try {
            text = Files.readString(file);
        } catch (NoSuchFileException _) {
            throw new IllegalArgumentException("there is no such file");
        } catch (MalformedInputException _) {
            throw new IllegalArgumentException("is no text, so no PEM; " + advice);
        } catch (IOException e) {
            throw new IllegalArgumentException("cannot be read: " + e.getMessage(), e);
        }
        List<Block> blocks = BLOCK.matcher(text)
                .results()
                .map(found -> new Block(found.group(1), found.group(2)))
                .toList();
        if (blocks.isEmpty()) {
            throw new IllegalArgumentException("holds no PEM block (-----BEGIN …-----); " + advice);
        }
        return blocks;
    }

    private static PublicKey publicKey(Block block) {
        try {
            return KeyFactory.getInstance(ALGORITHM).generatePublic(new X509EncodedKeySpec(block.der()));
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            throw notOurs(e);
        }
    }

    private static PrivateKey privateKey(Block block) {
        try {
            return KeyFactory.getInstance(ALGORITHM).generatePrivate(new PKCS8EncodedKeySpec(block.der()));
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            throw notOurs(e);
        }
    }

    private static IllegalArgumentException notOurs(Exception cause) {
        return new IllegalArgumentException(
                "holds a key that is not Ed25519, or a damaged one; " + MAKE_PRIVATE, cause);
    }

    /// The public half of a private key. The JDK computes it only while it makes a pair, from 32
    /// random bytes that *are* the private key (RFC 8032, section 5.1.5): so it is made again from
    /// the same bytes.
    static PublicKey publicHalf(PrivateKey key) {
        byte[] seed = ((EdECPrivateKey) key)
                .getBytes()
                .orElseThrow(() -> new IllegalArgumentException("does not show its private key"));
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance(ALGORITHM);
            generator.initialize(NamedParameterSpec.ED25519, new Given(seed));
            var pair = generator.generateKeyPair();
            if (!pair.getPrivate().equals(key)) {
                throw new IllegalStateException("this JDK makes Ed25519 keys in another way than RFC 8032 says");
            }
            return pair.getPublic();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this JDK has no Ed25519", e);
        }
    }

    /// "Random" bytes that are given.
    private static final class Given extends SecureRandom {
        private static final long serialVersionUID = 1L;

        private final byte[] bytes;

        Given(byte[] bytes) {
            this.bytes = bytes.clone();
        }

        @Override
        public void nextBytes(byte[] filled) {
            if (filled.length != bytes.length) {
                throw new IllegalStateException("an Ed25519 key has 32 bytes");
            }
            System.arraycopy(bytes, 0, filled, 0, filled.length);
        }
    }

    /// The id of a key: what `openssl pkey -pubin -in key.pub.pem -outform DER | sha256sum` prints.
    static String id(PublicKey key) {
        return Envelope.sha256(key.getEncoded());
    }
}
