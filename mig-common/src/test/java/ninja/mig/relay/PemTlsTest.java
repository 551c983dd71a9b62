package ninja.mig.relay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.Random;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import ninja.mig.model.RejectedException;
import ninja.mig.runtime.Routines;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(value = 30, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class PemTlsTest {
    private static PemTls tls(String certificate, String key) throws Exception {
        return PemTls.of(
                TestTls.text("ca.crt"), Optional.of(TestTls.text(certificate)), Optional.of(TestTls.text(key)));
    }

    private static String rejection(String certificate, String key) {
        return assertThrows(RejectedException.class, () -> tls(certificate, key))
                .getMessage();
    }

    @ParameterizedTest
    @CsvSource({
        "rsa.crt, rsa.key",
        "rsa.crt, rsa-pkcs1.key",
        "ec.crt, ec.key",
        "ec.crt, ec-sec1.key",
        "ec.crt, ec-sec1-params.key",
        "ed25519.crt, ed25519.key"
    })
    void presentsAnyKindOfKey(String certificate, String key) throws Exception {
        assertEquals("hello", talk(tls("rsa.crt", "rsa.key"), tls(certificate, key), "localhost"));
    }

    @Test
    void refusesAServerOfAnotherName() throws Exception {
        PemTls both = tls("rsa.crt", "rsa.key");
        assertThrows(IOException.class, () -> talk(both, both, "relay.example.net"));
    }

    @Test
    void refusesAServerOfAnotherCa() throws Exception {
        PemTls other = PemTls.of(TestTls.text("ed25519.crt"), Optional.empty(), Optional.empty());
        PemTls server = tls("rsa.crt", "rsa.key");
        assertThrows(IOException.class, () -> talk(server, other, "localhost"));
    }

    /** Connects to a server that wants a client certificate, as a host of the given name. */
    private static String talk(PemTls server, PemTls client, String name) throws Exception {
        try (SSLServerSocket listening = (SSLServerSocket)
                server.context().getServerSocketFactory().createServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            listening.setNeedClientAuth(true);
            Routines.thread("tls-server", () -> serve(listening)).start();
            InetAddress address = InetAddress.getByAddress(name, new byte[] {127, 0, 0, 1});
            try (SSLSocket socket =
                    (SSLSocket) client.context().getSocketFactory().createSocket()) {
                PemTls.prepare(socket);
                socket.connect(new InetSocketAddress(address, listening.getLocalPort()), 5000);
                return new String(socket.getInputStream().readAllBytes());
            }
        }
    }

    private static void serve(SSLServerSocket listening) {
        try (SSLSocket socket = (SSLSocket) listening.accept()) {
            socket.getOutputStream().write("hello".getBytes());
        } catch (IOException refused) {
            assertFalse(refused.getMessage().isEmpty());
        }
    }

    @Test
    void refusesAKeyOfAnotherCertificate() {
        assertTrue(rejection("rsa.crt", "ec.key").contains("is no RSA key"), rejection("rsa.crt", "ec.key"));
        assertTrue(rejection("ec.crt", "rsa-pkcs1.key").contains("is no EC key"));
        assertTrue(rejection("ca.crt", "rsa.key").contains("does not belong"));
    }

    @Test
    void refusesAnEncryptedKeyWithAHint() {
        assertTrue(rejection("rsa.crt", "encrypted.key").contains("openssl pkcs8"));
    }

    @Test
    void refusesWhatIsMissing() throws Exception {
        assertTrue(rejection("rsa.key", "rsa.key").contains("no BEGIN CERTIFICATE"));
        assertTrue(rejection("rsa.crt", "rsa.crt").contains("found 0"));
        String ca = TestTls.text("ca.crt");
        Optional<String> certificate = Optional.of(TestTls.text("rsa.crt"));
        assertThrows(RejectedException.class, () -> PemTls.of(ca, certificate, Optional.empty()));
        assertThrows(RejectedException.class, () -> PemTls.of("", Optional.empty(), Optional.empty()));
        assertThrows(
                RejectedException.class,
                () -> PemTls.load(TestTls.path("none.crt"), Optional.empty(), Optional.empty()));
    }

    @Test
    void refusesDamagedTexts() throws Exception {
        String ca = TestTls.text("ca.crt");
        String key = TestTls.text("ec-sec1.key");
        String certificate = TestTls.text("ec.crt");
        Random random = new Random(7);
        for (int i = 0; i < 500; i++) {
            String damaged = damage(random.nextBoolean() ? key : ca, random);
            try {
                PemTls.of(damaged, Optional.of(certificate), Optional.of(damaged));
            } catch (RejectedException e) {
                assertFalse(e.getMessage().isEmpty());
            }
        }
    }

    private static String damage(String text, Random random) {
        StringBuilder out = new StringBuilder(text);
        for (int i = 0; i < 3; i++) {
            out.setCharAt(random.nextInt(out.length()), (char) random.nextInt(128));
        }
        return out.substring(0, 1 + random.nextInt(out.length()));
    }
}
