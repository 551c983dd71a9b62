package ninja.mig.verifier;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import ninja.mig.client.Program;
import ninja.mig.json.MigJson;
import ninja.mig.model.Action;
import ninja.mig.model.Operation;
import ninja.mig.pgp.ActionSignatures;
import ninja.mig.pgp.ActionSigner;
import ninja.mig.pgp.SecretKeyring;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MainTest {
    private static final Instant NOW = Instant.now();

    @TempDir
    Path folder;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private ActionSigner iris;
    private ActionSigner theo;
    private Path keys;
    private Action signed;

    @BeforeEach
    void sign() throws Exception {
        iris = fresh("Iris Vega <iris@example.net>");
        theo = fresh("Theo Marsh <theo@example.net>");
        keys = Files.writeString(folder.resolve("keys.asc"), iris.publicKey());
        signed = ActionSignatures.sign(
                Action.draft(
                        "n",
                        "name like '%'",
                        NOW.minusSeconds(60),
                        NOW.plusSeconds(600),
                        List.of(new Operation("file", null))),
                iris);
    }

    private static ActionSigner fresh(String userId) throws Exception {
        SecretKeyring ring = SecretKeyring.generateEd25519(userId, Clock.systemUTC());
        return ring.signer(ring.onlyFingerprint(), new char[0]);
    }

    private int verify(Action action, String... more) throws Exception {
        Path file = Files.write(folder.resolve("action.json"), MigJson.bytes(action));
        return run(more, "-a", file.toString(), "-keys", keys.toString());
    }

    private int run(String[] more, String... arguments) {
        String[] all = java.util.stream.Stream.concat(java.util.Arrays.stream(arguments), java.util.Arrays.stream(more))
                .toArray(String[]::new);
        return new Program(new PrintStream(err, true))
                .run(new Main(new PrintStream(out, true), Map.of("HOME", folder.toString()), Clock.systemUTC()), all);
    }

    private String shown() {
        return out.toString(StandardCharsets.UTF_8);
    }

    @Test
    void namesTheSigner() throws Exception {
        assertEquals(0, verify(signed));
        assertTrue(
                shown().startsWith("signature 1: valid, Iris Vega <iris@example.net> " + iris.fingerprint()), shown());
        assertTrue(shown().strip().endsWith("Valid signature"), shown());
    }

    @Test
    void tellsTamperedUnknownAndExpiredApart() throws Exception {
        assertEquals(2, verify(signed.withTarget("name='other'")));
        assertEquals(3, verify(ActionSignatures.sign(signed, theo)));
        assertEquals(4, verify(signed, "-now", "2099-01-01T00:00:00Z"));
        assertEquals(2, verify(ActionSignatures.sign(signed, iris)));
        assertEquals(2, verify(signed.withSignatures(List.of("garbage"))));
    }

    @Test
    void weighsSignersAgainstAnAcl() throws Exception {
        Path acl = Files.writeString(
                folder.resolve("acl.json"),
                "{\"default\":{\"minimumweight\":2,\"investigators\":{\"iris\":{\"fingerprint\":\"" + iris.fingerprint()
                        + "\",\"weight\":1},\"theo\":{\"fingerprint\":\"" + theo.fingerprint() + "\",\"weight\":1}}}}");

        assertEquals(4, verify(signed, "-acl", acl.toString()));
        assertTrue(shown().contains("its signers weigh 1, permission 'default' needs 2"), shown());
        Files.writeString(keys, iris.publicKey() + theo.publicKey());
        assertEquals(0, verify(ActionSignatures.sign(signed, theo), "-acl", acl.toString()));
    }

    @Test
    void answersScripts() throws Exception {
        assertEquals(0, verify(signed, "-q"));
        assertEquals("", shown());
        assertEquals(0, verify(signed, "-json"));
        assertTrue(MigJson.tree(shown()).get("valid").asBoolean());
    }

    @Test
    void refusesWrongUsageAndUnreadableInput() throws Exception {
        assertEquals(1, run(new String[0]));
        assertEquals(1, run(new String[0], "-a", "x", "-c", "y"));
        assertEquals(1, run(new String[0], "-frobnicate"));
        assertEquals(5, run(new String[0], "-a", folder.resolve("nothing").toString(), "-keys", keys.toString()));
        Path broken = Files.writeString(folder.resolve("broken.json"), "{\"name\":");
        assertEquals(5, run(new String[0], "-a", broken.toString(), "-keys", keys.toString()));
        assertEquals(
                3,
                run(
                        new String[0],
                        "-a",
                        Files.write(folder.resolve("a"), MigJson.bytes(signed)).toString()));
        assertTrue(err.toString(StandardCharsets.UTF_8).contains("error: no configuration file"), err.toString());
    }
}
