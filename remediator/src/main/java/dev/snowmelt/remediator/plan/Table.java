package dev.snowmelt.remediator.plan;

import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/// A table of what is remembered.
public interface Table<K, V> {
    /// The value; null: none.
    @Nullable V get(K key);

    /// Sets a value.
    ///
    /// @param value null removes it
    void put(K key, @Nullable V value);

    /// Shows every entry; the table must not be written meanwhile.
    void each(BiConsumer<K, V> reader);
}
