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
     * Reads section {@code [mq]}: {@code host}, {@code port}, {@code user}, {@code pass} or {@code password},
     * {@code vhost}, {@code usetls}, {@code cacert}, {@code tlscert}, {@code tlskey}, {@code timeout}. Problems are left to
     * the file.
     */
    public static RelayConf read(IniFile ini) {
        Optional<Path> ca = ini.absolutePath("mq", "cacert");
        Optional<Path> certificate = ini.absolutePath("mq", "tlscert");
        Optional<Path> key = ini.absolutePath("mq", "tlskey");
        boolean useTls = ini.bool("mq", "usetls", false);
        Duration timeout = ini.duration("mq", "timeout", Duration.ofMinutes(10), Duration.ofSeconds(1), ONE_DAY);
        return new RelayConf(
                ini.string("mq", "host"),
                ini.integer("mq", "port", useTls ? 5671 : 5672, 1, 65535),
                ini.string("mq", "user"),
                password(ini),
                ini.optional("mq", "vhost").orElse("/"),
                useTls ? tls(ini, ca, certificate, key) : Optional.empty(),
                shorter(timeout, LONGEST),
                shorter(timeout, LONGEST));
    }

    private static String password(IniFile ini) {
        Optional<String> pass = ini.optional("mq", "pass");
        Optional<String> password = ini.optional("mq", "password");
        if (pass.isEmpty() && password.isEmpty()) {
            ini.missing("mq", "pass");
        } else if (pass.isPresent() && password.isPresent() && !pass.equals(password)) {
            ini.problem("mq", "pass", "and [mq] password differ, which is another name for it");
        }
        return pass.or(() -> password).orElse("");
    }

    private static Optional<PemTls> tls(
            IniFile ini, Optional<Path> ca, Optional<Path> certificate, Optional<Path> key) {
        boolean complete =
                present(ini, "cacert", ca) & present(ini, "tlscert", certificate) & present(ini, "tlskey", key);
        if (!complete) {
            return Optional.empty();
        }
        try {
            return Optional.of(PemTls.load(ca.get(), certificate, key));
        } catch (RejectedException e) {
            ini.problem("mq", "usetls", "cannot be followed: " + e.getMessage());
            return Optional.empty();
        }
    }

    private static boolean present(IniFile ini, String key, Optional<Path> path) {
        if (path.isEmpty()) {
            ini.problem("mq", key, "is missing, usetls needs it");
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
