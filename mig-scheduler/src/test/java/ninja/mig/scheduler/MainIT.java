package ninja.mig.scheduler;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
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
    private final List<Process> processes = new ArrayList<>();

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
        for (Process process : processes) {
            process.destroyForcibly().waitFor();
        }
        platform.close();
    }

    private Process run(String conf, String... flags) throws IOException {
        Path file = Files.writeString(folder.resolve("scheduler.cfg"), conf);
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                "ninja.mig.scheduler.Main",
                "-c",
                file.toString()));
        command.addAll(List.of(flags));
        Process process = new ProcessBuilder(command)
                .redirectOutput(folder.resolve("out").toFile())
                .redirectError(folder.resolve("err").toFile())
                .start();
        processes.add(process);
        return process;
    }

    private String conf() {
        return platform.confText(folder.resolve("spool"));
    }

    private String out() throws IOException {
        return Files.readString(folder.resolve("out"));
    }

    private void awaitOk() throws Exception {
        Eventually.isTrue("OK", () -> Files.readString(folder.resolve("err")).endsWith("OK\n"));
    }

    private static int exit(Process process) throws InterruptedException {
        assertTrue(process.waitFor(60, TimeUnit.SECONDS), "it does not end");
        return process.exitValue();
    }

    @Test
    void startsAndStopsInOrder() throws Exception {
        Process process = run(conf());
        awaitOk();

        process.destroy(); // SIGTERM

        assertEquals(0, exit(process));
        assertEquals(
                "Initializing Scheduler context...\nOK\n", Files.readString(folder.resolve("err")), "standard error");
        assertTrue(out().contains("- - - [info] Database connection opened"), out());
        assertTrue(out().contains("AMQP connection opened"), out());
        assertTrue(out().contains("Loaded scheduler investigator with key id "), out());
        assertTrue(out().contains("NO WHITELIST IS CONFIGURED"), out());
        assertTrue(out().endsWith("- - - [info] stopped\n"), out());
        assertFalse(out().contains("[error]"), out());
        assertFalse(out().contains("PRIVATE KEY"), out());
    }

    @Test
    void waitsForADatabaseThatIsAway() throws Exception {
        server.stop();
        try {
            run(conf());
            Eventually.isTrue("said so", () -> out().contains("the database is away, will be tried again"));
        } finally {
            server.start();
        }

        awaitOk();
    }

    @Test
    void canBeStoppedWhileItWaits() throws Exception {
        server.stop();
        try {
            Process process = run(conf());
            Eventually.isTrue("said so", () -> out().contains("the database is away, will be tried again"));

            process.destroy();

            assertEquals(0, exit(process));
        } finally {
            server.start();
        }
    }

    @Test
    void startsWhileTheRelayIsAway() throws Exception {
        run(conf().replace("port = " + broker.port(), "port = 1"));

        awaitOk();
        Eventually.isTrue("said so", () -> out().contains("cannot connect to relay"));
    }

    @Test
    void doesNotStartWithAPasswordThatTheDatabaseRefuses() throws Exception {
        Process process = run(conf().replace("sched-secret", "wrong"));

        assertEquals(9, exit(process));
        assertTrue(out().contains("FATAL: "), out());
        assertTrue(out().contains("password authentication failed"), out());
    }

    @Test
    void doesNotStartWithAPasswordThatTheRelayRefuses() throws Exception {
        Process process = run(conf().replaceFirst("pass = \"[^\"]*\"", "pass = \"wrong\""));

        assertEquals(9, exit(process));
        assertTrue(out().contains("FATAL: cannot connect to relay"), out());
    }

    @Test
    void printsTheKeyForTheAgents() throws Exception {
        Process process = run(conf(), "--print-key");

        assertEquals(0, exit(process));
        assertTrue(out().startsWith("-----BEGIN PGP PUBLIC KEY BLOCK-----"), out());
        String fingerprint = platform.query("SELECT pgpfingerprint FROM investigators WHERE name = 'migscheduler'");
        assertTrue(out().contains("\"fingerprint\": \"" + fingerprint + "\""), out());
        assertFalse(out().contains("PRIVATE"), out());
    }
}
