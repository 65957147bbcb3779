package dev.snowmelt.detector.register;

import com.google.protobuf.Duration;
import com.google.protobuf.util.Durations;
import dev.snowmelt.v1.RemediationPolicy;
import dev.snowmelt.v1.RestoreTemplate;
import dev.snowmelt.v1.Window;
import java.time.DateTimeException;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.regex.Pattern;

/// What a remediation policy must be.
final class RemediationRules {
    private static final Pattern NUMBER = Pattern.compile("[0-9]{1,9}");
    private static final Pattern PERCENT = Pattern.compile("([0-9]{1,9})%");
    private static final Pattern TIME_OF_DAY = Pattern.compile("([01][0-9]|2[0-3]):[0-5][0-9]");
    /// Longer ones are typing errors (milliseconds for seconds), and would overflow nanoseconds later.
    private static final Duration LONGEST = Durations.fromDays(366);

    private final Problems problems;
    private final String path;

    RemediationRules(Problems problems, String path) {
        this.problems = problems;
        this.path = path;
    }

    void check(RemediationPolicy policy) {
        problems.require(
                policy.getMode() != RemediationPolicy.Mode.UNRECOGNIZED,
                path + ".mode",
                "must be one of OFF, OBSERVE, APPROVE, ENFORCE");
        maxUnavailable(policy.getMaxUnavailable());
        for (int i = 0; i < policy.getAlsoTerminateCount(); i++) {
            RemediationPolicy.Protected named = policy.getAlsoTerminate(i);
            problems.require(
                    named != RemediationPolicy.Protected.UNRECOGNIZED
                            && named != RemediationPolicy.Protected.PROTECTED_UNSPECIFIED,
                    path + ".alsoTerminate[" + i + "]",
                    "must be one of STATEFUL, STANDALONE, RECREATE");
        }
        if (policy.hasGracePeriod()) {
            duration(policy.getGracePeriod(), Durations.ZERO, "gracePeriod");
        }
        if (policy.hasReplaceTimeout()) {
            duration(policy.getReplaceTimeout(), Durations.fromNanos(1), "replaceTimeout");
        }
        if (policy.hasTouchHold()) {
            duration(policy.getTouchHold(), Durations.ZERO, "touchHold");
        }
        RestoreTemplate restore = policy.getRestoreTemplate();
        if (restore.hasGracePeriod()) {
            duration(restore.getGracePeriod(), Durations.ZERO, "restoreTemplate.gracePeriod");
        }
        if (policy.hasRate()) {
            problems.require(
                    policy.getRate().getCount() > 0, path + ".rate.count", "must be from 1 to " + Integer.MAX_VALUE);
            duration(policy.getRate().getPer(), Durations.fromNanos(1), "rate.per");
        }
        for (int i = 0; i < policy.getWindowsCount(); i++) {
            window(policy.getWindows(i), path + ".windows[" + i + "]");
        }
    }

    private void maxUnavailable(String text) {
        var percent = PERCENT.matcher(text);
        boolean valid = text.isEmpty()
                || (NUMBER.matcher(text).matches() && Integer.parseInt(text) >= 1)
                || (percent.matches() && inRange(Integer.parseInt(percent.group(1)), 1, 100));
        problems.require(
                valid,
                path + ".maxUnavailable",
                "must be a number from 1 or a share from 1% to 100%, not '" + text + "'");
    }

    private void duration(Duration duration, Duration least, String name) {
        boolean valid = Durations.isValid(duration)
                && Durations.compare(duration, least) >= 0
                && Durations.compare(duration, LONGEST) <= 0;
        problems.require(
                valid,
                path + "." + name,
                "must be " + (least.equals(Durations.ZERO) ? "from 0s" : "more than 0s") + " to " + LONGEST.getSeconds()
                        + "s (366 days)");
    }

    private void window(Window window, String at) {
        for (int i = 0; i < window.getDaysCount(); i++) {
            problems.require(
                    inRange(window.getDays(i), 1, 7),
                    at + ".days[" + i + "]",
                    "must be from 1 (Monday) to 7, not " + Integer.toUnsignedString(window.getDays(i)));
        }
        boolean from = timeOfDay(window.getFrom(), at + ".from");
        boolean to = timeOfDay(window.getTo(), at + ".to");
        problems.require(
                !(from && to) || !LocalTime.parse(window.getFrom()).equals(LocalTime.parse(window.getTo())),
                at + ".to",
                "must differ from 'from'; leave the windows out for always");
        try {
            ZoneId.of(window.getZone());
        } catch (DateTimeException _) {
            problems.add(
                    at + ".zone", "must be an IANA time zone such as 'Europe/Berlin', not '" + window.getZone() + "'");
        }
    }

    private boolean timeOfDay(String text, String at) {
        boolean valid = TIME_OF_DAY.matcher(text).matches();
        problems.require(valid, at, "must be a time of day such as '08:30', not '" + text + "'");
        return valid;
    }

    private static boolean inRange(int value, int from, int to) {
        return value >= from && value <= to;
    }
}
