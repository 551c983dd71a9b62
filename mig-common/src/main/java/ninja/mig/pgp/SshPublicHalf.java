package ninja.mig.pgp;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.bouncycastle.asn1.ASN1BitString;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.ASN1Sequence;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.pkcs.RSAPrivateKey;
import org.bouncycastle.asn1.sec.ECPrivateKey;
import org.bouncycastle.asn1.sec.SECNamedCurves;
import org.bouncycastle.asn1.sec.SECObjectIdentifiers;
import org.bouncycastle.asn1.x9.X9ECParameters;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.bouncycastle.crypto.params.Ed25519PrivateKeyParameters;

/**
 * The public half of a private key in DER, in the form in which SSH sends it (RFC 4253, 5656, 8709): fingerprints are
 * digests of it. Keys come from strangers: their size is bounded before anything is computed with them.
 */
public final class SshPublicHalf {
    /** In bytes; an RSA key of 16384 bits has 9.4 KiB. */
    private static final int LARGEST = 32 * 1024;

    private static final int MOST_BITS = 16384;

    /** Where a public half has to be computed: bits of a DSA prime, and of its exponent. */
    private static final int MOST_DSA_BITS = 4096;

    private static final int MOST_EXPONENT_BITS = 512;

    private static final Map<ASN1ObjectIdentifier, String> CURVES = Map.of(
            SECObjectIdentifiers.secp256r1, "nistp256",
            SECObjectIdentifiers.secp384r1, "nistp384",
            SECObjectIdentifiers.secp521r1, "nistp521");

    private static final ASN1ObjectIdentifier ED25519 = new ASN1ObjectIdentifier("1.3.101.112");

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final DataOutputStream out = new DataOutputStream(bytes);

    private SshPublicHalf() {}

    /**
     * @param type of the PEM block that the key stood in, such as {@code RSA PRIVATE KEY}
     * @throws BadKeyException if it is no such key, or one that SSH does not know; says nothing of what is in the key
     */
    public static byte[] of(String type, byte[] der) throws BadKeyException {
        if (der.length > LARGEST) {
            throw new BadKeyException("larger than a private key can be");
        }
        try {
            return switch (type) {
                case "RSA PRIVATE KEY" -> rsa(RSAPrivateKey.getInstance(der));
                case "DSA PRIVATE KEY" -> dsa(ASN1Sequence.getInstance(der));
                case "EC PRIVATE KEY" -> {
                    ECPrivateKey key = ECPrivateKey.getInstance(der);
                    yield ec(key, key.getParametersObject());
                }
                case "PRIVATE KEY" -> pkcs8(PrivateKeyInfo.getInstance(der));
                default -> throw new BadKeyException("a " + type + " is not a kind of key that SSH knows");
            };
        } catch (IOException | RuntimeException e) {
            // Malformed input makes Bouncy Castle throw all kinds of them, some with parts of the key in their texts.
            throw new BadKeyException("not a valid " + type);
        }
    }

    private static byte[] rsa(RSAPrivateKey key) throws IOException, BadKeyException {
        return new SshPublicHalf()
                .text("ssh-rsa")
                .number(key.getPublicExponent())
                .number(key.getModulus())
                .toBytes();
    }

    /** Version, p, q, g, public and private value. */
    private static byte[] dsa(ASN1Sequence key) throws IOException, BadKeyException {
        if (key.size() != 6) {
            throw new BadKeyException("not a valid DSA key");
        }
        return new SshPublicHalf()
                .text("ssh-dss")
                .number(integer(key.getObjectAt(1)))
                .number(integer(key.getObjectAt(2)))
                .number(integer(key.getObjectAt(3)))
                .number(integer(key.getObjectAt(4)))
                .toBytes();
    }

    private static byte[] dsa(ASN1Sequence domain, BigInteger secret) throws IOException, BadKeyException {
        BigInteger p = integer(domain.getObjectAt(0));
        BigInteger g = integer(domain.getObjectAt(2));
        if (p.bitLength() > MOST_DSA_BITS || g.bitLength() > MOST_DSA_BITS || secret.bitLength() > MOST_EXPONENT_BITS) {
            throw new BadKeyException("a DSA key of an impossible size");
        }
        return new SshPublicHalf()
                .text("ssh-dss")
                .number(p)
                .number(integer(domain.getObjectAt(1)))
                .number(g)
                .number(g.modPow(secret, p))
                .toBytes();
    }

    private static byte[] ec(ECPrivateKey key, ASN1Encodable curve) throws IOException, BadKeyException {
        ASN1ObjectIdentifier id = ASN1ObjectIdentifier.getInstance(curve);
        String name = id == null ? null : CURVES.get(id);
        if (name == null) {
            throw new BadKeyException("an EC key on a curve that SSH does not know");
        }
        return new SshPublicHalf()
                .text("ecdsa-sha2-" + name)
                .text(name)
                .bytes(point(key, SECNamedCurves.getByOID(id)))
                .toBytes();
    }

    /** As it stands in the key, uncompressed; else computed. */
    private static byte[] point(ECPrivateKey key, X9ECParameters curve) throws BadKeyException {
        ASN1BitString written = key.getPublicKey();
        int coordinate = (curve.getCurve().getFieldSize() + 7) / 8;
        if (written != null) {
            byte[] point = written.getOctets();
            if (point.length == 2 * coordinate + 1 && point[0] == 4) {
                return point;
            }
        }
        BigInteger secret = key.getKey();
        if (secret.signum() <= 0 || secret.compareTo(curve.getN()) >= 0) {
            throw new BadKeyException("not a valid EC key");
        }
        return curve.getG().multiply(secret).normalize().getEncoded(false);
    }

    private static byte[] pkcs8(PrivateKeyInfo info) throws IOException, BadKeyException {
        ASN1ObjectIdentifier algorithm = info.getPrivateKeyAlgorithm().getAlgorithm();
        ASN1Encodable parameters = info.getPrivateKeyAlgorithm().getParameters();
        if (algorithm.equals(PKCSObjectIdentifiers.rsaEncryption)) {
            return rsa(RSAPrivateKey.getInstance(info.parsePrivateKey()));
        }
        if (algorithm.equals(X9ObjectIdentifiers.id_dsa)) {
            return dsa(ASN1Sequence.getInstance(parameters), integer(info.parsePrivateKey()));
        }
        if (algorithm.equals(X9ObjectIdentifiers.id_ecPublicKey)) {
            return ec(ECPrivateKey.getInstance(info.parsePrivateKey()), parameters);
        }
        if (algorithm.equals(ED25519)) {
            byte[] seed = ASN1OctetString.getInstance(info.parsePrivateKey()).getOctets();
            if (seed.length != Ed25519PrivateKeyParameters.KEY_SIZE) {
                throw new BadKeyException("not a valid Ed25519 key");
            }
            return new SshPublicHalf()
                    .text("ssh-ed25519")
                    .bytes(new Ed25519PrivateKeyParameters(seed, 0)
                            .generatePublicKey()
                            .getEncoded())
                    .toBytes();
        }
        throw new BadKeyException("a key of an algorithm that SSH does not know");
    }

    private static BigInteger integer(ASN1Encodable element) {
        return ASN1Integer.getInstance(element).getValue();
    }

    private SshPublicHalf text(String text) throws IOException {
        return bytes(text.getBytes(StandardCharsets.US_ASCII));
    }

    private SshPublicHalf number(BigInteger number) throws IOException, BadKeyException {
        if (number.signum() <= 0 || number.bitLength() > MOST_BITS) {
            throw new BadKeyException("a number in it is not positive, or too large");
        }
        return bytes(number.toByteArray());
    }

    private SshPublicHalf bytes(byte[] field) throws IOException {
        out.writeInt(field.length);
        out.write(field);
        return this;
    }

    private byte[] toBytes() {
        return bytes.toByteArray();
    }
}
