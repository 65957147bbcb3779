package dev.snowmelt.detector.topology;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The index against a map that is surely right.
class FacetIndexTest {

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void doesWhatAMapDoes(long seed) {
        var random = new SplittableRandom(seed);
        var index = new FacetIndex();
        Map<Long, Long> model = new HashMap<>();
        // Few different hashes, so that most are met again; some crowd one home slot or the end of the array.
        long[] hashes = random.longs(4_000).map(FacetIndexTest::crowded).toArray();

        for (int step = 0; step < 60_000; step++) {
            long hash = hashes[random.nextInt(hashes.length)];
            long mark = random.nextLong(1_000_000);
            switch (random.nextInt(5)) {
                case 0, 1 -> {
                    assertThat(index.put(hash, mark)).isEqualTo(!model.containsKey(hash));
                    model.put(hash, mark);
                }
                case 2 -> {
                    assertThat(index.touch(hash, mark)).isEqualTo(model.containsKey(hash));
                    model.computeIfPresent(hash, (_, _) -> mark);
                }
                case 3 -> assertThat(index.remove(hash)).isEqualTo(model.remove(hash) != null);
                default -> assertThat(index.mark(hash)).isEqualTo(model.getOrDefault(hash, FacetIndex.ABSENT));
            }
        }

        assertThat(index.size()).isEqualTo(model.size());
        for (long hash : hashes) {
            assertThat(index.mark(hash)).isEqualTo(model.getOrDefault(hash, FacetIndex.ABSENT));
        }
    }

    private static long crowded(long random) {
        return switch ((int) (random & 7)) {
            case 0 -> -1 - (random >>> 52);
            case 1 -> 1 + (random >>> 52);
            case 2 -> 0x4000_0000_0000_0000L + (random >>> 54);
            default -> random | 1;
        };
    }

    @ParameterizedTest
    @ValueSource(ints = {1_000, 100_000, 1_000_000})
    void takesAbout24BytesAFacet(int facets) {
        var random = new SplittableRandom(7);
        var index = new FacetIndex();

        for (int i = 0; i < facets; i++) {
            index.put(random.nextLong() | 1, i);
        }

        assertThat((double) index.bytes() / index.size()).isBetween(16.0, 28.0);
    }
}
