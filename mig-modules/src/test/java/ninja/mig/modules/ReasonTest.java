package ninja.mig.modules;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.net.PortUnreachableException;
import java.net.SocketException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReasonTest {
    @Test
    void isNeverAPathAlone() {
        assertEquals("/x: no such file or directory", Reason.withPath(new NoSuchFileException("/x")));
        assertEquals("/x: permission denied", Reason.withPath(new AccessDeniedException("/x")));
        assertEquals("/x: not a directory", Reason.withPath(new NotDirectoryException("/x")));
        assertEquals("/x: too many levels of symbolic links", Reason.withPath(new FileSystemLoopException("/x")));
        assertEquals("/x: input/output error", Reason.withPath(new FileSystemException("/x")));
        assertEquals(
                "/x: too many open files", Reason.withPath(new FileSystemException("/x", null, "Too many open files")));
        assertEquals("input/output error", Reason.withPath(new FileSystemException(null)));
    }

    @Test
    void keepsWhatIsSaidWithoutAPath() {
        assertEquals("no buffer space available", Reason.of(new SocketException("No buffer space available")));
        assertEquals("it has grown by 1 GiB", Reason.of(new IOException("it has grown by 1 GiB")));
        assertEquals("EOF", Reason.of(new IOException("EOF")));
        assertEquals("input/output error", Reason.of(new IOException()));
        assertEquals("input/output error", Reason.of(new IOException("")));
        assertEquals("connection refused", Reason.of(new PortUnreachableException()));
    }

    @Test
    void tellsWhatTheSystemSays(@TempDir Path folder) throws Exception {
        Files.createFile(folder.resolve("full"));

        assertEquals("directory not empty", Reason.of(assertThrows(IOException.class, () -> Files.delete(folder))));
        assertEquals(
                "file exists",
                Reason.of(assertThrows(IOException.class, () -> Files.createDirectory(folder.resolve("full")))));
    }
}
