package ninja.mig.scheduler;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import ninja.mig.conf.ConfException;
import ninja.mig.model.Action;
import ninja.mig.model.ActionStatus;
import ninja.mig.model.CommandStatus;
import ninja.mig.platform.AmqpBroker;
import ninja.mig.platform.BrokerUser;
import ninja.mig.platform.testing.Await;
import ninja.mig.platform.testing.FreshDatabase;
import ninja.mig.platform.testing.MigServices;
import ninja.mig.platform.testing.OwnServer;
import ninja.mig.relay.Topology;
import ninja.mig.runtime.Closer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** What a running scheduler shows of itself, in good times and in bad ones. */
@ExtendWith(MigServices.class)
class MetricsIT {
    private final FreshDatabase database;
    private final AmqpBroker broker;
    private final Closer closer = new Closer();
    private final HttpClient client = HttpClient.newHttpClient();

    @TempDir
    Path folder;

    private Platform platform;
    private Path spool;
    private int port;

    MetricsIT(@OwnServer FreshDatabase database, @OwnServer AmqpBroker broker) {
        this.database = database;
        this.broker = broker;
    }

    @BeforeEach
    void start() throws Exception {
        platform = closer.register(new Platform(database, broker));
        spool = folder.resolve("spool");
        Path whitelist = Files.writeString(folder.resolve("whitelist"), "re:linux\\.[a-z0-9]+\\.good\n");
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        start("[agent]\nwhitelist = \"" + whitelist + "\"\n[metrics]\nlisten = 127.0.0.1:" + port + "\n");
    }

    private void start(String more) throws Exception {
        Scheduler.start(platform.conf(spool, more), Clock.systemUTC(), closer);
    }

    @AfterEach
    void stop() throws Exception {
        closer.close();
    }

    private HttpResponse<String> get(String path) throws IOException, InterruptedException {
        URI uri = URI.create("http://127.0.0.1:" + port + path);
        return client.send(
                HttpRequest.newBuilder(uri).timeout(Duration.ofSeconds(20)).build(), BodyHandlers.ofString());
    }

    private Map<String, Double> figures() throws IOException, InterruptedException {
        return Figures.parse(get("/metrics").body());
    }

    private void awaitFigure(String name, double value) throws Exception {
        Await.until(name + " " + value, () -> figures().get(name) == value);
    }

    private void awaitHealth(int status, String line) throws Exception {
        Await.until(line, () -> {
            HttpResponse<String> health = get("/health");
            return health.statusCode() == status && health.body().contains(line);
        });
    }

    private SimulatedAgent agent(String queueLoc) throws Exception {
        return closer.register(new SimulatedAgent(platform.relay(BrokerUser.AGENT), queueLoc));
    }

    @Test
    void countsWhatHappens() throws Exception {
        SimulatedAgent agent = agent("linux.one.good");
        agent.heartbeat();
        agent.heartbeat();
        agent("linux.one.bad").heartbeat();
        agent.send(Topology.HEARTBEATS, new byte[] {'{'});
        agent.send(Topology.RESULTS, new byte[] {'{'});
        awaitFigure("mig_heartbeats_registered_total", 2);
        Action action = platform.insert(platform.signed("counted", "name='one'"));
        Action nobody = platform.insert(platform.signed("nobody", "name='nobody'"));
        agent.answer(agent.nextCommand(), CommandStatus.SUCCESS);
        platform.awaitStatus(action, ActionStatus.COMPLETED);
        platform.awaitStatus(nobody, ActionStatus.INVALID);
        awaitFigure("mig_commands_published_total", 1);
        awaitFigure("mig_events_published_total", 3);
        awaitFigure("mig_spool_files{folder=\"action/invalid\"}", 1);

        Map<String, Double> figures = figures();

        assertEquals(4, figures.get("mig_heartbeats_received_total"));
        assertEquals(1, figures.get("mig_heartbeats_refused_total{reason=\"malformed\"}"));
        assertEquals(1, figures.get("mig_heartbeats_refused_total{reason=\"unauthorized\"}"));
        assertEquals(1, figures.get("mig_agents_new_total"));
        assertEquals(2, figures.get("mig_heartbeat_lag_seconds_count"));
        assertEquals(1, figures.get("mig_commands_created_total"));
        assertEquals(2, figures.get("mig_results_received_total"));
        assertEquals(1, figures.get("mig_results_refused_total{reason=\"malformed\"}"));
        assertEquals(1, figures.get("mig_commands_finished_total{status=\"success\"}"));
        assertEquals(1, figures.get("mig_result_lag_seconds_count"));
        assertEquals(2, figures.get("mig_actions_total{status=\"scheduled\"}"));
        assertEquals(1, figures.get("mig_actions_total{status=\"inflight\"}"));
        assertEquals(1, figures.get("mig_actions_total{status=\"completed\"}"));
        assertEquals(1, figures.get("mig_actions_total{status=\"invalid\"}"));
        assertEquals(0, figures.get("mig_spool_files{folder=\"command/ready\"}"));
        assertEquals(1, figures.get("mig_relay_connected{connection=\"consumer\"}"));
        assertEquals(1, figures.get("mig_database_up"));
        assertEquals(10, figures.get("mig_database_connections_limit"));
        assertTrue(figures.get("mig_insertion_lag_seconds") < 60, figures.toString());
        assertTrue(figures.get("jvm_memory_used_bytes{area=\"heap\"}") > 0);
    }

    @Test
    void tellsWhichPartIsIll() throws Exception {
        awaitHealth(200, "relay ok: connected\n");
        awaitHealth(200, "database ok: ");
        awaitHealth(200, "spool ok: writable");
        awaitHealth(200, "collector ok: last succeeded ");

        Files.move(spool.resolve("tmp"), spool.resolve("elsewhere"));
        awaitHealth(503, "spool FAILED: cannot be written");
        Files.move(spool.resolve("elsewhere"), spool.resolve("tmp"));
        awaitHealth(200, "spool ok");

        database.server().stop();
        awaitHealth(503, "database FAILED: ");
        awaitFigure("mig_database_up", 0);
        database.server().start();
        awaitHealth(200, "database ok");

        broker.stop();
        awaitHealth(503, "relay FAILED: away");
        awaitFigure("mig_relay_connected{connection=\"publisher\"}", 0);
        broker.start();
        awaitHealth(200, "relay ok: connected");
        assertEquals(2, figures().get("mig_relay_connections_lost_total"));
    }

    @Test
    void doesNotStartWithoutItsAddress() {
        ConfException e =
                assertThrows(ConfException.class, () -> start("[metrics]\nlisten = 127.0.0.1:" + port + "\n"));

        assertTrue(e.getMessage().contains("[metrics] listen"), e.getMessage());
        assertTrue(e.getMessage().contains(Integer.toString(port)), e.getMessage());
    }
}
