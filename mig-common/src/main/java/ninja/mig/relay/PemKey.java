package ninja.mig.relay;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.List;
import ninja.mig.model.RejectedException;
import org.bouncycastle.asn1.ASN1Object;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.pkcs.RSAPrivateKey;
import org.bouncycastle.asn1.sec.ECPrivateKey;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;

/** Private keys in PEM: PKCS#8, PKCS#1 (RSA) and SEC1 (EC). */
final class PemKey {
    private PemKey() {}

    /** @throws RejectedException if there is not exactly one key, or it does not belong to the public key */
    static PrivateKey of(String pem, PublicKey publicKey) throws RejectedException {
        List<PemBlock> keys =
                PemBlock.read(pem).stream().filter(PemBlock::isPrivateKey).toList();
        if (keys.size() != 1) {
            throw new RejectedException("expected one private key in PEM, found " + keys.size());
        }
        PrivateKey key = key(keys.get(0), publicKey.getAlgorithm());
        if (!belongTogether(key, publicKey)) {
            throw new RejectedException("the private key does not belong to the client certificate");
        }
        return key;
    }

    private static PrivateKey key(PemBlock block, String algorithm) throws RejectedException {
        try {
            return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(pkcs8(block)));
        } catch (GeneralSecurityException | IOException | IllegalArgumentException e) {
            throw new RejectedException(
                    "the private key (" + block.type() + ") is no " + algorithm
                            + " key as the client certificate needs",
                    e);
        }
    }

    private static byte[] pkcs8(PemBlock block) throws IOException, RejectedException {
        return switch (block.type()) {
            case "PRIVATE KEY" -> block.der();
            case "RSA PRIVATE KEY" ->
                wrap(
                        new AlgorithmIdentifier(PKCSObjectIdentifiers.rsaEncryption, DERNull.INSTANCE),
                        RSAPrivateKey.getInstance(block.der()));
            case "EC PRIVATE KEY" -> {
                ECPrivateKey key = ECPrivateKey.getInstance(block.der());
                AlgorithmIdentifier curve =
                        new AlgorithmIdentifier(X9ObjectIdentifiers.id_ecPublicKey, key.getParametersObject());
                yield wrap(curve, key);
            }
            default -> throw new RejectedException("a " + block.type() + " is not supported, use an RSA or EC key");
        };
    }

    private static byte[] wrap(AlgorithmIdentifier algorithm, ASN1Object key) throws IOException {
        return new PrivateKeyInfo(algorithm, key).getEncoded();
    }

    private static boolean belongTogether(PrivateKey key, PublicKey publicKey) throws RejectedException {
        String algorithm =
                switch (publicKey.getAlgorithm()) {
                    case "RSA" -> "SHA256withRSA";
                    case "EC" -> "SHA256withECDSA";
                    case "EdDSA" -> "EdDSA";
                    default ->
                        throw new RejectedException("a " + publicKey.getAlgorithm() + " certificate is not supported");
                };
        byte[] sample = "MIG".getBytes(StandardCharsets.US_ASCII);
        try {
            Signature signing = Signature.getInstance(algorithm);
            signing.initSign(key);
            signing.update(sample);
            byte[] signature = signing.sign();
            Signature verifying = Signature.getInstance(algorithm);
            verifying.initVerify(publicKey);
            verifying.update(sample);
            return verifying.verify(signature);
        } catch (GeneralSecurityException e) {
            return false; // a key that cannot even sign for this certificate
        }
    }
}
