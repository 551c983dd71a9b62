package ninja.mig.relay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 30, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class TlsProbeTest {
    private static final String LATE = "TLS has not begun within 200ms";

    @Test
    void waitsNotForEverForARelayThatSendsAByteNowAndThen() throws Exception {
        try (TricklingServer server = new TricklingServer()) {
            TlsProbe probe = new TlsProbe(conf(server.address().getPort()), Optional.empty(), Duration.ofMillis(200));

            IOException e = assertThrows(IOException.class, () -> probe.certificates(Instant.EPOCH));
            assertEquals(LATE, e.getMessage());
            server.awaitLeaving();

            assertEquals(Optional.of(LATE), probe.handshake(Instant.EPOCH).refusal());
            server.awaitLeaving();
        }
    }

    private static RelayConf conf(int port) throws Exception {
        Duration minute = Duration.ofMinutes(1);
        PemTls tls = PemTls.of(TestTls.text("ca.crt"), Optional.empty(), Optional.empty());
        return new RelayConf("127.0.0.1", port, "agent", "x", "mig", Optional.of(tls), minute, minute);
    }
}
