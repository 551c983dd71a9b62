package ninja.mig.pgp;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.function.Consumer;
import org.bouncycastle.bcpg.HashAlgorithmTags;
import org.bouncycastle.bcpg.PublicKeyAlgorithmTags;
import org.bouncycastle.bcpg.PublicKeyPacket;
import org.bouncycastle.bcpg.PublicSubkeyPacket;
import org.bouncycastle.crypto.generators.Ed25519KeyPairGenerator;
import org.bouncycastle.crypto.params.Ed25519KeyGenerationParameters;
import org.bouncycastle.openpgp.PGPPublicKey;
import org.bouncycastle.openpgp.PGPPublicKeyRing;
import org.bouncycastle.openpgp.PGPSignature;
import org.bouncycastle.openpgp.PGPSignatureGenerator;
import org.bouncycastle.openpgp.PGPSignatureSubpacketGenerator;
import org.bouncycastle.openpgp.operator.bc.BcKeyFingerprintCalculator;
import org.bouncycastle.openpgp.operator.bc.BcPGPContentSignerBuilder;
import org.bouncycastle.openpgp.operator.bc.BcPGPKeyPair;

/** A key whose owner says about it what a test wants, true or not. */
final class HandmadeKey {
    static final String NAME = "Iris Vega <iris@example.net>";

    private final Instant created;
    private final BcPGPKeyPair pair;
    private final List<PGPPublicKey> subkeys = new ArrayList<>();
    private PGPPublicKey published;

    HandmadeKey(Instant created) throws Exception {
        this.created = created;
        Ed25519KeyPairGenerator generator = new Ed25519KeyPairGenerator();
        generator.init(new Ed25519KeyGenerationParameters(new SecureRandom()));
        pair = new BcPGPKeyPair(
                PublicKeyPacket.VERSION_4,
                PublicKeyAlgorithmTags.EDDSA_LEGACY,
                generator.generateKeyPair(),
                Date.from(created));
        published = pair.getPublicKey();
    }

    /** Signs the key's name, with what {@code says} adds. */
    HandmadeKey named(int hash, Consumer<PGPSignatureSubpacketGenerator> says) throws Exception {
        published = PGPPublicKey.addCertification(
                published,
                NAME,
                generator(this, PGPSignature.POSITIVE_CERTIFICATION, hash, created, says)
                        .generateCertification(NAME, pair.getPublicKey()));
        return this;
    }

    HandmadeKey named(Consumer<PGPSignatureSubpacketGenerator> says) throws Exception {
        return named(HashAlgorithmTags.SHA256, says);
    }

    /** Says something about the key itself: a direct-key signature or a revocation, by its owner or somebody else. */
    HandmadeKey stated(int type, HandmadeKey by, Instant at, Consumer<PGPSignatureSubpacketGenerator> says)
            throws Exception {
        published = PGPPublicKey.addCertification(
                published,
                generator(by, type, HashAlgorithmTags.SHA256, at, says).generateCertification(pair.getPublicKey()));
        return this;
    }

    /** Has somebody else vouch for the name. */
    HandmadeKey vouchedFor(HandmadeKey by) throws Exception {
        published = PGPPublicKey.addCertification(
                published,
                NAME,
                generator(by, PGPSignature.DEFAULT_CERTIFICATION, HashAlgorithmTags.SHA256, created, s -> {})
                        .generateCertification(NAME, pair.getPublicKey()));
        return this;
    }

    /** Takes the name of another without his signature. */
    HandmadeKey pretending(String name, HandmadeKey by) throws Exception {
        published = PGPPublicKey.addCertification(
                published,
                name,
                generator(by, PGPSignature.POSITIVE_CERTIFICATION, HashAlgorithmTags.SHA256, created, s -> {})
                        .generateCertification(name, pair.getPublicKey()));
        return this;
    }

    /** Binds a subkey; {@code backBy} signs the way back, or nobody if it is null. */
    HandmadeKey binding(HandmadeKey subkey, HandmadeKey backBy, Consumer<PGPSignatureSubpacketGenerator> says)
            throws Exception {
        PGPSignature back = backBy == null
                ? null
                : generator(backBy, PGPSignature.PRIMARYKEY_BINDING, HashAlgorithmTags.SHA256, created, s -> {})
                        .generateCertification(pair.getPublicKey(), subkey.pair.getPublicKey());
        PGPSignature binding = generator(this, PGPSignature.SUBKEY_BINDING, HashAlgorithmTags.SHA256, created, s -> {
                    says.accept(s);
                    if (back != null) {
                        addEmbedded(s, back);
                    }
                })
                .generateCertification(pair.getPublicKey(), subkey.pair.getPublicKey());
        PGPPublicKey bound = new PGPPublicKey(
                new PublicSubkeyPacket(
                        PublicKeyPacket.VERSION_4,
                        PublicKeyAlgorithmTags.EDDSA_LEGACY,
                        Date.from(subkey.created),
                        subkey.pair.getPublicKey().getPublicKeyPacket().getKey()),
                new BcKeyFingerprintCalculator());
        subkeys.add(PGPPublicKey.addCertification(bound, binding));
        return this;
    }

    private static void addEmbedded(PGPSignatureSubpacketGenerator subpackets, PGPSignature back) {
        try {
            subpackets.addEmbeddedSignature(false, back);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static PGPSignatureGenerator generator(
            HandmadeKey by, int type, int hash, Instant at, Consumer<PGPSignatureSubpacketGenerator> says)
            throws Exception {
        PGPSignatureGenerator generator = new PGPSignatureGenerator(
                new BcPGPContentSignerBuilder(PublicKeyAlgorithmTags.EDDSA_LEGACY, hash), by.pair.getPublicKey());
        generator.init(type, by.pair.getPrivateKey());
        PGPSignatureSubpacketGenerator hashed = new PGPSignatureSubpacketGenerator();
        hashed.setSignatureCreationTime(false, Date.from(at));
        hashed.setIssuerKeyID(false, by.pair.getKeyID());
        says.accept(hashed);
        generator.setHashedSubpackets(hashed.generate());
        return generator;
    }

    DetachedSignature sign(byte[] data, Instant at) throws Exception {
        return sign(data, at, s -> {});
    }

    DetachedSignature sign(byte[] data, Instant at, Consumer<PGPSignatureSubpacketGenerator> says) throws Exception {
        PGPSignatureGenerator generator =
                generator(this, PGPSignature.BINARY_DOCUMENT, HashAlgorithmTags.SHA256, at, says);
        generator.update(data);
        return DetachedSignature.of(generator.generate().getEncoded());
    }

    PublicKey publicKey() throws Exception {
        List<PGPPublicKey> keys = new ArrayList<>(List.of(published));
        keys.addAll(subkeys);
        return PublicKey.readAll(new PGPPublicKeyRing(keys).getEncoded()).get(0);
    }

    Keyring keyring() throws Exception {
        return Keyring.ofKeys(List.of(publicKey()));
    }

    byte[] fingerprint() {
        return pair.getPublicKey().getFingerprint();
    }
}
