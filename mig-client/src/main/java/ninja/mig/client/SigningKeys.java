package ninja.mig.client;

import java.io.Console;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import ninja.mig.pgp.ActionSigner;
import ninja.mig.pgp.BadKeyException;
import ninja.mig.pgp.Fingerprint;
import ninja.mig.pgp.PublicKey;
import ninja.mig.pgp.SecretKeyring;
import ninja.mig.pgp.SigningException;

/**
 * Finds the investigator's signing key: an armored key file if one is configured, else GnuPG as a child process, else the
 * key ring of GnuPG 1.
 */
public final class SigningKeys {
    private static final Set<PosixFilePermission> OTHERS = EnumSet.of(
            PosixFilePermission.GROUP_READ,
            PosixFilePermission.GROUP_WRITE,
            PosixFilePermission.OTHERS_READ,
            PosixFilePermission.OTHERS_WRITE);

    private final ClientConf conf;
    private final Map<String, String> environment;

    public SigningKeys(ClientConf conf, Map<String, String> environment) {
        this.conf = conf;
        this.environment = environment;
    }

    /** @throws SigningException lists every way that was tried, and what is missing for each */
    public ActionSigner signer() throws SigningException {
        return switch (conf.signer()) {
            case "gpg" -> gpg();
            case "keyfile" -> file(conf.keyFile().orElseThrow());
            case "secring" -> file(secring());
            default -> any();
        };
    }

    private ActionSigner any() throws SigningException {
        List<String> tried = new ArrayList<>();
        if (conf.keyFile().isPresent()) {
            return file(conf.keyFile().get());
        }
        tried.add("[gpg] keyfile is not set");
        try {
            return gpg();
        } catch (SigningException e) {
            tried.add(e.getMessage());
        }
        if (Files.exists(secring())) {
            return file(secring());
        }
        tried.add(secring() + " does not exist");
        throw new SigningException("no signing key: " + String.join("; ", tried));
    }

    private Path secring() {
        return conf.gpgHome().resolve("secring.gpg");
    }

    private ActionSigner gpg() throws SigningException {
        if (conf.keyId().isEmpty()) {
            throw new SigningException("[gpg] keyid is not set");
        }
        Gpg gpg = new Gpg(conf.gpgProgram(), conf.gpgHome());
        if (!gpg.isInstalled()) {
            throw new SigningException(
                    "cannot run " + conf.gpgProgram() + "; install GnuPG or set [gpg] keyfile or [gpg] program");
        }
        return GpgSigner.of(gpg, conf.keyId());
    }

    private ActionSigner file(Path file) throws SigningException {
        try {
            refuseAccessOfOthers(file);
            SecretKeyring ring = SecretKeyring.load(Files.readAllBytes(file));
            Fingerprint key = conf.keyId().length() == 40 ? Fingerprint.parse(conf.keyId()) : ring.onlyFingerprint();
            return ring.signer(key, ring.isProtected(key) ? passphrase(file) : new char[0]);
        } catch (IOException e) {
            throw new SigningException("cannot read key file " + file + ": " + e.getMessage(), e);
        } catch (BadKeyException e) {
            throw new SigningException("key file " + file + ": " + e.getMessage(), e);
        }
    }

    private char[] passphrase(Path file) throws IOException, SigningException {
        if (conf.passphraseFile().isPresent()) {
            refuseAccessOfOthers(conf.passphraseFile().get());
            return Files.readString(conf.passphraseFile().get()).stripTrailing().toCharArray();
        }
        if (environment.containsKey("MIGPGPPASSPHRASE")) {
            return environment.get("MIGPGPPASSPHRASE").toCharArray();
        }
        Console console = System.console();
        char[] typed = console == null ? null : console.readPassword("Passphrase of %s: ", file);
        if (typed == null) {
            throw new SigningException("the key in " + file
                    + " has a passphrase: set [gpg] passphrasefile or MIGPGPPASSPHRASE, or use a terminal");
        }
        return typed;
    }

    private static void refuseAccessOfOthers(Path file) throws IOException, SigningException {
        if (!Files.getFileStore(file).supportsFileAttributeView("posix")) {
            return;
        }
        for (PosixFilePermission permission : Files.getPosixFilePermissions(file)) {
            if (OTHERS.contains(permission)) {
                throw new SigningException(file + " is accessible to others; run: chmod 600 " + file);
            }
        }
    }

    /**
     * Public keys to verify with: a file if one is configured, else GnuPG's, else the ring of GnuPG 1.
     *
     * @throws SigningException if they cannot be read
     */
    public List<PublicKey> publicKeys() throws SigningException {
        if (conf.pubring().isPresent()) {
            return publicKeys(conf.pubring().get());
        }
        Gpg gpg = new Gpg(conf.gpgProgram(), conf.gpgHome());
        if (!gpg.isInstalled()) {
            return publicKeys(conf.gpgHome().resolve("pubring.gpg"));
        }
        try {
            return PublicKey.readAll(gpg.run(List.of("--export"), new byte[0]).output());
        } catch (BadKeyException e) {
            throw new SigningException("public keys of GnuPG: " + e.getMessage(), e);
        }
    }

    /** Every public key of a file, armored or binary. */
    public static List<PublicKey> publicKeys(Path file) throws SigningException {
        try {
            return PublicKey.readAll(Files.readAllBytes(file));
        } catch (IOException e) {
            throw new SigningException("cannot read public keys: " + e.getMessage(), e);
        } catch (BadKeyException e) {
            throw new SigningException(file + ": " + e.getMessage(), e);
        }
    }
}
