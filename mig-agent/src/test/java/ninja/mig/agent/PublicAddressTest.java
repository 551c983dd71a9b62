package ninja.mig.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import ninja.mig.platform.testing.Await;
import ninja.mig.relay.ConnectProxy;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(30)
class PublicAddressTest {
    private HttpServer api;
    private volatile String body = "203.0.113.9\n";
    private volatile int status = 200;
    private volatile CountDownLatch answering = new CountDownLatch(0);

    @BeforeEach
    void start() throws Exception {
        api = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 10);
        api.createContext("/", exchange -> {
            try {
                answering.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            byte[] bytes = exchange.getRequestURI().getPath().equals("/api/v1/ip")
                    ? body.getBytes(StandardCharsets.UTF_8)
                    : new byte[] {'?'};
            exchange.getResponseHeaders().set("Location", "http://localhost:" + port() + "/api/v1/ip");
            exchange.sendResponseHeaders(status, bytes.length);
            exchange.getResponseBody().write(bytes);
            exchange.close();
        });
        api.start();
    }

    @AfterEach
    void stop() {
        answering.countDown();
        api.stop(0);
    }

    @Test
    void asksTheApi() throws Exception {
        assertEquals("203.0.113.9", ask());
        body = "2001:db8::9";
        assertEquals("2001:db8::9", ask());
        body = "::ffff:192.0.2.7";
        assertEquals("::ffff:192.0.2.7", ask());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "hello",
                "<html>",
                "1.2.3.4 5.6.7.8",
                "1.2.3",
                "1.2.3.256",
                "1.2.3.4:80",
                ":",
                "1::2::3",
                "fe80::1%eth0",
                "1.2.3.4\nX: y",
                "::::::::::::::::::::::::::::::::::::::::::::::::::::::::::::::::::::::::::"
            })
    void believesNothingButAnAddress(String answer) throws Exception {
        body = answer;

        assertEquals("", ask());
    }

    @ParameterizedTest
    @ValueSource(ints = {302, 404, 500})
    void believesNoOtherStatus(int code) throws Exception {
        status = code;

        assertEquals("", ask());
    }

    @Test
    void triesTheProxiesInTurn() throws Exception {
        PublicAddress address = new PublicAddress(
                "http://api.invalid/api/v1/",
                List.of(
                        new ConnectProxy("127.0.0.1", 1, Optional.empty()),
                        new ConnectProxy("127.0.0.1", port(), Optional.empty())),
                Duration.ofSeconds(5));
        address.ask();

        assertEquals("203.0.113.9", address.known());
    }

    @Test
    void doesNotWaitForever() throws Exception {
        answering = new CountDownLatch(1);
        PublicAddress address = new PublicAddress(url(), List.of(), Duration.ofMillis(200));
        address.ask();

        assertEquals("", address.known());
    }

    /** Each sends a byte now and then, and never comes to an end. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/1.1 200 OK\r\nX: ",
                "HTTP/1.1 200 OK\r\nContent-Length: 10000\r\n\r\n",
                "HTTP/1.1 200 OK\r\n\r\n",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffff\r\n",
                "HTTP/1.1 500 No\r\nContent-Length: 10000\r\n\r\n",
                "HTTP/1.1 407 No\r\nProxy-Authenticate: Basic realm=a\r\nContent-Length: 10000\r\n\r\n"
            })
    void leavesNoThreadToWhoTrickles(String beginning) throws Exception {
        try (Trickle server = new Trickle(beginning)) {
            leavesNoThreadTo("http", server);
        }
    }

    @Test
    void leavesNoThreadToWhoTricklesTls() throws Exception {
        try (Trickle server = new Trickle("\u0016\u0003\u0003\u003f\u00ff")) {
            leavesNoThreadTo("https", server);
        }
    }

    private static void leavesNoThreadTo(String scheme, Trickle server) throws Exception {
        PublicAddress address = new PublicAddress(
                scheme + "://127.0.0.1:" + server.port() + "/api/v1/",
                List.of(new ConnectProxy("127.0.0.1", server.port(), Optional.of("mig:secret"))),
                Duration.ofMillis(150));

        address.ask();

        assertEquals("", address.known());
        Await.until("its threads have ended", () -> threads().isEmpty());
        assertTrue(server.connections() > 0);
        Await.until("every connection is closed", () -> server.hungUp() == server.connections());
    }

    private static List<String> threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .map(Thread::getName)
                .filter(name -> name.startsWith("public-address"))
                .toList();
    }

    private String ask() throws Exception {
        PublicAddress address = new PublicAddress(url(), List.of(), Duration.ofSeconds(10));
        address.ask();
        return address.known();
    }

    private String url() {
        return "http://127.0.0.1:" + port() + "/api/v1/";
    }

    private int port() {
        return api.getAddress().getPort();
    }
}
