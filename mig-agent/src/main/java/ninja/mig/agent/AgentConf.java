package ninja.mig.agent;

import java.io.IOException;
import java.io.PrintStream;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import ninja.mig.acl.Acl;
import ninja.mig.conf.ConfException;
import ninja.mig.conf.IniFile;
import ninja.mig.json.MigJson;
import ninja.mig.model.RejectedException;
import ninja.mig.pgp.BadKeyException;
import ninja.mig.pgp.Keyring;
import ninja.mig.relay.ConnectProxy;
import ninja.mig.relay.RelayConf;

/**
 * The configuration in force: the settings of the external file if there is one, else the built-in ones, never a mixture;
 * and what is always built in.
 *
 * @param keyring who may sign actions
 * @param acl what they may do
 * @param proxies tried last
 * @param statSocket where the stat socket listens, if it does
 * @param givenFile the file that the command line names, as an absolute path
 */
record AgentConf(
        AgentSettings settings,
        RelayConf relay,
        BuiltinConfig builtin,
        Keyring keyring,
        Acl acl,
        List<ConnectProxy> proxies,
        Optional<InetSocketAddress> statSocket,
        Optional<Path> givenFile) {

    private static final List<String> BUILT_IN_SECTIONS = List.of("pgp", "acl");
    private static final List<String> BUILT_IN_KEYS = List.of("proxies", "publicpgpkeys", "agentacl", "modules");

    /** The file that is read if it exists and the command line names no other. */
    static Path defaultFile(String os) {
        return Path.of(os.equals("windows") ? "C:\\mig\\mig-agent.cfg" : "/etc/mig/mig-agent.cfg");
    }

    /**
     * Reads everything, or nothing.
     *
     * @param given by the command line; must exist
     * @param err where the configuration in force is announced
     * @throws ConfException with every problem of the file, or of the keys and ACL that are built in
     */
    static AgentConf load(Optional<Path> given, Path defaultFile, BuiltinConfig builtin, PrintStream err) {
        // What cannot be seen, or is a link to nowhere, is not missing: it is refused where it is read.
        boolean isMissing = Files.notExists(defaultFile, LinkOption.NOFOLLOW_LINKS);
        Optional<Path> file = given.or(() -> isMissing ? Optional.empty() : Optional.of(defaultFile));
        AgentSettings settings;
        if (file.isPresent()) {
            settings = read(file.get());
            warnIfReadable(file.get(), err);
            err.println("[info] using external conf from " + file.get());
            if (settings.tags().isEmpty() && !builtin.tags().isEmpty()) {
                err.println("[info] it has no tags: those that are built in do not count");
            }
        } else {
            settings = builtin.settings();
            err.println("[info] using builtin conf");
        }
        return of(settings, builtin, given.map(Path::toAbsolutePath));
    }

    static AgentConf of(AgentSettings settings, BuiltinConfig builtin) {
        return of(settings, builtin, Optional.empty());
    }

    private static AgentConf of(AgentSettings settings, BuiltinConfig builtin, Optional<Path> givenFile) {
        List<String> problems = new ArrayList<>();
        Keyring keyring = Keyring.ofKeys(List.of());
        Acl acl = Acl.parse(List.of());
        List<ConnectProxy> proxies = new ArrayList<>();
        Optional<RelayConf> relay = Optional.empty();
        try {
            keyring = Keyring.of(builtin.publicKeys());
        } catch (BadKeyException e) {
            problems.add("a public key that is built in is refused: " + e.getMessage());
        }
        try {
            acl = Acl.parse(builtin.acl().stream().map(MigJson::text).toList());
        } catch (ConfException e) {
            problems.addAll(e.problems());
        }
        for (String proxy : builtin.proxies()) {
            try {
                proxies.add(ConnectProxy.parse(proxy));
            } catch (RejectedException e) {
                problems.add("a proxy that is built in is refused: " + e.getMessage());
            }
        }
        try {
            relay = Optional.of(settings.relayConf());
        } catch (RejectedException e) {
            problems.add("[agent] relay is refused: " + e.getMessage());
        }
        Optional<InetSocketAddress> statSocket = Optional.empty();
        try {
            statSocket = settings.statSocket();
        } catch (RejectedException e) {
            problems.add("[agent] socket " + e.getMessage());
        }
        if (!problems.isEmpty()) {
            throw new ConfException(problems);
        }
        return new AgentConf(
                settings, relay.orElseThrow(), builtin, keyring, acl, List.copyOf(proxies), statSocket, givenFile);
    }

    private static AgentSettings read(Path file) {
        IniFile ini = IniFile.load(file);
        for (String section : BUILT_IN_SECTIONS) {
            ini.free(section).keySet().forEach(key -> ini.problem(section, key, refusal()));
        }
        for (String key : BUILT_IN_KEYS) {
            if (ini.has("agent", key)) {
                ini.problem("agent", key, refusal());
            }
        }
        AgentSettings settings = AgentSettings.read(ini);
        ini.finish();
        return settings;
    }

    private static String refusal() {
        return "is built into the agent and cannot be set by a file";
    }

    private static void warnIfReadable(Path file, PrintStream err) {
        try {
            if (Files.getFileAttributeView(file, PosixFileAttributeView.class) == null) {
                return;
            }
            Set<PosixFilePermission> mode = Files.getPosixFilePermissions(file);
            if (mode.contains(PosixFilePermission.GROUP_READ) || mode.contains(PosixFilePermission.OTHERS_READ)) {
                err.println(
                        "[warning] " + file + " can be read by others than its owner; it contains the relay password");
            }
        } catch (IOException e) {
            err.println("[warning] the permissions of " + file + " cannot be read: " + e.getMessage());
        }
    }
}
