package ninja.mig.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetSocketAddress;
import ninja.mig.model.RejectedException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class StatAddressTest {
    @ParameterizedTest
    @CsvSource({
        "127.0.0.1:51664, 127.0.0.1, 51664",
        "127.1.2.3:1, 127.1.2.3, 1",
        "localhost:65535, 127.0.0.1, 65535",
        "[::1]:51664, 0:0:0:0:0:0:0:1, 51664",
    })
    void takesAddressesOfThisMachineAlone(String text, String host, int port) throws Exception {
        InetSocketAddress address = StatAddress.parse(text);

        assertEquals(host, address.getAddress().getHostAddress());
        assertEquals(port, address.getPort());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0.0.0.0:51664",
                ":51664",
                "*:51664",
                "[::]:51664",
                "10.0.0.1:51664",
                "192.168.1.1:51664",
                "[::ffff:10.0.0.1]:51664",
                "127.0.0.1.example.net:51664",
                "127.0.0.999:51664",
                "127.0.0:51664",
                "128.0.0.1:51664",
                "localhost.example.net:51664",
                "example.net:51664",
                "127.0.0.1",
                "127.0.0.1:",
                "127.0.0.1:0",
                "127.0.0.1:65536",
                "127.0.0.1:-1",
                "127.0.0.1:51664 ",
                "127.0.0.1:51664\n0.0.0.0:51664",
                "::1:51664",
                "51664",
                "",
            })
    void refusesEveryOtherAddress(String text) {
        String message = assertThrows(RejectedException.class, () -> StatAddress.parse(text))
                .getMessage();

        assertTrue(message.contains("expected a loopback address such as 127.0.0.1:51664"), message);
    }

    @Test
    void isAMistakeOfTheProgramToListenElsewhere() {
        assertThrows(
                IllegalArgumentException.class,
                () -> new StatSocket(new InetSocketAddress("0.0.0.0", 51664), null, () -> {}, StatSocket.Times.USUAL));
    }
}
