package ninja.mig.generator;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import ninja.mig.client.Program;
import ninja.mig.json.MigJson;
import ninja.mig.model.Action;
import ninja.mig.pgp.ActionSignatures;
import ninja.mig.pgp.Keyring;
import ninja.mig.pgp.SecretKeyring;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MainTest {
    @TempDir
    Path folder;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private final SecretKeyring iris = SecretKeyring.generateEd25519("Iris", Clock.systemUTC());
    private final SecretKeyring theo = SecretKeyring.generateEd25519("Theo", Clock.systemUTC());
    private Path draft;

    @BeforeEach
    void write() throws Exception {
        draft = Files.writeString(
                folder.resolve("draft.json"),
                "{\"Name\":\"n\",\"Target\":\"name like '%'\",\"Operations\":[{\"Module\":\"file\",\"Parameters\":{\"n\":2000000}}],"
                        + "\"syntaxversion\":2}");
    }

    private int run(SecretKeyring key, String... arguments) throws Exception {
        Path file = folder.resolve("key.asc");
        Files.writeString(file, key.armoredSecret());
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        Path conf = Files.writeString(
                folder.resolve("migrc"), "[api]\nurl=http://127.0.0.1:1/api/v1/\n[gpg]\nkeyfile=\"" + file + "\"\n");
        return new Program(new PrintStream(err, true))
                .run(
                        new Main(
                                new PrintStream(out, true),
                                Map.of("MIGRC", conf.toString(), "HOME", folder.toString()),
                                Clock.systemUTC()),
                        arguments);
    }

    @Test
    void signsAFileForASecondSigner() throws Exception {
        Path first = folder.resolve("first.json");
        assertEquals(0, run(iris, "-i", draft.toString(), "-nolaunch", "-o", first.toString()));
        assertEquals(0, run(theo, "-i", first.toString(), "-nolaunch", "-addsignature"));

        Action action = MigJson.read(out.toByteArray(), Action.class);
        assertEquals(
                2,
                ActionSignatures.verify(
                                action, Keyring.of(List.of(iris.armoredPublic(), theo.armoredPublic())), Instant.now())
                        .size());
    }

    @Test
    void replacesTargetAndWindow() throws Exception {
        assertEquals(
                0,
                run(
                        iris,
                        "-i",
                        draft.toString(),
                        "-t",
                        "linux",
                        "-validfrom",
                        "2099-01-01T00:00:00.5Z",
                        "-expireafter",
                        "1h",
                        "-nolaunch"));

        Action action = MigJson.read(out.toByteArray(), Action.class);
        assertEquals("environment->>'os'='linux'", action.target());
        assertEquals(Instant.parse("2099-01-01T00:00:00Z"), action.validFrom());
        assertEquals(Instant.parse("2099-01-01T01:00:00Z"), action.expireAfter());
    }

    @Test
    void tellsScriptsWhatWentWrong() throws Exception {
        assertEquals(1, run(iris));
        assertEquals(1, run(iris, "-i", draft.toString(), "-expireafter", "soon"));
        assertEquals(2, run(iris, "-i", folder.resolve("nothing").toString()));
        assertEquals(2, run(iris, "-i", draft.toString(), "-t", "1=1; DROP TABLE agents"));
        assertEquals(4, run(iris, "-i", draft.toString()));
        assertEquals(5, run(iris, "-i", draft.toString(), "-validfrom", "2001-01-01T00:00:00Z", "-nolaunch"));
        String errors = err.toString(StandardCharsets.UTF_8);
        assertTrue(errors.contains("error: cannot reach http://127.0.0.1:1/api/v1/"), errors);
        assertTrue(errors.contains("error: Action.ExpireAfter is passed. Action has expired."), errors);
    }
}
