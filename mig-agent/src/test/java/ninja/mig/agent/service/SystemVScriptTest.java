package ninja.mig.agent.service;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import ninja.mig.platform.testing.Await;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Runs the script for System V, with a program that goes into the background as an agent does. */
@Timeout(60)
class SystemVScriptTest {
    @TempDir
    Path directory;

    private Path pidFile;
    private Path script;

    @BeforeEach
    void install() throws IOException {
        pidFile = directory.resolve("agent.pid");
        Path sleeper = write("mig-agent-sleeper", "#!/bin/sh\nread line <'" + directory.resolve("pipe") + "'\n");
        Path agent = write("mig-agent", "#!/bin/sh\n" + sleeper + " >/dev/null 2>&1 &\necho $! >'" + pidFile + "'\n");
        script = write(
                "script",
                Template.fill(
                        "sysv.sh",
                        Map.of(
                                "PROGRAM",
                                agent.toString(),
                                "COMMAND",
                                agent + " --service",
                                "ENVIRONMENT",
                                "export MIG_RUNDIR=/srv/mig\n",
                                "PIDFILE",
                                pidFile.toString(),
                                "PROC",
                                "/proc")));
    }

    @BeforeEach
    void makePipe() throws Exception {
        assertEquals(
                0,
                new ProcessBuilder("mkfifo", directory.resolve("pipe").toString())
                        .start()
                        .waitFor());
    }

    @AfterEach
    void stop() throws Exception {
        call("stop");
    }

    @Test
    void startsTellsAndStops() throws Exception {
        assertEquals(3, call("status"));
        assertEquals(0, call("start"));
        assertEquals(0, call("status"));
        ProcessHandle agent = agent();

        assertEquals(0, call("start"));
        assertEquals(agent, agent(), "a second start leaves the first alone");
        assertEquals(0, call("restart"));
        Await.until("the end of the first agent", () -> !agent.isAlive());
        ProcessHandle next = agent();
        assertTrue(next.isAlive());

        assertEquals(0, call("stop"));
        Await.until("the end of the second agent", () -> !next.isAlive());
        assertFalse(Files.exists(pidFile));
        assertEquals(0, call("stop"), "twice does no harm");
    }

    @Test
    void leavesAProcessAloneThatHasTheNumberByChance() throws Exception {
        Process stranger = new ProcessBuilder("sleep", "60").start();
        try {
            Files.writeString(pidFile, stranger.pid() + "\n");

            assertEquals(3, call("status"));
            assertEquals(0, call("stop"));

            assertTrue(stranger.isAlive());
        } finally {
            stranger.destroyForcibly();
        }
    }

    @Test
    void believesNoFileThatHoldsSomethingElse() throws Exception {
        Files.writeString(pidFile, "-1\n");
        assertEquals(3, call("status"));
        Files.writeString(pidFile, "1 2; id\n");
        assertEquals(3, call("status"));
    }

    @Test
    void explainsItself() throws Exception {
        assertEquals(2, call("dance"));
    }

    private ProcessHandle agent() throws IOException {
        return ProcessHandle.of(Long.parseLong(Files.readString(pidFile).strip()))
                .orElseThrow();
    }

    private int call(String order) throws Exception {
        return new ProcessBuilder(script.toString(), order)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start()
                .waitFor();
    }

    private Path write(String name, String text) throws IOException {
        Path file = Files.writeString(directory.resolve(name), text);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
        return file;
    }
}
