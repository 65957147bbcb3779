package dev.snowmelt.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class DemoReportTest {
    private static final Instant MADE = Instant.parse("2026-11-01T12:00:00Z");

    @Test
    void countsEveryDriftOnceByHowItEnded() {
        var replaced = snowflake("replaced", Snowflake.End.REPLACED);
        replaced.seen(MADE.plusMillis(40), "IMAGE_MISMATCH");
        replaced.ended(Snowflake.End.REPLACED, MADE.plusMillis(900), "");
        var restored = snowflake("restored", Snowflake.End.RESTORED);
        restored.seen(MADE.plusMillis(60), "TEMPLATE_MISMATCH");
        restored.ended(Snowflake.End.HELD, MADE.plusMillis(70), "TEMPLATE_UNPINNED");
        restored.ended(Snowflake.End.RESTORED, MADE.plusMillis(5_000), "");
        var open = snowflake("open", Snowflake.End.HELD);

        String json = new DemoReport(List.of(replaced, restored, open), List.of("open: was not seen")).json();

        assertThat(json)
                .isEqualTo("{\"injected\":3,\"detected\":2,\"replaced\":1,\"restored\":1,\"held\":0,"
                        + "\"detectMillisP50\":40,\"detectMillisP99\":60,\"replaceMillisP50\":900,"
                        + "\"violations\":[\"open: was not seen\"]}");
    }

    @Test
    void fitsIntoAHundredColumns() {
        var snowflake = snowflake("a drift with a rather long description that goes on and on", Snowflake.End.HELD);
        snowflake.ended(Snowflake.End.HELD, MADE.plusMillis(123_456), "a reason that would not fit either");

        List<String> table = new DemoReport(List.of(snowflake), List.of()).table();

        assertThat(table).allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(100));
    }

    @Test
    void ranksNothingAsNothing() {
        assertThat(DemoReport.percentile(List.of(), 99)).isNull();
    }

    private static Snowflake snowflake(String what, Snowflake.End expected) {
        return new Snowflake(what, DemoFleet.CART, Optional.empty(), expected, MADE);
    }
}
