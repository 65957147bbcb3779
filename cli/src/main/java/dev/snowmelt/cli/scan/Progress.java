package dev.snowmelt.cli.scan;

import dev.snowmelt.cli.Surroundings;

/// Tells a person that a scan goes on. Never on stdout: that is the report's.
public sealed interface Progress extends AutoCloseable permits ProgressBar, ProgressLines {
    /// The one that fits where the command runs.
    static Progress on(Surroundings surroundings) {
        return surroundings.terminal() ? new ProgressBar(surroundings.err()) : new ProgressLines(surroundings.err());
    }

    /// Called often, whether or not anything has changed.
    void show(Tallied tallied);

    /// Leaves a clean line for what comes next.
    @Override
    void close();
}
