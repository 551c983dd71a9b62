package ninja.mig.agent;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import ninja.mig.acl.Acl;
import ninja.mig.acl.Permission;
import ninja.mig.conf.ConfException;
import ninja.mig.conf.IniFile;
import ninja.mig.json.MalformedJsonException;
import ninja.mig.json.MigJson;
import ninja.mig.model.RejectedException;
import ninja.mig.pgp.BadKeyException;
import ninja.mig.pgp.Fingerprint;
import ninja.mig.pgp.PublicKey;
import ninja.mig.relay.ConnectProxy;

/**
 * The file that an operator writes and {@link BuiltinConfigCompiler} compiles: the sections of an external file, and those
 * that no external file may have. Certificates, keys and permissions are files named in it, read now and never again.
 */
final class BuiltinConfigSource {
    /** What a new agent runs if the file does not list its modules. */
    static final List<String> DEFAULT_MODULES =
            List.of("agentdestroy", "file", "memory", "netstat", "ping", "pkg", "timedrift");

    private static final String PLACEHOLDER = ".example.";
    private static final List<String> LOGGING_KEYS =
            List.of("mode", "level", "file", "maxfilesize", "host", "port", "protocol", "facility");

    private final IniFile ini;
    private final Path folder;
    private final List<String> otherModules;
    private final Set<String> knownModules;
    private final List<String> warnings = new ArrayList<>();

    private BuiltinConfigSource(IniFile ini, Path folder, List<String> otherModules, Set<String> knownModules) {
        this.ini = ini;
        this.folder = folder;
        this.otherModules = otherModules;
        this.knownModules = knownModules;
    }

    /** A configuration, and what its author should look at again. */
    record Compiled(BuiltinConfig config, List<String> warnings) {}

    /**
     * Reads and checks everything.
     *
     * @param version that the agent will name
     * @param moduleList names of modules, one in each line, {@code #} before remarks; in place of the key {@code modules}
     * @param otherModules if the file has no key {@code modules}
     * @param knownModules those that this program contains
     * @throws ConfException with every problem
     */
    static Compiled compile(
            Path file,
            String version,
            Optional<Path> moduleList,
            List<String> otherModules,
            Collection<String> knownModules) {
        BuiltinConfigSource source = new BuiltinConfigSource(
                IniFile.load(file), file.toAbsolutePath().getParent(), otherModules, Set.copyOf(knownModules));
        return source.compile(version, moduleList);
    }

    private Compiled compile(String version, Optional<Path> moduleList) {
        AgentSettings settings = AgentSettings.read(ini);
        Map<String, String> logging = new LinkedHashMap<>();
        LOGGING_KEYS.forEach(key -> ini.optional("logging", key).ifPresent(value -> logging.put(key, value)));
        Map<Fingerprint, String> keys = publicKeys();
        List<JsonNode> acl = permissions();
        List<String> modules = modules();
        BuiltinConfig.Fixed fixed = new BuiltinConfig.Fixed(
                version,
                proxies(),
                List.copyOf(keys.values()),
                acl,
                moduleList.isEmpty() ? modules : modules(moduleList.get()));
        ini.finish();
        warn(settings, keys.keySet(), Acl.parse(acl.stream().map(MigJson::text).toList()));
        return new Compiled(BuiltinConfig.of(settings, logging, fixed), List.copyOf(warnings));
    }

    private List<String> proxies() {
        List<String> proxies = ini.list("agent", "proxies");
        for (String proxy : proxies) {
            try {
                ConnectProxy.parse(proxy);
            } catch (RejectedException e) {
                ini.problem("agent", "proxies", proxy, "is refused: " + e.getMessage());
            }
        }
        return proxies;
    }

    private List<String> modules() {
        if (!ini.has("agent", "modules")) {
            return otherModules;
        }
        Set<String> names = new LinkedHashSet<>();
        for (String value : ini.list("agent", "modules")) {
            for (String name : value.strip().split("[\\s,]+")) {
                if (!knownModules.contains(name)) {
                    ini.problem("agent", "modules", value, unknown(name));
                }
                names.add(name);
            }
        }
        return List.copyOf(names);
    }

    /** @throws ConfException at once, since the configuration is not what is wrong */
    private List<String> modules(Path list) {
        List<String> lines;
        try {
            lines = Files.readAllLines(list);
        } catch (IOException e) {
            throw new ConfException(list + ", the list of modules, cannot be read: " + e);
        }
        Set<String> names = new LinkedHashSet<>();
        for (int i = 0; i < lines.size(); i++) {
            String name = lines.get(i).replaceFirst("#.*", "").strip();
            if (!name.isEmpty() && !knownModules.contains(name)) {
                throw new ConfException(list + ":" + (i + 1) + ": " + unknown(name));
            }
            if (!name.isEmpty()) {
                names.add(name);
            }
        }
        if (names.isEmpty()) {
            throw new ConfException(list + " names no module");
        }
        return List.copyOf(names);
    }

    private String unknown(String name) {
        return "names '" + name + "', which this program does not have: it has "
                + knownModules.stream().sorted().collect(Collectors.joining(", "));
    }

    private Map<Fingerprint, String> publicKeys() {
        Map<Fingerprint, String> keys = new LinkedHashMap<>();
        for (String name : ini.list("pgp", "publickey")) {
            Optional<String> armored = content("pgp", "publickey", name);
            try {
                if (armored.isPresent()) {
                    PublicKey key = PublicKey.parse(armored.get());
                    if (keys.putIfAbsent(key.fingerprint(), armored.get()) != null) {
                        ini.problem(
                                "pgp",
                                "publickey",
                                name,
                                "names key " + key.fingerprint() + ", which is there already");
                    }
                }
            } catch (BadKeyException e) {
                ini.problem("pgp", "publickey", name, "names " + name + ", which is refused: " + e.getMessage());
            }
        }
        return keys;
    }

    private List<JsonNode> permissions() {
        List<JsonNode> good = new ArrayList<>();
        for (String name : ini.list("acl", "permission")) {
            Optional<String> json = content("acl", "permission", name);
            try {
                if (json.isPresent()) {
                    List<JsonNode> more = new ArrayList<>(good);
                    more.add(MigJson.tree(json.get()));
                    // Those before it are good: what is wrong now is wrong with this one.
                    Acl.parse(more.stream().map(MigJson::text).toList());
                    good = more;
                }
            } catch (MalformedJsonException e) {
                ini.problem("acl", "permission", name, "names " + name + ", which is " + e.getMessage());
            } catch (ConfException e) {
                e.problems()
                        .forEach(problem -> ini.problem(
                                "acl", "permission", name, "names " + name + ", which is refused: " + problem));
            }
        }
        return good;
    }

    private Optional<String> content(String section, String key, String name) {
        try {
            return Optional.of(Files.readString(folder.resolve(name), StandardCharsets.UTF_8));
        } catch (IOException | IllegalArgumentException e) {
            ini.problem(section, key, name, "names " + name + ", which cannot be read: " + e);
            return Optional.empty();
        }
    }

    private void warn(AgentSettings settings, Set<Fingerprint> keys, Acl acl) {
        if (keys.isEmpty()) {
            warnings.add("no [pgp] publickey: the agent will refuse every action");
        }
        if (acl.permissions().isEmpty()) {
            warnings.add("no [acl] permission: the agent will refuse every action");
        } else if (!acl.permissions().containsKey("default")) {
            warnings.add("no permission 'default': modules without a permission of their own will be refused");
        }
        for (Permission permission : acl.permissions().values()) {
            permission.weights().keySet().stream()
                    .filter(fingerprint -> !keys.contains(fingerprint))
                    .forEach(fingerprint -> warnings.add("permission '" + permission.name() + "' lists " + fingerprint
                            + ", but [pgp] has no such key: its signatures will be refused"));
        }
        if (settings.relay().contains(PLACEHOLDER) || settings.api().contains(PLACEHOLDER)) {
            warnings.add("[agent] relay or api is still the example of the template");
        }
        warnAboutPlainText(settings);
    }

    private void warnAboutPlainText(AgentSettings settings) {
        try {
            String host = settings.relayConf().host();
            if (settings.relayConf().tls().isEmpty() && !isLocal(host)) {
                warnings.add("[agent] relay is amqp without TLS to " + host + ": the password travels in clear text");
            }
        } catch (RejectedException e) {
            throw new IllegalStateException("the settings were checked before", e);
        }
    }

    private static boolean isLocal(String host) {
        if (!host.matches("[0-9.]+|.*:.*")) {
            return host.equals("localhost");
        }
        try {
            return InetAddress.getByName(host).isLoopbackAddress();
        } catch (UnknownHostException e) {
            return false;
        }
    }
}
