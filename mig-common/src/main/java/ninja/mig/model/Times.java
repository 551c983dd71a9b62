package ninja.mig.model;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;

/** The times of MIG's documents: RFC 3339 with up to nine digits of fraction, and the values that mean "none". */
public final class Times {
    /** Never set. */
    public static final Instant UNSET = Instant.parse("0001-01-01T00:00:00Z");

    /** {@code starttime} and {@code lastupdatetime} of an action that no scheduler has taken yet. */
    public static final Instant NOT_STARTED = Instant.parse("0011-01-11T11:11:11.000000011Z");

    /** Not finished, not destroyed. */
    public static final Instant NOT_YET = Instant.parse("9998-01-11T11:11:11.000000011Z");

    private static final Instant EARLIEST_SET = Instant.parse("0100-01-01T00:00:00Z");
    private static final int[] POWERS = {1, 10, 100, 1000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000};

    private Times() {}

    /** Whether an action with this start time was never taken by a scheduler: any year below 100. */
    public static boolean isUnset(Instant time) {
        return time.isBefore(EARLIEST_SET);
    }

    /**
     * Reads any RFC 3339 time of the years 0000 to 9999, with any offset; digits of the fraction beyond the ninth are cut.
     *
     * @throws IllegalArgumentException if it is no such time
     */
    public static Instant parse(String text) {
        try {
            return new Reader(text).read();
        } catch (DateTimeException e) {
            throw new IllegalArgumentException("'" + text + "' is not a time: " + e.getMessage(), e);
        }
    }

    /** From left to right: an expression would cost more than all else in reading a heartbeat. */
    private static final class Reader {
        private static final int LONGEST_FRACTION = 40;

        private final String text;
        private int at;

        Reader(String text) {
            this.text = text;
        }

        Instant read() {
            int year = digits(4);
            expect('-');
            int month = digits(2);
            expect('-');
            int day = digits(2);
            expect('T');
            int hour = digits(2);
            expect(':');
            int minute = digits(2);
            expect(':');
            int second = digits(2);
            int nanos = skip('.') ? fraction() : 0;
            int offset = offset();
            require(at == text.length());
            LocalDateTime local = LocalDateTime.of(year, month, day, hour, minute, second, nanos);
            return local.toInstant(ZoneOffset.UTC).minusSeconds(offset);
        }

        private int digits(int count) {
            int value = 0;
            for (int i = 0; i < count; i++) {
                require(isDigit());
                value = value * 10 + text.charAt(at++) - '0';
            }
            return value;
        }

        private boolean isDigit() {
            return at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '9';
        }

        private int fraction() {
            int start = at;
            int nanos = 0;
            for (int unit = 100_000_000; isDigit(); unit /= 10) {
                nanos += unit * (text.charAt(at++) - '0');
            }
            require(at > start && at - start <= LONGEST_FRACTION);
            return nanos;
        }

        /** Seconds east of UTC; java.time itself stops at 18 hours, RFC 3339 does not. */
        private int offset() {
            if (skip('Z')) {
                return 0;
            }
            boolean west = skip('-');
            require(west || skip('+'));
            int hours = digits(2);
            expect(':');
            int minutes = digits(2);
            if (hours > 23 || minutes > 59) {
                throw new DateTimeException("no such offset");
            }
            int seconds = hours * 3600 + minutes * 60;
            return west ? -seconds : seconds;
        }

        private boolean skip(char c) {
            boolean there = at < text.length() && text.charAt(at) == c;
            at += there ? 1 : 0;
            return there;
        }

        private void expect(char c) {
            require(skip(c));
        }

        private void require(boolean good) {
            if (!good) {
                throw new IllegalArgumentException("'" + text + "' is not a time such as 2015-07-31T20:00:00Z");
            }
        }
    }

    /** UTC with {@code Z}, seconds always present, trailing zeros of the fraction removed. */
    public static String format(Instant time) {
        return text(time, ZoneOffset.UTC, 'T').append('Z').toString();
    }

    /** As the clocks of a zone show it, to the minute of its offset: {@code 2015-03-14T13:26:27.4417-04:00}. */
    public static String format(Instant time, ZoneOffset offset) {
        String id = offset.getId();
        return text(time, offset, 'T').append(id, 0, Math.min(id.length(), 6)).toString();
    }

    /** As Go prints a time in UTC: {@code 2015-02-07 01:51:07.17850601 +0000 UTC}. */
    public static String goText(Instant time) {
        return text(time, ZoneOffset.UTC, ' ').append(" +0000 UTC").toString();
    }

    private static StringBuilder text(Instant time, ZoneOffset offset, char separator) {
        LocalDateTime local = LocalDateTime.ofEpochSecond(time.getEpochSecond(), time.getNano(), offset);
        StringBuilder out = new StringBuilder(40);
        pad(out, local.getYear(), 4).append('-');
        pad(out, local.getMonthValue(), 2).append('-');
        pad(out, local.getDayOfMonth(), 2).append(separator);
        pad(out, local.getHour(), 2).append(':');
        pad(out, local.getMinute(), 2).append(':');
        pad(out, local.getSecond(), 2);
        if (local.getNano() != 0) {
            out.append('.');
            pad(out, local.getNano(), 9);
            while (out.charAt(out.length() - 1) == '0') {
                out.setLength(out.length() - 1);
            }
        }
        return out;
    }

    private static StringBuilder pad(StringBuilder out, int value, int width) {
        for (int limit = POWERS[width - 1]; limit > 1 && value < limit; limit /= 10) {
            out.append('0');
        }
        return out.append(value);
    }
}
