package ninja.mig.console.cmd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import ninja.mig.client.Program;
import ninja.mig.console.StubApi;
import ninja.mig.json.MigJson;
import ninja.mig.model.ActionStatus;
import ninja.mig.pgp.SecretKeyring;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class CancelOrderTest {
    private static final String POST = "POST /api/v1/action/cancel/";

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private Optional<String> answer = Optional.of("y");
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

    private int run(String... arguments) throws Exception {
        Path key = folder.resolve("key.asc");
        Files.writeString(
                key, SecretKeyring.generateEd25519("Iris", Clock.systemUTC()).armoredSecret());
        Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-------"));
        Path conf = Files.writeString(
                folder.resolve("migrc"), "[api]\nurl=" + api.base() + "\n[gpg]\nkeyfile=\"" + key + "\"\n");
        PrintStream errors = new PrintStream(err, true);
        Map<String, String> environment = Map.of("MIGRC", conf.toString(), "HOME", folder.toString());
        CancelOrder order = new CancelOrder(environment, question -> answer, new PrintStream(out, true), errors);
        return new Program(errors).run(order, arguments);
    }

    private String printed() {
        return out.toString(StandardCharsets.UTF_8);
    }

    private String errors() {
        return err.toString(StandardCharsets.UTF_8);
    }

    private boolean hasCancelled() {
        return api.requests().contains(POST);
    }

    @Test
    void showsTheActionAndCancelsIt() throws Exception {
        assertEquals(0, run("12"));

        assertTrue(hasCancelled());
        assertEquals("action 12 is cancelled\n", printed());
        assertTrue(errors().contains("12 'too \\x1b[31mmuch'"), errors());
        assertTrue(errors().contains("status   inflight, 3 sent, 1 done, 2 inflight, 1 succeeded"), errors());
        assertTrue(errors().contains("too late for some"), errors());
    }

    @Test
    void asksNobodyIfItIsToldSo() throws Exception {
        answer = Optional.empty();

        assertEquals(0, run("-y", "12"));

        assertTrue(hasCancelled());
        assertFalse(errors().contains("target"), errors());
    }

    @ParameterizedTest
    @ValueSource(strings = {"n", "", "yes please", "Y\u0000"})
    void cancelsNothingWithoutAYes(String said) throws Exception {
        answer = Optional.of(said);

        assertEquals(130, run("12"));

        assertFalse(hasCancelled());
        assertTrue(errors().contains("nothing was cancelled"), errors());
        assertEquals("", printed());
    }

    @Test
    void cancelsNothingWhenNobodyIsThere() throws Exception {
        answer = Optional.empty();

        assertEquals(2, run("12"));

        assertFalse(hasCancelled());
        assertTrue(errors().contains("error: nobody is here to confirm it: cancel with -y"), errors());
    }

    @Test
    void printsJsonForScripts() throws Exception {
        assertEquals(0, run("-y", "--json", "12"));

        JsonNode document = MigJson.tree(printed());
        assertEquals(12, document.at("/action/id").asLong());
        assertEquals("cancelled", document.at("/action/status").asText());
        assertEquals("too late for some", document.path("note").asText());
    }

    @ParameterizedTest
    @EnumSource(
            value = ActionStatus.class,
            names = {"COMPLETED", "INVALID", "CANCELLED"})
    void asksNothingAboutWhatIsOver(ActionStatus over) throws Exception {
        api.actionIs(over);

        assertEquals(5, run("12"));

        assertFalse(hasCancelled());
        assertTrue(errors().contains("error: action 12 cannot be cancelled: it is " + over + " already"), errors());
    }

    @Test
    void saysThatItEndedMeanwhile() throws Exception {
        api.refuses(409);

        assertEquals(5, run("12"));

        assertTrue(errors().contains("it is completed already"), errors());
    }

    @Test
    void saysWhyTheApiRefuses() throws Exception {
        api.refuses(403);

        assertEquals(4, run("12"));

        assertTrue(errors().contains("error: HTTP 403. API call failed with error 'refused' (code 77)"), errors());
    }

    @Test
    void tellsWrongUsage() throws Exception {
        assertEquals(1, run());
        assertEquals(1, run("twelve"));
        assertEquals(1, run("12", "13"));
        assertEquals(1, run("-no-such-option", "12"));
        assertEquals(3, run("-c", "/nowhere", "12"));
        assertEquals(List.of(), api.requests());
    }

    @Test
    void isAnOrderOfMig() throws Exception {
        PrintStream errors = new PrintStream(err, true);

        assertEquals(1, Main.run(new String[] {"cancel", "twelve"}, Map.of(), System.out, errors));

        assertTrue(errors().contains("mig cancel"), errors());
    }
}
