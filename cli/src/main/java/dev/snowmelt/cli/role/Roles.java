package dev.snowmelt.cli.role;

import dev.snowmelt.cli.kafka.Part;
import dev.snowmelt.schemas.topic.BrokerChecks;
import dev.snowmelt.schemas.topic.Topic;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The roles of one process.
public final class Roles implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Roles.class);

    private final List<Role> roles;
    private volatile boolean started;

    /// @param roles in the order in which they are started
    public Roles(List<? extends Role> roles) {
        this.roles = List.copyOf(roles);
    }

    /// What all of them together need of the broker.
    public BrokerChecks.Needs needs() {
        Map<String, Topic<?, ?>> topics = new LinkedHashMap<>();
        roles.forEach(role -> role.needs().topics().forEach(topic -> topics.put(topic.name(), topic)));
        return new BrokerChecks.Needs(
                topics.values(), roles.stream().anyMatch(role -> role.needs().transactions()));
    }

    /// Whose rights they need.
    Set<Part> parts() {
        return Part.together(roles.stream().map(Role::part).toList());
    }

    /// Starts all and returns. Interrupted, it starts no other.
    public void start() {
        for (Role role : roles) {
            if (Thread.currentThread().isInterrupted()) {
                return;
            }
            role.start();
        }
        started = true;
    }

    /// Why the process is not ready, with the role's name; empty: it is.
    public List<String> unready() {
        List<String> reasons = new ArrayList<>();
        roles.forEach(role -> role.unready().forEach(reason -> reasons.add(role.name() + ": " + reason)));
        return reasons;
    }

    /// Shows which of them do their part: before they are started, none does.
    void show(MeterRegistry registry) {
        for (Role role : roles) {
            Gauge.builder(
                            "snowmelt.role.ready",
                            role,
                            each -> started && each.unready().isEmpty() ? 1 : 0)
                    .description("1 when a role of this process does its part")
                    .tag("role", role.name())
                    .register(registry);
        }
    }

    /// True when one has given up.
    public boolean failed() {
        return roles.stream().anyMatch(Role::failed);
    }

    /// Stops all at once, so that it takes as long as the slowest.
    @Override
    public void close() {
        List<Thread> closing = roles.reversed().stream()
                .map(role -> Thread.ofPlatform().name("close-" + role.name()).start(role::close))
                .toList();
        for (Thread thread : closing) {
            try {
                thread.join();
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
                LOG.atWarn().log("interrupted while roles were stopping");
                return;
            }
        }
    }
}
