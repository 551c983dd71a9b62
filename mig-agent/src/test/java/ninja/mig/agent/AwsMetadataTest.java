package ninja.mig.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import ninja.mig.json.MigJson;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(30)
class AwsMetadataTest {
    private static final String TOKEN = "AQAEAExampleToken==";

    private final Map<String, String> resources = new ConcurrentHashMap<>(Map.of(
            "/latest/meta-data/instance-id", "i-0a1b2c3d4e5f60718",
            "/latest/meta-data/local-ipv4", "172.31.5.6",
            "/latest/meta-data/ami-id", "ami-0123456789abcdef0",
            "/latest/meta-data/instance-type", "m5.large"));
    private final List<String> asked = new CopyOnWriteArrayList<>();
    private final CountDownLatch stopping = new CountDownLatch(1);
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private HttpServer service;
    private volatile boolean givesTokens = true;
    private volatile boolean hasLength = true;
    private volatile String silentAt = "";

    @BeforeEach
    void start() throws Exception {
        service = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 10);
        service.setExecutor(threads);
        service.createContext("/", this::answer);
        service.start();
    }

    @AfterEach
    void stop() {
        stopping.countDown();
        service.stop(0);
        threads.shutdownNow();
    }

    private void answer(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getPath();
        asked.add(exchange.getRequestMethod() + " " + path);
        if (path.equals(silentAt)) {
            try {
                stopping.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        if (path.equals("/latest/api/token")) {
            boolean isRight = givesTokens
                    && exchange.getRequestMethod().equals("PUT")
                    && "60".equals(exchange.getRequestHeaders().getFirst("X-aws-ec2-metadata-token-ttl-seconds"));
            send(exchange, isRight ? 200 : 404, TOKEN);
            return;
        }
        boolean hasToken = TOKEN.equals(exchange.getRequestHeaders().getFirst("X-aws-ec2-metadata-token"));
        if (givesTokens != hasToken) {
            send(exchange, 401, "");
            return;
        }
        String body = resources.get(path);
        send(exchange, body == null ? 404 : 200, body == null ? "" : body);
    }

    private void send(HttpExchange exchange, int status, String body) throws IOException {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Location", "http://localhost:" + port() + "/latest/meta-data/ami-id");
        exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : hasLength ? bytes.length : 0);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    @Test
    void asksWithASessionToken() throws Exception {
        assertEquals(
                MigJson.tree("{\"instanceid\":\"i-0a1b2c3d4e5f60718\",\"localipv4\":\"172.31.5.6\","
                        + "\"amiid\":\"ami-0123456789abcdef0\",\"instancetype\":\"m5.large\"}"),
                ask().orElseThrow());
        assertEquals("PUT /latest/api/token", asked.get(0));
        assertEquals(5, asked.size());
    }

    @Test
    void asksWithoutATokenIfTheServiceHasNone() throws Exception {
        givesTokens = false;

        assertEquals("m5.large", ask().orElseThrow().get("instancetype").textValue());
    }

    @Test
    void asksWithoutATokenIfTheServiceKeepsItToItself() throws Exception {
        givesTokens = false;
        silentAt = "/latest/api/token";

        assertTrue(ask().isPresent());
    }

    @ParameterizedTest
    @ValueSource(strings = {"instance-id", "local-ipv4", "ami-id", "instance-type"})
    void hasAllFourOrNone(String missing) throws Exception {
        resources.remove("/latest/meta-data/" + missing);

        assertEquals(Optional.empty(), ask());
    }

    @ParameterizedTest
    @ValueSource(strings = {"<html>", "two words", "two\nlines", "\u001b[31m", "é"})
    void believesNothingStrange(String value) throws Exception {
        resources.put("/latest/meta-data/ami-id", value);

        assertEquals(Optional.empty(), ask());
    }

    @Test
    void readsNoLongAnswer() throws Exception {
        resources.put("/latest/meta-data/ami-id", "a".repeat(10_241));

        assertEquals(Optional.empty(), ask());
    }

    @Test
    void readsNoAnswerOfUnknownLength() throws Exception {
        givesTokens = false;
        hasLength = false;

        assertEquals(Optional.empty(), ask());
    }

    @Test
    void doesNotWaitLong() throws Exception {
        silentAt = "/latest/meta-data/local-ipv4";
        assertEquals(Optional.empty(), ask(), "a second for a resource");

        AwsMetadata impatient = new AwsMetadata(service(), Duration.ofMillis(100));
        impatient.ask();
        assertEquals(Optional.empty(), impatient.known(), "and a limit for all");
    }

    @Test
    void getsAlongWithoutTheService() throws Exception {
        URI gone = service();
        service.stop(0);

        AwsMetadata metadata = new AwsMetadata(gone, Duration.ofSeconds(5));
        metadata.ask();
        assertEquals(Optional.empty(), metadata.known());
    }

    @Test
    void keepsWhatItKnows() throws Exception {
        AwsMetadata metadata = new AwsMetadata(service(), Duration.ofSeconds(5));
        metadata.ask();
        resources.clear();
        metadata.ask();

        assertTrue(metadata.known().isPresent());
    }

    private Optional<JsonNode> ask() throws Exception {
        AwsMetadata metadata = new AwsMetadata(service(), Duration.ofSeconds(5));
        metadata.ask();
        return metadata.known();
    }

    private URI service() {
        return URI.create("http://127.0.0.1:" + port());
    }

    private int port() {
        return service.getAddress().getPort();
    }
}
