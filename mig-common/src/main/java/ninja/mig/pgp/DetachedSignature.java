package ninja.mig.pgp;

import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import ninja.mig.pgp.BadSignatureException.Kind;
import org.bouncycastle.bcpg.HashAlgorithmTags;
import org.bouncycastle.bcpg.SignatureSubpacketTags;
import org.bouncycastle.bcpg.sig.IssuerFingerprint;
import org.bouncycastle.openpgp.PGPException;
import org.bouncycastle.openpgp.PGPPublicKey;
import org.bouncycastle.openpgp.PGPSignature;
import org.bouncycastle.openpgp.PGPSignatureList;
import org.bouncycastle.openpgp.PGPSignatureSubpacketVector;
import org.bouncycastle.openpgp.bc.BcPGPObjectFactory;
import org.bouncycastle.openpgp.operator.bc.BcPGPContentVerifierBuilderProvider;

/**
 * One OpenPGP signature of acceptable form: version 4, over a binary document, with SHA-256, SHA-384 or SHA-512. Its stored
 * form is one line: base64, {@code =}, checksum.
 */
public final class DetachedSignature {
    private static final int LARGEST = 16 * 1024;
    private static final Set<Integer> HASHES =
            Set.of(HashAlgorithmTags.SHA256, HashAlgorithmTags.SHA384, HashAlgorithmTags.SHA512);

    /** Subpackets that a signature may call critical, because we obey or may ignore them. */
    private static final Set<Integer> KNOWN = Set.of(
            SignatureSubpacketTags.CREATION_TIME,
            SignatureSubpacketTags.EXPIRE_TIME,
            SignatureSubpacketTags.ISSUER_KEY_ID,
            SignatureSubpacketTags.ISSUER_FINGERPRINT,
            SignatureSubpacketTags.SIGNER_USER_ID);

    private final byte[] packet;
    private final int keyAlgorithm;
    private final Instant madeAt;
    private final Optional<Instant> expires;
    private final Optional<Fingerprint> issuer;
    private final long issuerKeyId;

    private DetachedSignature(byte[] packet, PGPSignature read) throws BadSignatureException {
        PGPSignatureSubpacketVector hashed = read.getHashedSubPackets();
        this.packet = packet;
        this.keyAlgorithm = read.getKeyAlgorithm();
        this.madeAt = hashed.getSignatureCreationTime().toInstant();
        long life = hashed.getSignatureExpirationTime();
        this.expires = life == 0 ? Optional.empty() : Optional.of(madeAt.plusSeconds(life));
        Optional<Fingerprint> named = issuer(hashed);
        this.issuer = named.isPresent() ? named : issuer(read.getUnhashedSubPackets());
        this.issuerKeyId = issuer.map(Fingerprint::keyId).orElse(read.getKeyID());
    }

    private static Optional<Fingerprint> issuer(PGPSignatureSubpacketVector subpackets) throws BadSignatureException {
        IssuerFingerprint found = subpackets == null ? null : subpackets.getIssuerFingerprint();
        if (found == null) {
            return Optional.empty();
        }
        if (found.getKeyVersion() != 4 || found.getFingerprint().length != 20) {
            throw malformed("the signature was not made by a key of version 4", null);
        }
        return Optional.of(Fingerprint.of(found.getFingerprint()));
    }

    /**
     * Reads the stored form or an armored block; blanks and line breaks do not matter, a missing checksum neither.
     *
     * @throws BadSignatureException if it is not exactly one signature of acceptable form, or the checksum is wrong
     */
    public static DetachedSignature parse(String text) throws BadSignatureException {
        if (text.length() > LARGEST) {
            throw malformed("the signature has more than " + LARGEST + " characters", null);
        }
        try {
            if (text.strip().startsWith("-----")) {
                List<Armor.Block> blocks = Armor.blocks(text);
                if (blocks.size() != 1 || !blocks.get(0).type().equals("SIGNATURE")) {
                    throw malformed("the armor does not hold exactly one signature", null);
                }
                return of(blocks.get(0).content());
            }
            return of(Armor.decode(text));
        } catch (IllegalArgumentException e) {
            throw malformed("the signature is not base64: " + e.getMessage(), e);
        }
    }

    /**
     * Takes a binary signature.
     *
     * @throws BadSignatureException if it is not exactly one signature of acceptable form
     */
    public static DetachedSignature of(byte[] packet) throws BadSignatureException {
        byte[] copy = packet.clone();
        try {
            SignatureFrame.check(copy);
            PGPSignature read = read(copy);
            checkForm(read);
            return new DetachedSignature(copy, read);
        } catch (IOException | RuntimeException e) {
            throw malformed("the signature cannot be read", e);
        }
    }

    private static void checkForm(PGPSignature s) throws BadSignatureException {
        if (s.getSignatureType() != PGPSignature.BINARY_DOCUMENT) {
            throw malformed(
                    "the signature is of type " + s.getSignatureType() + ", expected 0 (binary document)", null);
        }
        if (!HASHES.contains(s.getHashAlgorithm())) {
            throw malformed(
                    "the signature uses hash algorithm " + s.getHashAlgorithm() + ", which is not accepted", null);
        }
        PGPSignatureSubpacketVector hashed = s.getHashedSubPackets();
        if (hashed == null || hashed.getSignatureCreationTime() == null) {
            throw malformed("the signature does not say when it was made", null);
        }
        checkCritical(hashed);
        if (s.getUnhashedSubPackets() != null) {
            checkCritical(s.getUnhashedSubPackets());
        }
    }

    private static void checkCritical(PGPSignatureSubpacketVector subpackets) throws BadSignatureException {
        for (int tag : subpackets.getCriticalTags()) {
            if (!KNOWN.contains(tag)) {
                throw malformed("the signature has a critical subpacket " + tag + " that is not understood", null);
            }
        }
    }

    private static PGPSignature read(byte[] packet) throws IOException, BadSignatureException {
        BcPGPObjectFactory objects = new BcPGPObjectFactory(packet);
        if (!(objects.nextObject() instanceof PGPSignatureList list) || list.size() != 1) {
            throw malformed("expected exactly one signature packet", null);
        }
        if (objects.nextObject() != null) {
            throw malformed("there is something after the signature", null);
        }
        return list.get(0);
    }

    /**
     * Checks the signature over these bytes with this key, and nothing else.
     *
     * @throws BadSignatureException if it cannot be computed
     */
    boolean covers(byte[] data, PGPPublicKey key) throws BadSignatureException {
        try {
            PGPSignature fresh = read(packet); // it holds the state of one verification
            fresh.init(new BcPGPContentVerifierBuilderProvider(), key);
            fresh.update(data);
            return fresh.verify();
        } catch (PGPException | IOException | RuntimeException e) {
            throw new BadSignatureException(Kind.WRONG, "the signature cannot be checked", e);
        }
    }

    int keyAlgorithm() {
        return keyAlgorithm;
    }

    Instant madeAt() {
        return madeAt;
    }

    /** When the signature itself stops to count; empty for never. */
    Optional<Instant> expires() {
        return expires;
    }

    /** The key that made it, if the signature names it in full. */
    Optional<Fingerprint> issuer() {
        return issuer;
    }

    long issuerKeyId() {
        return issuerKeyId;
    }

    private static BadSignatureException malformed(String message, Throwable cause) {
        return new BadSignatureException(Kind.MALFORMED, message, cause);
    }

    /** One line: base64, {@code =}, checksum. */
    public String toStored() {
        return Armor.encode(packet);
    }

    /** The binary packet. */
    public byte[] packet() {
        return packet.clone();
    }

    @Override
    public String toString() {
        return toStored();
    }
}
