package dev.snowmelt.helm;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/// `deploy/image/oci`, which writes the image: the same content is the same digest, whenever and by
/// whomever it was made, and what it lists is what it holds. (GNU tar is needed: Linux.)
@EnabledOnOs(OS.LINUX)
class ImageArchiveTest {
    private static final Path OCI =
            Path.of("../deploy/image/oci").toAbsolutePath().normalize();
    private static final Pattern LAYERS = Pattern.compile("\"Layers\":\\[([^\\]]*)]");

    @TempDir
    private Path folder;

    @Test
    void theSameContentIsTheSameDigest() throws Exception {
        Path first = content("first", "hello", Instant.EPOCH);
        Path second = content("second", "hello", Instant.parse("2026-11-23T12:00:00Z"));
        Path other = content("other", "hello!", Instant.EPOCH);

        String digest = oci("first.tar", first);

        assertThat(digest).matches("sha256:[0-9a-f]{64}");
        assertThat(oci("second.tar", second)).isEqualTo(digest);
        assertThat(folder.resolve("second.tar")).hasSameBinaryContentAs(folder.resolve("first.tar"));
        assertThat(oci("other.tar", other)).isNotEqualTo(digest);
    }

    @Test
    void whatIsListedIsThere() throws Exception {
        String digest = oci("image.tar", content("content", "hello", Instant.EPOCH));
        Path image = Files.createDirectory(folder.resolve("image"));
        run(List.of("tar", "-xf", folder.resolve("image.tar").toString(), "-C", image.toString()));

        assertThat(Files.readString(image.resolve("index.json"))).contains(digest);
        String manifest = Files.readString(blob(image, digest));
        var found = LAYERS.matcher(Files.readString(image.resolve("manifest.json")));
        assertThat(found.find()).isTrue();
        List<String> layers = List.of(found.group(1).replace("\"", "").split(","));
        assertThat(layers).hasSize(2);
        for (String layer : layers) {
            String named = layer.substring(layer.lastIndexOf('/') + 1);
            assertThat(sha256(Files.newInputStream(image.resolve(layer)))).isEqualTo(named);
            assertThat(manifest).contains("sha256:" + named);
            var config = Files.readString(configOf(image));
            assertThat(config)
                    .contains("\"created\":\"2026-11-01T00:00:00Z\"")
                    .contains("\"User\": \"65532:65532\"")
                    .contains("sha256:" + sha256(new GZIPInputStream(Files.newInputStream(image.resolve(layer)))));
        }
        Path state = folder.resolve("state.tar.gz");
        Files.copy(image.resolve(layers.getLast()), state);
        assertThat(run(List.of("tar", "--numeric-owner", "-tvzf", state.toString())))
                .contains("65532/65532")
                .contains("./var/lib/snowmelt/")
                .doesNotContain("./var/lib/\n");
    }

    private static Path configOf(Path image) throws IOException {
        String listed = Files.readString(image.resolve("manifest.json"));
        return image.resolve(listed.replaceAll("(?s).*\"Config\":\"([^\"]*)\".*", "$1"));
    }

    private static Path blob(Path image, String digest) {
        return image.resolve("blobs/sha256").resolve(digest.replace("sha256:", ""));
    }

    private Path content(String name, String text, Instant modified) throws IOException {
        Path root = folder.resolve(name);
        // The order in which files are made is the order in which a folder lists them, in some file systems.
        List<String> names = modified.equals(Instant.EPOCH) ? List.of("b", "a") : List.of("a", "b");
        Path opt = Files.createDirectories(root.resolve("layer/opt"));
        for (String file : names) {
            Path path = opt.resolve(file);
            Files.writeString(path, text);
            Files.setLastModifiedTime(path, FileTime.from(modified));
        }
        Files.createDirectories(root.resolve("state/var/lib/snowmelt"));
        return root;
    }

    private String oci(String file, Path content) throws Exception {
        return run(List.of(
                        OCI.toString(),
                        folder.resolve(file).toString(),
                        "snowmelt:test",
                        String.valueOf(Instant.parse("2026-11-01T00:00:00Z").getEpochSecond()),
                        OCI.resolveSibling("config.json").toString(),
                        content.resolve("layer").toString(),
                        content.resolve("state") + ":65532"))
                .strip();
    }

    private static String run(List<String> command) throws Exception {
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as("%s", command).isZero();
        return out;
    }

    private static String sha256(InputStream of) throws IOException, NoSuchAlgorithmException {
        try (of) {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(of.readAllBytes()));
        }
    }
}
