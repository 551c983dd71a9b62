package ninja.mig.scheduler;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import ninja.mig.conf.IniFile;
import ninja.mig.database.Agents;
import ninja.mig.database.Database;
import ninja.mig.database.PostgresConf;
import ninja.mig.model.IdGenerator;
import ninja.mig.relay.Delivery;
import ninja.mig.relay.Message;
import ninja.mig.relay.Topology;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is refused before the database is asked: this database does not exist, and a heartbeat that got there waits. */
class HeartbeatsTest {
    private static final String GOOD = """
            {"name":"web1","queueloc":"linux.web1.x1","mode":"daemon","version":"1","pid":42,
            "starttime":"2015-08-01T11:00:00Z","destructiontime":"0001-01-01T00:00:00Z",
            "heartbeatts":"2015-08-01T12:00:00Z","environment":{"isproxied":false}}""";

    private final TestClock clock = new TestClock(Instant.parse("2015-08-01T12:00:00Z"));
    private final FakePublisher relay = new FakePublisher();
    private final SchedulerMetrics metrics = new SchedulerMetrics(clock);
    private final Events events = new Events(relay, metrics);
    private final AtomicInteger acknowledged = new AtomicInteger();

    @TempDir
    Path folder;

    private Database database;
    private Heartbeats heartbeats;

    @BeforeEach
    void start() throws Exception {
        Path whitelist = Files.writeString(folder.resolve("whitelist"), "linux.web2.x2\n");
        SchedulerConf conf =
                SchedulerConf.read(IniFile.parse("sample", Files.readString(Path.of("../conf/mig-scheduler.cfg.inc"))));
        database = Database.openLazily(new PostgresConf("127.0.0.1", 1, "mig", "u", "p", "disable", 1), "test");
        heartbeats = new Heartbeats(
                new Whitelist(Optional.of(whitelist), clock),
                new Agents(database),
                events,
                new IdGenerator(clock),
                conf,
                1,
                metrics,
                queueLoc -> {},
                clock);
    }

    @AfterEach
    void stop() throws Exception {
        heartbeats.close();
        database.close();
    }

    private void handle(String body) throws Exception {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        heartbeats.handle(Delivery.detached(Topology.HEARTBEATS, bytes, acknowledged::incrementAndGet));
    }

    private List<Message> events() throws Exception {
        events.close();
        return relay.published();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{",
                "[]",
                "{\"queueloc\":7}",
                "{\"queueloc\":\"linux.web1.x1\",\"queueloc\":\"linux.web2.x2\"}",
                "{\"queueloc\":\"linux.web2.x2\",\"QueueLoc\":\"linux.web2.x2\"}",
                "{\"queueloc\":\"\"}",
                "{\"queueloc\":\"heartbeats\"}",
                "{\"queueloc\":\"linux.web2.x2\",\"mode\":\"worm\"}",
                "{\"queueloc\":\"linux.web2.x2\",\"pid\":-1}",
                "{\"queueloc\":\"linux.web2.x2\",\"pid\":4294967296}",
                "{\"queueloc\":\"linux.web2.x2\",\"heartbeatts\":\"now\"}"
            })
    void acknowledgesWhatIsNoHeartbeat(String body) throws Exception {
        handle(body);

        assertEquals(1, acknowledged.get());
        assertEquals(List.of(), events());
    }

    @Test
    void refusesAHeartbeatThatIsTooLarge() throws Exception {
        handle(GOOD.replace("\"web1\"", "\"" + " ".repeat(102_400) + "\""));

        assertEquals(1, acknowledged.get());
    }

    @Test
    void refusesLongNamesAndVersions() throws Exception {
        handle(GOOD.replace("\"web1\"", "\"" + "a".repeat(1025) + "\""));
        handle(GOOD.replace("\"1\"", "\"" + "1".repeat(129) + "\""));

        assertEquals(2, acknowledged.get());
        assertEquals(List.of(), events());
    }

    @Test
    void tellsWorkersOfAnAgentThatIsNotAuthorized() throws Exception {
        handle(GOOD);

        assertEquals(1, acknowledged.get());
        Message event = events().get(0);
        assertEquals("agent.authentication.failure", event.routingKey());
        assertEquals(GOOD, new String(event.body(), StandardCharsets.UTF_8));
    }

    @Test
    void ignoresAnExpiredHeartbeat() throws Exception {
        handle(GOOD.replace("\"2015-08-01T12:00:00Z\"", "\"2015-08-01T11:39:59Z\""));

        assertEquals(1, acknowledged.get());
        assertEquals(List.of(), events(), "age is looked at before the whitelist");
    }
}
