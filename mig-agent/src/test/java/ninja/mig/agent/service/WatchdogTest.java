package ninja.mig.agent.service;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WatchdogTest {
    @TempDir
    Path root;

    @Test
    void hasCronAskEveryHalfHour() throws Exception {
        Files.createDirectories(root.resolve("etc/cron.d"));

        assertTrue(watchdog().write(command(Optional.empty())));

        Path file = root.resolve("etc/cron.d/mig-agent");
        assertEquals("rw-r--r--", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
        List<String> lines = Files.readAllLines(file);
        assertTrue(lines.containsAll(List.of("SHELL=/bin/sh", "MAILTO=\"\"")), lines::toString);
        assertTrue(lines.stream().anyMatch(line -> line.startsWith("PATH=/")), lines::toString);
        assertEquals(
                "*/30 * * * * root /sbin/mig-agent -q=pid >/dev/null 2>&1 || /sbin/mig-agent --watchdog >/dev/null 2>&1",
                lines.get(lines.size() - 1));
    }

    @Test
    void namesTheConfigurationTwice() throws Exception {
        Files.createDirectories(root.resolve("etc/cron.d"));

        watchdog().write(command(Optional.of(Path.of("/etc/x.cfg"))));

        String text = Files.readString(root.resolve("etc/cron.d/mig-agent"));
        assertTrue(text.contains("/sbin/mig-agent -q=pid -c /etc/x.cfg >"), text);
        assertTrue(text.contains("/sbin/mig-agent --watchdog -c /etc/x.cfg >"), text);
    }

    @Test
    void startsTheAgentWithTheJavaAndTheDirectoryOfThisOne() throws Exception {
        Files.createDirectories(root.resolve("etc/cron.d"));

        watchdog()
                .write(new ServiceCommand(
                        "/sbin/mig-agent",
                        Optional.empty(),
                        Path.of("/opt/jdk/bin/java"),
                        Optional.of(Path.of("/srv/mig"))));

        List<String> lines = Files.readAllLines(root.resolve("etc/cron.d/mig-agent"));
        assertTrue(lines.containsAll(List.of("MIG_JAVA_HOME=/opt/jdk", "MIG_RUNDIR=/srv/mig")), lines::toString);
    }

    @Test
    void doesNothingWhereThereIsNoCron() throws Exception {
        assertFalse(watchdog().write(command(Optional.empty())));
        assertFalse(Files.exists(root.resolve("etc")));
        watchdog().remove();
    }

    @Test
    void goesAway() throws Exception {
        Files.createDirectories(root.resolve("etc/cron.d"));
        watchdog().write(command(Optional.empty()));

        watchdog().remove();

        assertFalse(Files.exists(root.resolve("etc/cron.d/mig-agent")));
    }

    private Watchdog watchdog() {
        return new Watchdog(new HostFiles(root));
    }

    private static ServiceCommand command(Optional<Path> configFile) {
        return new ServiceCommand("/sbin/mig-agent", configFile, Path.of("/usr/bin/java"), Optional.empty());
    }
}
