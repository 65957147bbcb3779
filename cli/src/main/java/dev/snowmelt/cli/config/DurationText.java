package dev.snowmelt.cli.config;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Durations as people write them: `500ms`, `90s`, `10m`, `1h30m`, `7d`.
public final class DurationText {
    private static final Pattern WHOLE = Pattern.compile("(?:[0-9]{1,9}(?:ms|s|m|h|d))+");
    private static final Pattern PART = Pattern.compile("([0-9]+)(ms|s|m|h|d)");

    private DurationText() {}

    /// @throws IllegalArgumentException when it is none
    public static Duration parse(String text) {
        if (!WHOLE.matcher(text).matches()) {
            throw new IllegalArgumentException(
                    "must be a duration such as '500ms', '90s', '10m' or '1h30m', not '" + text + "'");
        }
        Duration sum = Duration.ZERO;
        Matcher part = PART.matcher(text);
        while (part.find()) {
            long number = Long.parseLong(part.group(1));
            sum = sum.plus(
                    switch (part.group(2)) {
                        case "ms" -> Duration.ofMillis(number);
                        case "s" -> Duration.ofSeconds(number);
                        case "m" -> Duration.ofMinutes(number);
                        case "h" -> Duration.ofHours(number);
                        case "d" -> Duration.ofDays(number);
                        case String unit -> throw new IllegalStateException(unit);
                    });
        }
        return sum;
    }

    /// The shortest of the forms that [#parse] reads, with at most two units: `1h30m`, `45s`, `250ms`.
    public static String print(Duration duration) {
        if (duration.isNegative()) {
            return "-" + print(duration.negated());
        }
        if (duration.toDays() > 0) {
            return duration.toDays() + "d" + unit(duration.toHoursPart(), "h");
        }
        if (duration.toHours() > 0) {
            return duration.toHours() + "h" + unit(duration.toMinutesPart(), "m");
        }
        if (duration.toMinutes() > 0) {
            return duration.toMinutes() + "m" + unit(duration.toSecondsPart(), "s");
        }
        return duration.toSeconds() > 0 || duration.isZero() ? duration.toSeconds() + "s" : duration.toMillis() + "ms";
    }

    private static String unit(int number, String unit) {
        return number == 0 ? "" : number + unit;
    }
}
