package dev.snowmelt.sandbox.cluster;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/// The registry the simulated nodes pull from, and what their runtimes report as `imageID`.
///
/// A tag resolves to what it points at when a container starts, on every node and whatever was pulled before; a
/// reference with a digest resolves to that digest; an unknown tag does not resolve (`ErrImagePull`).
/// Thread-safe.
public final class ImageRegistry {

    private final Map<String, String> tags = new ConcurrentHashMap<>();
    private final Map<String, String> reported = new ConcurrentHashMap<>();
    private final CopyOnWriteArrayList<Runnable> listeners = new CopyOnWriteArrayList<>();

    ImageRegistry() {}

    /// Points a tag at a digest; pushing it again moves it, and running containers keep what they have.
    ///
    /// @param reference `registry.example/shop/cart:1.2`; without a tag `latest` is meant
    /// @param digest `sha256:` and 64 hex digits
    public void pushTag(String reference, String digest) {
        tags.put(withTag(reference), digest);
        listeners.forEach(Runnable::run);
    }

    /// Forgets a tag: containers that start from it later cannot be pulled.
    public void deleteTag(String reference) {
        tags.remove(withTag(reference));
    }

    /// Lets nodes report another `imageID` for an image than `repository@digest`:
    /// `docker-pullable://repo@sha256:…` (dockershim), a bare `sha256:…` (the config digest), or a mirror's
    /// `mirror.example/repo@sha256:…` (containerd reports the first repo digest of the config).
    ///
    /// @param digest what the image was pulled by
    public void reportAs(String digest, String imageId) {
        reported.put(digest, imageId);
    }

    /// What a reference points at now, empty when the registry does not know it.
    public Optional<String> resolve(String reference) {
        int at = reference.indexOf('@');
        return at >= 0 ? Optional.of(reference.substring(at + 1)) : Optional.ofNullable(tags.get(withTag(reference)));
    }

    /// What a container started from a reference now reports as `imageID`, empty when it cannot be pulled.
    public Optional<String> imageId(String reference) {
        return resolve(reference).map(digest -> reported.getOrDefault(digest, repository(reference) + "@" + digest));
    }

    void onPush(Runnable listener) {
        listeners.add(listener);
    }

    static String repository(String reference) {
        int at = reference.indexOf('@');
        String tagged = at >= 0 ? reference.substring(0, at) : reference;
        int colon = tagged.lastIndexOf(':');
        return colon > tagged.lastIndexOf('/') ? tagged.substring(0, colon) : tagged;
    }

    private static String withTag(String reference) {
        return repository(reference).equals(reference) ? reference + ":latest" : reference;
    }
}
