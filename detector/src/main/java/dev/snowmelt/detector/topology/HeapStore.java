package dev.snowmelt.detector.topology;

import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import org.apache.kafka.common.serialization.Serializer;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.processor.StateStore;
import org.apache.kafka.streams.processor.StateStoreContext;
import org.apache.kafka.streams.query.Position;
import org.apache.kafka.streams.state.KeyValueBytesStoreSupplier;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;

/// A store in the heap for what is overwritten far more often than it is new: a hash table finds,
/// and a sorted map, kept up only when a key comes or goes, scans. Streams' own keeps everything in
/// a sorted map alone, where finding a key among 50 000 compares it with 16 others that begin
/// alike.
///
/// A value of the same length is copied over the one before: what lives long stays where it is and
/// leaves no garbage. Hence whoever reads gets a copy. Iterators show what is there when they come
/// to it.
///
/// Belongs to the thread of its task. Lives in its changelog topic, from which Streams restores it
/// at every start.
final class HeapStore implements KeyValueStore<Bytes, byte[]> {
    private static final class Slot {
        byte[] value;

        Slot(byte[] value) {
            this.value = value.clone();
        }

        void set(byte[] newValue) {
            if (newValue.length == value.length) {
                System.arraycopy(newValue, 0, value, 0, newValue.length);
            } else {
                value = newValue.clone();
            }
        }
    }

    private final String name;
    private final Map<Bytes, Slot> slots = new HashMap<>();
    private final NavigableMap<Bytes, Slot> sorted = new ConcurrentSkipListMap<>();
    private boolean open;

    private HeapStore(String name) {
        this.name = name;
    }

    static KeyValueBytesStoreSupplier named(String name) {
        return new KeyValueBytesStoreSupplier() {
            @Override
            public String name() {
                return name;
            }

            @Override
            public KeyValueStore<Bytes, byte[]> get() {
                return new HeapStore(name);
            }

            @Override
            public String metricsScope() {
                return "heap";
            }
        };
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public void init(StateStoreContext context, StateStore root) {
        open = true;
        context.register(root, (key, value) -> put(Bytes.wrap(key), value));
    }

    @Override
    public boolean persistent() {
        return false;
    }

    @Override
    public boolean isOpen() {
        return open;
    }

    @Override
    public void close() {
        open = false;
        slots.clear();
        sorted.clear();
    }

    /// Nobody asks it interactively, so it keeps no position.
    @Override
    public Position getPosition() {
        return Position.emptyPosition();
    }

    @Override
    public byte @Nullable [] get(Bytes key) {
        Slot slot = slots.get(key);
        return slot == null ? null : slot.value.clone();
    }

    /// @param value null: deletes
    @Override
    public void put(Bytes key, byte @Nullable [] value) {
        if (value == null) {
            remove(key);
            return;
        }
        Slot slot = slots.get(key);
        if (slot != null) {
            slot.set(value);
        } else {
            slot = new Slot(value);
            slots.put(key, slot);
            sorted.put(key, slot);
        }
    }

    @Override
    public byte @Nullable [] putIfAbsent(Bytes key, byte[] value) {
        byte[] there = get(key);
        if (there == null) {
            put(key, value);
        }
        return there;
    }

    @Override
    public void putAll(List<KeyValue<Bytes, byte[]>> entries) {
        entries.forEach(entry -> put(entry.key, entry.value));
    }

    @Override
    public byte @Nullable [] delete(Bytes key) {
        Slot slot = remove(key);
        return slot == null ? null : slot.value;
    }

    private @Nullable Slot remove(Bytes key) {
        sorted.remove(key);
        return slots.remove(key);
    }

    /// @param from null: from the first
    /// @param to null: to the last; included
    @Override
    public KeyValueIterator<Bytes, byte[]> range(@Nullable Bytes from, @Nullable Bytes to) {
        if (from != null && to != null && from.compareTo(to) > 0) {
            return new Entries(Collections.emptyNavigableMap());
        }
        NavigableMap<Bytes, Slot> tail = from == null ? sorted : sorted.tailMap(from, true);
        return new Entries(to == null ? tail : tail.headMap(to, true));
    }

    @Override
    public KeyValueIterator<Bytes, byte[]> all() {
        return new Entries(sorted);
    }

    @Override
    public <S extends Serializer<P>, P> KeyValueIterator<Bytes, byte[]> prefixScan(P prefix, S serializer) {
        var from = Bytes.wrap(serializer.serialize(null, prefix));
        Bytes behind = behind(from.get());
        return new Entries(behind == null ? sorted.tailMap(from, true) : sorted.subMap(from, true, behind, false));
    }

    /// The first key that sorts behind all with a prefix; null: there is none.
    private static @Nullable Bytes behind(byte[] prefix) {
        int last = prefix.length - 1;
        while (last >= 0 && prefix[last] == (byte) 0xff) {
            last--;
        }
        if (last < 0) {
            return null;
        }
        byte[] next = Arrays.copyOf(prefix, last + 1);
        next[last]++;
        return Bytes.wrap(next);
    }

    @Override
    public long approximateNumEntries() {
        return slots.size();
    }

    private static final class Entries implements KeyValueIterator<Bytes, byte[]> {
        private final Iterator<Map.Entry<Bytes, Slot>> entries;
        private Map.@Nullable Entry<Bytes, Slot> next;

        Entries(NavigableMap<Bytes, Slot> part) {
            this.entries = part.entrySet().iterator();
        }

        @Override
        public boolean hasNext() {
            return next != null || entries.hasNext();
        }

        @Override
        public KeyValue<Bytes, byte[]> next() {
            var entry = peek();
            next = null;
            return KeyValue.pair(entry.getKey(), entry.getValue().value.clone());
        }

        @Override
        public Bytes peekNextKey() {
            return peek().getKey();
        }

        private Map.Entry<Bytes, Slot> peek() {
            Map.Entry<Bytes, Slot> entry = next;
            if (entry == null) {
                entry = entries.next();
                next = entry;
            }
            return entry;
        }

        @Override
        public void close() {
            // Holds nothing.
        }
    }
}
