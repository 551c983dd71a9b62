package ninja.mig.pgp;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import ninja.mig.pgp.BadSignatureException.Kind;
import org.bouncycastle.bcpg.sig.IssuerFingerprint;
import org.bouncycastle.openpgp.PGPException;
import org.bouncycastle.openpgp.PGPSignature;
import org.bouncycastle.openpgp.PGPSignatureSubpacketVector;
import org.bouncycastle.openpgp.operator.bc.BcPGPContentVerifierBuilderProvider;

/** The public keys that a program believes. Immutable, safe for any number of threads. */
public final class Keyring {
    private static final Duration CLOCKS_DIFFER = Duration.ofMinutes(10);

    private final Map<Fingerprint, PublicKey> keys = new LinkedHashMap<>();
    private final Map<Long, List<Candidate>> byKeyId = new HashMap<>();

    private record Candidate(PublicKey owner, VerifyingKey key) {}

    private Keyring(Collection<PublicKey> publicKeys) {
        for (PublicKey key : publicKeys) {
            if (keys.putIfAbsent(key.fingerprint(), key) == null) {
                for (VerifyingKey k : key.keys()) {
                    byKeyId.computeIfAbsent(k.key().getKeyID(), id -> new ArrayList<>())
                            .add(new Candidate(key, k));
                }
            }
        }
    }

    /**
     * For who must not start with a key that cannot be used.
     *
     * @param armored one key each
     * @throws BadKeyException names the first key that cannot be read, by its position
     */
    public static Keyring of(Collection<String> armored) throws BadKeyException {
        List<PublicKey> read = new ArrayList<>();
        int position = 0;
        for (String text : armored) {
            position++;
            try {
                read.add(PublicKey.parse(text));
            } catch (BadKeyException e) {
                throw new BadKeyException("public key " + position + ": " + e.getMessage(), e);
            }
        }
        return new Keyring(read);
    }

    public static Keyring ofKeys(Collection<PublicKey> publicKeys) {
        return new Keyring(publicKeys);
    }

    /**
     * For who must go on when one key is bad.
     *
     * @param nameToArmored one key each, by the name of its owner
     * @param report gets every key that cannot be read
     */
    public static Keyring skippingBadKeys(Map<String, String> nameToArmored, Consumer<BadKeyException> report) {
        List<PublicKey> read = new ArrayList<>();
        nameToArmored.forEach((name, armored) -> {
            try {
                read.add(PublicKey.parse(armored));
            } catch (BadKeyException e) {
                report.accept(new BadKeyException("public key of '" + name + "': " + e.getMessage(), e));
            }
        });
        return new Keyring(read);
    }

    /** Every key, in the order given. */
    public Collection<PublicKey> keys() {
        return List.copyOf(keys.values());
    }

    public boolean isEmpty() {
        return keys.isEmpty();
    }

    /**
     * Names who signed.
     *
     * @param candidates the texts that the signature may cover, in the order to try them
     * @throws BadSignatureException if no acceptable key of this ring made the signature over one of them
     */
    public Signer verify(Collection<byte[]> candidates, DetachedSignature signature, Instant now)
            throws BadSignatureException {
        PGPSignature read = signature.read();
        checkTimes(read, now);
        BadSignatureException refusal = null;
        for (Candidate candidate : issuers(read)) {
            try {
                return verify(candidates, signature, candidate, now);
            } catch (BadSignatureException e) {
                refusal = refusal == null ? e : refusal;
            }
        }
        throw refusal;
    }

    private static void checkTimes(PGPSignature s, Instant now) throws BadSignatureException {
        Instant made = s.getCreationTime().toInstant();
        if (made.isAfter(now.plus(CLOCKS_DIFFER))) {
            throw new BadSignatureException(Kind.MALFORMED, "the signature is from the future");
        }
        long life = s.getHashedSubPackets().getSignatureExpirationTime();
        if (life > 0 && !now.isBefore(made.plusSeconds(life))) {
            throw new BadSignatureException(Kind.MALFORMED, "the signature has expired");
        }
    }

    private List<Candidate> issuers(PGPSignature s) throws BadSignatureException {
        Optional<byte[]> fingerprint =
                issuerFingerprint(s.getHashedSubPackets()).or(() -> issuerFingerprint(s.getUnhashedSubPackets()));
        long keyId = fingerprint.map(Keyring::keyId).orElse(s.getKeyID());
        List<Candidate> found = byKeyId.getOrDefault(keyId, List.of()).stream()
                .filter(c -> fingerprint.isEmpty()
                        || java.util.Arrays.equals(
                                fingerprint.get(), c.key().key().getFingerprint()))
                .toList();
        if (found.isEmpty()) {
            throw new BadSignatureException(
                    Kind.UNKNOWN_SIGNER, "signature made by unknown key %016X".formatted(keyId));
        }
        return found;
    }

    private static Optional<byte[]> issuerFingerprint(PGPSignatureSubpacketVector subpackets) {
        IssuerFingerprint issuer = subpackets == null ? null : subpackets.getIssuerFingerprint();
        return issuer == null || issuer.getFingerprint().length != 20
                ? Optional.empty()
                : Optional.of(issuer.getFingerprint());
    }

    private static long keyId(byte[] fingerprint) {
        long id = 0;
        for (int i = 12; i < 20; i++) {
            id = id << 8 | fingerprint[i] & 0xff;
        }
        return id;
    }

    private static Signer verify(
            Collection<byte[]> candidates, DetachedSignature signature, Candidate candidate, Instant now)
            throws BadSignatureException {
        VerifyingKey key = candidate.key();
        Fingerprint owner = candidate.owner().fingerprint();
        Optional<String> problem = key.problemAt(now);
        if (problem.isPresent()) {
            throw new BadSignatureException(Kind.UNUSABLE_KEY, "signature by " + owner + ": " + problem.get());
        }
        for (byte[] data : candidates) {
            PGPSignature s = signature.read();
            if (s.getKeyAlgorithm() != key.key().getAlgorithm()) {
                throw new BadSignatureException(Kind.WRONG, "the signature is of another algorithm than key " + owner);
            }
            if (s.getCreationTime().toInstant().isBefore(key.created())) {
                throw new BadSignatureException(Kind.WRONG, "the signature is older than key " + owner);
            }
            if (fits(s, key, data)) {
                List<String> ids = candidate.owner().userIds();
                return new Signer(
                        owner,
                        key.fingerprint(),
                        ids.isEmpty() ? "" : ids.get(0),
                        s.getCreationTime().toInstant());
            }
        }
        throw new BadSignatureException(Kind.WRONG, "the signature by " + owner + " does not fit what it should cover");
    }

    private static boolean fits(PGPSignature s, VerifyingKey key, byte[] data) throws BadSignatureException {
        try {
            s.init(new BcPGPContentVerifierBuilderProvider(), key.key());
            s.update(data);
            return s.verify();
        } catch (PGPException e) {
            throw DetachedSignature.wrong(e);
        } catch (RuntimeException e) {
            throw new BadSignatureException(Kind.WRONG, "the signature cannot be checked", e);
        }
    }
}
