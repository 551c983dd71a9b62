package ninja.mig.pgp;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.bcpg.HashAlgorithmTags;
import org.bouncycastle.bcpg.PublicKeyAlgorithmTags;
import org.bouncycastle.bcpg.PublicKeyPacket;
import org.bouncycastle.bcpg.SymmetricKeyAlgorithmTags;
import org.bouncycastle.bcpg.sig.KeyFlags;
import org.bouncycastle.crypto.AsymmetricCipherKeyPair;
import org.bouncycastle.crypto.generators.Ed25519KeyPairGenerator;
import org.bouncycastle.crypto.generators.RSAKeyPairGenerator;
import org.bouncycastle.crypto.params.Ed25519KeyGenerationParameters;
import org.bouncycastle.crypto.params.RSAKeyGenerationParameters;
import org.bouncycastle.openpgp.PGPException;
import org.bouncycastle.openpgp.PGPKeyRingGenerator;
import org.bouncycastle.openpgp.PGPPrivateKey;
import org.bouncycastle.openpgp.PGPSecretKey;
import org.bouncycastle.openpgp.PGPSecretKeyRing;
import org.bouncycastle.openpgp.PGPSignature;
import org.bouncycastle.openpgp.PGPSignatureSubpacketGenerator;
import org.bouncycastle.openpgp.bc.BcPGPObjectFactory;
import org.bouncycastle.openpgp.operator.PGPDigestCalculator;
import org.bouncycastle.openpgp.operator.bc.BcPBESecretKeyDecryptorBuilder;
import org.bouncycastle.openpgp.operator.bc.BcPGPContentSignerBuilder;
import org.bouncycastle.openpgp.operator.bc.BcPGPDigestCalculatorProvider;
import org.bouncycastle.openpgp.operator.bc.BcPGPKeyPair;

/** Secret keys of a file, armored or binary, or fresh ones. Their material is never printed. */
public final class SecretKeyring {
    private static final int RSA_BITS = 3072;
    private static final String BLOCK = "PRIVATE KEY BLOCK";

    private final List<PGPSecretKeyRing> rings;
    private final Clock clock;

    private SecretKeyring(List<PGPSecretKeyRing> rings, Clock clock) {
        this.rings = rings;
        this.clock = clock;
    }

    /** As {@link #load(byte[], Clock)}, with the system's clock. */
    public static SecretKeyring load(byte[] content) throws BadKeyException {
        return load(content, Clock.systemUTC());
    }

    /** @throws BadKeyException if there is no secret key in it, or it cannot be read */
    public static SecretKeyring load(byte[] content, Clock clock) throws BadKeyException {
        List<PGPSecretKeyRing> rings = new ArrayList<>();
        try {
            String text = new String(content, StandardCharsets.ISO_8859_1);
            if (Armor.isIn(text)) {
                for (Armor.Block block : Armor.blocks(text)) {
                    add(rings, block.content());
                }
            } else {
                add(rings, content);
            }
        } catch (IOException | RuntimeException e) {
            throw new BadKeyException("the secret key cannot be read", e);
        }
        if (rings.isEmpty()) {
            throw new BadKeyException("there is no secret key in it");
        }
        return new SecretKeyring(rings, clock);
    }

    private static void add(List<PGPSecretKeyRing> rings, byte[] content) throws IOException {
        BcPGPObjectFactory objects = new BcPGPObjectFactory(content);
        for (Object object = objects.nextObject(); object != null; object = objects.nextObject()) {
            if (object instanceof PGPSecretKeyRing ring) {
                rings.add(ring);
            }
        }
    }

    /** A new key for a scheduler: RSA 3072, certify and sign, no expiration, no passphrase. */
    public static SecretKeyring generate(String userId, Clock clock) {
        RSAKeyPairGenerator generator = new RSAKeyPairGenerator();
        generator.init(new RSAKeyGenerationParameters(BigInteger.valueOf(0x10001), new SecureRandom(), RSA_BITS, 100));
        return generate(userId, PublicKeyAlgorithmTags.RSA_GENERAL, generator.generateKeyPair(), clock);
    }

    /** A new key for a throw-away investigator: Ed25519, certify and sign, no expiration, no passphrase; made at once. */
    public static SecretKeyring generateEd25519(String userId, Clock clock) {
        Ed25519KeyPairGenerator generator = new Ed25519KeyPairGenerator();
        generator.init(new Ed25519KeyGenerationParameters(new SecureRandom()));
        // The number that GnuPG 2.2 writes for it, not the newer 27.
        return generate(userId, PublicKeyAlgorithmTags.EDDSA_LEGACY, generator.generateKeyPair(), clock);
    }

    private static SecretKeyring generate(String userId, int algorithm, AsymmetricCipherKeyPair pair, Clock clock) {
        try {
            Date created = new Date(clock.instant().getEpochSecond() * 1000);
            BcPGPKeyPair key = new BcPGPKeyPair(PublicKeyPacket.VERSION_4, algorithm, pair, created);
            PGPSignatureSubpacketGenerator hashed = new PGPSignatureSubpacketGenerator();
            hashed.setSignatureCreationTime(false, created);
            hashed.setKeyFlags(false, KeyFlags.CERTIFY_OTHER | KeyFlags.SIGN_DATA);
            hashed.setPrimaryUserID(false, true);
            hashed.setIssuerFingerprint(false, key.getPublicKey());
            PGPDigestCalculator sha1 = new BcPGPDigestCalculatorProvider().get(HashAlgorithmTags.SHA1);
            PGPKeyRingGenerator generator = new PGPKeyRingGenerator(
                    PGPSignature.POSITIVE_CERTIFICATION,
                    key,
                    userId,
                    sha1,
                    hashed.generate(),
                    null,
                    new BcPGPContentSignerBuilder(key.getPublicKey().getAlgorithm(), HashAlgorithmTags.SHA256),
                    null);
            return new SecretKeyring(List.of(generator.generateSecretKeyRing()), clock);
        } catch (PGPException e) {
            throw new IllegalStateException("cannot make a key", e);
        }
    }

    /** The primary fingerprints of every key in it. */
    public List<Fingerprint> fingerprints() {
        return rings.stream()
                .map(ring -> Fingerprint.of(ring.getPublicKey().getFingerprint()))
                .toList();
    }

    /** The one key of a file that holds one. @throws BadKeyException if it holds several */
    public Fingerprint onlyFingerprint() throws BadKeyException {
        if (rings.size() != 1) {
            throw new BadKeyException("there are " + rings.size() + " secret keys in it: say which");
        }
        return fingerprints().get(0);
    }

    /** Whether a passphrase is needed to sign with this key. */
    public boolean isProtected(Fingerprint key) throws BadKeyException {
        return signingKey(ring(key), key).getKeyEncryptionAlgorithm() != SymmetricKeyAlgorithmTags.NULL;
    }

    /**
     * Unlocks a key for signing: its newest signing subkey that is neither revoked nor expired, else the primary key.
     *
     * @param key fingerprint of a primary key or of a subkey
     * @param passphrase empty if the key has none
     * @throws BadKeyException if there is no such key, or nobody would accept its signatures
     * @throws SigningException if the passphrase is wrong
     */
    public ActionSigner signer(Fingerprint key, char[] passphrase) throws BadKeyException, SigningException {
        PGPSecretKeyRing ring = ring(key);
        PGPSecretKey secret = signingKey(ring, key);
        try {
            PGPPrivateKey unlocked = secret.extractPrivateKey(
                    new BcPBESecretKeyDecryptorBuilder(new BcPGPDigestCalculatorProvider()).build(passphrase));
            if (unlocked == null) {
                throw new BadKeyException("the secret part of key " + key + " is not in it");
            }
            return new KeySigner(publicKey(ring), secret.getPublicKey(), unlocked, clock);
        } catch (PGPException | RuntimeException e) {
            throw new SigningException("cannot unlock key " + key + ": wrong passphrase?", e);
        }
    }

    private PGPSecretKeyRing ring(Fingerprint key) throws BadKeyException {
        for (PGPSecretKeyRing ring : rings) {
            for (Iterator<PGPSecretKey> it = ring.getSecretKeys(); it.hasNext(); ) {
                if (Fingerprint.of(it.next().getPublicKey().getFingerprint()).equals(key)) {
                    return ring;
                }
            }
        }
        throw new BadKeyException("there is no secret key " + key + " in it");
    }

    private PGPSecretKey signingKey(PGPSecretKeyRing ring, Fingerprint wanted) throws BadKeyException {
        Instant now = clock.instant();
        PGPSecretKey best = null;
        Optional<String> reason = Optional.empty();
        for (VerifyingKey key : publicKey(ring).keys()) {
            PGPSecretKey secret = ring.getSecretKey(key.key().getKeyID());
            Optional<String> problem = secret == null || secret.isPrivateKeyEmpty()
                    ? Optional.of("its secret part is not in it")
                    : key.problemAt(now);
            if (problem.isPresent()) {
                reason = reason.or(() -> problem);
            } else if (best == null
                    || best.isMasterKey()
                    || key.created()
                            .isAfter(best.getPublicKey().getCreationTime().toInstant())) {
                best = secret;
            }
        }
        if (best == null) {
            throw new BadKeyException("key " + wanted + " cannot sign: " + reason.orElse("no usable key"));
        }
        return best;
    }

    private static PublicKey publicKey(PGPSecretKeyRing ring) throws BadKeyException {
        try {
            return PublicKey.readAll(ring.toCertificate().getEncoded()).get(0);
        } catch (IOException e) {
            throw new BadKeyException("the key cannot be read", e);
        }
    }

    /** The first key's public part, for others. */
    public String armoredPublic() throws BadKeyException {
        return publicKey(rings.get(0)).armored();
    }

    /** The first key's secret part. Whoever has it can sign. */
    public String armoredSecret() {
        try {
            return Armor.armored(BLOCK, rings.get(0).getEncoded());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public String toString() {
        return "SecretKeyring" + fingerprints();
    }
}
