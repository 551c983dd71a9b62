package ninja.mig.conf;

import java.math.BigInteger;
import java.time.Duration;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Durations as Go reads and writes them: {@code 90s}, {@code 1h30m}, {@code 1.391256ms}. They span 292 years each way. */
public final class GoDuration {
    private static final Map<String, Long> UNITS = Map.of(
            "ns", 1L,
            "us", 1_000L,
            "µs", 1_000L, // U+00B5, micro sign
            "μs", 1_000L, // U+03BC, Greek letter mu
            "ms", 1_000_000L,
            "s", 1_000_000_000L,
            "m", 60_000_000_000L,
            "h", 3_600_000_000_000L);

    private static final Pattern GROUP = Pattern.compile("([0-9]*)(?:(\\.)([0-9]*))?(ns|us|µs|μs|ms|s|m|h)");
    private static final int LONGEST = 200;
    private static final BigInteger LIMIT = BigInteger.ONE.shiftLeft(63);

    private static final Duration MOST = Duration.ofNanos(Long.MAX_VALUE);
    private static final Duration LEAST = Duration.ofNanos(Long.MIN_VALUE);

    private GoDuration() {}

    /** @throws IllegalArgumentException if the text is no duration or exceeds 292 years */
    public static Duration parse(String text) {
        if (text.length() > LONGEST) {
            throw new IllegalArgumentException("a duration of " + text.length() + " characters is too long");
        }
        boolean negative = text.startsWith("-");
        String groups = negative || text.startsWith("+") ? text.substring(1) : text;
        BigInteger nanos = groups.equals("0") ? BigInteger.ZERO : sum(groups, text);
        if (nanos.compareTo(negative ? LIMIT : LIMIT.subtract(BigInteger.ONE)) > 0) {
            throw new IllegalArgumentException("'" + text + "' exceeds 292 years");
        }
        return Duration.ofNanos((negative ? nanos.negate() : nanos).longValueExact());
    }

    public static boolean isValid(String text) {
        try {
            parse(text);
            return true;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private static BigInteger sum(String groups, String text) {
        Matcher m = GROUP.matcher(groups);
        BigInteger nanos = BigInteger.ZERO;
        int end = 0;
        while (m.lookingAt()) {
            nanos = nanos.add(group(m, text));
            end = m.end();
            m.region(end, groups.length());
        }
        if (end == 0 || end != groups.length()) {
            throw notADuration(text);
        }
        return nanos;
    }

    private static BigInteger group(Matcher m, String text) {
        String whole = m.group(1);
        String fraction = m.group(3) == null ? "" : m.group(3);
        if (whole.isEmpty() && fraction.isEmpty()) {
            throw notADuration(text);
        }
        long unit = UNITS.get(m.group(4));
        BigInteger nanos = whole.isEmpty() ? BigInteger.ZERO : new BigInteger(whole).multiply(BigInteger.valueOf(unit));
        return nanos.add(BigInteger.valueOf(fractionOf(fraction, unit)));
    }

    /** Go multiplies as a double and cuts, after as many digits as fit into 63 bits; so do we, to the nanosecond. */
    private static long fractionOf(String digits, long unit) {
        long value = 0;
        double scale = 1;
        for (int i = 0; i < digits.length(); i++) {
            long next = digits.charAt(i) - '0';
            if (value > (Long.MAX_VALUE - next) / 10) {
                break;
            }
            value = value * 10 + next;
            scale *= 10;
        }
        return (long) ((double) value * ((double) unit / scale));
    }

    private static IllegalArgumentException notADuration(String text) {
        return new IllegalArgumentException("'" + text + "' is not a duration such as 90s, 1h30m or 1.5h");
    }

    /** The largest unit that fits, decimals without trailing zeros: {@code 0s}, {@code 914.757µs}, {@code 2h0m5s}. */
    public static String format(Duration duration) {
        long nanos = saturated(duration);
        if (nanos == 0) {
            return "0s";
        }
        BigInteger size = BigInteger.valueOf(nanos).abs();
        String sign = nanos < 0 ? "-" : "";
        if (size.bitLength() < 63 && size.longValue() < 1_000_000_000L) {
            return sign + belowOneSecond(size.longValue());
        }
        BigInteger[] seconds = size.divideAndRemainder(BigInteger.valueOf(1_000_000_000L));
        return sign + clock(seconds[0].longValue(), seconds[1].longValue());
    }

    /** Go's own longest durations, 292 years each way, stand for all that are longer. */
    private static long saturated(Duration duration) {
        if (duration.compareTo(MOST) > 0) {
            return Long.MAX_VALUE;
        }
        return duration.compareTo(LEAST) < 0 ? Long.MIN_VALUE : duration.toNanos();
    }

    private static String belowOneSecond(long nanos) {
        if (nanos < 1_000) {
            return nanos + "ns";
        }
        if (nanos < 1_000_000) {
            return decimal(nanos / 1_000, nanos % 1_000, 3) + "µs";
        }
        return decimal(nanos / 1_000_000, nanos % 1_000_000, 6) + "ms";
    }

    private static String clock(long seconds, long nanos) {
        String rest = decimal(seconds % 60, nanos, 9) + "s";
        if (seconds < 60) {
            return rest;
        }
        long minutes = seconds / 60;
        return minutes < 60 ? minutes + "m" + rest : minutes / 60 + "h" + minutes % 60 + "m" + rest;
    }

    private static String decimal(long whole, long fraction, int digits) {
        if (fraction == 0) {
            return Long.toString(whole);
        }
        String text = Long.toString(fraction);
        String padded = "0".repeat(digits - text.length()) + text;
        return whole + "." + padded.replaceFirst("0+$", "");
    }
}
