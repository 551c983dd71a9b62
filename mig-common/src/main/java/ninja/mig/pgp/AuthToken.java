package ninja.mig.pgp;

import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.regex.Pattern;
import ninja.mig.model.Times;
import ninja.mig.pgp.BadTokenException.Kind;

/**
 * The token that opens the API: {@code 1;<time>;<nonce>;<signature>}, where the signature covers what stands before it and
 * one line feed. It is good for any request until it is too old.
 */
public final class AuthToken {
    /** Longest header that is looked at, in characters. */
    public static final int LONGEST = 8 * 1024;

    private static final String VERSION = "1";
    private static final Pattern TIME = Pattern.compile("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\dZ");
    private static final Pattern NONCE = Pattern.compile("[0-9]{1,20}");

    private AuthToken() {}

    /** @param nonce a positive number, never used before by this key */
    public static String create(ActionSigner signer, Clock clock, long nonce) throws SigningException {
        if (nonce < 1) {
            throw new IllegalArgumentException("nonce " + nonce + " is not positive");
        }
        String text = VERSION + ";" + Times.format(clock.instant().truncatedTo(ChronoUnit.SECONDS)) + ";" + nonce;
        return text + ";" + signer.sign(covered(text)).toStored();
    }

    /**
     * Names who made a token.
     *
     * @param window how far its time may be from now, each way
     * @throws BadTokenException if it is malformed, too old or from too far in the future, or its signature does not verify
     */
    public static Signer verify(String token, Keyring keyring, Duration window, Instant now) throws BadTokenException {
        String[] parts = token.length() > LONGEST ? new String[0] : token.split(";", -1);
        if (parts.length != 4) {
            throw new BadTokenException(Kind.FORMAT, "it does not have 4 parts in " + LONGEST + " characters");
        }
        if (!parts[0].equals(VERSION)) {
            throw new BadTokenException(Kind.VERSION, "its version is not 1");
        }
        if (!TIME.matcher(parts[1]).matches() || !NONCE.matcher(parts[2]).matches()) {
            throw new BadTokenException(Kind.FORMAT, "its time or nonce has another form");
        }
        checkTime(parts[1], window, now);
        try {
            byte[] covered = covered(parts[0] + ";" + parts[1] + ";" + parts[2]);
            return keyring.verify(List.of(covered), DetachedSignature.parse(parts[3]), now);
        } catch (BadSignatureException e) {
            throw new BadTokenException(Kind.SIGNATURE, e.getMessage(), e);
        }
    }

    private static void checkTime(String text, Duration window, Instant now) throws BadTokenException {
        Instant time;
        try {
            time = Times.parse(text);
        } catch (IllegalArgumentException e) {
            throw new BadTokenException(Kind.FORMAT, e.getMessage(), e);
        }
        if (time.isBefore(now.minus(window)) || time.isAfter(now.plus(window))) {
            throw new BadTokenException(Kind.CLOCK, "its time is " + text + ", now is " + Times.format(now));
        }
    }

    private static byte[] covered(String text) {
        return (text + "\n").getBytes(StandardCharsets.UTF_8);
    }
}
