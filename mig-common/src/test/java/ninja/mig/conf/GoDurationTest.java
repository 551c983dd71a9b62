package ninja.mig.conf;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class GoDurationTest {
    @ParameterizedTest
    @CsvSource({
        "0, 0",
        "-0, 0",
        "+0, 0",
        "5s, 5000000000",
        "90s, 90000000000",
        "1h30m, 5400000000000",
        "1.5h, 5400000000000",
        "-1.5h, -5400000000000",
        "+5s, 5000000000",
        ".5s, 500000000",
        "5.s, 5000000000",
        "10ns, 10",
        "11us, 11000",
        "12µs, 12000",
        "12μs, 12000",
        "13ms, 13000000",
        "3h30m, 12600000000000",
        "10.5s4m, 250500000000",
        "-2m3.4s, -123400000000",
        "39h9m14.425s, 140954425000000",
        "52763797000ms, 52763797000000000",
        "0.3333333333333333333h, 1200000000000",
        "0.100000000000000000000h, 360000000000",
        "0.9223372036854775807h, 3320413933267",
        "9223372036854775807ns, 9223372036854775807",
        "-9223372036854775808ns, -9223372036854775808",
        "9223372036s854ms775us807ns, 9223372036854775807"
    })
    void readsWhatGoReads(String text, long nanos) {
        assertEquals(Duration.ofNanos(nanos), GoDuration.parse(text));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "3",
                "-",
                "s",
                ".",
                "-.",
                ".s",
                "+.s",
                "1d",
                "5 s",
                " 5s",
                "5s ",
                "1h,5m",
                "--5s",
                "0x5s",
                "1e3s",
                "٣s",
                "9223372036854775808ns",
                "-9223372036854775809ns",
                "3000000h",
                "1.2.3s",
                "0 s"
            })
    void refusesAnythingElse(String text) {
        assertThrows(IllegalArgumentException.class, () -> GoDuration.parse(text));
        assertFalse(GoDuration.isValid(text));
    }

    @Test
    void refusesEndlessDigits() {
        assertFalse(GoDuration.isValid("1".repeat(100_000) + "s"));
        assertTrue(GoDuration.isValid("0".repeat(100) + "1s"));
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0s",
        "1, 1ns",
        "914, 914ns",
        "1100, 1.1µs",
        "914757, 914.757µs",
        "1391256, 1.391256ms",
        "2500000000, 2.5s",
        "63250000000, 1m3.25s",
        "300000000000, 5m0s",
        "7205000000000, 2h0m5s",
        "86400000000000, 24h0m0s",
        "-1500000000, -1.5s",
        "-914, -914ns",
        "9223372036854775807, 2562047h47m16.854775807s",
        "-9223372036854775808, -2562047h47m16.854775808s"
    })
    void writesAsGoWrites(long nanos, String text) {
        assertEquals(text, GoDuration.format(Duration.ofNanos(nanos)));
        assertEquals(Duration.ofNanos(nanos), GoDuration.parse(text));
    }

    @Test
    void writesGosLongestForWhatIsLonger() {
        assertEquals("2562047h47m16.854775807s", GoDuration.format(Duration.ofDays(365L * 1000)));
        assertEquals("-2562047h47m16.854775808s", GoDuration.format(Duration.ofDays(-365L * 1000)));
    }
}
