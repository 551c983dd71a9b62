package ninja.mig.agent;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import ninja.mig.conf.GoDuration;
import ninja.mig.conf.IniFile;
import ninja.mig.log.LoggingConf;
import ninja.mig.model.RejectedException;
import ninja.mig.relay.AmqpUri;
import ninja.mig.relay.PemTls;
import ninja.mig.relay.RelayConf;
import ninja.mig.relay.TlsProbe;

/**
 * What a configuration file may set, be it the external one or the source of the built-in one.
 *
 * @param relay an AMQP URI with user and password
 * @param api base URL of the API, empty if unknown
 * @param socket where the stat socket listens, empty for nowhere
 * @param moduleTimeout longest run of one operation
 * @param isImmortal the agent goes on trying when it cannot reach the relay at its start
 * @param ca certificate of the CA of the relay, in PEM; empty without TLS
 * @param cert client certificate, in PEM; empty if there is none
 * @param key its private key, in PEM
 * @param discoverAwsMeta whether the metadata service of Amazon's cloud is asked for the instance
 * @param refreshEnv how often the environment of the host is looked at again; zero for never
 * @param extraPrivacy whether results go through the filters of their modules, which mask names of files and the like
 * @param tags sent with each heartbeat, by name
 */
record AgentSettings(
        String relay,
        String api,
        String socket,
        Duration heartbeatFreq,
        Duration moduleTimeout,
        boolean isImmortal,
        boolean installService,
        boolean discoverPublicIp,
        boolean checkin,
        String ca,
        String cert,
        String key,
        LoggingConf logging,
        boolean discoverAwsMeta,
        Duration refreshEnv,
        boolean extraPrivacy,
        Map<String, String> tags) {

    private static final Duration DEFAULT_PERIOD = Duration.ofSeconds(300);
    private static final Duration SHORTEST = Duration.ofSeconds(1);
    private static final Duration LONGEST = Duration.ofHours(24);
    private static final Duration SHORTEST_REFRESH = Duration.ofSeconds(10);
    private static final Duration CONNECT = Duration.ofSeconds(5);

    /** No log fills an endpoint's disk: six files of 10 MiB, unless its owner says otherwise. */
    static final long LOG_FILE_SIZE = 10 << 20;

    AgentSettings {
        tags = Map.copyOf(tags);
    }

    /** Reads sections {@code [agent]}, {@code [tags]}, {@code [certs]}, {@code [logging]}; the caller finishes the file. */
    static AgentSettings read(IniFile ini) {
        AgentSettings settings = new AgentSettings(
                ini.string("agent", "relay"),
                ini.string("agent", "api", ""),
                ini.string("agent", "socket", ""),
                ini.duration("agent", "heartbeatfreq", DEFAULT_PERIOD, SHORTEST, LONGEST),
                ini.duration("agent", "moduletimeout", DEFAULT_PERIOD, SHORTEST, LONGEST),
                ini.bool("agent", "isimmortal", false),
                ini.bool("agent", "installservice", false),
                ini.bool("agent", "discoverpublicip", false),
                ini.bool("agent", "checkin", false),
                pem(ini, "ca"),
                pem(ini, "cert"),
                pem(ini, "key"),
                LoggingConf.read(ini, LOG_FILE_SIZE),
                ini.bool("agent", "discoverawsmeta", false),
                refreshEnv(ini),
                ini.bool("agent", "extraprivacymode", false),
                tags(ini));
        settings.check(ini);
        return settings;
    }

    /** Empty or 0 is off; the host is not asked more often than is good for it. */
    private static Duration refreshEnv(IniFile ini) {
        if (ini.optional("agent", "refreshenv").isEmpty()) {
            return Duration.ZERO;
        }
        Duration period = ini.duration("agent", "refreshenv", Duration.ZERO, Duration.ZERO, LONGEST);
        if (!period.isZero() && period.compareTo(SHORTEST_REFRESH) < 0) {
            ini.problem(
                    "agent",
                    "refreshenv",
                    "is '" + GoDuration.format(period) + "', expected 0 for never, or a duration from 10s to 24h");
        }
        return period;
    }

    /** Section {@code [tags]}, and the original's {@code [agent] tags = "name:value"}; no name may come twice. */
    private static Map<String, String> tags(IniFile ini) {
        Map<String, String> tags = new LinkedHashMap<>(ini.free("tags"));
        for (String tag : ini.list("agent", "tags")) {
            int colon = tag.indexOf(':');
            String name = tag.substring(0, Math.max(colon, 0)).strip();
            if (name.isEmpty()) {
                ini.problem("agent", "tags", tag, "is '" + tag + "', expected a tag such as operator:IT");
            } else if (tags.putIfAbsent(name, tag.substring(colon + 1).strip()) != null) {
                ini.problem("agent", "tags", tag, "names tag '" + name + "', which is there already");
            }
        }
        return tags;
    }

    private static String pem(IniFile ini, String key) {
        Optional<Path> path = ini.path("certs", key);
        if (path.isEmpty()) {
            return "";
        }
        try {
            // PEM is ASCII; the remarks around it may be anything.
            String text = Files.readString(path.get(), StandardCharsets.ISO_8859_1);
            if (text.isEmpty()) {
                ini.problem("certs", key, "names an empty file: " + path.get());
            }
            return text;
        } catch (IOException e) {
            ini.problem("certs", key, "cannot be read: " + e);
            return "";
        }
    }

    private void check(IniFile ini) {
        boolean goodCerts = checkCerts(ini);
        if (!relay.isEmpty()) {
            try {
                AmqpUri.parse(relay);
                if (goodCerts) {
                    relayConf();
                }
            } catch (RejectedException e) {
                ini.problem("agent", "relay", "is refused: " + e.getMessage());
            }
        }
        if (!api.isEmpty() && !isUrl(api)) {
            ini.problem("agent", "api", "is '" + api + "', expected a URL such as https://api.mig.example.net/api/v1/");
        }
        try {
            statSocket();
        } catch (RejectedException e) {
            ini.problem("agent", "socket", e.getMessage());
        }
    }

    /** @return whether section {@code [certs]} is all right, for {@code amqp} too */
    private boolean checkCerts(IniFile ini) {
        boolean hasCert = ini.optional("certs", "cert").isPresent();
        if (hasCert != ini.optional("certs", "key").isPresent()) {
            ini.problem("certs", hasCert ? "cert" : "key", "is there alone: cert and key belong together");
            return false;
        }
        boolean goodCa = checkCertificates(ini, "ca", ca);
        boolean goodCert = checkCertificates(ini, "cert", cert);
        boolean good = goodCa && goodCert && hasCert != key.isEmpty();
        if (!good || !hasCert || ca.isEmpty()) {
            return good;
        }
        try {
            PemTls.of(ca, text(cert), text(key));
            return true;
        } catch (RejectedException e) {
            ini.problem("certs", "key", "is refused: " + e.getMessage());
            return false;
        }
    }

    private static boolean checkCertificates(IniFile ini, String name, String pem) {
        if (pem.isEmpty()) {
            return ini.optional("certs", name).isEmpty();
        }
        try {
            if (!TlsProbe.read(pem).isEmpty()) {
                return true;
            }
            ini.problem("certs", name, "is refused: it has no BEGIN CERTIFICATE line");
        } catch (RejectedException e) {
            ini.problem("certs", name, "is refused: " + e.getMessage());
        }
        return false;
    }

    /** Whether the API is asked for the public address: not if none is named. */
    boolean asksPublicIp() {
        return discoverPublicIp && !api.isEmpty();
    }

    /** How to connect to the relay. */
    RelayConf relayConf() throws RejectedException {
        if (cert.isEmpty() != key.isEmpty()) {
            throw new RejectedException("[certs] cert and key belong together, one of them is missing");
        }
        Optional<PemTls> tls = ca.isEmpty() ? Optional.empty() : Optional.of(PemTls.of(ca, text(cert), text(key)));
        return AmqpUri.parse(relay).conf(tls, CONNECT, heartbeatFreq.multipliedBy(2));
    }

    /** Where the stat socket listens, if it is to. */
    Optional<InetSocketAddress> statSocket() throws RejectedException {
        return socket.isEmpty() ? Optional.empty() : Optional.of(StatAddress.parse(socket));
    }

    private static Optional<String> text(String pem) {
        return pem.isEmpty() ? Optional.empty() : Optional.of(pem);
    }

    private static boolean isUrl(String text) {
        try {
            URI uri = new URI(text);
            String scheme = String.valueOf(uri.getScheme()).toLowerCase(Locale.ROOT);
            return uri.getHost() != null && (scheme.equals("http") || scheme.equals("https"));
        } catch (URISyntaxException e) {
            return false;
        }
    }

    /** Relay and key hold secrets. */
    @Override
    public String toString() {
        return "AgentSettings";
    }
}
