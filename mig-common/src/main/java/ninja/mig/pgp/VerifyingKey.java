package ninja.mig.pgp;

import java.time.Instant;
import java.util.Optional;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.gnu.GNUObjectIdentifiers;
import org.bouncycastle.asn1.sec.SECObjectIdentifiers;
import org.bouncycastle.bcpg.BCPGKey;
import org.bouncycastle.bcpg.ECPublicBCPGKey;
import org.bouncycastle.bcpg.PublicKeyAlgorithmTags;
import org.bouncycastle.openpgp.PGPPublicKey;

/**
 * A primary key or subkey, with everything that decides whether its signatures count; only the time is left to compare.
 *
 * @param key the key
 * @param fingerprint its own, also for a subkey
 * @param problem why it counts for nothing at all; empty if it may
 * @param maySign whether its owner means it for signing
 * @param expires when it stops to count; empty for never
 */
record VerifyingKey(
        PGPPublicKey key,
        Fingerprint fingerprint,
        Optional<String> problem,
        boolean maySign,
        Optional<Instant> expires) {
    static final int SMALLEST_RSA = 2048;

    /** The old number of RSA keys that only sign. */
    static final int RSA_SIGN_ONLY = 3;

    VerifyingKey(PGPPublicKey key, Optional<String> problem, boolean maySign, Optional<Instant> expires) {
        this(key, Fingerprint.of(key.getFingerprint()), problem, maySign, expires);
    }

    static VerifyingKey useless(PGPPublicKey key, String problem) {
        return new VerifyingKey(key, Optional.of(problem), false, Optional.empty());
    }

    Instant created() {
        return key.getCreationTime().toInstant();
    }

    /** Why a signature by this key does not count now; empty if it does. */
    Optional<String> problemAt(Instant now) {
        if (problem.isPresent()) {
            return problem;
        }
        if (expires.isPresent() && !now.isBefore(expires.get())) {
            return Optional.of("the key has expired");
        }
        return maySign ? Optional.empty() : Optional.of("the key must not be used for signing");
    }

    /** Why no signature by a key of this kind and size is accepted; empty if it is. */
    static Optional<String> weakness(PGPPublicKey key) {
        return switch (key.getAlgorithm()) {
            case PublicKeyAlgorithmTags.RSA_GENERAL, RSA_SIGN_ONLY ->
                key.getBitStrength() >= SMALLEST_RSA
                        ? Optional.empty()
                        : Optional.of("the key is RSA of " + key.getBitStrength() + " bits, expected at least "
                                + SMALLEST_RSA);
            case PublicKeyAlgorithmTags.ECDSA ->
                curve(
                        key,
                        SECObjectIdentifiers.secp256r1,
                        SECObjectIdentifiers.secp384r1,
                        SECObjectIdentifiers.secp521r1);
            case PublicKeyAlgorithmTags.EDDSA_LEGACY -> curve(key, GNUObjectIdentifiers.Ed25519);
            case PublicKeyAlgorithmTags.Ed25519 -> Optional.empty();
            default -> Optional.of("keys of algorithm " + key.getAlgorithm() + " are not accepted");
        };
    }

    private static Optional<String> curve(PGPPublicKey key, ASN1ObjectIdentifier... accepted) {
        BCPGKey material = key.getPublicKeyPacket().getKey();
        if (material instanceof ECPublicBCPGKey ec) {
            for (ASN1ObjectIdentifier curve : accepted) {
                if (curve.equals(ec.getCurveOID())) {
                    return Optional.empty();
                }
            }
        }
        return Optional.of("the key is on a curve that is not accepted");
    }

    /** A name of the algorithm for people. */
    static String algorithm(PGPPublicKey key) {
        return switch (key.getAlgorithm()) {
            case PublicKeyAlgorithmTags.RSA_GENERAL, RSA_SIGN_ONLY -> "RSA " + key.getBitStrength();
            case PublicKeyAlgorithmTags.ECDSA -> "ECDSA " + key.getBitStrength();
            case PublicKeyAlgorithmTags.EDDSA_LEGACY, PublicKeyAlgorithmTags.Ed25519 -> "Ed25519";
            case PublicKeyAlgorithmTags.DSA -> "DSA " + key.getBitStrength();
            default -> "algorithm " + key.getAlgorithm();
        };
    }
}
