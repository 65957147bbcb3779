package dev.snowmelt.remediator.guard;

/// One question about one case. A guard that cannot tell holds, with reason UNKNOWN.
@FunctionalInterface
public interface Guard {
    /// Answers from the case alone: no clock, no I/O, no memory.
    Ruling rule(Case question);
}
