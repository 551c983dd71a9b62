package ninja.mig.pgp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import ninja.mig.pgp.BadSignatureException.Kind;
import org.bouncycastle.bcpg.HashAlgorithmTags;
import org.bouncycastle.bcpg.SignatureSubpacket;
import org.bouncycastle.bcpg.SignatureSubpacketTags;
import org.bouncycastle.bcpg.sig.KeyFlags;
import org.bouncycastle.openpgp.PGPSignature;
import org.bouncycastle.openpgp.PGPSignatureSubpacketGenerator;
import org.junit.jupiter.api.Test;

/** What the vectors do not reach: keys and packets that no honest program writes. */
class StrictVerificationTest {
    private static final Instant NOW = Vectors.clock();
    private static final Instant CREATED = NOW.minus(Duration.ofDays(100));
    private static final byte[] DATA = "what is signed\n".getBytes(StandardCharsets.UTF_8);

    private static void signs(PGPSignatureSubpacketGenerator says) {
        says.setKeyFlags(false, KeyFlags.CERTIFY_OTHER | KeyFlags.SIGN_DATA);
    }

    private static void accepts(HandmadeKey key) throws Exception {
        key.keyring().verify(List.of(DATA), key.sign(DATA, NOW), NOW);
    }

    private static void refuses(String reason, HandmadeKey key) throws Exception {
        refuses(reason, key.keyring(), key.sign(DATA, NOW));
    }

    private static void refuses(String reason, Keyring keyring, DetachedSignature signature) {
        BadSignatureException e =
                assertThrows(BadSignatureException.class, () -> keyring.verify(List.of(DATA), signature, NOW));
        assertTrue(e.getMessage().contains(reason), e.getMessage());
    }

    private static HandmadeKey fresh() throws Exception {
        return new HandmadeKey(CREATED);
    }

    @Test
    void acceptsAKeyForSigningAndOneThatDoesNotSayWhatItIsFor() throws Exception {
        accepts(fresh().named(StrictVerificationTest::signs));
        accepts(fresh().named(s -> {}));
    }

    @Test
    void refusesAKeyThatIsForNothing() throws Exception {
        refuses("must not be used for signing", fresh().named(s -> s.setKeyFlags(false, 0)));
    }

    @Test
    void refusesAKeyThatNobodyCertifiedButOthers() throws Exception {
        refuses("no valid self-signature", fresh().vouchedFor(fresh()));
    }

    @Test
    void aBareStatementAboutTheKeyDoesNotLiftWhatItsNameSays() throws Exception {
        HandmadeKey expired = fresh().named(s -> s.setKeyExpirationTime(false, 86400));
        refuses("has expired", expired.stated(PGPSignature.DIRECT_KEY, expired, CREATED.plusSeconds(5), s -> {}));
        HandmadeKey certifies = fresh().named(s -> s.setKeyFlags(false, KeyFlags.CERTIFY_OTHER));
        refuses(
                "must not be used for signing",
                certifies.stated(PGPSignature.DIRECT_KEY, certifies, CREATED.plusSeconds(5), s -> {}));
    }

    @Test
    void aStatementAboutTheKeyLimitsItsNames() throws Exception {
        HandmadeKey key = fresh().named(StrictVerificationTest::signs);
        refuses(
                "has expired",
                key.stated(PGPSignature.DIRECT_KEY, key, CREATED, s -> s.setKeyExpirationTime(false, 86400)));
    }

    @Test
    void refusesAKeyWhoseSelfSignatureHasExpired() throws Exception {
        refuses("has expired", fresh().named(s -> s.setSignatureExpirationTime(false, 60)));
    }

    @Test
    void refusesAKeyAtTheSecondOfItsExpiration() throws Exception {
        long untilNow = Duration.between(CREATED, NOW).toSeconds();
        refuses("has expired", fresh().named(s -> s.setKeyExpirationTime(false, untilNow)));
        accepts(fresh().named(s -> s.setKeyExpirationTime(false, untilNow + 1)));
    }

    @Test
    void takesSha1ButNotMd5InSelfSignatures() throws Exception {
        accepts(fresh().named(HashAlgorithmTags.SHA1, StrictVerificationTest::signs));
        refuses("no valid self-signature", fresh().named(HashAlgorithmTags.MD5, StrictVerificationTest::signs));
    }

    @Test
    void ignoresASelfSignatureWithACriticalPartThatIsNotUnderstood() throws Exception {
        refuses("no valid self-signature", fresh().named(StrictVerificationTest::addCritical));
    }

    @Test
    void refusesASignatureWithACriticalPartThatIsNotUnderstood() throws Exception {
        HandmadeKey key = fresh().named(StrictVerificationTest::signs);

        BadSignatureException e = assertThrows(
                BadSignatureException.class, () -> key.sign(DATA, NOW, StrictVerificationTest::addCritical));

        assertTrue(e.getMessage().contains("critical subpacket 99"), e.getMessage());
    }

    private static void addCritical(PGPSignatureSubpacketGenerator says) {
        says.addCustomSubpacket(new SignatureSubpacket(99, true, false, new byte[] {1}) {});
    }

    @Test
    void believesARevocationByTheOwnerOnly() throws Exception {
        HandmadeKey key = fresh().named(StrictVerificationTest::signs);
        accepts(key.stated(PGPSignature.KEY_REVOCATION, fresh(), NOW, s -> {}));
        refuses("is revoked", key.stated(PGPSignature.KEY_REVOCATION, key, NOW, s -> {}));
    }

    @Test
    void believesTheRevokerThatTheOwnerNamed() throws Exception {
        HandmadeKey revoker = fresh();
        ByteArrayOutputStream names = new ByteArrayOutputStream();
        names.write(0x80);
        names.write(22);
        names.writeBytes(revoker.fingerprint());
        HandmadeKey key = fresh().named(s -> {
            signs(s);
            s.addCustomSubpacket(
                    new SignatureSubpacket(
                            SignatureSubpacketTags.REVOCATION_KEY, false, false, names.toByteArray()) {});
        });
        accepts(key);
        refuses("is revoked", key.stated(PGPSignature.KEY_REVOCATION, revoker, NOW, s -> {}));
    }

    @Test
    void aRevocationInOneCopyOfAKeyCountsInAnyOrder() throws Exception {
        PublicKey early = PublicKey.parse(text("keys/grace-early.pub.asc"));
        PublicKey revoked = PublicKey.parse(text("keys/grace.pub.asc"));
        DetachedSignature signature = DetachedSignature.parse(text("signatures/grace-revoked-key.sig"));
        byte[] message = Vectors.bytes("messages/action.txt");
        for (List<PublicKey> order : List.of(List.of(early, revoked), List.of(revoked, early))) {
            Keyring keyring = Keyring.ofKeys(order);

            assertEquals(1, keyring.keys().size());
            BadSignatureException e =
                    assertThrows(BadSignatureException.class, () -> keyring.verify(List.of(message), signature, NOW));
            assertTrue(e.getMessage().contains("is revoked"), e.getMessage());
        }
    }

    @Test
    void namesTheOwnerOfASubkeyThatSigns() throws Exception {
        HandmadeKey subkey = fresh();
        HandmadeKey owner = fresh().named(s -> s.setKeyFlags(false, KeyFlags.CERTIFY_OTHER))
                .binding(subkey, subkey, s -> s.setKeyFlags(false, KeyFlags.SIGN_DATA));

        Signer signer = owner.keyring().verify(List.of(DATA), subkey.sign(DATA, NOW), NOW);

        assertEquals(Fingerprint.of(owner.fingerprint()), signer.fingerprint());
        assertEquals(Fingerprint.of(subkey.fingerprint()), signer.signingKey());
    }

    @Test
    void refusesAnAdoptedSubkey() throws Exception {
        HandmadeKey victim = fresh();
        HandmadeKey thief = fresh().named(StrictVerificationTest::signs)
                .binding(victim, null, s -> s.setKeyFlags(false, KeyFlags.SIGN_DATA));
        refuses("does not certify its primary key", thief.keyring(), victim.sign(DATA, NOW));

        HandmadeKey forger = fresh();
        forger.named(StrictVerificationTest::signs)
                .binding(victim, forger, s -> s.setKeyFlags(false, KeyFlags.SIGN_DATA));
        refuses("does not certify its primary key", forger.keyring(), victim.sign(DATA, NOW));
    }

    @Test
    void refusesASubkeyThatIsNotForSigningOrBelongsToARevokedOrExpiredKey() throws Exception {
        HandmadeKey subkey = fresh();
        refuses(
                "must not be used for signing",
                fresh().named(StrictVerificationTest::signs)
                        .binding(subkey, subkey, s -> {})
                        .keyring(),
                subkey.sign(DATA, NOW));
        HandmadeKey revoked = fresh().named(StrictVerificationTest::signs)
                .binding(subkey, subkey, s -> s.setKeyFlags(false, KeyFlags.SIGN_DATA));
        revoked.stated(PGPSignature.KEY_REVOCATION, revoked, NOW, s -> {});
        refuses("is revoked", revoked.keyring(), subkey.sign(DATA, NOW));
        HandmadeKey expired = fresh().named(s -> s.setKeyExpirationTime(false, 86400))
                .binding(subkey, subkey, s -> s.setKeyFlags(false, KeyFlags.SIGN_DATA));
        refuses("has expired", expired.keyring(), subkey.sign(DATA, NOW));
    }

    @Test
    void toleratesClocksThatDifferByTenMinutes() throws Exception {
        HandmadeKey key = fresh().named(StrictVerificationTest::signs);
        Keyring keyring = key.keyring();

        keyring.verify(List.of(DATA), key.sign(DATA, NOW.plusSeconds(600)), NOW);
        refuses("from the future", keyring, key.sign(DATA, NOW.plusSeconds(601)));
        keyring.verify(List.of(DATA), key.sign(DATA, CREATED), NOW);
        refuses("older than key", keyring, key.sign(DATA, CREATED.minusSeconds(1)));
    }

    @Test
    void refusesASignatureThatHasExpired() throws Exception {
        HandmadeKey key = fresh().named(StrictVerificationTest::signs);
        refuses(
                "the signature has expired",
                key.keyring(),
                key.sign(DATA, NOW.minusSeconds(60), s -> s.setSignatureExpirationTime(true, 60)));
    }

    @Test
    void looksForTheKeyThatTheSignatureNamesInFull() throws Exception {
        HandmadeKey key = fresh().named(StrictVerificationTest::signs);
        byte[] other = fresh().fingerprint();
        DetachedSignature lying = key.sign(DATA, NOW, s -> s.addCustomSubpacket(issuer(4, other)));

        BadSignatureException e =
                assertThrows(BadSignatureException.class, () -> key.keyring().verify(List.of(DATA), lying, NOW));

        assertEquals(Kind.UNKNOWN_SIGNER, e.kind());
        assertThrows(
                BadSignatureException.class,
                () -> key.sign(DATA, NOW, s -> s.addCustomSubpacket(issuer(6, key.fingerprint()))));
    }

    private static SignatureSubpacket issuer(int version, byte[] fingerprint) {
        byte[] data = new byte[21];
        data[0] = (byte) version;
        System.arraycopy(fingerprint, 0, data, 1, 20);
        return new SignatureSubpacket(SignatureSubpacketTags.ISSUER_FINGERPRINT, false, false, data) {};
    }

    @Test
    void refusesAnythingBesideTheOnePacket() throws Exception {
        byte[] good =
                DetachedSignature.parse(text("signatures/alice-action.sig")).packet();
        List<byte[]> others = List.of(
                new byte[] {(byte) 0xc2, 6, 9, 0, 1, 8, 0, 0}, // a signature of a version to come, which readers skip
                new byte[] {(byte) 0xca, 3, 'P', 'G', 'P'}, // a marker
                new byte[] {(byte) 0xd5, 2, 1, 1}, // padding
                new byte[] {(byte) 0xfc, 2, 1, 1}, // a private packet
                new byte[] {0},
                good);
        for (byte[] other : others) {
            assertThrows(BadSignatureException.class, () -> DetachedSignature.of(joined(good, other)));
            assertThrows(BadSignatureException.class, () -> DetachedSignature.of(joined(other, good)));
        }
        byte[] inside = joined(good, new byte[] {0, 0});
        inside[2] = (byte) (good.length - 3 + 2); // the packet claims what follows the signature
        assertEquals(0x89, inside[0] & 0xff, "two bytes of length");
        inside[1] = (byte) (good.length - 3 + 2 >> 8);
        assertThrows(BadSignatureException.class, () -> DetachedSignature.of(inside));
    }

    private static byte[] joined(byte[] a, byte[] b) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(a);
        out.writeBytes(b);
        return out.toByteArray();
    }

    @Test
    void readsStoredFormsStrictly() throws Exception {
        String stored = text("signatures/dave-action.sig").strip();
        String body = stored.substring(0, stored.length() - 5);
        assertTrue(body.endsWith("="), "padded");

        assertEquals(stored, DetachedSignature.parse(body).toStored());
        assertThrows(BadSignatureException.class, () -> DetachedSignature.parse(body.replace("=", "")));
        assertThrows(BadSignatureException.class, () -> DetachedSignature.parse(stored + "=AAAA"));
        assertThrows(BadSignatureException.class, () -> DetachedSignature.parse("A".repeat(16 * 1024 + 1)));
    }

    @Test
    void refusesFilesThatHideASecretKey() throws Exception {
        String publicKey = text("keys/alice.pub.asc");
        for (String more : List.of(
                "-----BEGIN PGP PRIVATE KEY BLOCK-----\n\nAAAA\n", // that does not end
                text("keys/bob.sec.asc"))) {
            BadKeyException e = assertThrows(BadKeyException.class, () -> PublicKey.parse(publicKey + "\n" + more));
            assertTrue(e.getMessage().contains("secret key"), e.getMessage());
        }
    }

    @Test
    void readsHeaderLinesWithoutAValue() throws Exception {
        String key = text("keys/alice.pub.asc").replaceFirst("\n\n", "\nComment:\nVersion: x\n\n");

        assertEquals(
                "C8983EB742F62A8DADE3E03E7400B1E0D822A53F",
                PublicKey.parse(key).fingerprint().hex());
    }

    @Test
    void takesNoTimeToRefuseArmorThatNeverEnds() {
        String begins = "-----BEGIN PGP PUBLIC KEY BLOCK-----\n".repeat(28_000);

        assertTimeoutPreemptively(
                Duration.ofSeconds(5), () -> assertThrows(BadKeyException.class, () -> PublicKey.parse(begins)));
    }

    @Test
    void exportsWhatTheOwnerSaysAndNothingElse() throws Exception {
        HandmadeKey friend = fresh();
        HandmadeKey key = fresh().named(StrictVerificationTest::signs)
                .vouchedFor(friend)
                .pretending("Somebody Else <else@example.net>", friend);
        PublicKey full = key.publicKey();

        PublicKey minimal = PublicKey.parse(full.armored());

        assertEquals(List.of(HandmadeKey.NAME), full.userIds());
        assertEquals(full.userIds(), minimal.userIds());
        assertEquals(full.armored(), minimal.armored());
        byte[] exported = Armor.blocks(full.armored()).get(0).content();
        assertFalse(new String(exported, StandardCharsets.ISO_8859_1).contains("Somebody Else"));
        Keyring.ofKeys(List.of(minimal)).verify(List.of(DATA), key.sign(DATA, NOW), NOW);
    }

    @Test
    void exportsTheRevocationToo() throws Exception {
        PublicKey minimal =
                PublicKey.parse(PublicKey.parse(text("keys/grace.pub.asc")).armored());

        BadKeyException e = assertThrows(BadKeyException.class, () -> minimal.requireUsable(NOW));

        assertTrue(e.getMessage().contains("is revoked"), e.getMessage());
    }

    @Test
    void believesNobodyWithoutKeys() throws Exception {
        HandmadeKey key = fresh().named(StrictVerificationTest::signs);
        refuses("unknown key", Keyring.empty(), key.sign(DATA, NOW));
    }

    private static String text(String name) throws Exception {
        return new String(Vectors.bytes(name), StandardCharsets.UTF_8);
    }
}
