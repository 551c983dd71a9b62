package ninja.mig.pgp;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.bouncycastle.bcpg.HashAlgorithmTags;
import org.bouncycastle.bcpg.SignatureSubpacket;
import org.bouncycastle.bcpg.SignatureSubpacketTags;
import org.bouncycastle.bcpg.sig.KeyFlags;
import org.bouncycastle.openpgp.PGPException;
import org.bouncycastle.openpgp.PGPPublicKey;
import org.bouncycastle.openpgp.PGPSignature;
import org.bouncycastle.openpgp.PGPSignatureList;
import org.bouncycastle.openpgp.PGPSignatureSubpacketVector;
import org.bouncycastle.openpgp.operator.bc.BcPGPContentVerifierBuilderProvider;

/**
 * What the owner of a key says about it: its names, what it is for, until when, its subkeys, and that it is revoked. Every
 * statement is verified before it is believed; what others say does not matter.
 */
final class SelfSignatures {
    private static final BcPGPContentVerifierBuilderProvider VERIFIERS = new BcPGPContentVerifierBuilderProvider();

    /** SHA-1 among them: GnuPG 1 certified its own keys with nothing else, and they are still in use. */
    private static final Set<Integer> HASHES = Set.of(
            HashAlgorithmTags.SHA1,
            HashAlgorithmTags.SHA224,
            HashAlgorithmTags.SHA256,
            HashAlgorithmTags.SHA384,
            HashAlgorithmTags.SHA512);

    /** What a statement may call critical, because it is obeyed here or limits something that is not done here. */
    private static final Set<Integer> KNOWN = Set.of(
            SignatureSubpacketTags.CREATION_TIME,
            SignatureSubpacketTags.EXPIRE_TIME,
            SignatureSubpacketTags.EXPORTABLE,
            SignatureSubpacketTags.REVOCABLE,
            SignatureSubpacketTags.KEY_EXPIRE_TIME,
            SignatureSubpacketTags.PREFERRED_SYM_ALGS,
            SignatureSubpacketTags.REVOCATION_KEY,
            SignatureSubpacketTags.ISSUER_KEY_ID,
            SignatureSubpacketTags.PREFERRED_HASH_ALGS,
            SignatureSubpacketTags.PREFERRED_COMP_ALGS,
            SignatureSubpacketTags.KEY_SERVER_PREFS,
            SignatureSubpacketTags.PREFERRED_KEY_SERV,
            SignatureSubpacketTags.PRIMARY_USER_ID,
            SignatureSubpacketTags.POLICY_URL,
            SignatureSubpacketTags.KEY_FLAGS,
            SignatureSubpacketTags.SIGNER_USER_ID,
            SignatureSubpacketTags.FEATURES,
            SignatureSubpacketTags.EMBEDDED_SIGNATURE,
            SignatureSubpacketTags.ISSUER_FINGERPRINT);

    private final PGPPublicKey master;
    private final List<byte[]> userIds = new ArrayList<>();
    private final Set<Long> revokers = new HashSet<>();
    private final VerifyingKey primary;

    /** The newest of those on user ids, and the newest on the key itself; null if there is none. */
    private PGPSignature certification;

    private PGPSignature direct;

    SelfSignatures(PGPPublicKey master) throws PGPException {
        this.master = master;
        for (Iterator<byte[]> ids = master.getRawUserIDs(); ids.hasNext(); ) {
            readUserId(ids.next());
        }
        for (Iterator<PGPSignature> it = master.getSignaturesOfType(PGPSignature.DIRECT_KEY); it.hasNext(); ) {
            PGPSignature s = it.next();
            if (isAcceptable(s, master) && verifiesMaster(s)) {
                direct = newer(direct, s);
                noteRevokers(s);
            }
        }
        primary = judgePrimary();
    }

    VerifyingKey primary() {
        return primary;
    }

    /** Those that the owner stands by, as they are in the key. */
    List<byte[]> userIds() {
        return userIds;
    }

    /** Whether the owner, or a revoker that the owner named, seems to have made this signature; not verified. */
    boolean concernsOwner(PGPSignature s) {
        return s.getKeyID() == master.getKeyID() || revokers.contains(s.getKeyID());
    }

    private void readUserId(byte[] id) throws PGPException {
        PGPSignature newest = null;
        Instant revoked = Instant.MIN;
        for (Iterator<PGPSignature> it = signaturesFor(id); it.hasNext(); ) {
            PGPSignature s = it.next();
            if (!isAcceptable(s, master) || !verifiesUserId(s, id)) {
                continue;
            }
            int type = s.getSignatureType();
            if (type == PGPSignature.CERTIFICATION_REVOCATION) {
                Instant made = madeAt(s);
                revoked = made.isAfter(revoked) ? made : revoked;
            } else if (type >= PGPSignature.DEFAULT_CERTIFICATION && type <= PGPSignature.POSITIVE_CERTIFICATION) {
                newest = newer(newest, s);
                noteRevokers(s);
            }
        }
        if (newest != null && madeAt(newest).isAfter(revoked)) {
            userIds.add(id);
            certification = newer(certification, newest);
        }
    }

    private Iterator<PGPSignature> signaturesFor(byte[] id) {
        Iterator<PGPSignature> found = master.getSignaturesForID(id);
        return found == null ? List.<PGPSignature>of().iterator() : found;
    }

    private void noteRevokers(PGPSignature s) {
        for (SignatureSubpacket revoker :
                s.getHashedSubPackets().getSubpackets(SignatureSubpacketTags.REVOCATION_KEY)) {
            byte[] data = revoker.getData(); // class, algorithm, fingerprint
            if (data.length == 22) {
                revokers.add(Fingerprint.of(Arrays.copyOfRange(data, 2, 22)).keyId());
            }
        }
    }

    private VerifyingKey judgePrimary() throws PGPException {
        if (certification == null && direct == null) {
            return VerifyingKey.useless(master, "the key has no valid self-signature");
        }
        Optional<String> problem = isRevoked() ? Optional.of("the key is revoked") : VerifyingKey.weakness(master);
        PGPSignature limit = deciding(SignatureSubpacketTags.KEY_EXPIRE_TIME);
        PGPSignature purpose = deciding(SignatureSubpacketTags.KEY_FLAGS);
        boolean maySign =
                !purpose.getHashedSubPackets().hasSubpacket(SignatureSubpacketTags.KEY_FLAGS) || isForSigning(purpose);
        return new VerifyingKey(master, problem, maySign, expires(master, limit));
    }

    /** A statement about the whole key goes before one about a name of it, if it speaks of the matter at all. */
    private PGPSignature deciding(int subpacket) {
        boolean directSpeaks = direct != null && direct.getHashedSubPackets().hasSubpacket(subpacket);
        return directSpeaks || certification == null ? direct : certification;
    }

    /** A revocation counts whenever it was made. */
    private boolean isRevoked() throws PGPException {
        for (Iterator<PGPSignature> it = master.getSignaturesOfType(PGPSignature.KEY_REVOCATION); it.hasNext(); ) {
            PGPSignature s = it.next();
            // The key of another revoker is not at hand, so his word cannot be verified; the owner chose to trust it.
            if (revokers.contains(s.getKeyID()) || isOfAlgorithm(s, master) && verifiesMaster(s)) {
                return true;
            }
        }
        return false;
    }

    VerifyingKey judgeSubkey(PGPPublicKey subkey) throws PGPException {
        PGPSignature binding = null;
        for (Iterator<PGPSignature> it = subkey.getSignatures(); it.hasNext(); ) {
            PGPSignature s = it.next();
            int type = s.getSignatureType();
            if (type == PGPSignature.SUBKEY_REVOCATION) {
                if (revokers.contains(s.getKeyID()) || isOfAlgorithm(s, master) && verifiesSubkey(s, subkey)) {
                    return VerifyingKey.useless(subkey, "the subkey is revoked");
                }
            } else if (type == PGPSignature.SUBKEY_BINDING && isAcceptable(s, master) && verifiesSubkey(s, subkey)) {
                binding = newer(binding, s);
            }
        }
        if (binding == null) {
            return VerifyingKey.useless(subkey, "the subkey is not bound to its primary key");
        }
        boolean maySign = isForSigning(binding);
        Optional<String> problem = primary.problem().or(() -> VerifyingKey.weakness(subkey));
        if (problem.isEmpty() && maySign && !isCrossCertified(subkey, binding)) {
            problem = Optional.of("the subkey does not certify its primary key");
        }
        return new VerifyingKey(subkey, problem, maySign, earlier(expires(subkey, binding), primary.expires()));
    }

    /** Without it, anybody could adopt the subkey of somebody else and with it his signatures. */
    private boolean isCrossCertified(PGPPublicKey subkey, PGPSignature binding) throws PGPException {
        for (PGPSignatureSubpacketVector area :
                new PGPSignatureSubpacketVector[] {binding.getHashedSubPackets(), binding.getUnhashedSubPackets()}) {
            PGPSignatureList embedded = area == null ? null : area.getEmbeddedSignatures();
            for (int i = 0; embedded != null && i < embedded.size(); i++) {
                PGPSignature back = embedded.get(i);
                if (back.getSignatureType() == PGPSignature.PRIMARYKEY_BINDING && isAcceptable(back, subkey)) {
                    back.init(VERIFIERS, subkey);
                    if (back.verifyCertification(master, subkey)) {
                        return true;
                    }
                }
            }
        }
        return false;
    }

    private static boolean isOfAlgorithm(PGPSignature s, PGPPublicKey key) {
        return s.getVersion() == 4 && s.getKeyAlgorithm() == key.getAlgorithm();
    }

    private static boolean isAcceptable(PGPSignature s, PGPPublicKey key) {
        return s.getKeyID() == key.getKeyID()
                && isOfAlgorithm(s, key)
                && HASHES.contains(s.getHashAlgorithm())
                && s.getHashedSubPackets().getSignatureCreationTime() != null
                && understandsCritical(s);
    }

    private static boolean understandsCritical(PGPSignature s) {
        for (int tag : s.getHashedSubPackets().getCriticalTags()) {
            if (!KNOWN.contains(tag)) {
                return false;
            }
        }
        return true;
    }

    private boolean verifiesUserId(PGPSignature s, byte[] id) throws PGPException {
        s.init(VERIFIERS, master);
        return s.verifyCertification(id, master);
    }

    private boolean verifiesMaster(PGPSignature s) throws PGPException {
        s.init(VERIFIERS, master);
        return s.verifyCertification(master);
    }

    private boolean verifiesSubkey(PGPSignature s, PGPPublicKey subkey) throws PGPException {
        s.init(VERIFIERS, master);
        return s.verifyCertification(master, subkey);
    }

    private static boolean isForSigning(PGPSignature s) {
        return (s.getHashedSubPackets().getKeyFlags() & KeyFlags.SIGN_DATA) != 0;
    }

    private static Instant madeAt(PGPSignature s) {
        return s.getHashedSubPackets().getSignatureCreationTime().toInstant();
    }

    private static PGPSignature newer(PGPSignature a, PGPSignature b) {
        return a == null || madeAt(b).isAfter(madeAt(a)) ? b : a;
    }

    /** When the key expires, or the statement that says so. */
    private static Optional<Instant> expires(PGPPublicKey key, PGPSignature s) {
        return earlier(
                after(key.getCreationTime().toInstant(), s.getHashedSubPackets().getKeyExpirationTime()),
                after(madeAt(s), s.getHashedSubPackets().getSignatureExpirationTime()));
    }

    private static Optional<Instant> after(Instant start, long seconds) {
        return seconds == 0 ? Optional.empty() : Optional.of(start.plus(Duration.ofSeconds(seconds)));
    }

    private static Optional<Instant> earlier(Optional<Instant> a, Optional<Instant> b) {
        return a.isEmpty() || b.isPresent() && b.get().isBefore(a.get()) ? b : a;
    }
}
