package dev.snowmelt.remediator.execute;

import dev.snowmelt.v1.Outcome;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// What became of the commands that were carried out last, so that a duplicate is answered without a call. Bounded, and
/// lost with the process: what is forgotten is judged and looked at again, which is just as safe. Thread-safe.
final class FinishedCommands {
    private final Map<String, Outcome> outcomes;

    /// @param most how many are remembered, 1 or more
    FinishedCommands(int most) {
        this.outcomes = new LinkedHashMap<>() {
            @Override
            protected boolean removeEldestEntry(Map.Entry<String, Outcome> eldest) {
                return size() > most;
            }
        };
    }

    synchronized Optional<Outcome> find(String command) {
        return Optional.ofNullable(outcomes.get(command));
    }

    synchronized void remember(Outcome outcome) {
        outcomes.put(outcome.getCommand(), outcome);
    }
}
