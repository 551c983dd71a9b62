package ninja.mig.pgp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
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
        if (vector.text("expect") == null) {
            assertThrows(ninja.mig.model.RejectedException.class, () -> vector.keyring()
                    .verify(List.of(message), DetachedSignature.parse(stored), Vectors.clock()));
        } else {
            Signer signer = vector.keyring().verify(List.of(message), DetachedSignature.parse(stored), Vectors.clock());
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
            assertThrows(
                    BadTokenException.class,
                    () -> AuthToken.verify(vector.file("header").strip(), vector.keyring(), window, now));
        } else {
            assertEquals(
                    vector.text("expect"),
                    AuthToken.verify(vector.file("header").strip(), vector.keyring(), window, now)
                            .fingerprint()
                            .hex());
        }
    }

    @Test
    void answersAnyBytesWithASignerOrARefusal() throws Exception {
        Random random = new Random(3);
        Vectors.Case vector = signatures().findFirst().orElseThrow();
        byte[] packet = DetachedSignature.parse(vector.file("stored")).packet();
        byte[] message = Vectors.bytes(vector.text("message"));
        Keyring keyring = vector.keyring();
        for (int i = 0; i < 3000; i++) {
            byte[] mutated =
                    i % 3 == 0 ? java.util.Arrays.copyOf(packet, random.nextInt(packet.length)) : packet.clone();
            for (int k = random.nextInt(3); k >= 0 && mutated.length > 0; k--) {
                mutated[random.nextInt(mutated.length)] ^= (byte) (1 << random.nextInt(8));
            }
            try {
                keyring.verify(List.of(message), DetachedSignature.of(mutated), Vectors.clock());
            } catch (BadSignatureException e) {
                assertTrue(e.getMessage() != null);
            }
        }
    }

    @Test
    void answersAnyBytesWithAKeyOrARefusal() throws Exception {
        Random random = new Random(4);
        byte[] key = Armor.blocks(new String(Vectors.bytes("keys/erin.pub.asc"), StandardCharsets.UTF_8))
                .get(0)
                .content();
        for (int i = 0; i < 1000; i++) {
            byte[] mutated = i % 3 == 0 ? java.util.Arrays.copyOf(key, random.nextInt(key.length)) : key.clone();
            for (int k = random.nextInt(3); k >= 0 && mutated.length > 0; k--) {
                mutated[random.nextInt(mutated.length)] ^= (byte) (1 << random.nextInt(8));
            }
            try {
                PublicKey.readAll(mutated);
            } catch (BadKeyException e) {
                assertTrue(e.getMessage() != null);
            }
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
                java.util.Map.of(
                        "alice",
                        new String(Vectors.bytes("keys/alice.pub.asc"), StandardCharsets.UTF_8),
                        "bob",
                        "nonsense"),
                bad -> reported.add(bad.getMessage()));

        assertEquals(1, keyring.keys().size());
        assertTrue(reported.get(0).contains("'bob'"), reported.get(0));
    }
}
