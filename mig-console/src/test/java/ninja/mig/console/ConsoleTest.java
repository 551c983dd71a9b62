package ninja.mig.console;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import ninja.mig.client.ApiConnection;
import ninja.mig.client.ClientConf;
import ninja.mig.client.Colours;
import ninja.mig.client.MigClient;
import ninja.mig.client.SigningKeys;
import ninja.mig.pgp.SecretKeyring;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConsoleTest {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private StubApi api;

    @TempDir
    Path folder;

    @BeforeEach
    void start() throws Exception {
        api = new StubApi();
    }

    @AfterEach
    void stop() {
        api.close();
    }

    /** What somebody types. */
    private record Script(Queue<String> rest) implements Lines {
        @Override
        public Optional<String> next(String prompt) {
            return Optional.ofNullable(rest.poll());
        }

        @Override
        public void close() {
            // There is nothing to close.
        }
    }

    private void run(String... lines) throws Exception {
        Path key = folder.resolve("key.asc");
        Files.writeString(
                key, SecretKeyring.generateEd25519("Iris", Clock.systemUTC()).armoredSecret());
        Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-------"));
        Path conf = Files.writeString(
                folder.resolve("migrc"), "[api]\nurl=" + api.base() + "\n[gpg]\nkeyfile=\"" + key + "\"\n");
        ClientConf client = ClientConf.load(conf, Map.of());
        MigClient connection =
                ApiConnection.open(client, new SigningKeys(client, Map.of()).signer(), "console-test", line -> {});
        Lines script = new Script(new ArrayDeque<>(List.of(lines)));
        new Console(connection, script, new PrintStream(out, true), new PrintStream(err, true), Colours.OFF, true)
                .run();
    }

    private String printed() {
        return out.toString(StandardCharsets.UTF_8);
    }

    private String errors() {
        return err.toString(StandardCharsets.UTF_8);
    }

    @Test
    void cancelsAnActionAfterAYes() throws Exception {
        run("cancel 12", "y", "help");

        assertTrue(printed().contains("Action 12: 'too \\x1b[31mmuch', inflight, 3 sent"), printed());
        assertTrue(printed().contains("Action 12 is cancelled\ntoo late for some\n"), printed());
        assertTrue(printed().contains("cancel <id>"), printed());
        assertEquals("", errors());
    }

    @Test
    void cancelsNothingWithoutAYes() throws Exception {
        run("cancel 12", "n", "cancel 12");

        assertFalse(api.requests().contains("POST /api/v1/action/cancel/"));
        assertEquals("error: nothing was cancelled\nerror: nothing was cancelled\n", errors());
    }

    @Test
    void goesOnAfterARefusal() throws Exception {
        api.refuses(403);

        run("cancel 12", "y", "cancel", "cancel twelve", "help");

        assertTrue(errors().contains("HTTP 403"), errors());
        assertTrue(errors().contains("missing action id in 'cancel <id>'"), errors());
        assertTrue(printed().contains("query <path>"), printed());
    }
}
