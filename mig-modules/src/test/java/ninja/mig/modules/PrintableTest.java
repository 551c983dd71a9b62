package ninja.mig.modules;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PrintableTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "no such thing|error: no such thing",
                "ERROR: lookup x: no such host|error: lookup x: no such host",
                "warning: the namespaces of 1 processes are not known|warning: the namespaces of 1 processes are not known",
                "'ERROR: read a\u001b[2J: gone'|'error: read a\\x1b[2J: gone'",
                "'ERROR: a\nb'|'error: a\\x0ab'",
            })
    void saysOnceWhatARemarkIs(String text, String line) {
        assertEquals(line, Printable.error(text));
    }
}
