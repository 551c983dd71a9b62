package ninja.mig.scheduler;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import ninja.mig.platform.AmqpBroker;
import ninja.mig.platform.PostgresServer;
import ninja.mig.platform.testing.FreshDatabase;
import ninja.mig.platform.testing.MigServices;
import ninja.mig.platform.testing.OwnServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The program, in a process of its own. */
@ExtendWith(MigServices.class)
class MainIT {
    private final PostgresServer server;
    private final FreshDatabase database;
    private final AmqpBroker broker;
    private final List<SchedulerProcess> processes = new ArrayList<>();

    @TempDir
    Path folder;

    private Platform platform;

    MainIT(@OwnServer PostgresServer server, @OwnServer FreshDatabase database, AmqpBroker broker) {
        this.server = server;
        this.database = database;
        this.broker = broker;
    }

    @BeforeEach
    void setUp() throws Exception {
        platform = new Platform(database, broker);
    }

    @AfterEach
    void tearDown() throws Exception {
        for (SchedulerProcess process : processes) {
            process.close();
        }
        platform.close();
    }

    private SchedulerProcess run(String conf, String... flags) throws IOException {
        SchedulerProcess process = SchedulerProcess.start(folder, conf, flags);
        processes.add(process);
        return process;
    }

    private String conf() {
        return platform.confText(folder.resolve("spool"));
    }

    @Test
    void startsAndStopsInOrder() throws Exception {
        SchedulerProcess process = run(conf());
        process.awaitOk();

        process.stop(); // SIGTERM

        assertEquals(0, process.exit());
        assertEquals("Initializing Scheduler context...\nOK\n", process.err(), "standard error");
        assertTrue(process.out().contains("- - - [info] Database connection opened"), process.out());
        assertTrue(process.out().contains("AMQP connection opened"), process.out());
        assertTrue(process.out().contains("Loaded scheduler investigator with key id "), process.out());
        assertTrue(process.out().contains("NO WHITELIST IS CONFIGURED"), process.out());
        assertTrue(process.out().endsWith("- - - [info] stopped\n"), process.out());
        assertFalse(process.out().contains("[error]"), process.out());
        assertFalse(process.out().contains("PRIVATE KEY"), process.out());
    }

    @Test
    void waitsForADatabaseThatIsAway() throws Exception {
        SchedulerProcess process;
        server.stop();
        try {
            process = run(conf());
            process.awaitLine("the database is away, will be tried again");
        } finally {
            server.start();
        }

        process.awaitOk();
    }

    @Test
    void canBeStoppedWhileItWaits() throws Exception {
        server.stop();
        try {
            SchedulerProcess process = run(conf());
            process.awaitLine("the database is away, will be tried again");

            process.stop();

            assertEquals(0, process.exit());
        } finally {
            server.start();
        }
    }

    @Test
    void startsWhileTheRelayIsAway() throws Exception {
        SchedulerProcess process = run(conf().replace("port = " + broker.port(), "port = 1"));

        process.awaitOk();
        process.awaitLine("cannot connect to relay");
    }

    @Test
    void doesNotStartWithAPasswordThatTheDatabaseRefuses() throws Exception {
        SchedulerProcess process = run(conf().replace("sched-secret", "wrong"));

        assertEquals(9, process.exit());
        assertTrue(process.out().contains("FATAL: "), process.out());
        assertTrue(process.out().contains("password authentication failed"), process.out());
    }

    @Test
    void doesNotStartWithAPasswordThatTheRelayRefuses() throws Exception {
        SchedulerProcess process = run(conf().replaceFirst("pass = \"[^\"]*\"", "pass = \"wrong\""));

        assertEquals(9, process.exit());
        assertTrue(process.out().contains("FATAL: cannot connect to relay"), process.out());
    }

    @Test
    void printsTheKeyForTheAgents() throws Exception {
        SchedulerProcess process = run(conf(), "--print-key");

        assertEquals(0, process.exit());
        assertTrue(process.out().startsWith("-----BEGIN PGP PUBLIC KEY BLOCK-----"), process.out());
        String fingerprint = platform.query("SELECT pgpfingerprint FROM investigators WHERE name = 'migscheduler'");
        assertTrue(process.out().contains("\"fingerprint\": \"" + fingerprint + "\""), process.out());
        assertFalse(process.out().contains("PRIVATE"), process.out());
    }
}
