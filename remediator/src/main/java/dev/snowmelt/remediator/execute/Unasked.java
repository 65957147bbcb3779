package dev.snowmelt.remediator.execute;

import dev.snowmelt.fingerprint.judge.JudgeRules;
import dev.snowmelt.v1.Command;
import dev.snowmelt.v1.Drift;
import java.util.List;

/// Digests that the executor, by its own configuration, calls another image although no registry
/// was asked.
///
/// Detector and executor each read `registry.enabled` from their own configuration, and nothing
/// makes them agree. With the executor's off and the detector's on, a digest that a registry may
/// still tell of would be a mismatch at the last look: a pod whose image was changed in place to a
/// mirror's copy of the declared one, say, after it was judged for something else. So what rests on
/// such digests alone is believed only when the command says the same of the same image: then the
/// detector judged it so, by its rules and the same revision. Everything else it judges again soon.
final class Unasked {
    private Unasked() {}

    /// The rules by which such digests cannot be told.
    static JudgeRules careful(JudgeRules rules) {
        return new JudgeRules(rules.undeclared(), true);
    }

    /// Whether the command rests on this difference too.
    static boolean judged(Command command, Drift drift) {
        return command.getDriftsList().stream()
                .anyMatch(known -> known.getKind() == drift.getKind()
                        && known.getSubject().equals(drift.getSubject())
                        && known.getObserved().equals(drift.getObserved()));
    }

    /// The images, for people.
    static String observed(List<Drift> drifts) {
        return String.join(", ", drifts.stream().map(Drift::getObserved).toList());
    }
}
