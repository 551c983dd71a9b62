package ninja.mig.log;

import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;

/** The date before a line on a stream or in a file, in local time, as Go's log package writes it. */
final class DatePrefix {
    private static final DateTimeFormatter FORM = DateTimeFormatter.ofPattern("yyyy/MM/dd HH:mm:ss ");

    private DatePrefix() {}

    static String at(Instant time) {
        return FORM.format(time.atZone(ZoneId.systemDefault()));
    }
}
