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
    void aRecordOfTheLargestUsualSizeFitsIntoTheTopic() {
        assertThat(Integer.parseInt(new Topics("t.", 1).deadLetters().settings().get("max.message.bytes")))
                .isEqualTo(2 * 1024 * 1024);
    }
}
