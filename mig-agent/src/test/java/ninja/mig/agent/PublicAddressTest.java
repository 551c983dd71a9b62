package ninja.mig.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.sun.net.httpserver.HttpServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
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
