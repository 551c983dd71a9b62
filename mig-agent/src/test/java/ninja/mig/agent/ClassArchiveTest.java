package ninja.mig.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import ninja.mig.platform.testing.Await;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** With a script in the place of Java, which writes what it is told to or fails. */
@Timeout(60)
class ClassArchiveTest {
    @TempDir
    Path directory;

    private Path runDir;
    private ClassArchive archive;
    private Path mark;
    private Path launcher;
    private Path fails;
    private Path writes;

    @BeforeEach
    void start() throws IOException {
        runDir = Files.createDirectory(directory.resolve("run"));
        archive = new ClassArchive(runDir.resolve("mig-agent-1"));
        mark = runDir.resolve("mig-agent-1.tried");
        launcher = Scripts.recorder(directory.resolve("mig-agent"), directory.resolve("started"));
        fails = Scripts.executable(directory.resolve("fails"), "#!/bin/sh\nexit 1\n");
        writes = Scripts.executable(directory.resolve("writes"), """
                #!/bin/sh
                for word do
                    case $word in
                        -XX:AOTCacheOutput=* | -XX:ArchiveClassesAtExit=*) echo classes >"${word#*=}" ;;
                    esac
                done
                """);
    }

    @Test
    void isMadeOnceADayByAnotherProcess() throws Exception {
        Path conf = directory.resolve("x.cfg");

        assertTrue(archive.haveMadeOnceADay(program(fails), Optional.of(conf)));
        assertFalse(archive.haveMadeOnceADay(program(fails), Optional.of(conf)), "nobody knows yet whether it fails");
        Await.until("the other process", () -> !started().isEmpty());
        assertEquals(List.of("mig-agent --archive -c " + conf), started());

        assertThrows(IOException.class, () -> archive.make(program(fails), Optional.empty()));
        assertFalse(archive.haveMadeOnceADay(program(fails), Optional.of(conf)), "it has failed");
        age(mark, Duration.ofHours(25));
        assertTrue(archive.haveMadeOnceADay(program(fails), Optional.of(conf)), "it may succeed now");
        assertFalse(archive.haveMadeOnceADay(program(fails), Optional.of(conf)), "it was tried again");
        Await.until("one more process", () -> started().size() == 2);

        archive.make(program(writes), Optional.empty());
        assertTrue(archive.exists());
        assertFalse(Files.exists(mark));
        assertFalse(archive.haveMadeOnceADay(program(writes), Optional.empty()), "it is there");
    }

    @Test
    void isTriedAgainIfNoProcessCouldBeStarted() throws Exception {
        AgentProgram gone = new AgentProgram("java", Optional.of(directory.resolve("gone")), List.of());

        assertThrows(IOException.class, () -> archive.haveMadeOnceADay(gone, Optional.empty()));

        assertFalse(Files.exists(mark));
        assertTrue(archive.haveMadeOnceADay(program(fails), Optional.empty()));
        Await.until("the other process", () -> !started().isEmpty());
    }

    @Test
    void isTriedAgainIfTheClockWasWrong() throws Exception {
        Files.createFile(mark);
        age(mark, Duration.ofDays(-1000));

        assertTrue(archive.haveMadeOnceADay(program(fails), Optional.empty()));

        assertFalse(archive.haveMadeOnceADay(program(fails), Optional.empty()));
        Await.until("the other process", () -> !started().isEmpty());
    }

    @Test
    void isMadeForAnotherJarAndThenTheOthersAreGone() throws Exception {
        List<String> stale =
                List.of("mig-agent-2.jsa", "mig-agent-2.aot", "mig-agent-2.tried", "mig-agent-2.77.new.config");
        for (String name : stale) {
            age(Files.createFile(runDir.resolve(name)), Duration.ofHours(25));
        }
        Path unfinished = Files.createFile(runDir.resolve("mig-agent-2." + dead() + ".new"));
        Path ofAnotherProcessNow = Files.createFile(runDir.resolve("mig-agent-2." + living() + ".new"));
        age(ofAnotherProcessNow, Duration.ofHours(2));

        archive.make(program(writes), Optional.empty());

        assertTrue(archive.exists());
        for (String name : stale) {
            assertFalse(Files.exists(runDir.resolve(name)), name);
        }
        assertFalse(Files.exists(unfinished));
        assertFalse(Files.exists(ofAnotherProcessNow));
    }

    /** Two Javas that check in would delete each other's, and make them again, for ever. */
    @Test
    void leavesThoseOfTodayToOthers() throws Exception {
        List<String> others =
                List.of("mig-agent-2.jsa", "mig-agent-2.aot", "mig-agent-2.tried", "mig-agent-2." + living() + ".new");
        for (String name : others) {
            Files.createFile(runDir.resolve(name));
        }

        archive.make(program(writes), Optional.empty());

        for (String name : others) {
            assertTrue(Files.exists(runDir.resolve(name)), name);
        }
    }

    private static void age(Path file, Duration age) throws IOException {
        Files.setLastModifiedTime(file, FileTime.from(Instant.now().minus(age)));
    }

    private static long living() {
        return ProcessHandle.current().pid();
    }

    private static long dead() throws Exception {
        Process process = new ProcessBuilder("true").start();
        process.waitFor();
        return process.pid();
    }

    @Test
    void isLeftToAnAgentThatLives() throws Exception {
        Process agent = LockHolder.start(runDir.resolve(".alive.lock"));
        try {
            assertFalse(archive.haveMadeOnceADay(program(writes), Optional.empty()));
            assertFalse(Files.exists(mark));
        } finally {
            agent.destroyForcibly();
        }
    }

    @Test
    void isNotMadeInTheDirectoryOfAnotherUser() throws Exception {
        assumeTrue(Files.getAttribute(runDir, "unix:uid").equals(0), "only root can give a directory away");
        Files.setAttribute(runDir, "unix:uid", 12345);

        assertThrows(IOException.class, () -> archive.haveMadeOnceADay(program(writes), Optional.empty()));

        assertFalse(Files.exists(mark));
    }

    private AgentProgram program(Path java) {
        return new AgentProgram(java.toString(), Optional.of(launcher), List.of("-jar", launcher.toString()));
    }

    private List<String> started() throws IOException {
        return Scripts.lines(directory.resolve("started"));
    }
}
