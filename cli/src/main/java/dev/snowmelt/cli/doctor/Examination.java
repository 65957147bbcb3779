package dev.snowmelt.cli.doctor;

import java.util.function.Consumer;

/// Several checks of one thing, each resting on those before it.
interface Examination {
    /// What is looked at, as its checks' names begin: `kafka`.
    String subject();

    /// Looks, and tells each finding at once, so that what was found counts even when a later look takes too long.
    void look(Consumer<Finding> tell) throws InterruptedException;
}
