package ninja.mig.modules.sshkey;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.HexFormat;

/**
 * A key that was found.
 *
 * @param md5 its fingerprint as {@code aa:bb:...}; empty if the key is encrypted
 * @param sha256 its fingerprint as {@code SHA256:...}; empty if the key is encrypted
 * @param type {@code private}, {@code public} or {@code authorizedkeys}
 */
record SshKey(
        @JsonProperty("fingerprint_md5") String md5,
        @JsonProperty("fingerprint_sha256") String sha256,
        String path,
        boolean encrypted,
        String type) {
    static final String PRIVATE = "private";
    static final String PUBLIC = "public";
    static final String AUTHORIZED = "authorizedkeys";

    /** @param publicHalf in SSH's wire format */
    static SshKey of(byte[] publicHalf, String path, String type) {
        String md5 = HexFormat.ofDelimiter(":").formatHex(digest("MD5", publicHalf));
        String sha256 = Base64.getEncoder().withoutPadding().encodeToString(digest("SHA-256", publicHalf));
        return new SshKey(md5, "SHA256:" + sha256, path, false, type);
    }

    static SshKey encrypted(String path) {
        return new SshKey("", "", path, true, PRIVATE);
    }

    private static byte[] digest(String algorithm, byte[] bytes) {
        try {
            return MessageDigest.getInstance(algorithm).digest(bytes);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("this Java has no " + algorithm, e);
        }
    }
}
