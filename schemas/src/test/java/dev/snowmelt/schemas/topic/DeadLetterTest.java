package dev.snowmelt.schemas.topic;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class DeadLetterTest {
    private static String error(String error) {
        byte[] header = new DeadLetter("t", 0, 0, "planner", error, null, null)
                .headers()
                .lastHeader(DeadLetter.ERROR)
                .value();
        return new String(header, StandardCharsets.UTF_8);
    }

    @Test
    void aLongErrorIsCutAndAShortOneIsNot() {
        assertThat(error("x".repeat(1_024))).isEqualTo("x".repeat(1_024));
        assertThat(error("x".repeat(1_000_000))).isEqualTo("x".repeat(1_023) + "…");
    }

    @Test
    void noCharacterIsCutInTwo() {
        assertThat(error("x".repeat(1_022) + "\uD83D\uDE00".repeat(9))).isEqualTo("x".repeat(1_022) + "…");
    }

    @Test
    void whatDoesNotFitIsCutAndTheErrorSaysSo() {
        var letter = new DeadLetter("t", 0, 0, "planner", "why", new byte[70_000], new byte[3_000_000]);

        assertThat(letter.value()).hasSize(DeadLetter.MOST_VALUE_BYTES);
        assertThat(letter.key()).hasSize(16_384);
        assertThat(letter.error())
                .contains("a key of 70000", "a value of 3000000")
                .endsWith("why");
    }

    @Test
    void aRecordOfTheLargestUsualSizeFitsIntoTheTopic() {
        assertThat(Integer.parseInt(new Topics("t.", 1).deadLetters().settings().get("max.message.bytes")))
                .isEqualTo(2 * 1024 * 1024);
    }
}
