package ninja.mig.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import ninja.mig.relay.AmqpUri;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
class HostEnvironmentTest {
    @TempDir
    Path root;

    private final MovableClock clock = new MovableClock(Instant.parse("2026-11-24T12:00:00Z"));
    private HttpServer cloud;
    private AwsMetadata aws;
    private HostEnvironment environment;

    @BeforeEach
    void look() throws Exception {
        cloud = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 10);
        cloud.createContext("/", exchange -> {
            byte[] body = "value".getBytes(StandardCharsets.US_ASCII);
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        cloud.start();
        aws = new AwsMetadata(
                URI.create("http://127.0.0.1:" + cloud.getAddress().getPort()));
        Files.createDirectories(root.resolve("proc/1"));
        Files.writeString(root.resolve("proc/1/cmdline"), "init [2]\0");
        environment = new HostEnvironment(
                new EnvironmentProbe(root, new HostCommand(Duration.ofSeconds(5))),
                "linux",
                new PublicAddress("http://api.invalid/", List.of()),
                aws,
                clock);
    }

    @AfterEach
    void stop() {
        cloud.stop(0);
    }

    @Test
    void staysAsItWasUntilItIsRefreshed() throws Exception {
        changeInit();
        assertEquals("sysvinit", environment.current().init());

        environment.refresh();
        assertEquals("systemd", environment.current().init());
    }

    @Test
    void remembersWhenItChanged() throws Exception {
        environment.refresh();
        assertEquals(Optional.empty(), environment.changed());

        changeInit();
        clock.advance(Duration.ofMinutes(5));
        environment.refresh();
        clock.advance(Duration.ofMinutes(5));
        environment.refresh();

        assertEquals(Optional.of(Instant.parse("2026-11-24T12:05:00Z")), environment.changed());
    }

    @Test
    void tellsOfTheCloudWhatTheCloudTells() throws Exception {
        assertFalse(environment.current().other().containsKey("aws"));

        aws.ask();
        environment.refresh();

        assertEquals(
                "value", environment.current().other().get("aws").get("amiid").textValue());
        assertEquals(Optional.of(clock.instant()), environment.changed());
    }

    @Test
    void isInTheHeartbeatWithTheTimeOfItsChange() throws Exception {
        assertFalse(heartbeat().has("refreshts"));

        changeInit();
        aws.ask();
        environment.refresh();

        JsonNode heartbeat = heartbeat();
        assertEquals("2026-11-24T12:00:00Z", heartbeat.get("refreshts").textValue());
        assertEquals("systemd", heartbeat.get("environment").get("init").textValue());
        assertEquals(
                "value",
                heartbeat.get("environment").get("aws").get("instanceid").textValue());
    }

    private JsonNode heartbeat() throws Exception {
        AgentIdentity identity = AgentIdentity.load(RunDir.open(root.resolve("run")), "linux", "host");
        RelayLink link = new RelayLink(
                AmqpUri.parse("amqp://a:b@localhost/")
                        .conf(Optional.empty(), Duration.ofSeconds(1), Duration.ofSeconds(60)),
                List.of(Optional.empty()),
                identity.queueLoc(),
                new ReconnectPauses(() -> 0),
                clock);
        return new HeartbeatSender(
                        identity, "host", "daemon", "v", Map.of(), environment, link, Duration.ofSeconds(60), clock)
                .json();
    }

    private void changeInit() throws Exception {
        Files.createDirectories(root.resolve("run/systemd/system"));
    }
}
