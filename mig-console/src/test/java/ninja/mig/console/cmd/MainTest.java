package ninja.mig.console.cmd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import ninja.mig.json.MigJson;
import ninja.mig.model.Action;
import ninja.mig.pgp.SecretKeyring;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MainTest {
    @TempDir
    Path folder;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    private int run(String... arguments) throws Exception {
        Path key = folder.resolve("key.asc");
        Files.writeString(
                key, SecretKeyring.generateEd25519("Iris", Clock.systemUTC()).armoredSecret());
        Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-------"));
        Path conf = Files.writeString(
                folder.resolve("migrc"), "[api]\nurl=http://127.0.0.1:1/api/v1/\n[gpg]\nkeyfile=\"" + key + "\"\n");
        return Main.run(
                arguments,
                Map.of("MIGRC", conf.toString(), "HOME", folder.toString()),
                new PrintStream(out, true),
                new PrintStream(err, true));
    }

    private String errors() {
        return err.toString(StandardCharsets.UTF_8);
    }

    @Test
    void printsAnActionOfTheCommandLine() throws Exception {
        assertEquals(0, run("file", "-p", "-t", "linux", "-path", "/etc", "-name", "passwd"));

        Action action = MigJson.read(out.toByteArray(), Action.class);
        assertEquals("environment->>'os'='linux'", action.target());
        assertEquals("file", action.operations().get(0).module());
        assertEquals("file -p -t linux -path /etc -name passwd", action.name());
        assertEquals(2, action.syntaxVersion());
    }

    private int runWith(Path conf, String... arguments) {
        return Main.run(
                arguments,
                Map.of("MIGRC", conf.toString(), "HOME", folder.toString()),
                new PrintStream(out, true),
                new PrintStream(err, true));
    }

    @Test
    void printsAnActionWithoutAKeyOrAConfiguration() throws Exception {
        Path keyless = Files.writeString(
                folder.resolve("keyless"),
                "[api]\nurl=http://127.0.0.1:1/api/v1/\n[gpg]\nprogram=/nowhere/gpg\n[targets]\nmacro=mine:name='x'\n");
        assertEquals(0, runWith(keyless, "file", "-p", "-t", "mine", "-path", "/etc", "-name", "a"), errors());
        assertEquals("name='x'", MigJson.read(out.toByteArray(), Action.class).target());
        assertEquals(3, runWith(keyless, "file", "-s", "-path", "/etc", "-name", "a"));

        out.reset();
        Path none = folder.resolve("none");
        assertEquals(0, runWith(none, "file", "-p", "-t", "linux", "-path", "/etc", "-name", "a"), errors());
        assertEquals(
                "environment->>'os'='linux'",
                MigJson.read(out.toByteArray(), Action.class).target());
        assertEquals(3, runWith(none, "file", "-p", "-t", "mine", "-path", "/etc", "-name", "a"));
        assertTrue(errors().contains("no configuration file " + none), errors());
        assertEquals(3, runWith(none, "file", "-p", "-c", "/nowhere", "-path", "/etc", "-name", "a"));
    }

    @Test
    void printsASignedAction() throws Exception {
        assertEquals(0, run("file", "-s", "-path", "/etc", "-name", "passwd"));

        assertEquals(
                1, MigJson.read(out.toByteArray(), Action.class).pgpSignatures().size());
    }

    @Test
    void printsTheHelpOfAModule() throws Exception {
        assertEquals(0, run("file", "help"));
        assertTrue(out.toString(StandardCharsets.UTF_8).contains("-returnsha256"), out.toString());
        assertEquals(1, run("file"));
    }

    @Test
    void leavesAVersionToTheModuleThatAsksForOne() throws Exception {
        assertEquals(0, run("pkg", "-version", "1.0", "-name", "openssl", "-p"), errors());
        out.reset();
        assertEquals(0, run("pkg", "-version=1.0", "-name", "openssl", "-p"), errors());
        assertTrue(out.toString(StandardCharsets.UTF_8).contains("\"vermatch\": \"1.0\""), out.toString());
    }

    @Test
    void sendsNothingWithoutAnOptionOfTheModule() throws Exception {
        for (String module : List.of("file", "memory", "pkg", "netstat", "ping")) {
            out.reset();
            assertEquals(1, run(module, "-t", "all", "-y"), module);
            assertTrue(out.toString(StandardCharsets.UTF_8).contains("mig help lists"), module + ": " + out);
            assertEquals(1, run(module, "-p"), module);
        }
        assertEquals("", errors());
        assertEquals(0, run("timedrift", "-p"));
        assertEquals(0, run("netstat", "-t", "all", "help"));
    }

    @Test
    void tellsScriptsWhatWentWrong() throws Exception {
        assertEquals(1, run());
        assertTrue(errors().contains("usage: mig <module>"), errors());
        assertTrue(errors().contains("\n  example        tells the host's name"), errors());
        assertEquals(1, run("nosuchmodule"));
        assertTrue(errors().contains("there is no module 'nosuchmodule'"), errors());
        assertEquals(2, run("file", "-path", "/etc", "-name", "("));
        assertTrue(errors().contains("is not a regular expression"), errors());
        assertEquals(2, run("file", "-t", "1=1; drop table x", "-path", "/etc", "-name", "a"));
        assertEquals(1, run("file", "-e", "never", "-path", "/etc", "-name", "a"));
        assertEquals(1, run("file", "-show", "some", "-y", "-results", "x", "-path", "/etc", "-name", "a"));
        assertEquals(4, run("file", "-path", "/etc", "-name", "a"));
        assertTrue(errors().contains("error: cannot reach http://127.0.0.1:1/api/v1/"), errors());
        assertEquals(3, run("file", "-c", "/nowhere", "-path", "/etc", "-name", "a"));
    }
}
