package ninja.mig.pgp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import ninja.mig.json.MigJson;
import ninja.mig.model.Action;
import ninja.mig.model.InvalidActionException;
import ninja.mig.model.Operation;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class SigningTest {
    private static final Clock CLOCK = Clock.fixed(Vectors.clock(), ZoneOffset.UTC);
    private static final byte[] DATA = "what is signed\n".getBytes(StandardCharsets.UTF_8);

    /** The others, or the subkeys that they sign with, are expired, revoked, weak or not for signing. */
    private static final Set<String> GOOD = Set.of("alice", "bob", "carol", "dave", "erin", "mallory", "scheduler");

    static Stream<Vectors.Case> keys() {
        return Vectors.cases("keys").filter(key -> GOOD.contains(key.toString()));
    }

    @ParameterizedTest
    @MethodSource("keys")
    void signsWithEveryKeyThatAVerifierAccepts(Vectors.Case key) throws Exception {
        SecretKeyring ring = SecretKeyring.load(Vectors.bytes(key.text("secret")), CLOCK);
        Fingerprint fingerprint = Fingerprint.parse(key.text("fingerprint"));
        char[] passphrase = key.text("passphrase") == null
                ? new char[0]
                : key.text("passphrase").toCharArray();
        PublicKey publicKey = PublicKey.parse(key.file("public"));
        ActionSigner signer = ring.signer(fingerprint, passphrase);

        DetachedSignature signature = signer.sign(DATA);

        assertEquals(
                fingerprint,
                Keyring.ofKeys(List.of(publicKey))
                        .verify(List.of(DATA), DetachedSignature.parse(signature.toStored()), Vectors.clock())
                        .fingerprint());
    }

    @Test
    void refusesAWrongPassphrase() throws Exception {
        SecretKeyring ring = SecretKeyring.load(Vectors.bytes("keys/bob.sec.asc"), CLOCK);

        assertTrue(ring.isProtected(ring.onlyFingerprint()));
        assertThrows(SigningException.class, () -> ring.signer(ring.onlyFingerprint(), "wrong".toCharArray()));
    }

    @Test
    void refusesToSignWithAKeyThatNobodyWouldAccept() throws Exception {
        for (String name : List.of("frank", "heidi", "ivan", "karl", "lena", "oscar")) {
            SecretKeyring ring = SecretKeyring.load(Vectors.bytes("keys/" + name + ".sec.asc"), CLOCK);
            assertThrows(BadKeyException.class, () -> ring.signer(ring.onlyFingerprint(), new char[0]), name);
        }
    }

    @Test
    void refusesFilesWithoutASecretKey() {
        assertThrows(BadKeyException.class, () -> SecretKeyring.load("nothing".getBytes(StandardCharsets.UTF_8)));
        assertThrows(BadKeyException.class, () -> SecretKeyring.load(Vectors.bytes("keys/alice.pub.asc")));
    }

    @Test
    void makesKeysThatSignAndSurviveAFile() throws Exception {
        for (SecretKeyring fresh : List.of(
                SecretKeyring.generateEd25519("Iris Vega <iris@example.net>", CLOCK),
                SecretKeyring.generate("migscheduler (MIG Scheduler action signing key) <scheduler@mig>", CLOCK))) {
            SecretKeyring again = SecretKeyring.load(fresh.armoredSecret().getBytes(StandardCharsets.UTF_8), CLOCK);
            ActionSigner signer = again.signer(again.onlyFingerprint(), new char[0]);
            Signer named = Keyring.of(List.of(fresh.armoredPublic()))
                    .verify(List.of(DATA), signer.sign(DATA), Vectors.clock());

            assertEquals(fresh.onlyFingerprint(), named.fingerprint());
            assertFalse(fresh.toString().contains("PRIVATE"));
        }
    }

    @Test
    void signsAnActionForTwo() throws Exception {
        ActionSigner one = fresh("One");
        ActionSigner two = fresh("Two");
        Instant now = Vectors.clock();
        Action draft = Action.draft(
                "n",
                "name like '%'",
                now,
                now.plusSeconds(60),
                List.of(new Operation("file", MigJson.tree("{\"a\":1e6}"))));

        Action signed = ActionSignatures.sign(ActionSignatures.sign(draft, one), two);

        Keyring ring = Keyring.of(List.of(one.publicKey(), two.publicKey()));
        assertEquals(2, ActionSignatures.verify(signed, ring, now).size());
        Action twice = ActionSignatures.sign(signed, one);
        BadSignatureException e =
                assertThrows(BadSignatureException.class, () -> ActionSignatures.verify(twice, ring, now));
        assertEquals(BadSignatureException.Kind.SIGNED_TWICE, e.kind());
    }

    @Test
    void doesNotSignWhatNobodyWouldAccept() {
        Instant now = Vectors.clock();
        Action bad = Action.draft("n;target=", "t", now, now, List.of(new Operation("file", null)));

        assertThrows(InvalidActionException.class, () -> ActionSignatures.sign(bad, fresh("One")));
    }

    private static ActionSigner fresh(String name) throws Exception {
        SecretKeyring ring = SecretKeyring.generateEd25519(name, CLOCK);
        return ring.signer(ring.onlyFingerprint(), new char[0]);
    }
}
