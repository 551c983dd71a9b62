package ninja.mig.agent;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;
import java.util.stream.Collectors;
import ninja.mig.conf.GoDuration;
import ninja.mig.json.MigJson;
import ninja.mig.log.LoggingConf;
import ninja.mig.model.RejectedException;
import ninja.mig.pgp.BadKeyException;
import ninja.mig.pgp.PublicKey;
import ninja.mig.relay.ConnectProxy;
import ninja.mig.relay.TlsProbe;

/** The configuration in force, parameter by parameter. Secrets are masked. */
final class EffectiveSettings {
    private static final String MASK = "********";
    private static final String NONE = "none";

    private final AgentConf conf;

    EffectiveSettings(AgentConf conf) {
        this.conf = conf;
    }

    /**
     * One parameter.
     *
     * @param name in the built-in configuration
     * @param key in files; empty for keys and ACL, which are long and cannot be set by one
     * @param value without control characters
     */
    record Setting(String name, String key, String value) {
        /** As {@code -S} prints it. */
        String line() {
            return name + " : " + value;
        }
    }

    /** In the order of the guide. */
    List<Setting> all() {
        AgentSettings settings = conf.settings();
        List<Setting> all = new ArrayList<>();
        add(all, "TAGS", "tags", MigJson.text(new TreeMap<>(settings.tags())));
        add(all, "ISIMMORTAL", "isimmortal", settings.isImmortal());
        add(all, "MUSTINSTALLSERVICE", "installservice", settings.installService());
        add(all, "DISCOVERPUBLICIP", "discoverpublicip", settings.discoverPublicIp());
        add(all, "REFRESHENV", "refreshenv", GoDuration.format(settings.refreshEnv()));
        add(all, "DISCOVERAWSMETA", "discoverawsmeta", settings.discoverAwsMeta());
        add(all, "EXTRAPRIVACYMODE", "extraprivacymode", settings.extraPrivacy());
        add(all, "CHECKIN", "checkin", settings.checkin());
        add(all, "LOGGINGCONF", "logging", logging(settings.logging()));
        add(all, "AMQPBROKER", "relay", masked(settings.relay()));
        add(all, "APIURL", "api", masked(settings.api()));
        add(all, "SOCKET", "socket", settings.socket());
        add(all, "HEARTBEATFREQ", "heartbeatfreq", GoDuration.format(settings.heartbeatFreq()));
        add(all, "MODULETIMEOUT", "moduletimeout", GoDuration.format(settings.moduleTimeout()));
        add(all, "CACERT", "ca", certificates(settings.ca()));
        add(all, "AGENTCERT", "cert", certificates(settings.cert()));
        add(all, "AGENTKEY", "key", settings.key().isEmpty() ? "" : MASK);
        add(all, "PROXIES", "proxies", proxies());
        add(all, "AGENTACL", "", MigJson.text(conf.builtin().acl()));
        add(all, "PUBLICPGPKEYS", "", keys());
        add(all, "MODULES", "modules", String.join(" ", conf.builtin().modules()));
        return all;
    }

    /** One line, whatever the value holds. */
    private static void add(List<Setting> all, String name, String key, Object value) {
        String text = value.toString().replaceAll("\\p{Cntrl}", "?");
        all.add(new Setting(name, key, text.isEmpty() ? NONE : text));
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
                String server = logging.isLocal()
                        ? ""
                        : " host=" + logging.host() + " port=" + logging.port() + " protocol="
                                + (logging.tcp() ? "tcp" : "udp");
                return common + server + " facility="
                        + logging.facility().name().toLowerCase(Locale.ROOT);
            default:
                return common;
        }
    }

    private static String certificates(String pem) {
        try {
            String subjects = TlsProbe.read(pem).stream()
                    .map(certificate -> certificate.getSubjectX500Principal() + " (until "
                            + certificate.getNotAfter().toInstant() + ")")
                    .collect(Collectors.joining("; "));
            return subjects.isEmpty() && !pem.isEmpty() ? "a text without certificates" : subjects;
        } catch (RejectedException e) {
            return "a text that cannot be read as certificates";
        }
    }

    private String proxies() {
        return conf.proxies().stream().map(EffectiveSettings::proxy).collect(Collectors.joining(" "));
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
        return String.join("; ", keys);
    }
}
