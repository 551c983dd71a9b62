package ninja.mig.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
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
    void isMadeOnceByAnotherProcess() throws Exception {
        Path conf = directory.resolve("x.cfg");

        assertTrue(archive.haveMadeOnce(program(fails), Optional.of(conf)));
        assertFalse(archive.haveMadeOnce(program(fails), Optional.of(conf)), "nobody knows yet whether it fails");
        Await.until("the other process", () -> !started().isEmpty());
        assertEquals(List.of("mig-agent --archive -c " + conf), started());

        assertThrows(IOException.class, () -> archive.make(program(fails), Optional.empty()));
        assertFalse(archive.haveMadeOnce(program(fails), Optional.of(conf)), "it has failed");

        archive.make(program(writes), Optional.empty());
        assertTrue(archive.exists());
        assertFalse(Files.exists(mark));
        assertFalse(archive.haveMadeOnce(program(writes), Optional.empty()), "it is there");
    }

    @Test
    void isMadeForAnotherJarAndThenTheOthersAreGone() throws Exception {
        List<String> stale = List.of("mig-agent-2.jsa", "mig-agent-2.aot", "mig-agent-2.4.new", "mig-agent-2.tried");
        for (String name : stale) {
            Files.createFile(runDir.resolve(name));
        }
        assertTrue(archive.haveMadeOnce(program(writes), Optional.empty()));

        archive.make(program(writes), Optional.empty());

        assertTrue(archive.exists());
        for (String name : stale) {
            assertFalse(Files.exists(runDir.resolve(name)), name);
        }
        Await.until("the other process", () -> !started().isEmpty());
    }

    @Test
    void isLeftToAnAgentThatLives() throws Exception {
        Process agent = LockHolder.start(runDir.resolve(".alive.lock"));
        try {
            assertFalse(archive.haveMadeOnce(program(writes), Optional.empty()));
            assertFalse(Files.exists(mark));
        } finally {
            agent.destroyForcibly();
        }
    }

    @Test
    void isNotMadeInTheDirectoryOfAnotherUser() throws Exception {
        assumeTrue(Files.getAttribute(runDir, "unix:uid").equals(0), "only root can give a directory away");
        Files.setAttribute(runDir, "unix:uid", 12345);

        assertThrows(IOException.class, () -> archive.haveMadeOnce(program(writes), Optional.empty()));

        assertFalse(Files.exists(mark));
    }

    private AgentProgram program(Path java) {
        return new AgentProgram(java.toString(), Optional.of(launcher), List.of("-jar", launcher.toString()));
    }

    private List<String> started() throws IOException {
        return Scripts.lines(directory.resolve("started"));
    }
}
