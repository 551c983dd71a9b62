package ninja.mig.agent;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InterfaceAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import ninja.mig.model.AgentEnvironment;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Finds out where the agent runs. What cannot be found out stays empty: no failure here stops an agent. */
final class EnvironmentProbe {
    private static final Logger log = LoggerFactory.getLogger(EnvironmentProbe.class);

    private final Path root;
    private final HostCommand commands;

    /** @param root of the file system, {@code /} but in tests */
    EnvironmentProbe(Path root, HostCommand commands) {
        this.root = root;
        this.commands = commands;
    }

    /** @return {@code linux}, {@code darwin} or {@code windows}; another system's own name, in lower case */
    static String os() {
        String name = System.getProperty("os.name").toLowerCase(Locale.ROOT);
        if (name.startsWith("mac") || name.startsWith("darwin")) {
            return "darwin";
        }
        return name.startsWith("windows") ? "windows" : name;
    }

    /** The processor, by the names that Go has for them. */
    static String arch(String javaName) {
        switch (javaName) {
            case "x86_64":
                return "amd64";
            case "x86", "i386", "i486", "i586", "i686":
                return "386";
            case "aarch64":
                return "arm64";
            default:
                return javaName;
        }
    }

    /** The name of the host, with its domain if the host knows one; empty if it has no name at all. */
    String hostname(String os) {
        switch (os) {
            case "linux":
                return linuxHostname();
            case "windows":
                return windowsHostname();
            default:
                return commands.output("hostname", "-f")
                        .map(EnvironmentProbe::clean)
                        .orElse("");
        }
    }

    /** Everything but the way to the relay and the public address. */
    AgentEnvironment environment(String os) {
        return new AgentEnvironment(
                init(os), ident(os), os, arch(System.getProperty("os.arch")), false, "", addresses(), "", Map.of());
    }

    private String linuxHostname() {
        String kernel = firstLine("proc/sys/kernel/hostname")
                .map(EnvironmentProbe::clean)
                .orElse("");
        if (kernel.contains(".")) {
            return kernel;
        }
        // A resolver may hand out a name that is not this host's: only one that continues the kernel's is believed.
        return commands.output("hostname", "--fqdn")
                .map(EnvironmentProbe::clean)
                .filter(name -> kernel.isEmpty() || name.startsWith(kernel + "."))
                .orElse(kernel);
    }

    private static String windowsHostname() {
        String name = Optional.ofNullable(System.getenv("COMPUTERNAME")).orElse("");
        String domain = Optional.ofNullable(System.getenv("USERDNSDOMAIN")).orElse("");
        return name.isEmpty() || domain.isEmpty() ? name : name + "." + domain;
    }

    /** The init system, by the names that heartbeats have for it. */
    String init(String os) {
        switch (os) {
            case "darwin":
                return "launchd";
            case "windows":
                return "windows";
            default:
                return linuxInit();
        }
    }

    private String linuxInit() {
        if (Files.exists(root.resolve("run/systemd/system"))
                || target("proc/1/exe").contains("systemd")
                || target("sbin/init").contains("systemd")) {
            return "systemd";
        }
        String command = read("proc/1/cmdline").orElse("").replace('\0', ' ');
        if (command.contains("init [")) {
            return "sysvinit";
        }
        if (command.contains("systemd")) {
            return "systemd";
        }
        return command.contains("init") ? "upstart" : "sysvinit-fallback";
    }

    private String ident(String os) {
        if (!os.equals("linux")) {
            return clean(System.getProperty("os.name") + " " + System.getProperty("os.version"));
        }
        return commands.output("lsb_release", "-i", "-r", "-c", "-s")
                .map(EnvironmentProbe::clean)
                .filter(ident -> !ident.isEmpty())
                .or(() -> firstLine("etc/issue").map(EnvironmentProbe::clean).filter(line -> line.length() >= 4))
                .or(this::prettyName)
                .orElse("");
    }

    private Optional<String> prettyName() {
        return read("etc/os-release").flatMap(text -> text.lines()
                .filter(line -> line.startsWith("PRETTY_NAME="))
                .map(line -> clean(line.substring("PRETTY_NAME=".length())))
                .findFirst());
    }

    /** Every address of this host as {@code ip/prefix}, but loopback. */
    static List<String> addresses() {
        List<String> found = new ArrayList<>();
        try {
            for (NetworkInterface card : Collections.list(NetworkInterface.getNetworkInterfaces())) {
                for (InterfaceAddress address : card.getInterfaceAddresses()) {
                    String text = text(address.getAddress()) + "/" + address.getNetworkPrefixLength();
                    if (!text.equals("127.0.0.1/8") && !text.equals("::1/128")) {
                        found.add(text);
                    }
                }
            }
        } catch (SocketException e) {
            log.warn("the addresses of this host cannot be listed: {}", e.getMessage());
        }
        return found;
    }

    /** An address as everybody but Java writes it: lower case, the longest run of zeros as {@code ::}, no zone. */
    static String text(InetAddress address) {
        byte[] bytes = address.getAddress();
        if (bytes.length == 4) {
            return address.getHostAddress();
        }
        int[] groups = new int[8];
        for (int i = 0; i < 8; i++) {
            groups[i] = (bytes[2 * i] & 0xff) << 8 | bytes[2 * i + 1] & 0xff;
        }
        int start = 8;
        int length = 1;
        for (int i = 0; i < 8; i++) {
            int run = 0;
            while (i + run < 8 && groups[i + run] == 0) {
                run++;
            }
            if (run > length) {
                start = i;
                length = run;
            }
        }
        if (start == 8) {
            return hex(groups, 0, 8);
        }
        return hex(groups, 0, start) + "::" + hex(groups, start + length, 8);
    }

    private static String hex(int[] groups, int from, int to) {
        StringBuilder out = new StringBuilder();
        for (int i = from; i < to; i++) {
            out.append(i == from ? "" : ":").append(Integer.toHexString(groups[i]));
        }
        return out.toString();
    }

    /** One line without surrounding blanks and quotes. */
    static String clean(String text) {
        return text.replaceAll("^[\\s\"']+|[\\s\"']+$", "").replaceAll("[\"']?\\s*\\n\\s*[\"']?", " ");
    }

    private Optional<String> firstLine(String file) {
        return read(file).flatMap(text -> text.lines().findFirst());
    }

    private Optional<String> read(String file) {
        try {
            return Optional.of(new String(Files.readAllBytes(root.resolve(file)), StandardCharsets.UTF_8));
        } catch (IOException e) {
            log.debug("{} cannot be read: {}", file, e.getMessage());
            return Optional.empty();
        }
    }

    private String target(String link) {
        try {
            return root.resolve(link).toRealPath().toString();
        } catch (IOException e) {
            log.debug("{} cannot be followed: {}", link, e.getMessage());
            return "";
        }
    }
}
