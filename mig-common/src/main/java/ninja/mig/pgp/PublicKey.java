package ninja.mig.pgp;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import ninja.mig.json.Utf8;
import org.bouncycastle.openpgp.PGPException;
import org.bouncycastle.openpgp.PGPPublicKey;
import org.bouncycastle.openpgp.PGPPublicKeyRing;
import org.bouncycastle.openpgp.PGPSecretKeyRing;
import org.bouncycastle.openpgp.PGPSignature;
import org.bouncycastle.openpgp.PGPUserAttributeSubpacketVector;
import org.bouncycastle.openpgp.bc.BcPGPObjectFactory;

/**
 * An investigator's public key: one primary key with its user ids and subkeys, judged once when it is read. What others
 * certified on it does not matter; a revocation by its owner counts whenever it was made.
 */
public final class PublicKey {
    private static final int LARGEST = 1024 * 1024;
    private static final String BLOCK = "PUBLIC KEY BLOCK";
    private static final Pattern SECRET_BLOCK = Pattern.compile("-----BEGIN PGP (PRIVATE|SECRET)");

    private final PGPPublicKeyRing ring;
    private final SelfSignatures selfSignatures;
    private final List<String> userIds;
    private final List<VerifyingKey> keys = new ArrayList<>();

    private PublicKey(PGPPublicKeyRing ring) throws PGPException {
        this.ring = ring;
        selfSignatures = new SelfSignatures(ring.getPublicKey());
        userIds = selfSignatures.userIds().stream().map(Utf8::decode).toList();
        keys.add(selfSignatures.primary());
        for (Iterator<PGPPublicKey> it = ring.getPublicKeys(); it.hasNext(); ) {
            PGPPublicKey key = it.next();
            if (!key.isMasterKey() && key.getVersion() == 4) {
                keys.add(selfSignatures.judgeSubkey(key));
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
        if (SECRET_BLOCK.matcher(armored).find()) {
            throw secret();
        }
        List<Armor.Block> blocks;
        try {
            blocks = Armor.blocks(armored);
        } catch (IllegalArgumentException e) {
            throw new BadKeyException("the armor of the key is damaged: " + e.getMessage(), e);
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
        String text = new String(content, StandardCharsets.ISO_8859_1);
        if (!Armor.isIn(text)) {
            return read(content);
        }
        List<PublicKey> keys = new ArrayList<>();
        try {
            for (Armor.Block block : Armor.blocks(text)) {
                keys.addAll(read(block.content()));
            }
        } catch (IllegalArgumentException e) {
            throw new BadKeyException("the armor is damaged: " + e.getMessage(), e);
        }
        return keys;
    }

    private static BadKeyException secret() {
        return new BadKeyException("this is a secret key: keep it to yourself and export the public one");
    }

    private static List<PublicKey> read(byte[] content) throws BadKeyException {
        List<PublicKey> keys = new ArrayList<>();
        try {
            BcPGPObjectFactory objects = new BcPGPObjectFactory(content);
            for (Object object = objects.nextObject(); object != null; object = objects.nextObject()) {
                if (object instanceof PGPSecretKeyRing) {
                    throw secret();
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

    /**
     * The same key as another copy of it has it: what one of the two knows, the result knows.
     *
     * @throws BadKeyException if they cannot be joined
     */
    PublicKey joinedWith(PublicKey copy) throws BadKeyException {
        try {
            return new PublicKey(PGPPublicKeyRing.join(ring, copy.ring));
        } catch (PGPException | RuntimeException e) {
            throw new BadKeyException(
                    "there are two copies of key " + fingerprint() + " that contradict each other", e);
        }
    }

    /** Of the primary key. */
    public Fingerprint fingerprint() {
        return keys.get(0).fingerprint();
    }

    /** Those that the key itself certified; text from elsewhere. */
    public List<String> userIds() {
        return userIds;
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

    /** The key as an armored block, without pictures, names that it does not stand by, and what others certified on it. */
    public String armored() {
        try {
            return Armor.armored(
                    BLOCK, PGPPublicKeyRing.insertPublicKey(ring, minimal()).getEncoded());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private PGPPublicKey minimal() {
        PGPPublicKey least = ring.getPublicKey();
        for (PGPUserAttributeSubpacketVector picture : list(least.getUserAttributes())) {
            least = PGPPublicKey.removeCertification(least, picture);
        }
        for (byte[] id : list(least.getRawUserIDs())) {
            if (selfSignatures.userIds().stream().noneMatch(own -> Arrays.equals(own, id))) {
                least = PGPPublicKey.removeCertification(least, id);
                continue;
            }
            for (PGPSignature s : list(least.getSignaturesForID(id))) {
                least = selfSignatures.concernsOwner(s) ? least : PGPPublicKey.removeCertification(least, id, s);
            }
        }
        return least;
    }

    private static <T> List<T> list(Iterator<T> items) {
        List<T> list = new ArrayList<>();
        items.forEachRemaining(list::add);
        return list;
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
