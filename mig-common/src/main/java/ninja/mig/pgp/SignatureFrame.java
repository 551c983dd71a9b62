package ninja.mig.pgp;

import java.nio.ByteBuffer;
import ninja.mig.pgp.BadSignatureException.Kind;
import org.bouncycastle.bcpg.PublicKeyAlgorithmTags;

/**
 * The outline of a signature packet: one packet from the first byte to the last, and nothing left over inside. Libraries
 * skip what they do not know, so they must not be the ones to say that there is exactly one signature.
 */
final class SignatureFrame {
    private static final int NEW_FORMAT = 0xc2;
    private static final int OLD_FORMAT = 0x88;
    private static final int ED25519_BYTES = 64;

    private SignatureFrame() {}

    /**
     * @throws BadSignatureException if there is more or less than one packet of version 4
     * @throws RuntimeException if it ends too early
     */
    static void check(byte[] packet) throws BadSignatureException {
        ByteBuffer in = ByteBuffer.wrap(packet);
        long length = length(in);
        if (length != in.remaining()) {
            throw malformed("expected one signature packet of %d bytes and nothing else, found %d bytes"
                    .formatted(length, in.remaining()));
        }
        int version = in.get();
        if (version != 4) {
            throw malformed("the signature has version " + version + ", expected 4");
        }
        in.get(); // type
        int algorithm = in.get();
        in.get(); // hash
        skip(in, in.getShort() & 0xffff); // hashed subpackets
        skip(in, in.getShort() & 0xffff); // unhashed subpackets
        in.getShort(); // first bytes of the digest
        skipValue(in, algorithm);
        if (in.hasRemaining()) {
            throw malformed("there are " + in.remaining() + " bytes too many in the signature packet");
        }
    }

    private static long length(ByteBuffer in) throws BadSignatureException {
        int first = in.get() & 0xff;
        switch (first) {
            case OLD_FORMAT:
                return in.get() & 0xff;
            case OLD_FORMAT | 1:
                return in.getShort() & 0xffff;
            case OLD_FORMAT | 2:
                return in.getInt() & 0xffffffffL;
            case NEW_FORMAT:
                return newFormatLength(in);
            default:
                throw malformed("it does not begin with a signature packet of definite length");
        }
    }

    private static long newFormatLength(ByteBuffer in) throws BadSignatureException {
        int first = in.get() & 0xff;
        if (first < 192) {
            return first;
        }
        if (first < 224) {
            return (first - 192 << 8) + (in.get() & 0xff) + 192;
        }
        if (first == 255) {
            return in.getInt() & 0xffffffffL;
        }
        throw malformed("a signature in parts is not accepted");
    }

    private static void skipValue(ByteBuffer in, int algorithm) throws BadSignatureException {
        switch (algorithm) {
            case PublicKeyAlgorithmTags.RSA_GENERAL, VerifyingKey.RSA_SIGN_ONLY:
                skipInteger(in);
                return;
            case PublicKeyAlgorithmTags.ECDSA, PublicKeyAlgorithmTags.EDDSA_LEGACY:
                skipInteger(in);
                skipInteger(in);
                return;
            case PublicKeyAlgorithmTags.Ed25519:
                skip(in, ED25519_BYTES);
                return;
            default:
                throw malformed("signatures of algorithm " + algorithm + " are not accepted");
        }
    }

    private static void skipInteger(ByteBuffer in) {
        int bits = in.getShort() & 0xffff;
        skip(in, (bits + 7) / 8);
    }

    private static void skip(ByteBuffer in, int bytes) {
        in.position(in.position() + bytes);
    }

    private static BadSignatureException malformed(String message) {
        return new BadSignatureException(Kind.MALFORMED, message);
    }
}
