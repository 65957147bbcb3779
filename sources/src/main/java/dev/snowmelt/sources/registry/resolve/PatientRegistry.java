package dev.snowmelt.sources.registry.resolve;

import dev.snowmelt.sources.registry.Manifest;
import dev.snowmelt.sources.registry.Registry;
import dev.snowmelt.sources.registry.RegistryException;
import dev.snowmelt.sources.registry.Repository;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;

/// Asks a registry a few questions at a time, and leaves one alone for a while that is in trouble
/// or asks for it: each time twice as long.
final class PatientRegistry implements Registry {
    private final Registry registry;
    private final InstantSource clock;
    private final Backoff backoff;
    private final int atOnce;
    private final MeterRegistry meters;
    private final Map<String, Host> hosts = new ConcurrentHashMap<>();

    /// @param atOnce questions to one registry at a time
    PatientRegistry(Registry registry, InstantSource clock, Backoff backoff, int atOnce, MeterRegistry meters) {
        this.registry = registry;
        this.clock = clock;
        this.backoff = backoff;
        this.atOnce = atOnce;
        this.meters = meters;
    }

    private static final class Host {
        private final Semaphore places;
        private int failures;
        private Instant notBefore = Instant.MIN;
        private @org.jspecify.annotations.Nullable RegistryException trouble;

        Host(int atOnce) {
            places = new Semaphore(atOnce);
        }

        synchronized void check(Instant now) throws RegistryException {
            if (trouble != null && now.isBefore(notBefore)) {
                throw trouble.notAskedFor(Duration.between(now, notBefore));
            }
        }

        synchronized void well() {
            failures = 0;
            trouble = null;
        }

        synchronized void failed(RegistryException e, Instant now, Backoff backoff) {
            failures++;
            trouble = e;
            Duration wait = backoff.after(failures);
            Duration wanted = e.retryAfter().orElse(Duration.ZERO);
            notBefore = now.plus(wanted.compareTo(wait) > 0 ? wanted : wait);
        }
    }

    @Override
    public Manifest manifest(Repository repository, String reference) throws RegistryException {
        Host host = hosts.computeIfAbsent(repository.registry(), _ -> new Host(atOnce));
        host.check(clock.instant());
        try {
            host.places.acquire();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            throw RegistryException.interrupted(repository);
        }
        try {
            host.check(clock.instant()); // another question may have found out meanwhile
            Manifest manifest = registry.manifest(repository, reference);
            host.well();
            count("answered");
            return manifest;
        } catch (RegistryException e) {
            note(host, e);
            throw e;
        } finally {
            host.places.release();
        }
    }

    private void note(Host host, RegistryException e) {
        if (e.notAsked()) {
            return;
        }
        count(e.kind().name().toLowerCase(Locale.ROOT));
        switch (e.kind()) {
            case UNREACHABLE, RATE_LIMITED -> host.failed(e, clock.instant(), backoff);
            // It answered; what it said is about this question alone.
            case UNKNOWN, UNAUTHORISED, UNUSABLE -> host.well();
        }
    }

    private void count(String result) {
        Counter.builder("snowmelt.resolver.requests")
                .description("Requests to image registries, by how they ended")
                .tag("result", result)
                .register(meters)
                .increment();
    }
}
