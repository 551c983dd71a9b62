package ninja.mig.modules.sshkey;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import ninja.mig.pgp.BadKeyException;

/** SSH's wire format: fields, each with its length in four bytes before it. */
final class SshBlob {
    private static final byte[] MAGIC = "openssh-key-v1\0".getBytes(StandardCharsets.US_ASCII);

    /** The types of keys, and how many fields follow the type in their public half. */
    private static final Map<String, Integer> FIELDS = Map.of(
            "ssh-rsa", 2,
            "ssh-dss", 4,
            "ssh-ed25519", 1,
            "ecdsa-sha2-nistp256", 2,
            "ecdsa-sha2-nistp384", 2,
            "ecdsa-sha2-nistp521", 2,
            "sk-ssh-ed25519@openssh.com", 2,
            "sk-ecdsa-sha2-nistp256@openssh.com", 3);

    private SshBlob() {}

    /** The public half that a line holds as {@code <type> <base64> [comment]}; empty if it holds none. */
    static Optional<byte[]> ofLine(String line) {
        String[] fields = line.split("[ \t]+", 3);
        if (fields.length < 2 || !FIELDS.containsKey(fields[0])) {
            return Optional.empty();
        }
        try {
            byte[] blob = Base64.getDecoder().decode(fields[1]);
            return type(blob).filter(fields[0]::equals).map(type -> blob);
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** The type of a public half; empty if it is none. */
    private static Optional<String> type(byte[] blob) {
        ByteBuffer in = ByteBuffer.wrap(blob);
        try {
            String type = new String(field(in), StandardCharsets.US_ASCII);
            for (int i = FIELDS.getOrDefault(type, Integer.MAX_VALUE); i > 0; i--) {
                if (field(in).length == 0 && !type.startsWith("sk-")) {
                    return Optional.empty();
                }
            }
            return in.hasRemaining() ? Optional.empty() : Optional.of(type);
        } catch (BufferUnderflowException e) {
            return Optional.empty();
        }
    }

    /**
     * The public half of a private key in OpenSSH's own format.
     *
     * @return empty if the key is encrypted
     */
    static Optional<byte[]> ofOpenSsh(byte[] key) throws BadKeyException {
        ByteBuffer in = ByteBuffer.wrap(key);
        try {
            byte[] magic = new byte[MAGIC.length];
            in.get(magic);
            String cipher = new String(field(in), StandardCharsets.US_ASCII);
            field(in); // how the key of the cipher is derived
            field(in); // and from what
            int keys = in.getInt();
            byte[] publicHalf = field(in);
            if (!java.util.Arrays.equals(magic, MAGIC)
                    || keys != 1
                    || type(publicHalf).isEmpty()) {
                throw new BadKeyException("not a valid OPENSSH PRIVATE KEY");
            }
            return cipher.equals("none") ? Optional.of(publicHalf) : Optional.empty();
        } catch (BufferUnderflowException e) {
            throw new BadKeyException("not a valid OPENSSH PRIVATE KEY", e);
        }
    }

    private static byte[] field(ByteBuffer in) {
        int length = in.getInt();
        if (length < 0 || length > in.remaining()) {
            throw new BufferUnderflowException();
        }
        byte[] field = new byte[length];
        in.get(field);
        return field;
    }
}
