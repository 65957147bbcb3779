package dev.snowmelt.schemas.topic;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.function.Function;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.utils.Utils;
import org.jspecify.annotations.Nullable;

/// One topic: its name, how keys and values are written, what decides the partition, and the settings it is created
/// with.
///
/// @param name full name, prefix included
/// @param partitions how many partitions it has
/// @param keySerde keys
/// @param valueSerde values
/// @param partitionedBy the text whose murmur2 hash decides the partition; null when any partition will do
/// @param settings topic configuration that `topics create` sets
public record Topic<K, V>(
        String name,
        int partitions,
        Serde<K> keySerde,
        Serde<V> valueSerde,
        @Nullable Function<K, String> partitionedBy,
        Map<String, String> settings) {

    /// The partition on which a key's records lie.
    ///
    /// @return 0 to partitions-1; null when any partition will do
    public @Nullable Integer partitionOf(K key) {
        Function<K, String> by = partitionedBy;
        return by == null ? null : partition(by.apply(key), partitions);
    }

    /// A record on its partition.
    ///
    /// @param value null for a tombstone
    public ProducerRecord<K, @Nullable V> record(K key, @Nullable V value) {
        return new ProducerRecord<>(name, partitionOf(key), key, value);
    }

    /// murmur2 of the UTF-8 of a text over a number of partitions: what Kafka's own default partitioner does with a
    /// key.
    ///
    /// @return 0 to partitions-1
    public static int partition(String text, int partitions) {
        return Utils.toPositive(Utils.murmur2(text.getBytes(StandardCharsets.UTF_8))) % partitions;
    }
}
