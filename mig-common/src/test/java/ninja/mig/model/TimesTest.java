package ninja.mig.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.time.Instant;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TimesTest {
    @ParameterizedTest
    @CsvSource({
        "2015-07-31T20:00:00Z,2015-07-31T20:00:00Z",
        "2015-07-31T13:00:00.5-07:00,2015-07-31T20:00:00.5Z",
        "2015-07-31T20:00:00.123456789999Z,2015-07-31T20:00:00.123456789Z",
        "2015-07-31T20:00:00.100Z,2015-07-31T20:00:00.1Z",
        "0001-01-01T00:00:00Z,0001-01-01T00:00:00Z",
        "9998-01-11T11:11:11.000000011Z,9998-01-11T11:11:11.000000011Z",
        "2015-07-31T20:00:00+23:59,2015-07-30T20:01:00Z",
        "2015-07-31T00:00:00-00:00,2015-07-31T00:00:00Z",
        "0000-01-01T00:00:00Z,0000-01-01T00:00:00Z",
        "2015-07-31T20:00:00.0123456789012345678901234567890123456789Z,2015-07-31T20:00:00.012345678Z"
    })
    void readsEveryOffsetAndWritesUtc(String text, String expected) {
        assertEquals(expected, Times.format(Times.parse(text)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "2015-07-31",
                "2015-07-31T20:00Z",
                "2015-07-31t20:00:00Z",
                "2015-07-31T20:00:00",
                "2015-07-31T20:00:00z",
                "2015-13-31T20:00:00Z",
                "2015-02-30T20:00:00Z",
                "2015-07-31T24:00:00Z",
                "2015-07-31T20:00:00+24:00",
                "2015-07-31T20:00:00.Z",
                "+02015-07-31T20:00:00Z",
                "2015-07-31 20:00:00Z",
                "2015-07-31T20:00:00.01234567890123456789012345678901234567890Z",
                "2015-07-31T20:00:00ZZ",
                "2015-07-31T20:00:00+0100",
                "2015-07-31T20:00:00+",
                "2015-07-31T20:00:6\u0660Z",
                "-015-07-31T20:00:00Z"
            })
    void refusesOtherForms(String text) {
        assertThrows(IllegalArgumentException.class, () -> Times.parse(text));
    }

    @Test
    void knowsTheValuesThatMeanNever() {
        assertEquals("0011-01-11T11:11:11.000000011Z", Times.format(Times.NOT_STARTED));
        assertEquals(true, Times.isUnset(Instant.parse("0009-01-11T11:11:11Z")));
        assertEquals(false, Times.isUnset(Instant.parse("2015-01-11T11:11:11Z")));
    }

    @ParameterizedTest
    @CsvSource({
        "2015-03-14T17:26:27.441740604Z,-04:00,2015-03-14T13:26:27.441740604-04:00",
        "2015-03-14T17:26:27Z,+05:30,2015-03-14T22:56:27+05:30",
        "2015-03-14T17:26:27.5Z,Z,2015-03-14T17:26:27.5Z",
        "1880-01-01T00:00:00Z,+00:19:32,1880-01-01T00:19:32+00:19"
    })
    void writesTheTimeOfAZone(String time, String offset, String expected) {
        assertEquals(expected, Times.format(Instant.parse(time), ZoneOffset.of(offset)));
    }

    @ParameterizedTest
    @CsvSource({
        "2015-02-07T01:51:07.178506010Z,2015-02-07 01:51:07.17850601 +0000 UTC",
        "2099-01-01T00:00:00Z,2099-01-01 00:00:00 +0000 UTC",
        "0001-01-01T00:00:00Z,0001-01-01 00:00:00 +0000 UTC"
    })
    void writesTimesAsGoPrintsThem(String time, String expected) {
        assertEquals(expected, Times.goText(Instant.parse(time)));
    }
}
