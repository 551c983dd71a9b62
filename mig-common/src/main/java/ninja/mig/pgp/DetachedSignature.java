package ninja.mig.pgp;

import java.io.IOException;
import java.util.List;
import java.util.Set;
import ninja.mig.pgp.BadSignatureException.Kind;
import org.bouncycastle.bcpg.HashAlgorithmTags;
import org.bouncycastle.bcpg.SignatureSubpacketTags;
import org.bouncycastle.openpgp.PGPException;
import org.bouncycastle.openpgp.PGPSignature;
import org.bouncycastle.openpgp.PGPSignatureList;
import org.bouncycastle.openpgp.PGPSignatureSubpacketVector;
import org.bouncycastle.openpgp.bc.BcPGPObjectFactory;

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

    private DetachedSignature(byte[] packet) {
        this.packet = packet;
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
        DetachedSignature signature = new DetachedSignature(packet.clone());
        signature.checkForm(signature.read());
        return signature;
    }

    private void checkForm(PGPSignature s) throws BadSignatureException {
        if (s.getVersion() != 4) {
            throw malformed("the signature has version " + s.getVersion() + ", expected 4", null);
        }
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

    /** A fresh copy for one verification: these objects hold its state. */
    PGPSignature read() throws BadSignatureException {
        try {
            BcPGPObjectFactory objects = new BcPGPObjectFactory(packet);
            if (!(objects.nextObject() instanceof PGPSignatureList list) || list.size() != 1) {
                throw malformed("expected exactly one signature packet", null);
            }
            if (objects.nextObject() != null) {
                throw malformed("there is something after the signature packet", null);
            }
            return list.get(0);
        } catch (IOException | RuntimeException e) {
            throw malformed("the signature cannot be read", e);
        }
    }

    static BadSignatureException malformed(String message, Throwable cause) {
        return new BadSignatureException(Kind.MALFORMED, message, cause);
    }

    static BadSignatureException wrong(PGPException cause) {
        return new BadSignatureException(Kind.WRONG, "the signature cannot be checked", cause);
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
