package ninja.mig.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class MetricsServerTest {
    private final PrometheusRegistry registry = new PrometheusRegistry();
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private volatile Health health = new Health(List.of(Health.Part.good("relay", "connected")));
    private MetricsServer server;

    @BeforeEach
    void start() throws IOException {
        server =
                MetricsServer.start(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), registry, () -> health);
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + path))
                .timeout(Duration.ofSeconds(30));
    }

    private HttpResponse<String> get(String path) throws Exception {
        return client.send(request(path).build(), BodyHandlers.ofString());
    }

    @Test
    void showsTheFigures() throws Exception {
        Counter counter = Counter.builder()
                .name("mig_things")
                .help("Things.")
                .labelNames("kind")
                .register(registry);
        counter.labelValues("good").inc(3);

        HttpResponse<String> answer = get("/metrics");

        assertEquals(200, answer.statusCode());
        assertEquals(
                "text/plain; version=0.0.4; charset=utf-8",
                answer.headers().firstValue("Content-Type").orElseThrow());
        assertTrue(answer.body().contains("mig_things_total{kind=\"good\"} 3.0\n"), answer.body());
    }

    @Test
    void tellsWhichPartIsIll() throws Exception {
        assertEquals("relay ok: connected\n", get("/health").body());
        assertEquals(200, get("/health").statusCode());

        health = new Health(
                List.of(Health.Part.good("relay", "connected"), Health.Part.bad("database", "away:\nrefused")));

        assertEquals(503, get("/health").statusCode());
        assertEquals(
                "relay ok: connected\ndatabase FAILED: away: refused\n",
                get("/health").body());
    }

    @Test
    void answersNothingElse() throws Exception {
        for (String path : List.of("/", "/metrics/", "/metricsx", "/health/x", "/..%2fmetrics", "/%00")) {
            assertEquals(404, get(path).statusCode(), path);
        }
        assertEquals(
                405,
                client.send(
                                request("/metrics")
                                        .POST(BodyPublishers.ofString("x".repeat(10_000)))
                                        .build(),
                                BodyHandlers.discarding())
                        .statusCode());
        HttpResponse<String> head = client.send(
                request("/health").method("HEAD", BodyPublishers.noBody()).build(), BodyHandlers.ofString());
        assertEquals(200, head.statusCode());
        assertEquals("", head.body());
    }

    @Test
    void outlivesAFigureThatCannotBeRead() throws Exception {
        GaugeWithCallback.builder()
                .name("mig_broken")
                .callback(gauge -> {
                    throw new IllegalStateException("defect");
                })
                .register(registry);

        assertEquals(500, get("/metrics").statusCode());
        assertFalse(get("/metrics").body().contains("defect"));
        assertEquals(200, get("/health").statusCode());
    }

    @Test
    void answersAfterClientsThatNeverFinishAskingOrReading() throws Exception {
        List<Socket> sockets = new ArrayList<>();
        try {
            for (int i = 0; i < 40; i++) {
                Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port());
                sockets.add(socket);
                String half = i % 3 == 0
                        ? ""
                        : i % 3 == 1 ? "GET /metr" : "POST /metrics HTTP/1.1\r\nContent-Length: 9999999\r\n\r\n";
                socket.getOutputStream().write(half.getBytes(StandardCharsets.US_ASCII));
            }
            long deadline = System.nanoTime() + Duration.ofSeconds(45).toNanos();
            while (!answers()) {
                assertTrue(System.nanoTime() < deadline, "no answer any more");
            }
        } finally {
            for (Socket socket : sockets) {
                socket.close();
            }
        }
    }

    private boolean answers() throws InterruptedException {
        try {
            return client.send(
                                    request("/metrics")
                                            .timeout(Duration.ofSeconds(2))
                                            .build(),
                                    BodyHandlers.ofString())
                            .statusCode()
                    == 200;
        } catch (IOException e) {
            return false;
        }
    }

    @Test
    void outlivesNonsense() throws Exception {
        for (String nonsense : List.of(
                "\u0000\u0001\u0002", "GET\r\n\r\n", "GET /metrics HTTP/9.9\r\nHost:\r\n\r\n", "\r\n".repeat(1000))) {
            try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
                socket.getOutputStream().write(nonsense.getBytes(StandardCharsets.ISO_8859_1));
            }
        }
        assertEquals(200, get("/metrics").statusCode());
    }

    @Test
    void refusesAnAddressThatIsTaken() {
        InetSocketAddress taken = new InetSocketAddress(InetAddress.getLoopbackAddress(), server.port());
        assertThrows(IOException.class, () -> MetricsServer.start(taken, registry, () -> health));
    }
}
