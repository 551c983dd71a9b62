package ninja.mig.client;

import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import ninja.mig.pgp.ActionSigner;
import ninja.mig.pgp.BadKeyException;
import ninja.mig.pgp.BadSignatureException;
import ninja.mig.pgp.DetachedSignature;
import ninja.mig.pgp.Fingerprint;
import ninja.mig.pgp.Keyring;
import ninja.mig.pgp.SigningException;

/** Signs with {@code gpg --detach-sign}. */
final class GpgSigner implements ActionSigner {
    private static final Pattern CREATED = Pattern.compile("(?m)^\\[GNUPG:] SIG_CREATED D .*$");
    private static final Pattern PROBLEM = Pattern.compile(
            "(?m)^\\[GNUPG:] (INV_SGNR|NO_SECKEY|KEYEXPIRED|KEYREVOKED|REVKEYSIG|EXPKEYSIG|FAILURE|PINENTRY_LAUNCHED)(.*)$");

    private final Gpg gpg;
    private final Fingerprint fingerprint;
    private final String publicKey;

    private GpgSigner(Gpg gpg, Fingerprint fingerprint, String publicKey) {
        this.gpg = gpg;
        this.fingerprint = fingerprint;
        this.publicKey = publicKey;
    }

    /**
     * Finds the one secret key that a key id, fingerprint or mail address names.
     *
     * @throws SigningException if there is none, or several
     */
    static GpgSigner of(Gpg gpg, String keyId) throws SigningException {
        Gpg.Answer answer =
                gpg.run(List.of("--with-colons", "--fingerprint", "--list-secret-keys", keyId), new byte[0]);
        if (answer.exit() != 0) {
            throw new SigningException("GnuPG has no secret key '" + keyId + "' in " + gpg.home());
        }
        Fingerprint primary = null;
        boolean primaryNext = false;
        for (String line : answer.text().split("\n")) {
            String[] fields = line.split(":", -1);
            if (fields[0].equals("sec")) {
                if (primary != null) {
                    throw new SigningException("'" + keyId + "' names several secret keys in " + gpg.home());
                }
                checkUsable(keyId, fields);
                primaryNext = true;
            } else if (fields[0].equals("fpr") && primaryNext) {
                primary = Fingerprint.parse(fields[9]);
                primaryNext = false;
            }
        }
        if (primary == null) {
            throw new SigningException("GnuPG has no secret key '" + keyId + "' in " + gpg.home());
        }
        String exported = gpg.run(List.of("--armor", "--export", primary.hex()), new byte[0])
                .text();
        return new GpgSigner(gpg, primary, exported);
    }

    private static void checkUsable(String keyId, String[] sec) throws SigningException {
        switch (sec[1]) {
            case "e" -> throw new SigningException("the key '" + keyId + "' has expired");
            case "r" -> throw new SigningException("the key '" + keyId + "' is revoked");
            default -> {
                if (sec.length > 11 && !sec[11].toUpperCase(Locale.ROOT).contains("S")) {
                    throw new SigningException("the key '" + keyId + "' cannot sign");
                }
            }
        }
    }

    @Override
    public Fingerprint fingerprint() {
        return fingerprint;
    }

    @Override
    public String publicKey() {
        return publicKey;
    }

    @Override
    public DetachedSignature sign(byte[] data) throws SigningException {
        Gpg.Answer answer = gpg.run(
                List.of(
                        "--status-fd",
                        "2",
                        "--digest-algo",
                        "SHA256",
                        "--local-user",
                        fingerprint.hex(),
                        "--output",
                        "-",
                        "--detach-sign"),
                data);
        if (answer.exit() != 0 || !CREATED.matcher(answer.messages()).find()) {
            throw new SigningException("GnuPG did not sign with " + fingerprint.hex() + ": " + reason(answer));
        }
        try {
            DetachedSignature signature = DetachedSignature.of(answer.output());
            Keyring.of(List.of(publicKey)).verify(List.of(data), signature, Instant.now());
            return signature;
        } catch (BadSignatureException | BadKeyException e) {
            throw new SigningException("GnuPG made a signature that nobody would accept: " + e.getMessage(), e);
        }
    }

    private static String reason(Gpg.Answer answer) {
        String messages = answer.messages();
        Matcher problem = PROBLEM.matcher(messages);
        while (problem.find()) {
            String detail = problem.group(2);
            switch (problem.group(1)) {
                case "NO_SECKEY", "INV_SGNR":
                    return "there is no usable secret key";
                case "KEYEXPIRED", "EXPKEYSIG":
                    return "the key has expired";
                case "KEYREVOKED", "REVKEYSIG":
                    return "the key is revoked";
                case "FAILURE":
                    // The low 16 bits are the code: 83 fully cancelled, 99 cancelled, 11 wrong passphrase.
                    if (detail.matches("(?s).* \\d+")) {
                        int code = Integer.parseInt(detail.substring(detail.lastIndexOf(' ') + 1)) & 0xffff;
                        if (code == 99 || code == 198) {
                            return "cancelled";
                        }
                        if (code == 11) {
                            return "wrong passphrase";
                        }
                    }
                    break;
                default:
                    break;
            }
        }
        return messages.lines()
                .filter(line -> line.startsWith("gpg: "))
                .reduce((first, second) -> second)
                .orElse("exit code " + answer.exit());
    }
}
