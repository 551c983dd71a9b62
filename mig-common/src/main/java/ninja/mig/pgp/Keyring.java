package ninja.mig.pgp;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import ninja.mig.pgp.BadSignatureException.Kind;

/** The public keys that a program believes. Immutable, safe for any number of threads. */
public final class Keyring {
    private static final Duration CLOCKS_DIFFER = Duration.ofMinutes(10);

    private final Map<Fingerprint, PublicKey> keys;
    private final Map<Long, List<Candidate>> byKeyId = new HashMap<>();

    private record Candidate(PublicKey owner, VerifyingKey key) {}

    private Keyring(Map<Fingerprint, PublicKey> publicKeys) {
        keys = Collections.unmodifiableMap(publicKeys);
        for (PublicKey key : keys.values()) {
            for (VerifyingKey k : key.keys()) {
                byKeyId.computeIfAbsent(k.fingerprint().keyId(), id -> new ArrayList<>())
                        .add(new Candidate(key, k));
            }
        }
    }

    /** Believes nobody. */
    public static Keyring empty() {
        return new Keyring(Map.of());
    }

    /**
     * For who must not start with a key that cannot be used.
     *
     * @param armored one key each
     * @throws BadKeyException names the first key that cannot be read, by its position
     */
    public static Keyring of(Collection<String> armored) throws BadKeyException {
        Map<Fingerprint, PublicKey> read = new LinkedHashMap<>();
        int position = 0;
        for (String text : armored) {
            position++;
            try {
                add(read, PublicKey.parse(text));
            } catch (BadKeyException e) {
                throw new BadKeyException("public key " + position + ": " + e.getMessage(), e);
            }
        }
        return new Keyring(read);
    }

    /** @throws IllegalArgumentException if two copies of one key contradict each other */
    public static Keyring ofKeys(Collection<PublicKey> publicKeys) {
        Map<Fingerprint, PublicKey> read = new LinkedHashMap<>();
        for (PublicKey key : publicKeys) {
            try {
                add(read, key);
            } catch (BadKeyException e) {
                throw new IllegalArgumentException(e.getMessage(), e);
            }
        }
        return new Keyring(read);
    }

    /**
     * For who must go on when one key is bad.
     *
     * @param nameToArmored one key each, by the name of its owner
     * @param report gets every key that cannot be read
     */
    public static Keyring skippingBadKeys(Map<String, String> nameToArmored, Consumer<BadKeyException> report) {
        Map<Fingerprint, PublicKey> read = new LinkedHashMap<>();
        nameToArmored.forEach((name, armored) -> {
            try {
                add(read, PublicKey.parse(armored));
            } catch (BadKeyException e) {
                report.accept(new BadKeyException("public key of '" + name + "': " + e.getMessage(), e));
            }
        });
        return new Keyring(read);
    }

    /** A second copy may hold the revocation that the first one lacks. */
    private static void add(Map<Fingerprint, PublicKey> keys, PublicKey key) throws BadKeyException {
        PublicKey known = keys.get(key.fingerprint());
        keys.put(key.fingerprint(), known == null ? key : known.joinedWith(key));
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
        checkTimes(signature, now);
        BadSignatureException refusal = null;
        for (Candidate candidate : issuers(signature)) {
            try {
                return verify(candidates, signature, candidate, now);
            } catch (BadSignatureException e) {
                refusal = refusal == null ? e : refusal;
            }
        }
        throw refusal;
    }

    private static void checkTimes(DetachedSignature signature, Instant now) throws BadSignatureException {
        if (signature.madeAt().isAfter(now.plus(CLOCKS_DIFFER))) {
            throw new BadSignatureException(Kind.MALFORMED, "the signature is from the future");
        }
        if (signature.expires().isPresent() && !now.isBefore(signature.expires().get())) {
            throw new BadSignatureException(Kind.MALFORMED, "the signature has expired");
        }
    }

    private List<Candidate> issuers(DetachedSignature signature) throws BadSignatureException {
        List<Candidate> found = byKeyId.getOrDefault(signature.issuerKeyId(), List.of()).stream()
                .filter(c -> signature.issuer().isEmpty()
                        || signature.issuer().get().equals(c.key().fingerprint()))
                .toList();
        if (found.isEmpty()) {
            throw new BadSignatureException(
                    Kind.UNKNOWN_SIGNER, "signature made by unknown key %016X".formatted(signature.issuerKeyId()));
        }
        return found;
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
        if (signature.keyAlgorithm() != key.key().getAlgorithm()) {
            throw new BadSignatureException(Kind.WRONG, "the signature is of another algorithm than key " + owner);
        }
        if (signature.madeAt().isBefore(key.created())) {
            throw new BadSignatureException(Kind.WRONG, "the signature is older than key " + owner);
        }
        for (byte[] data : candidates) {
            if (signature.covers(data, key.key())) {
                List<String> ids = candidate.owner().userIds();
                return new Signer(owner, key.fingerprint(), ids.isEmpty() ? "" : ids.get(0), signature.madeAt());
            }
        }
        throw new BadSignatureException(Kind.WRONG, "the signature by " + owner + " does not fit what it should cover");
    }
}
