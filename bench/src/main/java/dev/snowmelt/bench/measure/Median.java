package dev.snowmelt.bench.measure;

import java.util.Collection;

/// The middle of some numbers: one disturbed pair does not move it, as it would an average.
public final class Median {
    private Median() {}

    /// @throws BenchException when there are none
    public static double of(Collection<Double> values) {
        if (values.isEmpty()) {
            throw new BenchException("nothing was measured");
        }
        double[] sorted =
                values.stream().mapToDouble(Double::doubleValue).sorted().toArray();
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}
