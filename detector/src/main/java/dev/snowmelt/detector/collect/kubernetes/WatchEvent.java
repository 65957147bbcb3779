package dev.snowmelt.detector.collect.kubernetes;

import io.fabric8.kubernetes.api.model.HasMetadata;

/// One event of a watch.
sealed interface WatchEvent<T extends HasMetadata> {
    /// An object appeared (in a streamed list: exists).
    record Added<T extends HasMetadata>(T object) implements WatchEvent<T> {}

    /// An object changed.
    record Modified<T extends HasMetadata>(T object) implements WatchEvent<T> {}

    /// An object was deleted; this was its last state.
    record Deleted<T extends HasMetadata>(T object) implements WatchEvent<T> {}

    /// Everything up to a resourceVersion has been told.
    ///
    /// @param listed the server also says that the objects that existed at the start have all been told
    record Bookmark<T extends HasMetadata>(String resourceVersion, boolean listed) implements WatchEvent<T> {}

    /// An object that could not be read; the watch goes on behind it.
    record Unreadable<T extends HasMetadata>(String problem) implements WatchEvent<T> {}
}
