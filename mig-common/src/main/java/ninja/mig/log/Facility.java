package ninja.mig.log;

import java.util.Arrays;
import java.util.Locale;

/** The facilities of syslog that a daemon may use. */
public enum Facility {
    USER(1),
    DAEMON(3),
    AUTH(4),
    AUTHPRIV(10),
    LOCAL0(16),
    LOCAL1(17),
    LOCAL2(18),
    LOCAL3(19),
    LOCAL4(20),
    LOCAL5(21),
    LOCAL6(22),
    LOCAL7(23);

    private final int code;

    Facility(int code) {
        this.code = code;
    }

    static String[] words() {
        return Arrays.stream(values())
                .map(f -> f.name().toLowerCase(Locale.ROOT))
                .toArray(String[]::new);
    }

    /** The number at the head of a syslog message. */
    int priority(Severity severity) {
        return code * 8 + severity.ordinal();
    }
}
