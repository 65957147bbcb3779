package dev.snowmelt.detector.register;

import dev.snowmelt.v1.Problem;
import java.util.ArrayList;
import java.util.List;

/// Problems of one input, in the order in which they are found.
final class Problems {
    private final List<Problem> found = new ArrayList<>();

    /// @param path where, for example `spec.containers[0].image`
    /// @param message what is wrong and what would be right
    void add(String path, String message) {
        found.add(Problem.newBuilder().setPath(path).setMessage(message).build());
    }

    /// Adds one that was found elsewhere.
    void add(Problem problem) {
        found.add(problem);
    }

    /// Adds one unless a condition holds.
    void require(boolean holds, String path, String message) {
        if (!holds) {
            add(path, message);
        }
    }

    List<Problem> list() {
        return List.copyOf(found);
    }
}
