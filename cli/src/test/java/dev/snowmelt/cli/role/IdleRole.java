package dev.snowmelt.cli.role;

import dev.snowmelt.cli.kafka.Part;
import dev.snowmelt.schemas.topic.BrokerChecks;
import dev.snowmelt.schemas.topic.Topic;
import dev.snowmelt.schemas.topic.Topics;
import java.util.List;

/// It has nothing to complain of, not even before it is started.
class IdleRole implements Role {
    @Override
    public String name() {
        return "idle";
    }

    @Override
    public BrokerChecks.Needs needs() {
        return new BrokerChecks.Needs(topics(), false);
    }

    /// What it needs.
    List<Topic<?, ?>> topics() {
        return List.of(new Topics("snowmelt.", 1).proposals());
    }

    @Override
    public Part part() {
        return Part.STATUS;
    }

    @Override
    public void start() {}

    @Override
    public List<String> unready() {
        return List.of();
    }

    @Override
    public boolean failed() {
        return false;
    }

    @Override
    public void close() {}
}
