package ninja.mig.modules.netstat;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import ninja.mig.modules.InvalidParametersException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class IpTest {
    @ParameterizedTest
    @CsvSource({
        "10.0.0.1, 10.0.0.1",
        "255.255.255.255, 255.255.255.255",
        "::, ::",
        "::1, ::1",
        "1::, 1::",
        "2001:DB8:0:0:1:0:0:1, 2001:db8::1:0:0:1",
        "1:2:3:4:5:6:7:8, 1:2:3:4:5:6:7:8",
        "1:2:3:4:5:6:7::, 1:2:3:4:5:6:7:0",
        "::ffff:10.1.2.3, 10.1.2.3",
        "::ffff:a01:203, 10.1.2.3",
        "64:ff9b::192.0.2.33, 64:ff9b::c000:221",
        "1:2:3:4:5:6:1.2.3.4, 1:2:3:4:5:6:102:304"
    })
    void readsAddresses(String text, String shown) {
        assertEquals(shown, Ip.parse(text).orElseThrow().toString());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ".",
                ":",
                ":::",
                "1",
                "1.2.3",
                "1.2.3.4.5",
                "1.2.3.4 ",
                "01.2.3.4",
                "1.2.3.256",
                "0x1.2.3.4",
                "1:2",
                "1:2:3:4:5:6:7",
                "1:2:3:4:5:6:7:8:9",
                "1:2:3:4::5:6:7:8",
                "1::2::3",
                "12345::",
                "g::",
                ":1::",
                "1.2.3.4::",
                "::1.2.3",
                "::1.2.3.4.5",
                "fe80::1%eth0",
                "[::1]",
                "1:2:3:4:5:6:7:1.2.3.4",
                "localhost",
                "\u0661.2.3.4",
                "-1.2.3.4",
                "+1.2.3.4",
                "1e1.2.3.4"
            })
    void refusesWhatIsNoAddress(String text) {
        assertEquals(Optional.empty(), Ip.parse(text));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/",
                "/8",
                "10.0.0.0/08",
                "10.0.0.0/-1",
                "10.0.0.0/8/8",
                "::/0x1",
                "::/1000",
                "10.0.0.0/8 ",
                "::1/64%"
            })
    void refusesWhatIsNoNetwork(String text) {
        assertThrows(InvalidParametersException.class, () -> IpNetwork.parse("localip", text));
    }

    private static boolean isIn(String ip, String network) throws Exception {
        return !new IpIndex(Map.of(network, IpNetwork.parse("localip", network)))
                .valuesOf(Ip.parse(ip).orElseThrow())
                .isEmpty();
    }

    @Test
    void knowsWhichNetworksAnAddressIsIn() throws Exception {
        assertTrue(isIn("10.1.2.3", "10.1.2.3"));
        assertTrue(isIn("10.1.2.3", "10.200.0.0/8"), "bits behind the prefix are ignored");
        assertFalse(isIn("11.1.2.3", "10.200.0.0/8"));
        assertTrue(isIn("255.0.0.1", "0.0.0.0/0"));
        assertTrue(isIn("10.1.2.3", "::ffff:10.0.0.0/104"), "a mapped network is one of IPv4");
        assertFalse(isIn("10.1.2.3", "::/0"), "IPv6 does not contain IPv4");
        assertFalse(isIn("10.1.2.3", "::ffff:0:0/95"), "nor does a part of IPv6 that is larger than IPv4");
        assertTrue(isIn("::1", "::/0"));
        assertFalse(isIn("::1", "0.0.0.0/0"));
        assertTrue(isIn("2001:db8:7fff::1", "2001:db8::/33"));
        assertFalse(isIn("2001:db8:8000::1", "2001:db8::/33"));
        assertTrue(isIn("2001:db8::8000:0:0:1", "2001:db8::8000:0:0:0/65"));
        assertFalse(isIn("2001:db8::1", "2001:db8::8000:0:0:0/65"));
    }

    @Test
    void namesEveryValueOfAnAddress() throws Exception {
        IpIndex index = new IpIndex(Map.of(
                "10.0.0.1", IpNetwork.parse("", "10.0.0.1"),
                "::ffff:10.0.0.1", IpNetwork.parse("", "::ffff:10.0.0.1"),
                "10.0.0.0/30", IpNetwork.parse("", "10.0.0.0/30"),
                "10.0.0.2", IpNetwork.parse("", "10.0.0.2"),
                "::1", IpNetwork.parse("", "::1")));

        assertEquals(
                List.of("10.0.0.0/30", "10.0.0.1", "::ffff:10.0.0.1"),
                index.valuesOf(Ip.parse("10.0.0.1").orElseThrow()).stream()
                        .sorted()
                        .toList());
        assertEquals(4, index.count(true));
        assertEquals(1, index.count(false));
    }
}
