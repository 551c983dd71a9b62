package ninja.mig.pgp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import ninja.mig.conf.GoDuration;
import ninja.mig.json.MigJson;
import ninja.mig.model.Action;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class VerificationTest {
    private static final Map<String, BadTokenException.Kind> TOKEN_REFUSALS = Map.of(
            "late", BadTokenException.Kind.CLOCK,
            "early", BadTokenException.Kind.CLOCK,
            "version-2", BadTokenException.Kind.VERSION,
            "five-parts", BadTokenException.Kind.FORMAT,
            "offset-timestamp", BadTokenException.Kind.FORMAT,
            "fraction-timestamp", BadTokenException.Kind.FORMAT,
            "no-newline-signed", BadTokenException.Kind.SIGNATURE,
            "nonce-altered", BadTokenException.Kind.SIGNATURE);

    static Stream<Vectors.Case> keys() {
        return Vectors.cases("keys");
    }

    static Stream<Vectors.Case> keyfiles() {
        return Vectors.cases("keyfiles");
    }

    static Stream<Vectors.Case> signatures() {
        return Vectors.cases("signatures");
    }

    static Stream<Vectors.Case> actions() {
        return Vectors.cases("actions");
    }

    static Stream<Vectors.Case> tokens() {
        return Vectors.cases("tokens");
    }

    @ParameterizedTest
    @MethodSource("keys")
    void readsEveryPublicKey(Vectors.Case key) throws Exception {
        PublicKey read = PublicKey.parse(key.file("public"));

        assertEquals(key.text("fingerprint"), read.fingerprint().hex());
        assertEquals(
                read.fingerprint(), PublicKey.parse(read.armored()).fingerprint(), "its own armor must be readable");
    }

    @ParameterizedTest
    @MethodSource("keys")
    void refusesSecretKeysWherePublicOnesBelong(Vectors.Case key) throws Exception {
        BadKeyException e = assertThrows(BadKeyException.class, () -> PublicKey.parse(key.file("secret")));

        assertTrue(e.getMessage().contains("secret key"), e.getMessage());
    }

    @ParameterizedTest
    @MethodSource("keyfiles")
    void readsKeyFilesAsPeopleWriteThem(Vectors.Case file) throws Exception {
        String armored = file.file("file");
        if (file.text("fingerprint") == null) {
            assertThrows(BadKeyException.class, () -> PublicKey.parse(armored));
        } else {
            assertEquals(
                    file.text("fingerprint"),
                    PublicKey.parse(armored).fingerprint().hex());
        }
    }

    @ParameterizedTest
    @MethodSource("signatures")
    void namesTheSignerOrRefuses(Vectors.Case vector) throws Exception {
        byte[] message = Vectors.bytes(vector.text("message"));
        String stored = vector.file("stored");
        if (vector.toString().equals("two-entities-key-file")) {
            assertThrows(BadKeyException.class, vector::keyring);
            return;
        }
        Keyring keyring = vector.keyring();
        if (vector.text("expect") == null) {
            assertThrows(
                    BadSignatureException.class,
                    () -> keyring.verify(List.of(message), DetachedSignature.parse(stored), Vectors.clock()));
        } else {
            Signer signer = keyring.verify(List.of(message), DetachedSignature.parse(stored), Vectors.clock());
            assertEquals(vector.text("expect"), signer.fingerprint().hex());
        }
    }

    @ParameterizedTest
    @MethodSource("signatures")
    void readsTheArmorLikeTheStoredForm(Vectors.Case vector) throws Exception {
        if (vector.text("armored") == null || vector.text("expect") == null) {
            return;
        }
        assertEquals(
                DetachedSignature.parse(vector.file("stored")).toStored(),
                DetachedSignature.parse(vector.file("armored")).toStored());
    }

    @ParameterizedTest
    @MethodSource("actions")
    void namesEverySignerOfAnActionOrRefuses(Vectors.Case vector) throws Exception {
        Action action = MigJson.read(vector.file("action"), Action.class);
        JsonNode expected = vector.json().get("expectSigners");
        if (expected.isNull()) {
            assertThrows(
                    BadSignatureException.class,
                    () -> ActionSignatures.verify(action, vector.keyring(), Vectors.clock()));
        } else {
            List<String> names = new ArrayList<>();
            expected.forEach(n -> names.add(n.asText()));
            assertEquals(
                    Set.copyOf(names),
                    ActionSignatures.verify(action, vector.keyring(), Vectors.clock()).stream()
                            .map(s -> s.fingerprint().hex())
                            .collect(Collectors.toSet()));
        }
    }

    @ParameterizedTest
    @MethodSource("tokens")
    void opensTheApiOrRefuses(Vectors.Case vector) throws Exception {
        Instant now = Instant.parse(vector.text("clock"));
        var window = GoDuration.parse(vector.text("window"));
        if (vector.text("expect") == null) {
            Keyring keyring = vector.keyring();
            String header = vector.file("header").strip();
            BadTokenException e =
                    assertThrows(BadTokenException.class, () -> AuthToken.verify(header, keyring, window, now));
            assertEquals(TOKEN_REFUSALS.get(vector.toString()), e.kind(), e.getMessage());
        } else {
            assertEquals(
                    vector.text("expect"),
                    AuthToken.verify(vector.file("header").strip(), vector.keyring(), window, now)
                            .fingerprint()
                            .hex());
        }
    }

    @Test
    void namesTheBadKeyOfAKeyring() {
        BadKeyException e = assertThrows(
                BadKeyException.class,
                () -> Keyring.of(List.of(
                        new String(Vectors.bytes("keys/alice.pub.asc"), StandardCharsets.UTF_8), "no key at all")));

        assertTrue(e.getMessage().startsWith("public key 2: "), e.getMessage());
    }

    @Test
    void goesOnWithoutABadKeyWhereOneIsReported() throws Exception {
        List<String> reported = new ArrayList<>();
        Keyring keyring = Keyring.skippingBadKeys(
                Map.of(
                        "alice",
                        new String(Vectors.bytes("keys/alice.pub.asc"), StandardCharsets.UTF_8),
                        "bob",
                        "nonsense"),
                bad -> reported.add(bad.getMessage()));

        assertEquals(1, keyring.keys().size());
        assertTrue(reported.get(0).contains("'bob'"), reported.get(0));
    }
}
