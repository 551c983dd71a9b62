package ninja.mig.scheduler;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import ninja.mig.model.Action;
import ninja.mig.model.ActionStatus;
import ninja.mig.model.Command;
import ninja.mig.model.CommandStatus;
import ninja.mig.platform.AmqpBroker;
import ninja.mig.platform.BrokerUser;
import ninja.mig.platform.testing.Await;
import ninja.mig.platform.testing.FreshDatabase;
import ninja.mig.platform.testing.MigServices;
import ninja.mig.platform.testing.OwnServer;
import ninja.mig.runtime.Closer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** A scheduler whose spool is full. */
@ExtendWith(MigServices.class)
class FullDiskIT {
    private final FreshDatabase database;
    private final AmqpBroker broker;
    private final Closer closer = new Closer();

    @TempDir
    Path folder;

    private Platform platform;
    private Path disk;
    private Path spool;
    private SchedulerProcess scheduler;
    private SimulatedAgent agent;

    FullDiskIT(@OwnServer FreshDatabase database, AmqpBroker broker) {
        this.database = database;
        this.broker = broker;
    }

    @BeforeEach
    void start() throws Exception {
        disk = Files.createDirectory(folder.resolve("disk"));
        Assumptions.assumeTrue(
                run("mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", disk.toString()),
                "NOT RUN, needs root to make a small file system");
        closer.register(() -> assertTrue(run("umount", disk.toString())));
        spool = disk.resolve("spool");
        platform = closer.register(new Platform(database, broker));
        scheduler = closer.register(
                SchedulerProcess.start(folder, platform.confText(spool).replace("freq = 1h", "freq = 1s")));
        scheduler.awaitOk();
        agent = closer.register(new SimulatedAgent(platform.relay(BrokerUser.AGENT), "linux.smalldisk.x1"));
        agent.heartbeat();
        Await.until(
                "registered", () -> platform.query("SELECT status FROM agents").equals("online"));
    }

    @AfterEach
    void stop() throws Exception {
        closer.close();
    }

    private static boolean run(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        process.getInputStream().transferTo(OutputStream.nullOutputStream());
        return process.waitFor(30, TimeUnit.SECONDS) && process.exitValue() == 0;
    }

    private void fill() throws IOException {
        try (OutputStream out = Files.newOutputStream(disk.resolve("ballast"))) {
            for (int i = 0; i < 2048; i++) {
                out.write(new byte[1024]);
            }
        } catch (IOException e) {
            assertTrue(e.getMessage().contains("No space"), e.toString());
        }
    }

    private void free() throws IOException {
        Files.delete(disk.resolve("ballast"));
    }

    private Action launch(String name) throws Exception {
        return platform.insert(platform.signed(name, "name='smalldisk'"));
    }

    private long lines(String part) throws IOException {
        return scheduler.out().lines().filter(l -> l.contains(part)).count();
    }

    @Test
    void losesNothing() throws Exception {
        Action before = launch("before");
        Action unlucky = launch("unlucky");
        Command first = agent.nextCommand();
        Command second = agent.nextCommand();
        fill();

        agent.answer(first, CommandStatus.SUCCESS);
        Action during = launch("during");

        // A result that the database has needs no file.
        Action finished = first.action().id().equals(before.id()) ? before : unlucky;
        platform.awaitStatus(finished, ActionStatus.COMPLETED);
        scheduler.awaitLine("cannot be written");
        Await.until("tried again", () -> List.of(ActionStatus.PENDING, ActionStatus.SCHEDULED)
                .contains(platform.status(during)));

        // Without database and disk a result stays with the relay.
        database.server().stop();
        agent.answer(second, CommandStatus.FAILED);
        scheduler.awaitLine("results failed, 1 items will be tried again");
        assertArrayEquals(
                new String[] {"failed"},
                spool.resolve("command/returned").toFile().list());
        assertEquals(0, agent.waitingCommands());
        database.server().start();
        free();

        Command third = agent.nextCommand();
        assertEquals(during.id(), third.action().id());
        agent.answer(third, CommandStatus.SUCCESS);
        platform.awaitStatus(before, ActionStatus.COMPLETED);
        platform.awaitStatus(unlucky, ActionStatus.COMPLETED);
        platform.awaitStatus(during, ActionStatus.COMPLETED);
        scheduler.awaitLine("can be written again");
        assertEquals(1, lines("what needs it waits, and nothing is lost"), scheduler.out());
        assertFalse(lines("No space left on device") > 10, scheduler.out());
        Path archived = spool.resolve("command/done/" + during.id() + "-" + third.id() + ".json");
        Await.until("the archived result", () -> Files.exists(archived));
    }
}
