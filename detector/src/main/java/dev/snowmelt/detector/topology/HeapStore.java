package dev.snowmelt.detector.topology;

import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.NoSuchElementException;
import java.util.concurrent.ConcurrentSkipListSet;
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
/// and a sorted set, kept up only when a key comes or goes, scans. Streams' own keeps everything in
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
    private final String name;
    private final Map<Bytes, byte[]> values = new HashMap<>();
    private final NavigableSet<Bytes> keys = new ConcurrentSkipListSet<>();
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
        values.clear();
        keys.clear();
    }

    /// Nobody asks it interactively, so it keeps no position.
    @Override
    public Position getPosition() {
        return Position.emptyPosition();
    }

    @Override
    public byte @Nullable [] get(Bytes key) {
        byte[] value = values.get(key);
        return value == null ? null : value.clone();
    }

    /// @param value null: deletes
    @Override
    public void put(Bytes key, byte @Nullable [] value) {
        if (value == null) {
            remove(key);
            return;
        }
        byte[] there = values.get(key);
        if (there != null && there.length == value.length) {
            System.arraycopy(value, 0, there, 0, value.length);
        } else if (values.put(key, value.clone()) == null) {
            keys.add(key);
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
        return remove(key);
    }

    private byte @Nullable [] remove(Bytes key) {
        keys.remove(key);
        return values.remove(key);
    }

    /// @param from null: from the first
    /// @param to null: to the last; included
    @Override
    public KeyValueIterator<Bytes, byte[]> range(@Nullable Bytes from, @Nullable Bytes to) {
        if (from != null && to != null && from.compareTo(to) > 0) {
            return new Entries(Collections.emptyIterator());
        }
        NavigableSet<Bytes> tail = from == null ? keys : keys.tailSet(from, true);
        return new Entries((to == null ? tail : tail.headSet(to, true)).iterator());
    }

    @Override
    public KeyValueIterator<Bytes, byte[]> all() {
        return new Entries(keys.iterator());
    }

    @Override
    public <S extends Serializer<P>, P> KeyValueIterator<Bytes, byte[]> prefixScan(P prefix, S serializer) {
        var from = Bytes.wrap(serializer.serialize(null, prefix));
        Bytes behind = behind(from.get());
        return new Entries(
                (behind == null ? keys.tailSet(from, true) : keys.subSet(from, true, behind, false)).iterator());
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
        return values.size();
    }

    private final class Entries implements KeyValueIterator<Bytes, byte[]> {
        private final Iterator<Bytes> left;
        private @Nullable KeyValue<Bytes, byte[]> next;

        Entries(Iterator<Bytes> left) {
            this.left = left;
        }

        @Override
        public boolean hasNext() {
            while (next == null && left.hasNext()) {
                Bytes key = left.next();
                byte[] value = get(key);
                // Null: deleted since the iterator came to its key.
                next = value == null ? null : KeyValue.pair(key, value);
            }
            return next != null;
        }

        @Override
        public KeyValue<Bytes, byte[]> next() {
            KeyValue<Bytes, byte[]> entry = peek();
            next = null;
            return entry;
        }

        @Override
        public Bytes peekNextKey() {
            return peek().key;
        }

        private KeyValue<Bytes, byte[]> peek() {
            KeyValue<Bytes, byte[]> entry = hasNext() ? next : null;
            if (entry == null) {
                throw new NoSuchElementException();
            }
            return entry;
        }

        @Override
        public void close() {
            // Holds nothing.
        }
    }
}
