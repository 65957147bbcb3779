package dev.snowmelt.sources.registry.resolve;

import dev.snowmelt.sources.registry.Manifest;
import dev.snowmelt.sources.registry.Registry;
import dev.snowmelt.sources.registry.RegistryException;
import dev.snowmelt.sources.registry.RegistryException.Kind;
import dev.snowmelt.sources.registry.Repository;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/// Asks what it does not know, once: what a digest names never changes, so it is kept for ever (the
/// last used 10,000); that a digest is not known is kept for a time. Whoever asks the same
/// meanwhile gets the same answer. Tags are always asked for.
final class RememberingRegistry implements Registry {
    private static final int MOST = 10_000;

    private final Registry registry;
    private final InstantSource clock;
    private final Duration negative;
    private final Map<Key, Known> known = new LinkedHashMap<>(16, 0.75f, true);
    private final Map<Key, CompletableFuture<Manifest>> asked = new ConcurrentHashMap<>();

    /// @param negative how long a registry's "not known" is believed without asking again
    RememberingRegistry(Registry registry, InstantSource clock, Duration negative) {
        this.registry = registry;
        this.clock = clock;
        this.negative = negative;
    }

    private record Key(Repository repository, String digest) {}

    private sealed interface Known {
        record Is(Manifest manifest) implements Known {}

        record IsNot(RegistryException said, Instant until) implements Known {}
    }

    @Override
    public Manifest manifest(Repository repository, String reference) throws RegistryException {
        var key = new Key(repository, reference);
        if (reference.indexOf(':') < 0) {
            return registry.manifest(repository, reference);
        }
        Manifest told = told(key);
        if (told != null) {
            return told;
        }
        var mine = new CompletableFuture<Manifest>();
        CompletableFuture<Manifest> first = asked.putIfAbsent(key, mine);
        return first == null ? ask(key, mine) : await(repository, first);
    }

    private Manifest ask(Key key, CompletableFuture<Manifest> mine) throws RegistryException {
        try {
            // Whoever asked before may have been answered between the two looks of this thread.
            Manifest told = told(key);
            Manifest manifest = told == null ? registry.manifest(key.repository(), key.digest()) : told;
            remember(key, new Known.Is(manifest));
            mine.complete(manifest);
            return manifest;
        } catch (RegistryException e) {
            if (e.kind() == Kind.UNKNOWN) {
                remember(key, new Known.IsNot(e, clock.instant().plus(negative)));
            }
            mine.completeExceptionally(e);
            throw e;
        } finally {
            asked.remove(key, mine);
            mine.cancel(false); // only a defect leaves it open: nobody shall wait for ever
        }
    }

    private static Manifest await(Repository repository, CompletableFuture<Manifest> first) throws RegistryException {
        try {
            return first.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RegistryException said) {
                throw said;
            }
            throw new IllegalStateException("a question about " + repository + " failed", e.getCause());
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            throw RegistryException.interrupted(repository);
        }
    }

    private @Nullable Manifest told(Key key) throws RegistryException {
        Known what;
        synchronized (known) {
            what = known.get(key);
        }
        return switch (what) {
            case Known.Is(var manifest) -> manifest;
            case Known.IsNot(var said, var until) when clock.instant().isBefore(until) -> throw said;
            case null, default -> null;
        };
    }

    private void remember(Key key, Known what) {
        synchronized (known) {
            known.put(key, what);
            if (known.size() > MOST) {
                var eldest = known.keySet().iterator();
                eldest.next();
                eldest.remove();
            }
        }
    }
}
