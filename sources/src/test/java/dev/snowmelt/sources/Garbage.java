package dev.snowmelt.sources;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;

/// Spoils a file in every way that disks, editors and pipes do, and demands that a source either
/// reads it or refuses it with places and sentences.
public final class Garbage {
    private static final int ROUNDS = Integer.getInteger("garbage.rounds", 1_000);
    private static final String[] PIECES = {
        "{",
        "}",
        "[",
        "]",
        ":",
        ",",
        "\"",
        "null",
        "true",
        "1e999",
        "-",
        "&a ",
        "*a",
        "<<: ",
        "!!str ",
        "\n---\n",
        "%YAML 9.9\n",
        "\u0000",
        "\t",
        "\\u",
        "|\n",
        "0x",
        "'",
        "#",
        "? ",
        "\uFEFF",
        "\uD83D\uDE00",
        "-1",
        "9999999999999999999999",
        "..."
    };

    private Garbage() {}

    /// What must take garbage.
    public interface Source {
        Found read(byte[] bytes) throws Exception;
    }

    /// @param seed said when it fails, so that the failure can be repeated
    public static void feed(byte[] sound, long seed, Source source) {
        var random = new Random(seed);
        int refused = 0;
        for (int round = 0; round < ROUNDS; round++) {
            byte[] spoilt = spoil(sound, random);
            try {
                Found found = source.read(spoilt);
                assertThat(found.declarations().size() + found.unresolved().size())
                        .as("something was found")
                        .isPositive();
            } catch (SourceException e) {
                refused++;
                assertThat(e.faults()).isNotEmpty().allSatisfy(fault -> {
                    assertThat(fault.place()).isNotBlank();
                    assertThat(fault.message()).isNotBlank().doesNotContain("Exception");
                });
            } catch (Exception | StackOverflowError e) {
                fail("seed " + seed + ", round " + round + ":\n" + new String(spoilt, StandardCharsets.UTF_8), e);
            }
        }
        assertThat(refused).as("most garbage is refused").isGreaterThan(ROUNDS / 10);
    }

    private static byte[] spoil(byte[] sound, Random random) {
        byte[] spoilt = sound;
        for (int i = random.nextInt(3); i >= 0; i--) {
            spoilt = spoilOnce(spoilt, random);
        }
        return spoilt;
    }

    private static byte[] spoilOnce(byte[] bytes, Random random) {
        if (bytes.length == 0) {
            return bytes;
        }
        int at = random.nextInt(bytes.length);
        int to = Math.min(bytes.length, at + 1 + random.nextInt(200));
        return switch (random.nextInt(6)) {
            case 0 -> Arrays.copyOf(bytes, at);
            case 1 -> joined(bytes, 0, at, new byte[0], to);
            case 2 -> {
                byte[] flipped = bytes.clone();
                flipped[at] ^= (byte) (1 << random.nextInt(8));
                yield flipped;
            }
            case 3 -> joined(bytes, 0, at, PIECES[random.nextInt(PIECES.length)].getBytes(StandardCharsets.UTF_8), at);
            case 4 -> joined(bytes, 0, to, Arrays.copyOfRange(bytes, at, to), to);
            default ->
                joined(
                        bytes,
                        0,
                        at,
                        PIECES[random.nextInt(PIECES.length)].repeat(300).getBytes(StandardCharsets.UTF_8),
                        to);
        };
    }

    private static byte[] joined(byte[] bytes, int from, int to, byte[] between, int rest) {
        byte[] whole =
                Arrays.copyOf(Arrays.copyOfRange(bytes, from, to), to - from + between.length + bytes.length - rest);
        System.arraycopy(between, 0, whole, to - from, between.length);
        System.arraycopy(bytes, rest, whole, to - from + between.length, bytes.length - rest);
        return whole;
    }
}
