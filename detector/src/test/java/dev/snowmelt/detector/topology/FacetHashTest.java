package dev.snowmelt.detector.topology;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.HashSet;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class FacetHashTest {
    private final FacetHash hash = new FacetHash(42);

    @Test
    void tellsEveryLengthAndEveryChangedBitApart() {
        var random = new SplittableRandom(3);
        var seen = new HashSet<Long>();
        int hashed = 0;
        for (int length = 0; length <= 200; length++) {
            byte[] value = new byte[length];
            random.nextBytes(value);
            assertThat(hash.of(value)).isEqualTo(hash.of(value.clone())).isNotZero();
            seen.add(hash.of(value));
            hashed++;
            for (int bit = 0; bit < 8 * length; bit++) {
                byte[] other = value.clone();
                other[bit / 8] ^= (byte) (1 << bit % 8);
                seen.add(hash.of(other));
                hashed++;
            }
        }

        assertThat(seen).hasSize(hashed);
    }

    @Test
    void knowsWhereTheKeyEnds() {
        byte[] bytes = Keys.utf8("k8s:test/shop/Deployment/cart and what follows it");
        var seen = new HashSet<Long>();

        for (int cut = 0; cut <= bytes.length; cut++) {
            seen.add(hash.of(Arrays.copyOf(bytes, cut), Arrays.copyOfRange(bytes, cut, bytes.length)));
        }

        assertThat(seen).hasSize(bytes.length + 1);
    }

    @Test
    void dependsOnTheSeed() {
        byte[] bytes = Keys.utf8("the same");

        assertThat(new FacetHash(1).of(bytes)).isNotEqualTo(new FacetHash(2).of(bytes));
        assertThat(FacetHash.text(0, "ab")).isEqualTo(FacetHash.text(0, "ab")).isNotEqualTo(FacetHash.text(0, "ba"));
    }

    @Test
    void spreadsOverAllBits() {
        int[] ones = new int[64];
        for (int i = 0; i < 20_000; i++) {
            long value = hash.of(Keys.utf8("k8s:test/shop/pod/cart-" + i));
            for (int bit = 0; bit < 64; bit++) {
                ones[bit] += (int) (value >>> bit & 1);
            }
        }

        assertThat(Arrays.stream(ones).boxed())
                .allSatisfy(count -> assertThat(count).isBetween(9_500, 10_500));
    }
}
