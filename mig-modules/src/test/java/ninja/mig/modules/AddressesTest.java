package ninja.mig.modules;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AddressesTest {
    @ParameterizedTest
    @CsvSource({
        "127.0.0.1,127.0.0.1",
        "0.0.0.0,0.0.0.0",
        "255.255.255.255,255.255.255.255",
        "::1,::1",
        "2001:DB8:0:0:1:0:0:1,2001:db8::1:0:0:1",
        "::ffff:192.0.2.7,192.0.2.7"
    })
    void readsAndWritesAddresses(String text, String expected) {
        assertEquals(expected, Addresses.text(Addresses.parse(text).orElseThrow()));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "localhost",
                "127.1",
                "127.0.0.01",
                "256.0.0.1",
                "1.2.3.4.5",
                "0x7f.0.0.1",
                "2130706433",
                ":",
                ":::",
                "1:2",
                "fe80::1%eth0",
                "[::1]",
                "::1/64",
                "12345::",
                "face",
                "1.2.3.4 ",
                "١.٢.٣.٤"
            })
    void refusesWhatIsNoAddress(String text) {
        assertEquals(Optional.empty(), Addresses.parse(text));
    }

    @Test
    void tellsNamesOfHosts() {
        assertTrue(Addresses.isHostName("www.example.net"));
        assertTrue(Addresses.isHostName("a.b-c.d"));
        assertTrue(Addresses.isHostName("a".repeat(63)));
        for (String text : new String[] {
            "",
            "a".repeat(64),
            "-a",
            "a-",
            "a..b",
            ".a",
            "a.",
            "a_b",
            "a b",
            "ä.example.net",
            "a\n",
            "ab.".repeat(85) + "c"
        }) {
            assertFalse(Addresses.isHostName(text), text);
        }
    }
}
