package ninja.mig.bench;

import java.util.stream.Stream;

/** The middle one of several measurements. */
final class Median {
    private Median() {}

    static double of(Stream<Double> values) {
        double[] sorted = values.mapToDouble(Double::doubleValue).sorted().toArray();
        return sorted[sorted.length / 2];
    }
}
