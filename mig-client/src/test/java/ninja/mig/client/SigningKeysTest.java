package ninja.mig.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import ninja.mig.conf.IniFile;
import ninja.mig.pgp.ActionSigner;
import ninja.mig.pgp.Keyring;
import ninja.mig.pgp.SecretKeyring;
import ninja.mig.pgp.SigningException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SigningKeysTest {
    private static final byte[] DATA = "data".getBytes(StandardCharsets.UTF_8);

    @TempDir
    Path home;

    private final SecretKeyring key = SecretKeyring.generateEd25519("Iris Vega <iris@example.net>", Clock.systemUTC());

    private ActionSigner signer(String gpgSection) throws SigningException {
        ClientConf conf = ClientConf.read(
                IniFile.parse("migrc", "[api]\nurl=http://localhost/\n[gpg]\nhome=\"" + home + "\"\n" + gpgSection),
                Map.of("HOME", home.toString()));
        return new SigningKeys(conf, Map.of()).signer();
    }

    private Path write(String name, String mode) throws Exception {
        Path file = Files.writeString(home.resolve(name), key.armoredSecret());
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));
        return file;
    }

    private void assertSigns(ActionSigner signer) throws Exception {
        assertEquals(
                key.onlyFingerprint(),
                Keyring.of(List.of(key.armoredPublic()))
                        .verify(List.of(DATA), signer.sign(DATA), Instant.now())
                        .fingerprint());
    }

    @Test
    void signsWithAKeyFile() throws Exception {
        assertSigns(signer("keyfile=\"" + write("key.asc", "rw-------") + "\""));
    }

    @Test
    void refusesAKeyFileThatOthersCanRead() throws Exception {
        Path file = write("key.asc", "rw-r--r--");

        SigningException e = assertThrows(SigningException.class, () -> signer("keyfile=\"" + file + "\""));
        assertTrue(e.getMessage().contains("chmod 600"), e.getMessage());
    }

    @Test
    void saysEverythingThatItTried() {
        SigningException e = assertThrows(SigningException.class, () -> signer("keyid=" + "A".repeat(40)));

        assertTrue(e.getMessage().contains("keyfile is not set"), e.getMessage());
        assertTrue(e.getMessage().contains("secring.gpg does not exist"), e.getMessage());
    }

    @Test
    void namesAProgramThatCannotBeRun() {
        SigningException e = assertThrows(
                SigningException.class, () -> signer("signer=gpg\nprogram=/nowhere/gpg\nkeyid=" + "A".repeat(40)));

        assertTrue(e.getMessage().contains("/nowhere/gpg"), e.getMessage());
    }

    @Test
    void signsWithGnuPg() throws Exception {
        assumeTrue(new Gpg("gpg", home).isInstalled(), "gpg is not installed");
        Files.setPosixFilePermissions(home, PosixFilePermissions.fromString("rwx------"));
        try {
            Gpg gpg = new Gpg("gpg", home);
            assertEquals(
                    0,
                    gpg.run(List.of("--import"), key.armoredSecret().getBytes(StandardCharsets.UTF_8))
                            .exit());
            assertSigns(signer("keyid=" + key.onlyFingerprint()));
            assertSigns(signer("signer=gpg\nkeyid=iris@example.net"));
            SigningException e =
                    assertThrows(SigningException.class, () -> signer("signer=gpg\nkeyid=" + "B".repeat(40)));
            assertTrue(e.getMessage().contains("no secret key"), e.getMessage());
        } finally {
            new ProcessBuilder("gpgconf", "--homedir", home.toString(), "--kill", "all")
                    .start()
                    .waitFor(10, TimeUnit.SECONDS);
        }
    }
}
