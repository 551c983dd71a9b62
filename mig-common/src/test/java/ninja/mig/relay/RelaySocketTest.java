package ninja.mig.relay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import javax.net.ssl.SSLSocket;
import ninja.mig.runtime.Routines;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(value = 30, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class RelaySocketTest {
    private final CompletableFuture<String> request = new CompletableFuture<>();

    private interface AfterRequest {
        void on(Socket socket) throws IOException;
    }

    /** A proxy for one connection. */
    private ServerSocket proxy(AfterRequest then) throws IOException {
        ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        Routines.thread("proxy", () -> {
                    try (Socket socket = server.accept()) {
                        request.complete(head(socket.getInputStream()));
                        then.on(socket);
                    } catch (IOException e) {
                        request.completeExceptionally(e);
                    }
                })
                .start();
        return server;
    }

    private static String head(InputStream in) throws IOException {
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            head.append((char) in.read());
        }
        return head.toString();
    }

    private static AfterRequest answering(String text) {
        return socket -> socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    private static ConnectProxy at(ServerSocket server, Optional<String> credentials) {
        return new ConnectProxy("127.0.0.1", server.getLocalPort(), credentials);
    }

    private static Socket connect(ConnectProxy proxy, Optional<PemTls> tls) throws IOException {
        Socket socket = new RelaySocketFactory(Optional.of(proxy), tls).createSocket();
        socket.connect(InetSocketAddress.createUnresolved("localhost", 5671), 5000);
        return socket;
    }

    @Test
    void leavesWhatFollowsTheAnswerToTheTarget() throws Exception {
        try (ServerSocket server = proxy(answering("HTTP/1.0 200 Connection established\r\nVia: x\r\n\r\nAMQP"));
                Socket socket = connect(at(server, Optional.of("user:pässword")), Optional.empty())) {
            assertEquals("AMQP", new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII));
            assertEquals(
                    "CONNECT localhost:5671 HTTP/1.1\r\nHost: localhost:5671\r\n"
                            + "Proxy-Authorization: Basic dXNlcjpww6Rzc3dvcmQ=\r\n\r\n",
                    request.get());
        }
    }

    @Test
    void speaksTlsThroughTheTunnel() throws Exception {
        PemTls tls = PemTls.load(
                TestTls.path("ca.crt"), Optional.of(TestTls.path("rsa.crt")), Optional.of(TestTls.path("rsa.key")));
        AfterRequest target = socket -> {
            answering("HTTP/1.1 200 OK\r\n\r\n").on(socket);
            SSLSocket inner = (SSLSocket) tls.context().getSocketFactory().createSocket(socket, null, true);
            inner.setUseClientMode(false);
            inner.setNeedClientAuth(true);
            inner.getOutputStream().write("AMQP over TLS".getBytes(StandardCharsets.US_ASCII));
            inner.close();
        };
        try (ServerSocket server = proxy(target);
                Socket socket = connect(at(server, Optional.empty()), Optional.of(tls))) {
            assertEquals(
                    "AMQP over TLS", new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/1.1 407 Proxy Authentication Required\r\n\r\n",
                "HTTP/1.1 302 Found\r\n\r\n",
                "HTTP/1.1 2\r\n\r\n",
                "HTTP/1.1 2000 OK\r\n\r\n",
                "SSH-2.0-OpenSSH\r\n\r\n",
                "\r\n\r\n",
                "\u0000\u0001\u00ff\n\n",
                "HTTP/1.1 200 OK\r\nVia: x\r\n"
            })
    void refusesAnyOtherAnswer(String answer) throws Exception {
        try (ServerSocket server = proxy(answering(answer))) {
            ConnectProxy proxy = at(server, Optional.empty());
            IOException e = assertThrows(IOException.class, () -> connect(proxy, Optional.empty()));
            assertTrue(e.getMessage().startsWith("proxy 127.0.0.1:"), e.getMessage());
        }
    }

    @Test
    void waitsNotForEverForTheBeginningOfTls() throws Exception {
        PemTls tls = PemTls.load(TestTls.path("ca.crt"), Optional.empty(), Optional.empty());
        try (ServerSocket mute = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                Socket socket = new RelaySocket(Optional.empty(), Optional.of(tls), Duration.ofMillis(200))) {
            IOException e = assertThrows(IOException.class, () -> socket.connect(mute.getLocalSocketAddress(), 5000));

            assertEquals("TLS has not begun within 200ms", e.getMessage());
            assertTrue(socket.isClosed());
        }
    }

    /** Each of its bytes comes in time. */
    @Test
    void waitsNotForEverForAPeerThatSendsAByteNowAndThen() throws Exception {
        PemTls tls = PemTls.load(TestTls.path("ca.crt"), Optional.empty(), Optional.empty());
        try (TricklingServer server = new TricklingServer();
                Socket socket = new RelaySocket(Optional.empty(), Optional.of(tls), Duration.ofMillis(300))) {
            IOException e = assertThrows(IOException.class, () -> socket.connect(server.address(), 5000));

            assertEquals("TLS has not begun within 300ms", e.getMessage());
            assertTrue(socket.isClosed());
            server.awaitLeaving();
        }
    }

    @Test
    void refusesAnEndlessAnswer() throws Exception {
        try (ServerSocket server = proxy(answering("HTTP/1.1 200 OK\r\n" + "x: y\r\n".repeat(5000) + "\r\n"))) {
            ConnectProxy proxy = at(server, Optional.empty());
            IOException e = assertThrows(IOException.class, () -> connect(proxy, Optional.empty()));
            assertTrue(e.getMessage().contains("more than 8192"), e.getMessage());
        }
    }
}
