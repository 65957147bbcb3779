package dev.snowmelt.cli.role;

import dev.snowmelt.cli.kafka.Part;
import dev.snowmelt.schemas.topic.BrokerChecks;
import java.util.List;

/// One role of a process: built and wired, ready to be started.
public interface Role extends AutoCloseable {
    /// What it is called, for people.
    String name();

    /// What it needs of the broker before it may be started.
    BrokerChecks.Needs needs();

    /// Whose rights it needs.
    Part part();

    /// Starts its threads and returns.
    void start();

    /// Why it does not do its part now, a sentence each; empty: it does.
    List<String> unready();

    /// True when it has given up: only a new process can help.
    boolean failed();

    /// Stops within 10 s; may be called more than once.
    @Override
    void close();
}
