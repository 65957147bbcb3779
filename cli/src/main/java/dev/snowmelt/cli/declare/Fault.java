package dev.snowmelt.cli.declare;

import dev.snowmelt.v1.Problem;

/// Why something cannot be declared.
///
/// @param place where it was written
/// @param path the key that is wrong, for example `spec.containers[0].image`; empty: the whole
/// @param message what is wrong and what would be right
record Fault(Place place, String path, String message) {
    static Fault of(Place place, Problem problem) {
        return new Fault(place, problem.getPath(), problem.getMessage());
    }

    @Override
    public String toString() {
        return place + ": " + (path.isEmpty() ? "" : path + ": ") + message;
    }
}
