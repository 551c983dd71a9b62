package ninja.mig.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetSocketAddress;
import java.util.Optional;
import ninja.mig.conf.ConfException;
import ninja.mig.conf.IniFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ListenAddressTest {
    private static Optional<InetSocketAddress> read(String text) {
        IniFile ini = IniFile.parse("x.cfg", text);
        Optional<InetSocketAddress> address = ListenAddress.read(ini);
        ini.finish();
        return address;
    }

    @Test
    void isNowhereUnlessConfigured() {
        assertEquals(Optional.empty(), read("[metrics]\n"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1:9464", "127.1.2.3:1", "localhost:65535", "\"[::1]:9464\""})
    void isOnThisMachine(String text) {
        InetSocketAddress address = read("[metrics]\nlisten = " + text).orElseThrow();
        assertTrue(address.getAddress().isLoopbackAddress(), address.toString());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "9464",
                ":9464",
                "0.0.0.0:9464",
                "192.0.2.1:9464",
                "example.net:9464",
                "127.0.0.1",
                "127.0.0.1:",
                "127.0.0.1:0",
                "127.0.0.1:65536",
                "127.0.0.1:-1",
                "127.0.0.999:9464",
                "127.evil.example:9464",
                "127.0.0.1.example.net:9464",
                "localhost.example.net:1",
                "[::]:9464",
                "::1:9464",
                "http://127.0.0.1:1"
            })
    void isNothingThatOthersReach(String text) {
        ConfException e = assertThrows(ConfException.class, () -> read("[metrics]\nlisten = \"" + text + "\""));
        assertTrue(e.getMessage().contains("'" + text + "'"), e.getMessage());
        assertTrue(e.getMessage().contains("loopback"), e.getMessage());
    }
}
