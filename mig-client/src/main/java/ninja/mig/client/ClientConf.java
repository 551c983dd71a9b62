package ninja.mig.client;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import ninja.mig.conf.ConfException;
import ninja.mig.conf.IniFile;

/**
 * An investigator's {@code ~/.migrc}.
 *
 * @param url base address of the API, with a trailing slash
 * @param caCert PEM certificates to trust instead of the JVM's
 * @param timeout for connecting, and for one request
 * @param gpgHome folder of GnuPG's keys
 * @param keyId fingerprint (or, for GnuPG, anything that names one key) of the signing key; empty if not set
 * @param signer {@code auto}, {@code gpg}, {@code keyfile} or {@code secring}
 * @param keyFile a secret key, armored or binary, for unattended use
 * @param passphraseFile holds the passphrase of {@code keyFile}
 * @param gpgProgram the executable of GnuPG
 * @param pubring public keys for verification
 * @param macros names of targets
 */
public record ClientConf(
        URI url,
        boolean skipVerifyCert,
        Optional<Path> caCert,
        Duration timeout,
        Path gpgHome,
        String keyId,
        String signer,
        Optional<Path> keyFile,
        Optional<Path> passphraseFile,
        String gpgProgram,
        Optional<Path> pubring,
        Map<String, String> macros) {

    private static final String TEMPLATE = """
            [api]
                url = "http://localhost:12345/api/v1/"
            [gpg]
                home = "%s/.gnupg/"
                keyid = "<the 40 digits that gpg --list-secret-keys shows for your key>"
            """;

    public ClientConf {
        macros = Map.copyOf(macros);
    }

    /** Where the file is when no flag says so: {@code $MIGRC}, else {@code ~/.migrc}. */
    public static Path defaultPath(Map<String, String> environment) {
        String fromEnvironment = environment.get("MIGRC");
        return fromEnvironment == null || fromEnvironment.isEmpty()
                ? home(environment).resolve(".migrc")
                : Path.of(fromEnvironment);
    }

    private static Path home(Map<String, String> environment) {
        String home = environment.get("HOME");
        return Path.of(home == null || home.isEmpty() ? System.getProperty("user.home") : home);
    }

    /** @throws ConfException with every problem of the file, or with a template if there is no file */
    public static ClientConf load(Path file, Map<String, String> environment) {
        if (!Files.exists(file)) {
            throw new ConfException("no configuration file " + file + ". Write one, mode 0600, such as:"
                    + System.lineSeparator() + TEMPLATE.formatted(home(environment)));
        }
        return read(IniFile.load(file), environment);
    }

    static ClientConf read(IniFile ini, Map<String, String> environment) {
        ClientConf conf = new ClientConf(
                url(ini),
                ini.bool("api", "skipverifycert", false),
                ini.path("api", "cacert"),
                ini.duration("api", "timeout", Duration.ofSeconds(30), Duration.ofMillis(100), Duration.ofHours(1)),
                ini.path("gpg", "home").orElseGet(() -> gpgHome(environment)),
                keyId(ini),
                ini.word("gpg", "signer", "auto", "auto", "gpg", "keyfile", "secring"),
                ini.path("gpg", "keyfile"),
                ini.path("gpg", "passphrasefile"),
                ini.string("gpg", "program", "gpg"),
                ini.path("gpg", "pubring"),
                macros(ini));
        ini.optional("gpg", "keyserver"); // only the console's dialogue asks a key server
        if (conf.signer().equals("keyfile") && conf.keyFile().isEmpty()) {
            ini.missing("gpg", "keyfile");
        }
        ini.finish();
        return conf;
    }

    private static URI url(IniFile ini) {
        String text = ini.string("api", "url");
        try {
            URI url = new URI(text.endsWith("/") ? text : text + "/");
            boolean http = "http".equalsIgnoreCase(url.getScheme()) || "https".equalsIgnoreCase(url.getScheme());
            if (!text.isEmpty() && (!http || url.getHost() == null)) {
                ini.problem("api", "url", "must be an address such as https://api.mig.example.net/api/v1/");
            }
            return url;
        } catch (URISyntaxException e) {
            ini.problem("api", "url", "must be an address such as https://api.mig.example.net/api/v1/");
            return URI.create("http://localhost/");
        }
    }

    private static Path gpgHome(Map<String, String> environment) {
        String gnupgHome = environment.get("GNUPGHOME");
        return gnupgHome == null || gnupgHome.isEmpty() ? home(environment).resolve(".gnupg") : Path.of(gnupgHome);
    }

    /** Blanks, colons and 0x are dropped, so that a fingerprint may be pasted as any program shows it. */
    private static String keyId(IniFile ini) {
        String text = ini.string("gpg", "keyid", "").strip();
        if (text.contains("@")) {
            return text;
        }
        String digits = text.replaceFirst("^0[xX]", "").replaceAll("[\\s:]", "").toUpperCase(java.util.Locale.ROOT);
        if (!digits.isEmpty() && !digits.matches("[0-9A-F]{40}|[0-9A-F]{16}")) {
            ini.problem("gpg", "keyid", "must be a fingerprint of 40 hexadecimal digits");
        }
        return digits;
    }

    private static Map<String, String> macros(IniFile ini) {
        Map<String, String> macros = new LinkedHashMap<>();
        for (String macro : ini.list("targets", "macro")) {
            int colon = macro.indexOf(':');
            if (colon < 1) {
                ini.problem("targets", "macro", macro, "must be <name>:<expression>");
            } else {
                macros.put(macro.substring(0, colon), macro.substring(colon + 1));
            }
        }
        return macros;
    }
}
