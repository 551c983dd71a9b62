package ninja.mig.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;
import ninja.mig.agent.service.AgentJvm;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LauncherFileTest {
    @TempDir
    Path directory;

    @Test
    void putsAScriptBeforeTheJar() throws Exception {
        Path jar = jar();
        Path launcher = directory.resolve("mig-agent");

        LauncherFile.write(jar, launcher);

        assertEquals("rwxr-xr-x", PosixFilePermissions.toString(Files.getPosixFilePermissions(launcher)));
        String script = new String(LauncherFile.script(launcher), StandardCharsets.US_ASCII);
        assertTrue(script.startsWith("#!/bin/sh\n"), script);
        assertEquals(Files.size(launcher), script.length() + Files.size(jar));
        try (ZipFile zip = new ZipFile(launcher.toFile())) {
            assertEquals(
                    "content",
                    new String(zip.getInputStream(zip.getEntry("entry")).readAllBytes(), StandardCharsets.UTF_8));
        }
    }

    @Test
    void findsNoScriptInABareJar() throws Exception {
        assertEquals(0, LauncherFile.script(jar()).length);
    }

    @Test
    void refusesAScriptWithoutAJar() throws Exception {
        Path file = Files.writeString(directory.resolve("x"), "#!/bin/sh\necho\n");

        assertThrows(IOException.class, () -> LauncherFile.script(file));
    }

    @Test
    void hasTheFlagsThatTheAgentKnows() throws Exception {
        Path launcher = directory.resolve("mig-agent");
        LauncherFile.write(jar(), launcher);
        String script = new String(LauncherFile.script(launcher), StandardCharsets.US_ASCII);

        assertTrue(script.contains("'" + String.join(" ", AgentJvm.FLAGS) + "'"), script);
        assertTrue(script.contains("'" + String.join(" ", ModuleProgram.JVM) + "'"), script);
        assertTrue(script.contains(" " + String.join(" ", AgentJvm.QUIET) + " "), script);
    }

    private Path jar() throws IOException {
        Path jar = directory.resolve("agent.jar");
        try (OutputStream file = Files.newOutputStream(jar);
                ZipOutputStream zip = new ZipOutputStream(file)) {
            zip.putNextEntry(new ZipEntry("entry"));
            zip.write("content".getBytes(StandardCharsets.UTF_8));
        }
        return jar;
    }
}
