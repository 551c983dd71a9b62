package ninja.mig.pgp;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.bcpg.sig.KeyFlags;
import org.bouncycastle.openpgp.PGPException;
import org.bouncycastle.openpgp.PGPPublicKey;
import org.bouncycastle.openpgp.PGPPublicKeyRing;
import org.bouncycastle.openpgp.PGPSecretKeyRing;
import org.bouncycastle.openpgp.PGPSignature;
import org.bouncycastle.openpgp.PGPSignatureList;
import org.bouncycastle.openpgp.PGPSignatureSubpacketVector;
import org.bouncycastle.openpgp.bc.BcPGPObjectFactory;
import org.bouncycastle.openpgp.operator.bc.BcPGPContentVerifierBuilderProvider;

/**
 * An investigator's public key: one primary key with its user ids and subkeys, judged once when it is read. What others
 * certified on it does not matter; a revocation by its owner counts whenever it was made.
 */
public final class PublicKey {
    private static final int LARGEST = 1024 * 1024;
    private static final String BLOCK = "PUBLIC KEY BLOCK";
    private static final BcPGPContentVerifierBuilderProvider VERIFIERS = new BcPGPContentVerifierBuilderProvider();

    private final PGPPublicKeyRing ring;
    private final List<String> userIds = new ArrayList<>();
    private final List<VerifyingKey> keys = new ArrayList<>();

    private PublicKey(PGPPublicKeyRing ring) throws PGPException {
        this.ring = ring;
        VerifyingKey primary = judgePrimary(ring.getPublicKey());
        keys.add(primary);
        for (Iterator<PGPPublicKey> it = ring.getPublicKeys(); it.hasNext(); ) {
            PGPPublicKey key = it.next();
            if (!key.isMasterKey()) {
                keys.add(judgeSubkey(primary, key));
            }
        }
    }

    /**
     * Reads an armored public key, with any header lines and any text around it.
     *
     * @throws BadKeyException if the text does not hold exactly one primary key, or holds a secret key
     */
    public static PublicKey parse(String armored) throws BadKeyException {
        if (armored.length() > LARGEST) {
            throw new BadKeyException("the key has more than " + LARGEST + " characters");
        }
        List<Armor.Block> blocks;
        try {
            blocks = Armor.blocks(armored);
        } catch (IllegalArgumentException e) {
            throw new BadKeyException("the armor of the key is damaged: " + e.getMessage(), e);
        }
        if (blocks.stream()
                .anyMatch(b -> b.type().startsWith("PRIVATE") || b.type().startsWith("SECRET"))) {
            throw new BadKeyException("this is a secret key: keep it to yourself and export the public one");
        }
        if (blocks.size() != 1 || !blocks.get(0).type().equals(BLOCK)) {
            throw new BadKeyException(
                    "no armored data found: expected one PGP PUBLIC KEY BLOCK, found " + blocks.size() + " blocks");
        }
        List<PublicKey> keys = read(blocks.get(0).content());
        if (keys.size() != 1) {
            throw new BadKeyException("Public GPG Key contains " + keys.size() + " entities, wanted 1");
        }
        return keys.get(0);
    }

    /**
     * Every key of a file, armored or binary, as GnuPG exports them.
     *
     * @throws BadKeyException if something else than public keys is in it
     */
    public static List<PublicKey> readAll(byte[] content) throws BadKeyException {
        boolean armored = new String(content, java.nio.charset.StandardCharsets.ISO_8859_1).contains("-----BEGIN PGP ");
        if (!armored) {
            return read(content);
        }
        List<PublicKey> keys = new ArrayList<>();
        try {
            for (Armor.Block block : Armor.blocks(new String(content, java.nio.charset.StandardCharsets.ISO_8859_1))) {
                keys.addAll(read(block.content()));
            }
        } catch (IllegalArgumentException e) {
            throw new BadKeyException("the armor is damaged: " + e.getMessage(), e);
        }
        return keys;
    }

    private static List<PublicKey> read(byte[] content) throws BadKeyException {
        List<PublicKey> keys = new ArrayList<>();
        try {
            BcPGPObjectFactory objects = new BcPGPObjectFactory(content);
            for (Object object = objects.nextObject(); object != null; object = objects.nextObject()) {
                if (object instanceof PGPSecretKeyRing) {
                    throw new BadKeyException("this is a secret key: keep it to yourself and export the public one");
                }
                if (!(object instanceof PGPPublicKeyRing ring)) {
                    throw new BadKeyException("there is something else than a public key in it");
                }
                if (ring.getPublicKey().getVersion() != 4) {
                    throw new BadKeyException(
                            "keys of version " + ring.getPublicKey().getVersion() + " are not accepted");
                }
                keys.add(new PublicKey(ring));
            }
        } catch (IOException | PGPException | RuntimeException e) {
            throw new BadKeyException("the key cannot be read", e);
        }
        return keys;
    }

    private VerifyingKey judgePrimary(PGPPublicKey key) throws PGPException {
        PGPSignature self = null;
        for (Iterator<byte[]> ids = key.getRawUserIDs(); ids.hasNext(); ) {
            byte[] id = ids.next();
            PGPSignature newest = newestSelfSignature(key, id);
            if (newest != null) {
                userIds.add(ninja.mig.json.Utf8.decode(id));
                self = newer(self, newest);
            }
        }
        for (Iterator<PGPSignature> direct = key.getSignaturesOfType(PGPSignature.DIRECT_KEY); direct.hasNext(); ) {
            PGPSignature s = direct.next();
            if (s.getKeyID() == key.getKeyID() && verifiesKey(s, key)) {
                self = newer(self, s);
            }
        }
        if (self == null) {
            return new VerifyingKey(key, Optional.of("the key has no valid self-signature"), Optional.empty());
        }
        Optional<Instant> expires = expiry(key, self);
        for (Iterator<PGPSignature> it = key.getSignaturesOfType(PGPSignature.KEY_REVOCATION); it.hasNext(); ) {
            if (verifiesKey(it.next(), key)) {
                return new VerifyingKey(key, Optional.of("the key is revoked"), expires);
            }
        }
        Optional<String> weak = VerifyingKey.weakness(key);
        if (weak.isPresent()) {
            return new VerifyingKey(key, weak, expires);
        }
        int flags = self.getHashedSubPackets().getKeyFlags();
        boolean maySign = flags == 0 || (flags & KeyFlags.SIGN_DATA) != 0;
        return new VerifyingKey(
                key, maySign ? Optional.empty() : Optional.of("the key must not be used for signing"), expires);
    }

    private static PGPSignature newestSelfSignature(PGPPublicKey key, byte[] userId) throws PGPException {
        PGPSignature newest = null;
        Instant revoked = Instant.MIN;
        for (Iterator<PGPSignature> it = key.getSignaturesForID(userId); it != null && it.hasNext(); ) {
            PGPSignature s = it.next();
            if (s.getKeyID() != key.getKeyID() || s.getHashedSubPackets() == null) {
                continue;
            }
            s.init(VERIFIERS, key);
            if (!s.verifyCertification(userId, key)) {
                continue;
            }
            if (s.getSignatureType() == PGPSignature.CERTIFICATION_REVOCATION) {
                revoked = s.getCreationTime().toInstant();
            } else if (s.getSignatureType() >= PGPSignature.DEFAULT_CERTIFICATION
                    && s.getSignatureType() <= PGPSignature.POSITIVE_CERTIFICATION) {
                newest = newer(newest, s);
            }
        }
        return newest != null && newest.getCreationTime().toInstant().isAfter(revoked) ? newest : null;
    }

    private static boolean verifiesKey(PGPSignature s, PGPPublicKey key) throws PGPException {
        if (s.getHashedSubPackets() == null) {
            return false;
        }
        s.init(VERIFIERS, key);
        return s.verifyCertification(key);
    }

    private VerifyingKey judgeSubkey(VerifyingKey primary, PGPPublicKey subkey) throws PGPException {
        PGPPublicKey master = primary.key();
        PGPSignature binding = null;
        boolean revoked = false;
        for (Iterator<PGPSignature> it = subkey.getSignatures(); it.hasNext(); ) {
            PGPSignature s = it.next();
            boolean relevant = s.getSignatureType() == PGPSignature.SUBKEY_BINDING
                    || s.getSignatureType() == PGPSignature.SUBKEY_REVOCATION;
            if (!relevant || s.getHashedSubPackets() == null) {
                continue;
            }
            s.init(VERIFIERS, master);
            if (!s.verifyCertification(master, subkey)) {
                continue;
            }
            if (s.getSignatureType() == PGPSignature.SUBKEY_REVOCATION) {
                revoked = true;
            } else {
                binding = newer(binding, s);
            }
        }
        if (binding == null) {
            return new VerifyingKey(
                    subkey, Optional.of("the subkey is not bound to its primary key"), Optional.empty());
        }
        Optional<Instant> expires = earlier(expiry(subkey, binding), primary.expires());
        return new VerifyingKey(subkey, subkeyProblem(primary, subkey, binding, revoked), expires);
    }

    private static Optional<String> subkeyProblem(
            VerifyingKey primary, PGPPublicKey subkey, PGPSignature binding, boolean revoked) throws PGPException {
        if (revoked) {
            return Optional.of("the subkey is revoked");
        }
        // A primary key that must not sign data itself may still have a subkey that may.
        Optional<String> primaryProblem =
                primary.problem().filter(p -> !p.equals("the key must not be used for signing"));
        if (primaryProblem.isPresent()) {
            return primaryProblem;
        }
        if ((binding.getHashedSubPackets().getKeyFlags() & KeyFlags.SIGN_DATA) == 0) {
            return Optional.of("the subkey must not be used for signing");
        }
        if (!isCrossCertified(primary.key(), subkey, binding)) {
            return Optional.of("the subkey does not certify its primary key");
        }
        return VerifyingKey.weakness(subkey);
    }

    private static boolean isCrossCertified(PGPPublicKey master, PGPPublicKey subkey, PGPSignature binding)
            throws PGPException {
        for (PGPSignatureSubpacketVector area :
                new PGPSignatureSubpacketVector[] {binding.getHashedSubPackets(), binding.getUnhashedSubPackets()}) {
            PGPSignatureList embedded = area == null ? null : area.getEmbeddedSignatures();
            for (int i = 0; embedded != null && i < embedded.size(); i++) {
                PGPSignature back = embedded.get(i);
                if (back.getSignatureType() == PGPSignature.PRIMARYKEY_BINDING) {
                    back.init(VERIFIERS, subkey);
                    if (back.verifyCertification(master, subkey)) {
                        return true;
                    }
                }
            }
        }
        return false;
    }

    private static PGPSignature newer(PGPSignature a, PGPSignature b) {
        return a == null || b.getCreationTime().after(a.getCreationTime()) ? b : a;
    }

    private static Optional<Instant> expiry(PGPPublicKey key, PGPSignature self) {
        long seconds = self.getHashedSubPackets().getKeyExpirationTime();
        return seconds == 0
                ? Optional.empty()
                : Optional.of(key.getCreationTime().toInstant().plus(Duration.ofSeconds(seconds)));
    }

    private static Optional<Instant> earlier(Optional<Instant> a, Optional<Instant> b) {
        return a.isEmpty() || b.isPresent() && b.get().isBefore(a.get()) ? b : a;
    }

    /** Of the primary key. */
    public Fingerprint fingerprint() {
        return keys.get(0).fingerprint();
    }

    /** Those that the key itself certified; text from elsewhere. */
    public List<String> userIds() {
        return List.copyOf(userIds);
    }

    /** Algorithm and size of the primary key. */
    public String algorithm() {
        return VerifyingKey.algorithm(keys.get(0).key());
    }

    /** When the primary key expires; empty for never. */
    public Optional<Instant> expires() {
        return keys.get(0).expires();
    }

    /**
     * Refuses a key none of whose signatures would be accepted now.
     *
     * @throws BadKeyException says why
     */
    public void requireUsable(Instant now) throws BadKeyException {
        String reason = "";
        for (VerifyingKey key : keys) {
            Optional<String> problem = key.problemAt(now);
            if (problem.isEmpty()) {
                return;
            }
            reason = reason.isEmpty() ? problem.get() : reason;
        }
        throw new BadKeyException(fingerprint() + ": " + reason);
    }

    /** The key as an armored block, without what others certified on it. */
    public String armored() {
        try {
            return Armor.armored(BLOCK, withoutForeignSignatures().getEncoded());
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private PGPPublicKeyRing withoutForeignSignatures() {
        PGPPublicKey primary = ring.getPublicKey();
        PGPPublicKey own = primary;
        for (Iterator<byte[]> ids = primary.getRawUserIDs(); ids.hasNext(); ) {
            byte[] id = ids.next();
            for (Iterator<PGPSignature> it = primary.getSignaturesForID(id); it != null && it.hasNext(); ) {
                PGPSignature s = it.next();
                if (s.getKeyID() != primary.getKeyID()) {
                    PGPPublicKey less = PGPPublicKey.removeCertification(own, id, s);
                    own = less == null ? own : less;
                }
            }
        }
        return own == primary ? ring : PGPPublicKeyRing.insertPublicKey(ring, own);
    }

    /** The keys of this ring, the primary one first. */
    List<VerifyingKey> keys() {
        return keys;
    }

    @Override
    public String toString() {
        return fingerprint() + " " + (userIds.isEmpty() ? "" : userIds.get(0));
    }
}
