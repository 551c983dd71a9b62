package ninja.mig.agent.service;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import ninja.mig.platform.testing.Await;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class DetachedTest {
    @TempDir
    Path directory;

    @Test
    void startsAProcessWithoutATerminalAndWithItsNumberOnFile() throws Exception {
        Path seen = directory.resolve("seen");
        Path program = script("echo \"$$ $* $(readlink /proc/$$/fd/0) $(readlink /proc/$$/fd/1) $(pwd)\" >'" + seen
                + ".new'; mv '" + seen + ".new' '" + seen + "'");
        Path pidFile = directory.resolve("run/agent.pid");

        long pid = new Detached(List.of(program.toString(), "-f"), Optional.of(pidFile)).start();

        Await.until("the process", () -> Files.exists(seen));
        assertEquals(pid + " -f /dev/null /dev/null /\n", Files.readString(seen));
        assertEquals(pid + "\n", Files.readString(pidFile));
    }

    private Path script(String body) throws IOException {
        Path file = Files.writeString(directory.resolve("program"), "#!/bin/sh\n" + body + "\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
        return file;
    }
}
