package dev.snowmelt.remediator.guard;

import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A workload's budget as it is declared: `2` or `25%`.
public final class MaxUnavailable {
    private static final Pattern NUMBER_OR_SHARE = Pattern.compile("([0-9]{1,9})(%?)");

    private MaxUnavailable() {}

    /// How many replicas may be unavailable at once.
    ///
    /// @param text as declared; empty is read as `1`
    /// @param desired replicas wanted; a share is rounded down, and is at least 1; but a part of a single
    /// replica is none: otherwise 10 % would be the whole workload
    /// @return empty when the text is neither a number nor a share up to 100 %
    public static OptionalInt of(String text, int desired) {
        if (text.isEmpty()) {
            return OptionalInt.of(1);
        }
        Matcher matcher = NUMBER_OR_SHARE.matcher(text);
        if (!matcher.matches()) {
            return OptionalInt.empty();
        }
        int number = Integer.parseInt(matcher.group(1));
        if (matcher.group(2).isEmpty()) {
            return OptionalInt.of(number);
        }
        if (number > 100) {
            return OptionalInt.empty();
        }
        if (desired == 1) {
            return OptionalInt.of(number / 100);
        }
        return OptionalInt.of(number == 0 ? 0 : (int) Math.max(1, (long) desired * number / 100));
    }
}
