package ninja.mig.relay;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import ninja.mig.conf.IniFile;
import ninja.mig.model.RejectedException;

/**
 * Where the relay is and how to enter it.
 *
 * @param tls empty for a connection in the clear
 * @param heartbeat how soon a dead peer is noticed, at most twice this
 */
public record RelayConf(
        String host,
        int port,
        String user,
        String password,
        String vhost,
        Optional<PemTls> tls,
        Duration connectTimeout,
        Duration heartbeat) {
    private static final Duration LONGEST = Duration.ofSeconds(60);
    private static final Duration ONE_DAY = Duration.ofDays(1);

    /**
     * The section of a relay, and what its three files are called there.
     *
     * @param cacert CA certificates
     * @param tlscert the client's certificate
     * @param tlskey its private key
     */
    public record Section(String name, String cacert, String tlscert, String tlskey) {
        /** Section {@code [mq]} of every program. */
        public static final Section MQ = new Section("mq", "cacert", "tlscert", "tlskey");
    }

    /**
     * Reads section {@code [mq]}: {@code host}, {@code port}, {@code user}, {@code pass} or {@code password},
     * {@code vhost}, {@code usetls}, {@code cacert}, {@code tlscert}, {@code tlskey}, {@code timeout}. Problems are left to
     * the file.
     */
    public static RelayConf read(IniFile ini) {
        return read(ini, Section.MQ);
    }

    /** As {@link #read(IniFile)}, of a section that is called otherwise. */
    public static RelayConf read(IniFile ini, Section section) {
        String name = section.name();
        Optional<Path> ca = ini.absolutePath(name, section.cacert());
        Optional<Path> certificate = ini.absolutePath(name, section.tlscert());
        Optional<Path> key = ini.absolutePath(name, section.tlskey());
        boolean useTls = ini.bool(name, "usetls", false);
        Duration timeout = ini.duration(name, "timeout", Duration.ofMinutes(10), Duration.ofSeconds(1), ONE_DAY);
        return new RelayConf(
                ini.string(name, "host"),
                ini.integer(name, "port", useTls ? 5671 : 5672, 1, 65535),
                ini.string(name, "user"),
                password(ini, name),
                ini.optional(name, "vhost").orElse("/"),
                useTls ? tls(ini, section, ca, certificate, key) : Optional.empty(),
                shorter(timeout, LONGEST),
                shorter(timeout, LONGEST));
    }

    private static String password(IniFile ini, String section) {
        Optional<String> pass = ini.optional(section, "pass");
        Optional<String> password = ini.optional(section, "password");
        if (pass.isEmpty() && password.isEmpty()) {
            ini.missing(section, "pass");
        } else if (pass.isPresent() && password.isPresent() && !pass.equals(password)) {
            ini.problem(section, "pass", "and [" + section + "] password differ, which is another name for it");
        }
        return pass.or(() -> password).orElse("");
    }

    private static Optional<PemTls> tls(
            IniFile ini, Section section, Optional<Path> ca, Optional<Path> certificate, Optional<Path> key) {
        boolean complete = present(ini, section.name(), section.cacert(), ca)
                & present(ini, section.name(), section.tlscert(), certificate)
                & present(ini, section.name(), section.tlskey(), key);
        if (!complete) {
            return Optional.empty();
        }
        try {
            return Optional.of(PemTls.load(ca.get(), certificate, key));
        } catch (RejectedException e) {
            ini.problem(section.name(), "usetls", "cannot be followed: " + e.getMessage());
            return Optional.empty();
        }
    }

    private static boolean present(IniFile ini, String section, String key, Optional<Path> path) {
        if (path.isEmpty()) {
            ini.problem(section, key, "is missing, usetls needs it");
        }
        return path.isPresent();
    }

    static Duration shorter(Duration a, Duration b) {
        return a.compareTo(b) < 0 ? a : b;
    }

    /** A URI without the password. */
    @Override
    public String toString() {
        return (tls.isPresent() ? "amqps" : "amqp") + "://" + user + "@" + host + ":" + port + "/" + vhost;
    }
}
