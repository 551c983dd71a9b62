package ninja.mig.database;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class RowsTest {
    @Test
    void replacesNulsOnly() {
        assertEquals(
                "[\"a\ufffdb\",\"\\\\u0000\",\"\\\\\ufffd\",\"\\n\"]",
                Rows.json(List.of("a\0b", "\\u0000", "\\\0", "\n")));
        assertEquals("a\ufffd", Rows.stored("a\0"));
    }

    @Test
    void cutsTimesOffInsteadOfRounding() {
        assertEquals("2026-11-24T11:59:59.999999Z", Rows.storedText(Instant.parse("2026-11-24T11:59:59.999999999Z")));
    }

    @Test
    void keepsTimesInTheYearsThatPostgresqlTakes() {
        assertEquals("0001-01-01T00:00:00Z", Rows.storedText(Instant.MIN));
        assertEquals("9999-12-31T23:59:59Z", Rows.storedText(Instant.MAX));
    }
}
