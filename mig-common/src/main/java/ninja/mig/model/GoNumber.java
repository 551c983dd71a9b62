package ninja.mig.model;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;

/** Prints doubles as the JSON encoders of Go did. */
public enum GoNumber {
    /** Go 1.8 and later: plain digits for 1e-6 &le; |x| &lt; 1e21. */
    E_FORM {
        @Override
        boolean isPlain(int exponent) {
            return exponent >= -6 && exponent <= 20;
        }

        @Override
        String exponentDigits(int magnitude) {
            return Integer.toString(magnitude);
        }
    },
    /** Go before 1.8: plain digits for 1e-4 &le; |x| &lt; 1e6, two exponent digits at least. */
    G_FORM {
        @Override
        boolean isPlain(int exponent) {
            return exponent >= -4 && exponent <= 5;
        }

        @Override
        String exponentDigits(int magnitude) {
            return magnitude < 10 ? "0" + magnitude : Integer.toString(magnitude);
        }
    };

    private static final double EXACT_WHOLE = 1L << 53;

    /** No double needs more digits. */
    private static final int LONGEST = 17;

    /** @param exponent the decimal exponent of the first digit: 2 for 123 */
    abstract boolean isPlain(int exponent);

    abstract String exponentDigits(int magnitude);

    /**
     * The shortest text that reads back as this number.
     *
     * @throws IllegalArgumentException for infinities and NaN, which JSON cannot hold
     */
    public String print(double value) {
        if (!Double.isFinite(value)) {
            throw new IllegalArgumentException("JSON has no number for " + value);
        }
        if (value == 0) {
            return 1 / value < 0 ? "-0" : "0";
        }
        BigDecimal digits = shortest(Math.abs(value));
        String unscaled = digits.unscaledValue().toString();
        int exponent = unscaled.length() - 1 - digits.scale();
        String sign = value < 0 ? "-" : "";
        return sign + (isPlain(exponent) ? digits.toPlainString() : scientific(unscaled, exponent));
    }

    private String scientific(String digits, int exponent) {
        String mantissa = digits.length() == 1 ? digits : digits.charAt(0) + "." + digits.substring(1);
        return mantissa + "e" + (exponent < 0 ? "-" : "+") + exponentDigits(Math.abs(exponent));
    }

    /** Not {@code Double.toString}: before JDK 19 it is not always the shortest. */
    private static BigDecimal shortest(double value) {
        if (value < EXACT_WHOLE && value == Math.rint(value)) {
            return BigDecimal.valueOf((long) value).stripTrailingZeros();
        }
        BigDecimal exact = new BigDecimal(value);
        // An exact value has up to 767 digits, of which the first seventeen decide; whoever sends numbers that are long
        // to
        // print must not keep a verifier busy.
        BigDecimal head = exact.round(new MathContext(20, RoundingMode.DOWN));
        int precision = 1;
        for (int enough = LONGEST; precision < enough; ) {
            int middle = (precision + enough) / 2;
            BigDecimal below = below(head, middle);
            if (below.doubleValue() == value || above(below, middle).doubleValue() == value) {
                enough = middle;
            } else {
                precision = middle + 1;
            }
        }
        BigDecimal below = below(head, precision);
        BigDecimal above = above(below, precision);
        boolean belowFits = below.doubleValue() == value;
        boolean aboveFits = above.doubleValue() == value;
        if (belowFits && aboveFits) {
            belowFits = exact.subtract(below).compareTo(above.subtract(exact)) <= 0;
        }
        return (belowFits ? below : above).stripTrailingZeros();
    }

    private static BigDecimal below(BigDecimal number, int precision) {
        return number.round(new MathContext(precision, RoundingMode.DOWN));
    }

    /** The next larger number of so many digits. */
    private static BigDecimal above(BigDecimal below, int precision) {
        return below.add(below.ulp().movePointRight(below.precision() - precision));
    }
}
