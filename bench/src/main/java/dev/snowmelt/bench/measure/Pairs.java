package dev.snowmelt.bench.measure;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;

/// Measures A and B in turn, A B A B …, so that whatever else the machine does meets both alike, and keeps only what
/// comes after the warm-up.
///
/// @param warmUp how long each of the two must have run before anything counts
/// @param pairs how many pairs count, 1 or more
public record Pairs(Duration warmUp, int pairs) {
    /// What design §9 asks for.
    public static final Pairs THOROUGH = new Pairs(Duration.ofSeconds(5), 5);
    /// For CI: shows that everything works; its figures are no proof.
    public static final Pairs QUICK = new Pairs(Duration.ofSeconds(1), 2);

    /// One run of A and of B.
    ///
    /// @param a value of A, for example a rate
    /// @param aNanos how long A ran
    /// @param b value of B
    /// @param bNanos how long B ran
    public record Pair(double a, long aNanos, double b, long bNanos) {
        /// A in terms of B.
        public double ratio() {
            return a / b;
        }
    }

    /// The pairs that count.
    public record Measured(List<Pair> pairs) {
        public Measured {
            pairs = List.copyOf(pairs);
        }

        /// Median of the pairs' ratios.
        public double ratio() {
            return Median.of(pairs.stream().map(Pair::ratio).toList());
        }

        /// Median of A.
        public double a() {
            return Median.of(pairs.stream().map(Pair::a).toList());
        }

        /// Median of B.
        public double b() {
            return Median.of(pairs.stream().map(Pair::b).toList());
        }
    }

    /// Runs pairs until both sides are warm and enough have been measured.
    public Measured run(Results results, Supplier<Pair> pair) {
        long warmA = 0;
        long warmB = 0;
        while (warmA < warmUp.toNanos() || warmB < warmUp.toNanos()) {
            Pair warming = pair.get();
            warmA += warming.aNanos();
            warmB += warming.bNanos();
            results.say("  warm-up  " + describe(warming));
        }
        var measured = new ArrayList<Pair>();
        for (int i = 1; i <= pairs; i++) {
            Pair counted = pair.get();
            measured.add(counted);
            results.say("  pair " + i + "/" + pairs + " " + describe(counted));
        }
        return new Measured(measured);
    }

    private static String describe(Pair pair) {
        return String.format(
                Locale.ROOT,
                "A %,.0f in %.1f s, B %,.0f in %.1f s, ratio %.3f",
                pair.a(),
                pair.aNanos() / 1e9,
                pair.b(),
                pair.bNanos() / 1e9,
                pair.ratio());
    }
}
