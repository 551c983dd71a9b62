package ninja.mig.quickstart;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Optional;
import ninja.mig.pgp.BadKeyException;
import ninja.mig.pgp.Fingerprint;
import ninja.mig.pgp.SecretKeyring;

/**
 * The throw-away investigator's key: in a GnuPG home of its own where GnuPG can make one, as real investigators have it,
 * else in a file.
 *
 * @param kept where it is, for people
 * @param migrc the keys of section {@code [gpg]} that find it
 */
record InvestigatorKey(String name, Fingerprint fingerprint, String publicKey, String kept, String migrc) {
    static final String NAME = "Quickstart Investigator";
    private static final String USER_ID = NAME + " <quickstart@mig.invalid>";

    /** The key of an earlier run in the same directory, else a new one. */
    static InvestigatorKey in(Path directory, Clock clock) throws IOException, BadKeyException {
        Path file = directory.resolve("investigator-secret.asc");
        if (!Files.exists(file)) {
            Optional<InvestigatorKey> gpg = inGnuPg(directory.resolve("gnupg"));
            if (gpg.isPresent()) {
                return gpg.get();
            }
        }
        return inFile(file, clock);
    }

    static InvestigatorKey inFile(Path file, Clock clock) throws IOException, BadKeyException {
        if (!Files.exists(file)) {
            Secrets.write(file, SecretKeyring.generateEd25519(USER_ID, clock).armoredSecret());
        }
        SecretKeyring keys = SecretKeyring.load(Files.readAllBytes(file));
        Fingerprint fingerprint = keys.onlyFingerprint();
        return new InvestigatorKey(
                NAME, fingerprint, keys.armoredPublic(), file.toString(), """
                signer = "keyfile"
                    keyfile = %s
                    keyid = "%s"
                """.formatted(Ini.quote(file), fingerprint));
    }

    /** Empty where GnuPG is missing, or cannot work there (the path of its agent's socket may be too long). */
    private static Optional<InvestigatorKey> inGnuPg(Path home) throws IOException {
        Optional<Path> gpg = GnuPg.installed();
        if (gpg.isEmpty()) {
            return Optional.empty();
        }
        Secrets.directory(home);
        GnuPg gnuPg = new GnuPg(gpg.get(), home);
        Optional<Fingerprint> key = gnuPg.secretKey();
        if (key.isEmpty()) {
            gnuPg.generate(USER_ID);
            key = gnuPg.secretKey();
        }
        if (key.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(
                new InvestigatorKey(NAME, key.get(), gnuPg.export(key.get()), "GnuPG home " + home, """
                signer = "gpg"
                    program = %s
                    home = %s
                    keyid = "%s"
                """.formatted(
                                Ini.quote(gpg.get()), Ini.quote(home), key.get())));
    }
}
