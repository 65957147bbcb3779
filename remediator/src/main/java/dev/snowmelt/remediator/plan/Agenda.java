package dev.snowmelt.remediator.plan;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What the rules decided, and when they want to be asked again if nothing happens before.
final class Agenda {
    private final List<Decision> decisions = new ArrayList<>();
    private @Nullable Instant wake;

    void add(Decision decision) {
        decisions.add(decision);
    }

    void wakeAt(@Nullable Instant time) {
        if (time != null && (wake == null || time.isBefore(wake))) {
            wake = time;
        }
    }

    /// Whether a time is still to come. If so it is one to be asked again at.
    boolean awaits(Instant time, Instant now) {
        boolean toCome = time.isAfter(now);
        if (toCome) {
            wakeAt(time);
        }
        return toCome;
    }

    List<Decision> decisions() {
        return decisions;
    }

    @Nullable Instant wake() {
        return wake;
    }
}
