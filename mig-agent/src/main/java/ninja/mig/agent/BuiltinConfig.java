package ninja.mig.agent;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import ninja.mig.conf.ConfException;
import ninja.mig.conf.GoDuration;
import ninja.mig.conf.IniFile;
import ninja.mig.json.MalformedJsonException;
import ninja.mig.json.MigJson;
import ninja.mig.log.LoggingConf;
import ninja.mig.modules.Modules;

/**
 * The configuration that is built into the agent, as {@link BuiltinConfigCompiler} writes it. Proxies, keys, ACL and
 * modules come from here alone, whatever an external file says.
 *
 * @param heartbeatFreq a duration such as {@code 300s}
 * @param publicKeys armored, one key each
 * @param acl one document of permissions each
 * @param logging the keys of section {@code [logging]}
 * @param modules the names of the modules that this agent runs
 * @param refreshEnv a duration such as {@code 5m}; zero or missing for never
 */
record BuiltinConfig(
        String version,
        String relay,
        String api,
        String socket,
        @JsonProperty("heartbeatfreq") String heartbeatFreq,
        @JsonProperty("moduletimeout") String moduleTimeout,
        @JsonProperty("isimmortal") boolean isImmortal,
        @JsonProperty("installservice") boolean installService,
        @JsonProperty("discoverpublicip") boolean discoverPublicIp,
        boolean checkin,
        List<String> proxies,
        Map<String, String> tags,
        String ca,
        String cert,
        String key,
        @JsonProperty("publickeys") List<String> publicKeys,
        List<JsonNode> acl,
        Map<String, String> logging,
        List<String> modules,
        @JsonProperty("discoverawsmeta") boolean discoverAwsMeta,
        @JsonProperty("refreshenv") String refreshEnv,
        @JsonProperty("extraprivacymode") boolean extraPrivacy) {

    /** Where it lies in the jar. */
    static final String RESOURCE = "META-INF/mig/builtin.json";

    BuiltinConfig {
        version = Objects.requireNonNullElse(version, "");
        proxies = proxies == null ? List.of() : List.copyOf(proxies);
        tags = tags == null ? Map.of() : Map.copyOf(tags);
        publicKeys = publicKeys == null ? List.of() : List.copyOf(publicKeys);
        acl = acl == null ? List.of() : List.copyOf(acl);
        logging = logging == null ? Map.of() : Map.copyOf(logging);
        modules = modules == null ? List.of() : List.copyOf(modules);
        refreshEnv = refreshEnv == null || refreshEnv.isEmpty() ? "0s" : refreshEnv;
    }

    static BuiltinConfig of(AgentSettings settings, Map<String, String> logging, Fixed fixed) {
        return new BuiltinConfig(
                fixed.version(),
                settings.relay(),
                settings.api(),
                settings.socket(),
                GoDuration.format(settings.heartbeatFreq()),
                GoDuration.format(settings.moduleTimeout()),
                settings.isImmortal(),
                settings.installService(),
                settings.discoverPublicIp(),
                settings.checkin(),
                fixed.proxies(),
                settings.tags(),
                settings.ca(),
                settings.cert(),
                settings.key(),
                fixed.publicKeys(),
                fixed.acl(),
                logging,
                fixed.modules(),
                settings.discoverAwsMeta(),
                GoDuration.format(settings.refreshEnv()),
                settings.extraPrivacy());
    }

    /** What only the built-in configuration has. */
    record Fixed(
            String version, List<String> proxies, List<String> publicKeys, List<JsonNode> acl, List<String> modules) {}

    /** Reads what is built into the program that runs now. */
    static BuiltinConfig load() {
        try {
            return MigJson.read(document(), BuiltinConfig.class);
        } catch (MalformedJsonException e) {
            throw new ConfException("the built-in configuration cannot be read: " + e.getMessage());
        }
    }

    /** Whether the list of modules has this one: all that the process of a module has to know. */
    static boolean lists(String module) {
        try {
            for (JsonNode listed : MigJson.tree(document()).path("modules")) {
                if (listed.asText().equals(module)) {
                    return true;
                }
            }
            return false;
        } catch (MalformedJsonException e) {
            throw new ConfException("the built-in configuration cannot be read: " + e.getMessage());
        }
    }

    private static byte[] document() {
        try (InputStream in = BuiltinConfig.class.getClassLoader().getResourceAsStream(RESOURCE)) {
            if (in == null) {
                throw new ConfException("this agent was built without a configuration: " + RESOURCE + " is missing");
            }
            return in.readAllBytes();
        } catch (IOException e) {
            throw new ConfException("the built-in configuration cannot be read: " + e.getMessage());
        }
    }

    AgentSettings settings() {
        return new AgentSettings(
                relay,
                api,
                socket,
                duration(heartbeatFreq),
                duration(moduleTimeout),
                isImmortal,
                installService,
                discoverPublicIp,
                checkin,
                ca,
                cert,
                key,
                loggingConf(),
                discoverAwsMeta,
                duration(refreshEnv),
                extraPrivacy,
                tags);
    }

    /** The modules of the list that this version has. */
    Set<String> availableModules() {
        Set<String> available = new TreeSet<>(modules);
        available.retainAll(Modules.installed().names());
        return Collections.unmodifiableSet(available);
    }

    private static Duration duration(String text) {
        return GoDuration.parse(text);
    }

    /** By the parser that reads the same keys from files. */
    private LoggingConf loggingConf() {
        String section = logging.entrySet().stream()
                .map(e -> e.getKey() + " = " + quoted(e.getValue()) + "\n")
                .collect(Collectors.joining("", "[logging]\n", ""));
        IniFile ini = IniFile.parse("built-in configuration", section);
        LoggingConf conf = LoggingConf.read(ini, AgentSettings.LOG_FILE_SIZE);
        ini.finish();
        return conf;
    }

    private static String quoted(String value) {
        return '"' + value.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n") + '"';
    }

    /** Relay and key hold secrets. */
    @Override
    public String toString() {
        return "BuiltinConfig " + version;
    }
}
