package ninja.mig.agent;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;
import java.util.stream.Collectors;
import ninja.mig.conf.GoDuration;
import ninja.mig.json.MigJson;
import ninja.mig.log.LoggingConf;
import ninja.mig.pgp.BadKeyException;
import ninja.mig.pgp.PublicKey;
import ninja.mig.relay.ConnectProxy;

/** The configuration in force, by the names of the built-in one, one line each ({@code -S}). Secrets are masked. */
final class EffectiveSettings {
    private static final String MASK = "********";
    private static final String NONE = "none";

    private final AgentConf conf;

    EffectiveSettings(AgentConf conf) {
        this.conf = conf;
    }

    /** {@code NAME : value}. */
    List<String> lines() {
        AgentSettings settings = conf.settings();
        List<String> lines = new ArrayList<>();
        add(lines, "TAGS", MigJson.text(new TreeMap<>(conf.builtin().tags())));
        add(lines, "ISIMMORTAL", settings.isImmortal());
        add(lines, "MUSTINSTALLSERVICE", settings.installService());
        add(lines, "DISCOVERPUBLICIP", settings.discoverPublicIp());
        add(lines, "REFRESHENV", GoDuration.format(settings.refreshEnv()));
        add(lines, "DISCOVERAWSMETA", settings.discoverAwsMeta());
        add(lines, "CHECKIN", settings.checkin());
        add(lines, "LOGGINGCONF", logging(settings.logging()));
        add(lines, "AMQPBROKER", masked(settings.relay()));
        add(lines, "APIURL", masked(settings.api()));
        add(lines, "SOCKET", settings.socket());
        add(lines, "HEARTBEATFREQ", GoDuration.format(settings.heartbeatFreq()));
        add(lines, "MODULETIMEOUT", GoDuration.format(settings.moduleTimeout()));
        add(lines, "CACERT", certificates(settings.ca()));
        add(lines, "AGENTCERT", certificates(settings.cert()));
        add(lines, "AGENTKEY", settings.key().isEmpty() ? NONE : MASK);
        add(lines, "PROXIES", proxies());
        add(lines, "AGENTACL", MigJson.text(conf.builtin().acl()));
        add(lines, "PUBLICPGPKEYS", keys());
        add(lines, "MODULES", String.join(" ", conf.builtin().modules()));
        return lines;
    }

    /** One line, whatever the value holds. */
    private static void add(List<String> lines, String name, Object value) {
        lines.add(name + " : " + value.toString().replaceAll("\\p{Cntrl}", "?"));
    }

    /** Without what may be a secret: the password of its login, or a login that is one word, and a query. */
    private static String masked(String uri) {
        return uri.replaceFirst("^([^:/?#]+://[^/?#:@]*):[^/?#@]*@", "$1:" + MASK + "@")
                .replaceFirst("^([^:/?#]+://)[^/?#:@]+@", "$1" + MASK + "@")
                .replaceFirst("\\?.*", "?" + MASK);
    }

    private static String logging(LoggingConf logging) {
        String common = "mode=" + logging.mode().name().toLowerCase(Locale.ROOT) + " level="
                + logging.level().word();
        switch (logging.mode()) {
            case FILE:
                return common + " file=" + logging.file().map(Object::toString).orElse(NONE) + " maxfilesize="
                        + logging.maxFileSize();
            case SYSLOG:
                return common + " host=" + logging.host() + " port=" + logging.port() + " protocol="
                        + (logging.tcp() ? "tcp" : "udp") + " facility="
                        + logging.facility().name().toLowerCase(Locale.ROOT);
            default:
                return common;
        }
    }

    private static String certificates(String pem) {
        if (pem.isEmpty()) {
            return NONE;
        }
        try {
            List<String> subjects = new ArrayList<>();
            for (Certificate certificate : CertificateFactory.getInstance("X.509")
                    .generateCertificates(new ByteArrayInputStream(pem.getBytes(StandardCharsets.US_ASCII)))) {
                X509Certificate x509 = (X509Certificate) certificate;
                subjects.add(x509.getSubjectX500Principal() + " (until "
                        + x509.getNotAfter().toInstant() + ")");
            }
            return subjects.isEmpty() ? "a text without certificates" : String.join("; ", subjects);
        } catch (CertificateException e) {
            return "a text that cannot be read as certificates";
        }
    }

    private String proxies() {
        return conf.proxies().isEmpty()
                ? NONE
                : conf.proxies().stream().map(EffectiveSettings::proxy).collect(Collectors.joining(" "));
    }

    private static String proxy(ConnectProxy proxy) {
        return proxy.credentials()
                        .map(login -> login.split(":", 2)[0] + ":" + MASK + "@")
                        .orElse("")
                + proxy;
    }

    private String keys() {
        List<String> keys = new ArrayList<>();
        for (String armored : conf.builtin().publicKeys()) {
            try {
                PublicKey key = PublicKey.parse(armored);
                keys.add(key.fingerprint() + " (" + String.join(", ", key.userIds()) + ")");
            } catch (BadKeyException e) {
                throw new IllegalStateException("the keys were read before", e);
            }
        }
        return keys.isEmpty() ? NONE : String.join("; ", keys);
    }
}
