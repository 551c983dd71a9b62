package ninja.mig.pgp;

import java.io.IOException;
import java.time.Clock;
import java.util.Date;
import java.util.List;
import org.bouncycastle.bcpg.HashAlgorithmTags;
import org.bouncycastle.bcpg.PublicKeyAlgorithmTags;
import org.bouncycastle.openpgp.PGPException;
import org.bouncycastle.openpgp.PGPPrivateKey;
import org.bouncycastle.openpgp.PGPPublicKey;
import org.bouncycastle.openpgp.PGPSignature;
import org.bouncycastle.openpgp.PGPSignatureGenerator;
import org.bouncycastle.openpgp.PGPSignatureSubpacketGenerator;
import org.bouncycastle.openpgp.operator.bc.BcPGPContentSignerBuilder;

/** Signs with a key in memory. */
final class KeySigner implements ActionSigner {
    private final PublicKey owner;
    private final PGPPublicKey key;
    private final PGPPrivateKey secret;
    private final Keyring keyring;
    private final Clock clock;

    KeySigner(PublicKey owner, PGPPublicKey key, PGPPrivateKey secret, Clock clock) {
        this.owner = owner;
        this.key = key;
        this.secret = secret;
        this.keyring = Keyring.ofKeys(List.of(owner));
        this.clock = clock;
    }

    @Override
    public Fingerprint fingerprint() {
        return owner.fingerprint();
    }

    @Override
    public String publicKey() {
        return owner.armored();
    }

    @Override
    public DetachedSignature sign(byte[] data) throws SigningException {
        try {
            PGPSignatureGenerator generator =
                    new PGPSignatureGenerator(new BcPGPContentSignerBuilder(key.getAlgorithm(), hash(key)), key);
            generator.init(PGPSignature.BINARY_DOCUMENT, secret);
            PGPSignatureSubpacketGenerator hashed = new PGPSignatureSubpacketGenerator();
            hashed.setSignatureCreationTime(false, Date.from(clock.instant()));
            hashed.setIssuerFingerprint(false, key);
            hashed.setIssuerKeyID(false, key.getKeyID());
            generator.setHashedSubpackets(hashed.generate());
            generator.update(data);
            DetachedSignature signature =
                    DetachedSignature.of(generator.generate().getEncoded());
            keyring.verify(List.of(data), signature, clock.instant());
            return signature;
        } catch (PGPException | IOException | BadSignatureException | RuntimeException e) {
            throw new SigningException("cannot sign with key " + fingerprint() + ": " + e.getMessage(), e);
        }
    }

    /** GnuPG refuses a digest that is shorter than the curve's order. */
    private static int hash(PGPPublicKey key) {
        boolean large = key.getAlgorithm() == PublicKeyAlgorithmTags.ECDSA && key.getBitStrength() > 256;
        return large ? HashAlgorithmTags.SHA512 : HashAlgorithmTags.SHA256;
    }

    @Override
    public String toString() {
        return "KeySigner[" + fingerprint() + "]";
    }
}
