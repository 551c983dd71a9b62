package ninja.mig.metrics;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.prometheus.metrics.config.EscapingScheme;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import ninja.mig.runtime.Routines;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers {@code /metrics} and {@code /health}, in few threads and to few clients at a time: whoever asks too much, too
 * slowly or not at all gets no answer, and the program does not notice.
 */
public final class MetricsServer implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(MetricsServer.class);
    private static final int THREADS = 3;
    private static final int MOST_WAITING = 20;
    private static final String TEXT = "text/plain; charset=utf-8";
    private static final PrometheusTextFormatWriter FORMAT = PrometheusTextFormatWriter.create();

    static {
        // The server of the JDK has no other way to be told. Seconds; it waits for ever otherwise.
        property("sun.net.httpserver.maxReqTime", "5");
        property("sun.net.httpserver.maxRspTime", "15");
        property("sun.net.httpserver.maxReqHeaders", "50");
        property("jdk.httpserver.maxConnections", "50");
    }

    private final HttpServer server;
    private final ExecutorService threads;

    private record Answer(int status, String type, byte[] body) {
        static Answer text(int status, String text) {
            return new Answer(status, TEXT, text.getBytes(StandardCharsets.UTF_8));
        }
    }

    private MetricsServer(HttpServer server, ExecutorService threads) {
        this.server = server;
        this.threads = threads;
    }

    private static void property(String name, String value) {
        if (System.getProperty(name) == null) {
            System.setProperty(name, value);
        }
    }

    /**
     * Listens.
     *
     * @param health asked at every request, so it answers soon and remembers its answer for a moment
     * @throws IOException if the address is taken
     */
    public static MetricsServer start(InetSocketAddress address, PrometheusRegistry registry, Supplier<Health> health)
            throws IOException {
        HttpServer server = HttpServer.create(address, MOST_WAITING);
        ExecutorService threads = new ThreadPoolExecutor(
                THREADS,
                THREADS,
                60,
                TimeUnit.SECONDS,
                new ArrayBlockingQueue<>(MOST_WAITING),
                body -> Routines.thread("metrics", body));
        server.setExecutor(threads);
        server.createContext("/", exchange -> answer(exchange, registry, health));
        server.start();
        log.info(
                "metrics: listening on http://{}:{}/metrics",
                address.getHostString(),
                server.getAddress().getPort());
        return new MetricsServer(server, threads);
    }

    public int port() {
        return server.getAddress().getPort();
    }

    private static void answer(HttpExchange exchange, PrometheusRegistry registry, Supplier<Health> health)
            throws IOException {
        try (exchange) {
            Answer answer =
                    answer(exchange.getRequestMethod(), exchange.getRequestURI().getPath(), registry, health);
            boolean head = exchange.getRequestMethod().equals("HEAD");
            exchange.getResponseHeaders().set("Content-Type", answer.type());
            exchange.getResponseHeaders().set("Connection", "close");
            exchange.sendResponseHeaders(answer.status(), head ? -1 : answer.body().length);
            if (!head) {
                exchange.getResponseBody().write(answer.body());
            }
        }
    }

    private static Answer answer(String method, String path, PrometheusRegistry registry, Supplier<Health> health) {
        if (!method.equals("GET") && !method.equals("HEAD")) {
            return Answer.text(405, "only GET\n");
        }
        try {
            return switch (path) {
                case "/metrics" -> metrics(registry);
                case "/health" -> health(health.get());
                default -> Answer.text(404, "there are /metrics and /health\n");
            };
        } catch (IOException | RuntimeException e) {
            log.error("metrics: {} cannot be answered", path, e);
            return Answer.text(500, "see the log\n");
        }
    }

    private static Answer metrics(PrometheusRegistry registry) throws IOException {
        ByteArrayOutputStream page = new ByteArrayOutputStream();
        FORMAT.write(page, registry.scrape(), EscapingScheme.UNDERSCORE_ESCAPING);
        return new Answer(200, FORMAT.getContentType(), page.toByteArray());
    }

    private static Answer health(Health health) {
        return Answer.text(health.isGood() ? 200 : 503, health.text());
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
