package dev.snowmelt.detector.topology;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class HeapStoreTest {
    private final KeyValueStore<Bytes, byte[]> store = HeapStore.named("test").get();

    @Test
    void holdsWhatASortedMapHolds() {
        var random = new SplittableRandom(3);
        NavigableMap<String, String> model = new TreeMap<>();
        for (int i = 0; i < 20_000; i++) {
            String key = key(random);
            String value = "v".repeat(random.nextInt(1, 4)) + i % 10;
            switch (random.nextInt(6)) {
                case 0 -> assertThat(text(store.delete(bytes(key)))).isEqualTo(model.remove(key));
                case 1 -> {
                    store.put(bytes(key), null);
                    model.remove(key);
                }
                case 2 ->
                    assertThat(text(store.putIfAbsent(bytes(key), utf8(value))))
                            .isEqualTo(model.putIfAbsent(key, value));
                default -> {
                    store.put(bytes(key), utf8(value));
                    model.put(key, value);
                }
            }
            assertThat(text(store.get(bytes(key)))).isEqualTo(model.get(key));
            if (i % 100 == 0) {
                String from = key(random);
                String to = key(random);
                String prefix = from.substring(0, 2);
                assertThat(entries(store.all())).isEqualTo(entries(model));
                assertThat(entries(store.range(bytes(from), null))).isEqualTo(entries(model.tailMap(from, true)));
                assertThat(entries(store.range(null, bytes(to)))).isEqualTo(entries(model.headMap(to, true)));
                assertThat(entries(store.range(bytes(from), bytes(to))))
                        .isEqualTo(from.compareTo(to) > 0 ? List.of() : entries(model.subMap(from, true, to, true)));
                assertThat(entries(store.prefixScan(utf8(prefix), new ByteArraySerializer())))
                        .isEqualTo(entries(model.subMap(prefix, true, prefix + Character.MAX_VALUE, true)));
                assertThat(store.approximateNumEntries()).isEqualTo(model.size());
            }
        }
    }

    @Test
    void handsOutCopies() {
        byte[] given = utf8("one");
        store.put(bytes("a"), given);
        byte[] taken = store.get(bytes("a"));

        given[0] = 'x';
        store.put(bytes("a"), utf8("two"));

        assertThat(text(taken)).isEqualTo("one");
        assertThat(text(store.get(bytes("a")))).isEqualTo("two");
    }

    @Test
    void scansPrefixesOfTheHighestBytes() {
        byte[] highest = {(byte) 0xff, (byte) 0xff};
        store.put(Bytes.wrap(highest), utf8("last"));
        store.put(bytes("a"), utf8("first"));

        assertThat(entries(store.prefixScan(new byte[] {(byte) 0xff}, new ByteArraySerializer())))
                .hasSize(1);
    }

    @Test
    void showsTheNextKeyWithoutTakingIt() {
        store.put(bytes("a"), utf8("1"));

        try (var all = store.all()) {
            assertThat(all.peekNextKey()).isEqualTo(bytes("a"));
            assertThat(all.next().key).isEqualTo(bytes("a"));
            assertThat(all.hasNext()).isFalse();
        }
    }

    private static String key(SplittableRandom random) {
        return (char) ('a' + random.nextInt(3)) + "|" + random.nextInt(30);
    }

    private static List<String> entries(KeyValueIterator<Bytes, byte[]> all) {
        var entries = new ArrayList<String>();
        try (all) {
            while (all.hasNext()) {
                KeyValue<Bytes, byte[]> next = all.next();
                entries.add(text(next.key.get()) + "=" + text(next.value));
            }
        }
        return entries;
    }

    private static List<String> entries(NavigableMap<String, String> model) {
        return model.entrySet().stream()
                .map(each -> each.getKey() + "=" + each.getValue())
                .toList();
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static Bytes bytes(String text) {
        return Bytes.wrap(utf8(text));
    }

    private static @Nullable String text(byte @Nullable [] utf8) {
        return utf8 == null ? null : new String(utf8, StandardCharsets.UTF_8);
    }
}
