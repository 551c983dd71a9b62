package ninja.mig.model;

import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The times of MIG's documents: RFC 3339 with up to nine digits of fraction, and the values that mean "none". */
public final class Times {
    /** Never set. */
    public static final Instant UNSET = Instant.parse("0001-01-01T00:00:00Z");

    /** {@code starttime} and {@code lastupdatetime} of an action that no scheduler has taken yet. */
    public static final Instant NOT_STARTED = Instant.parse("0011-01-11T11:11:11.000000011Z");

    /** Not finished, not destroyed. */
    public static final Instant NOT_YET = Instant.parse("9998-01-11T11:11:11.000000011Z");

    private static final Pattern RFC3339 = Pattern.compile(
            "(\\d{4})-(\\d{2})-(\\d{2})T(\\d{2}):(\\d{2}):(\\d{2})(?:\\.(\\d{1,40}))?(?:Z|([+-])(\\d{2}):(\\d{2}))");

    private Times() {}

    /** Whether an action with this start time was never taken by a scheduler: any year below 100. */
    public static boolean isUnset(Instant time) {
        return time.isBefore(Instant.parse("0100-01-01T00:00:00Z"));
    }

    /**
     * Reads any RFC 3339 time of the years 0000 to 9999, with any offset; digits of the fraction beyond the ninth are cut.
     *
     * @throws IllegalArgumentException if it is no such time
     */
    public static Instant parse(String text) {
        Matcher m = RFC3339.matcher(text);
        if (!m.matches()) {
            throw new IllegalArgumentException("'" + text + "' is not a time such as 2015-07-31T20:00:00Z");
        }
        try {
            LocalDateTime local = LocalDateTime.of(
                    number(m, 1),
                    number(m, 2),
                    number(m, 3),
                    number(m, 4),
                    number(m, 5),
                    number(m, 6),
                    nanos(m.group(7)));
            return local.toInstant(ZoneOffset.UTC).minusSeconds(offset(m));
        } catch (java.time.DateTimeException e) {
            throw new IllegalArgumentException("'" + text + "' is not a time: " + e.getMessage(), e);
        }
    }

    private static int number(Matcher m, int group) {
        return Integer.parseInt(m.group(group));
    }

    private static int nanos(String fraction) {
        if (fraction == null) {
            return 0;
        }
        return Integer.parseInt((fraction + "000000000").substring(0, 9));
    }

    /** Seconds east of UTC; java.time itself stops at 18 hours, RFC 3339 does not. */
    private static int offset(Matcher m) {
        if (m.group(8) == null) {
            return 0;
        }
        if (number(m, 9) > 23 || number(m, 10) > 59) {
            throw new java.time.DateTimeException("no such offset");
        }
        int seconds = number(m, 9) * 3600 + number(m, 10) * 60;
        return m.group(8).equals("-") ? -seconds : seconds;
    }

    /** UTC with {@code Z}, seconds always present, trailing zeros of the fraction removed. */
    public static String format(Instant time) {
        LocalDateTime utc = LocalDateTime.ofEpochSecond(time.getEpochSecond(), time.getNano(), ZoneOffset.UTC);
        StringBuilder out = new StringBuilder(30);
        pad(out, utc.getYear(), 4).append('-');
        pad(out, utc.getMonthValue(), 2).append('-');
        pad(out, utc.getDayOfMonth(), 2).append('T');
        pad(out, utc.getHour(), 2).append(':');
        pad(out, utc.getMinute(), 2).append(':');
        pad(out, utc.getSecond(), 2);
        if (utc.getNano() != 0) {
            out.append('.');
            pad(out, utc.getNano(), 9);
            while (out.charAt(out.length() - 1) == '0') {
                out.setLength(out.length() - 1);
            }
        }
        return out.append('Z').toString();
    }

    private static StringBuilder pad(StringBuilder out, int value, int width) {
        String digits = Integer.toString(value);
        return out.append("0".repeat(Math.max(0, width - digits.length()))).append(digits);
    }
}
