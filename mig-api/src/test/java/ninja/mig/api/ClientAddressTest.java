package ninja.mig.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ClientAddressTest {
    @Test
    void readsItsSetting() {
        assertEquals(Optional.of(ClientAddress.PEER), ClientAddress.parse("peer"));
        assertEquals(Optional.of(new ClientAddress(Optional.of(1))), ClientAddress.parse("X-Forwarded-For:1"));
        assertEquals(Optional.empty(), ClientAddress.parse("x-forwarded-for"));
        assertEquals(Optional.empty(), ClientAddress.parse("x-forwarded-for:-1"));
        assertEquals(Optional.empty(), ClientAddress.parse(""));
    }

    @Test
    void countsFromTheEndOfTheList() {
        String list = "203.0.113.9, 198.51.100.7,10.0.0.1";

        assertEquals("10.0.0.1", ClientAddress.forwarded(list, 0));
        assertEquals("198.51.100.7", ClientAddress.forwarded(list, 1));
        assertEquals("203.0.113.9", ClientAddress.forwarded(list, 5));
        assertEquals("2001:db8::1", ClientAddress.forwarded("[2001:db8::1]", 0));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ",", "localhost", "1.2.3", "300.1.1.1", "10.0.0.1:80", "dead", "1.2.3.4\u001b[31m"})
    void believesNothingThatIsNoAddress(String list) {
        assertEquals("0.0.0.0", ClientAddress.forwarded(list, 0));
    }

    @Test
    void knowsLoopback() {
        assertTrue(ClientAddress.isLoopback("127.0.0.1"));
        assertTrue(ClientAddress.isLoopback("0:0:0:0:0:0:0:1"));
        assertFalse(ClientAddress.isLoopback("10.0.0.1"));
    }
}
