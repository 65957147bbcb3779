package dev.snowmelt.schemas.trust;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.HexFormat;

/// Keys of tests, as PEM files.
final class TestKeys {
    /// A pair that openssl made; published, so it protects nothing.
    static final Path PRIVATE = Path.of("src/test/resources/trust/test.key.pem");
    static final Path PUBLIC = Path.of("src/test/resources/trust/test.pub.pem");
    static final String ID = "eff7a9152cae0da477a1bd992f3e445fdc966372cdd7082a019b7eda62139878";

    /// Test keys 1 and 2 of RFC 8032, section 7.1: private and public half.
    static final String RFC_1 = "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60";

    static final String RFC_1_PUBLIC = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a";
    static final String RFC_2 = "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb";
    static final String RFC_2_PUBLIC = "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c";

    // RFC 8410: what stands before the 32 bytes of a key in PKCS#8 and in SubjectPublicKeyInfo.
    private static final String PKCS8 = "302e020100300506032b657004220420";
    private static final String SPKI = "302a300506032b6570032100";

    private TestKeys() {}

    static Path privateKey(Path folder, String name, String key) {
        return write(folder, name, pem("PRIVATE KEY", PKCS8 + key));
    }

    static Path publicKey(Path folder, String name, String key) {
        return write(folder, name, publicPem(key));
    }

    static String publicPem(String key) {
        return pem("PUBLIC KEY", SPKI + key);
    }

    static Path write(Path folder, String name, String text) {
        try {
            return Files.writeString(folder.resolve(name), text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String pem(String label, String hex) {
        String base64 = Base64.getEncoder().encodeToString(HexFormat.of().parseHex(hex));
        return "-----BEGIN " + label + "-----\n" + base64 + "\n-----END " + label + "-----\n";
    }
}
