package ninja.mig.pgp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** GnuPG reads what is written here, and the reverse, with keys of either. Needs gpg; its home is a temporary one. */
class GnuPgTest {
    private static final byte[] DATA = "what is signed\n".getBytes(StandardCharsets.UTF_8);

    @TempDir
    private Path home;

    private Path data;

    @BeforeEach
    void makeAHome() throws Exception {
        assumeTrue(isInstalled(), "gpg is not installed");
        Files.setPosixFilePermissions(home, PosixFilePermissions.fromString("rwx------"));
        data = Files.write(home.resolve("data"), DATA);
    }

    @AfterEach
    void endItsAgent() throws Exception {
        if (isInstalled()) {
            run(List.of("gpgconf", "--homedir", home.toString(), "--kill", "all"));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"RSA", "Ed25519"})
    void understandsKeysMadeHere(String kind) throws Exception {
        String name = "Iris Vega <iris@example.net>";
        SecretKeyring ours = kind.equals("RSA")
                ? SecretKeyring.generate(name, Clock.systemUTC())
                : SecretKeyring.generateEd25519(name, Clock.systemUTC());
        gpg("--import", write("secret.asc", ours.armoredSecret()));

        signsHereAndThere(ours, "", ours.onlyFingerprint());
    }

    @ParameterizedTest
    @CsvSource({
        "rsa2048, sign, ''",
        "rsa3072, sign, ''",
        "ed25519, sign, ''",
        "nistp256, sign, ''",
        "nistp384, sign, ''",
        "nistp521, sign, ''",
        "ed25519, sign, correct horse"
    })
    void keysMadeThereAreUnderstood(String algorithm, String usage, String passphrase) throws Exception {
        gpg("--passphrase", passphrase, "--quick-generate-key", "Theo <theo@example.net>", algorithm, usage, "never");

        SecretKeyring theirs = exported(passphrase);

        assertEquals(!passphrase.isEmpty(), theirs.isProtected(theirs.onlyFingerprint()));
        signsHereAndThere(theirs, passphrase, theirs.onlyFingerprint());
    }

    @Test
    void signsWithTheNewestSubkeyThatMay() throws Exception {
        gpg("--passphrase", "", "--quick-generate-key", "Theo <theo@example.net>", "ed25519", "cert", "never");
        Fingerprint primary = exported("").onlyFingerprint();
        gpg("--passphrase", "", "--quick-add-key", primary.hex(), "rsa2048", "sign", "never");
        gpg("--passphrase", "", "--quick-add-key", primary.hex(), "cv25519", "encr", "never");

        SecretKeyring theirs = exported("");
        Signer signer = signsHereAndThere(theirs, "", primary);

        assertEquals(primary, signer.fingerprint());
        assertTrue(!signer.signingKey().equals(primary), "a subkey signed");
        ActionSigner bySubkeyName = theirs.signer(signer.signingKey(), new char[0]);
        assertEquals(primary, bySubkeyName.fingerprint());
    }

    @Test
    void refusesAKeyRevokedThere() throws Exception {
        gpg("--passphrase", "", "--quick-generate-key", "Theo <theo@example.net>", "ed25519", "sign", "never");
        Fingerprint key = exported("").onlyFingerprint();
        Path revocation = home.resolve("openpgp-revocs.d").resolve(key.hex() + ".rev");
        gpg("--import", write("revocation", Files.readString(revocation).replace(":-----BEGIN", "-----BEGIN")));

        PublicKey revoked = PublicKey.parse(gpg("--armor", "--export", key.hex()));

        BadKeyException e = assertThrows(BadKeyException.class, () -> revoked.requireUsable(Instant.now()));
        assertTrue(e.getMessage().contains("is revoked"), e.getMessage());
        assertThrows(BadKeyException.class, () -> exported("").signer(key, new char[0]));
    }

    @Test
    void refusesAKeyExpiredThere() throws Exception {
        gpg("--passphrase", "", "--quick-generate-key", "Theo <theo@example.net>", "ed25519", "sign", "1d");

        PublicKey key = PublicKey.parse(gpg("--armor", "--export"));

        key.requireUsable(Instant.now());
        BadKeyException e = assertThrows(
                BadKeyException.class, () -> key.requireUsable(key.expires().orElseThrow()));
        assertTrue(e.getMessage().contains("has expired"), e.getMessage());
    }

    private Signer signsHereAndThere(SecretKeyring ring, String passphrase, Fingerprint key) throws Exception {
        ActionSigner signer = ring.signer(key, passphrase.toCharArray());
        DetachedSignature ours = signer.sign(DATA);
        Path binary = Files.write(home.resolve("ours.sig"), ours.packet());
        gpg("--verify", binary.toString(), data.toString());

        Path theirs = home.resolve("theirs.asc");
        gpg("--passphrase", passphrase, "--armor", "--output", theirs.toString(), "--detach-sign", data.toString());
        return Keyring.of(List.of(signer.publicKey()))
                .verify(List.of(DATA), DetachedSignature.parse(Files.readString(theirs)), Instant.now());
    }

    private SecretKeyring exported(String passphrase) throws Exception {
        String armored = gpg("--passphrase", passphrase, "--armor", "--export-secret-keys");
        return SecretKeyring.load(armored.getBytes(StandardCharsets.UTF_8));
    }

    private String write(String name, String text) throws IOException {
        return Files.writeString(home.resolve(name), text).toString();
    }

    private static boolean isInstalled() throws InterruptedException {
        try {
            return new ProcessBuilder("gpg", "--version")
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start()
                            .waitFor()
                    == 0;
        } catch (IOException e) {
            return false; // that is how the JDK says that there is no such program
        }
    }

    private String gpg(String... arguments) throws Exception {
        List<String> command = new ArrayList<>(
                List.of("gpg", "--homedir", home.toString(), "--batch", "--no-tty", "--pinentry-mode", "loopback"));
        command.addAll(List.of(arguments));
        return run(command);
    }

    private String run(List<String> command) throws Exception {
        Path errors = home.resolve("stderr");
        Process process =
                new ProcessBuilder(command).redirectError(errors.toFile()).start();
        process.getOutputStream().close();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, process.waitFor(), () -> command + ": " + read(errors));
        return output;
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            return e.toString();
        }
    }
}
