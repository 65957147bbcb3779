package dev.snowmelt.detector.register;

import dev.snowmelt.v1.Ledger;
import dev.snowmelt.v1.Problem;
import java.util.List;

/// What becomes of a valid proposal about a workload's declaration.
sealed interface Decision {
    /// It takes force.
    record Accept(Ledger ledger) implements Decision {}

    /// It is in force already.
    ///
    /// @param revision the newest one; 0: nothing is declared
    record Unchanged(long revision) implements Decision {}

    /// It changes nothing.
    ///
    /// @param problems at least one
    record Refuse(List<Problem> problems) implements Decision {
        static Refuse because(String path, String message) {
            var problems = new Problems();
            problems.add(path, message);
            return new Refuse(problems.list());
        }
    }
}
