package ninja.mig.agent;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Base64;
import java.util.Date;
import java.util.Iterator;
import java.util.function.Consumer;
import ninja.mig.pgp.Fingerprint;
import ninja.mig.pgp.PublicKey;
import ninja.mig.pgp.SecretKeyring;
import org.bouncycastle.bcpg.ArmoredInputStream;
import org.bouncycastle.bcpg.HashAlgorithmTags;
import org.bouncycastle.openpgp.PGPPrivateKey;
import org.bouncycastle.openpgp.PGPPublicKey;
import org.bouncycastle.openpgp.PGPSecretKey;
import org.bouncycastle.openpgp.PGPSecretKeyRing;
import org.bouncycastle.openpgp.PGPSignature;
import org.bouncycastle.openpgp.PGPSignatureGenerator;
import org.bouncycastle.openpgp.PGPSignatureSubpacketGenerator;
import org.bouncycastle.openpgp.operator.bc.BcKeyFingerprintCalculator;
import org.bouncycastle.openpgp.operator.bc.BcPBESecretKeyDecryptorBuilder;
import org.bouncycastle.openpgp.operator.bc.BcPGPContentSignerBuilder;
import org.bouncycastle.openpgp.operator.bc.BcPGPDigestCalculatorProvider;

/** A secret key in the hands of somebody who signs with it whatever and however he likes; our own signers refuse most of that. */
final class ThiefKey {
    private final String armoredPublic;
    private final PGPPublicKey key;
    private final PGPPrivateKey secret;

    private ThiefKey(String armoredPublic, PGPPublicKey key, PGPPrivateKey secret) {
        this.armoredPublic = armoredPublic;
        this.key = key;
        this.secret = secret;
    }

    /** A good key of an investigator. */
    static ThiefKey generated(String userId, Instant created) throws Exception {
        SecretKeyring keyring = SecretKeyring.generateEd25519(userId, Clock.fixed(created, ZoneOffset.UTC));
        return of(keyring.armoredPublic(), keyring.armoredSecret(), 0);
    }

    /**
     * A key of the test vectors, as GnuPG made it.
     *
     * @param which 0 for the primary key, 1 for its first subkey
     */
    static ThiefKey vector(String name, int which) throws Exception {
        return of(resource("keys/" + name + ".pub.asc"), resource("keys/" + name + ".sec.asc"), which);
    }

    /** A file of the test vectors. */
    static String resource(String path) throws IOException {
        try (InputStream in = ThiefKey.class.getResourceAsStream("/vectors/pgp/" + path)) {
            return new String(in.readAllBytes(), StandardCharsets.US_ASCII);
        }
    }

    private static ThiefKey of(String armoredPublic, String armoredSecret, int which) throws Exception {
        try (InputStream in =
                new ArmoredInputStream(new ByteArrayInputStream(armoredSecret.getBytes(StandardCharsets.US_ASCII)))) {
            PGPSecretKeyRing ring = new PGPSecretKeyRing(in, new BcKeyFingerprintCalculator());
            Iterator<PGPSecretKey> keys = ring.getSecretKeys();
            PGPSecretKey chosen = keys.next();
            for (int i = 0; i < which; i++) {
                chosen = keys.next();
            }
            PGPPrivateKey unlocked = chosen.extractPrivateKey(
                    new BcPBESecretKeyDecryptorBuilder(new BcPGPDigestCalculatorProvider()).build(new char[0]));
            return new ThiefKey(armoredPublic, chosen.getPublicKey(), unlocked);
        }
    }

    String armoredPublic() {
        return armoredPublic;
    }

    /** Of the primary key: the one that an ACL names. */
    Fingerprint fingerprint() throws Exception {
        return PublicKey.parse(armoredPublic).fingerprint();
    }

    /** As an honest signer does it. */
    String sign(byte[] data, Instant at) throws Exception {
        return stored(packet(data, at, HashAlgorithmTags.SHA256, PGPSignature.BINARY_DOCUMENT, key, says -> {}));
    }

    /** As no honest signer does it. */
    String sign(byte[] data, Instant at, int hash, int type, Consumer<PGPSignatureSubpacketGenerator> says)
            throws Exception {
        return stored(packet(data, at, hash, type, key, says));
    }

    /** In the name of somebody else. */
    String signAs(ThiefKey victim, byte[] data, Instant at) throws Exception {
        return stored(packet(data, at, HashAlgorithmTags.SHA256, PGPSignature.BINARY_DOCUMENT, victim.key, says -> {}));
    }

    byte[] packet(byte[] data, Instant at) throws Exception {
        return packet(data, at, HashAlgorithmTags.SHA256, PGPSignature.BINARY_DOCUMENT, key, says -> {});
    }

    private byte[] packet(
            byte[] data,
            Instant at,
            int hash,
            int type,
            PGPPublicKey claimed,
            Consumer<PGPSignatureSubpacketGenerator> says)
            throws Exception {
        PGPSignatureGenerator generator =
                new PGPSignatureGenerator(new BcPGPContentSignerBuilder(key.getAlgorithm(), hash), key);
        generator.init(type, secret);
        PGPSignatureSubpacketGenerator hashed = new PGPSignatureSubpacketGenerator();
        hashed.setSignatureCreationTime(false, Date.from(at));
        hashed.setIssuerFingerprint(false, claimed);
        hashed.setIssuerKeyID(false, claimed.getKeyID());
        says.accept(hashed);
        generator.setHashedSubpackets(hashed.generate());
        generator.update(data);
        return generator.generate().getEncoded();
    }

    /** The stored form without its checksum, which nobody has to write. */
    static String stored(byte[] packet) {
        return Base64.getEncoder().encodeToString(packet);
    }
}
