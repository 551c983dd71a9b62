package ninja.mig.agent;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import ninja.mig.agent.service.HostFiles;
import ninja.mig.conf.IniFile;

/** A doctor at work: its agent, in a directory of its own, and the page that it wrote. */
final class Examination {
    static final String UID = "examinedagent0";

    final Path directory;
    final Path runDir;
    final Path host;
    private final Investigation it;
    private final Clock clock;
    private String page = "";

    Examination(Path directory, Investigation it, Clock clock) {
        this.directory = directory;
        this.runDir = directory.resolve("run");
        this.host = directory.resolve("host");
        this.it = it;
        this.clock = clock;
    }

    /** Gives the agent an identity, as its first start does. */
    void giveIdentity() throws Exception {
        Files.createDirectories(runDir);
        Files.setPosixFilePermissions(runDir, PosixFilePermissions.fromString("rwxr-xr-x"));
        Path id = Files.writeString(runDir.resolve(AgentIdentity.FILE), UID);
        Files.setPosixFilePermissions(id, PosixFilePermissions.fromString("r--------"));
    }

    /** Everything that is built in but the settings, which a file replaces. */
    BuiltinConfig builtin(List<String> publicKeys, String acl) throws Exception {
        AgentSettings settings =
                AgentSettings.read(IniFile.parse("builtin", "[agent]\nrelay = amqp://agent:x@localhost/mig\n"));
        return Investigation.builtin(settings, publicKeys, acl, "file", "probe", "missing");
    }

    /** @return whether all was well */
    boolean with(String configuration) throws Exception {
        return with(configuration, builtin(it.publicKeys(), it.acl()));
    }

    boolean with(String configuration, BuiltinConfig builtin) throws Exception {
        Path conf = Files.writeString(directory.resolve("mig-agent.cfg"), configuration);
        Files.setPosixFilePermissions(conf, PosixFilePermissions.fromString("rw-------"));
        return with(Optional.of(conf), builtin);
    }

    boolean with(Optional<Path> conf, BuiltinConfig builtin) throws Exception {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        boolean good = new Doctor(
                        new Page(new PrintStream(out, true, StandardCharsets.UTF_8), false),
                        builtin,
                        runDir,
                        new HostFiles(host),
                        clock)
                .examine(conf, directory.resolve("none.cfg"), Map.of());
        page = out.toString(StandardCharsets.UTF_8);
        return good;
    }

    String page() {
        return page;
    }

    /** Whether a line has this verdict and contains this text. */
    boolean says(String verdict, String text) {
        return page.lines().anyMatch(line -> line.startsWith("  %-4s  ".formatted(verdict)) && line.contains(text));
    }
}
