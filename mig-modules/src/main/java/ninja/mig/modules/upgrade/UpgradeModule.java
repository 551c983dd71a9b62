package ninja.mig.modules.upgrade;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import ninja.mig.conf.GoDuration;
import ninja.mig.model.ModuleResult;
import ninja.mig.model.RejectedException;
import ninja.mig.modules.AgentFile;
import ninja.mig.modules.InvalidParametersException;
import ninja.mig.modules.Module;
import ninja.mig.modules.Parameters;
import ninja.mig.modules.Printable;
import ninja.mig.modules.RunContext;

/** Installs another version of the agent beside this one, and starts it. */
public final class UpgradeModule implements Module<UpgradeParameters> {
    private static final long LARGEST = 512L << 20;
    private static final Duration SILENCE = Duration.ofSeconds(10);
    private static final Duration TO_TELL_ITS_VERSION = Duration.ofSeconds(30);

    /** To connect to a relay that is far, through the last of several proxies. */
    private static final Duration TO_START = Duration.ofSeconds(90);

    private static final Duration LEAST_TO_START = Duration.ofSeconds(15);
    private static final Duration TO_ANSWER = Duration.ofSeconds(5);

    @Override
    public String name() {
        return "upgrade";
    }

    @Override
    public String description() {
        return "installs another version of the agent and starts it";
    }

    @Override
    public UpgradeParameters bind(JsonNode parameters) throws InvalidParametersException {
        return UpgradeParameters.bind(parameters);
    }

    @Override
    public ModuleResult run(UpgradeParameters parameters, RunContext context)
            throws IOException, RejectedException, InterruptedException {
        Release release = Optional.ofNullable(parameters.releases().get(platform()))
                .orElseThrow(
                        () -> new RejectedException("there is no release for " + platform() + ", nothing was done"));
        Path own = AgentFile.own()
                .orElseThrow(() -> new RejectedException("this agent does not run from one file, nothing was done"));
        return run(release, AgentFile.read(own), Successor.Host.of(agent()), context);
    }

    /** @param old that runs now */
    ModuleResult run(Release release, AgentFile old, Successor.Host host, RunContext context)
            throws IOException, RejectedException, InterruptedException {
        if (Path.of("/").getFileSystem().supportedFileAttributeViews().stream().noneMatch("posix"::equals)) {
            throw new RejectedException("upgrade is not supported on this system, nothing was done");
        }
        if (old.version().equals(release.version())) {
            throw new RejectedException("this agent has version " + release.version() + " already, nothing was done");
        }
        if (host.agent() == 1) {
            throw new RejectedException(
                    "this agent is the first process of a container, which ends with it, nothing was done: replace the container");
        }
        Successor successor = new Successor(host, context);
        try (UpgradeLock lock = UpgradeLock.take(host.runDir());
                AgentFolder folder =
                        AgentFolder.open(old.path().getParent(), context.clock().instant())) {
            Instant started = context.clock().instant();
            Optional<Path> existing = folder.existing(release);
            long size = 0;
            Path file = existing.orElse(folder.fileOf(release.version()));
            if (existing.isEmpty()) {
                Path fetched = folder.create();
                size = new Download(LARGEST, SILENCE, context).fetch(release, fetched);
                folder.makeExecutable(fetched);
                checkVersion(successor, fetched, release);
                folder.place(fetched, release);
            } else {
                checkVersion(successor, file, release);
            }
            Duration download = Duration.between(started, context.clock().instant());
            install(folder, successor, file, existing.isEmpty(), context);
            ObjectNode elements = JsonNodeFactory.instance.objectNode();
            elements.put("oldpid", host.agent()).put("to_version", release.version());
            ObjectNode statistics = JsonNodeFactory.instance.objectNode();
            statistics.put("downloadtime", GoDuration.format(download)).put("downloadsize", size);
            return new ModuleResult(false, true, elements, statistics, List.of());
        }
    }

    private static void checkVersion(Successor successor, Path file, Release release)
            throws IOException, RejectedException, InterruptedException {
        String version = successor.version(file, TO_TELL_ITS_VERSION);
        if (!version.equals(release.version())) {
            throw new RejectedException(
                    "the new agent says that it is version '" + version + "', and not '" + release.version() + "'");
        }
    }

    /** @param isNew whether the file goes again if the agent does not start */
    private static void install(AgentFolder folder, Successor successor, Path file, boolean isNew, RunContext context)
            throws IOException, RejectedException, InterruptedException {
        Optional<Path> before = folder.target();
        boolean done = false;
        try {
            Duration limit = toStart(context);
            folder.turn(Optional.of(file.getFileName()));
            successor.start(folder.link(), limit);
            done = true;
        } finally {
            if (!done) {
                folder.turn(before);
                if (isNew) {
                    Files.delete(file);
                }
            }
        }
    }

    /** An upgrade that is begun is not given up half-way: nobody would know that there are two agents. */
    private static Duration toStart(RunContext context) throws RejectedException {
        if (context.deadline().isEmpty()) {
            return TO_START;
        }
        Duration left = Duration.between(
                        context.clock().instant(), context.deadline().get())
                .minus(TO_ANSWER);
        if (left.compareTo(LEAST_TO_START) < 0) {
            throw new RejectedException(
                    "there is not enough time left to start the new agent: its file is removed, nothing was changed");
        }
        return left.compareTo(TO_START) < 0 ? left : TO_START;
    }

    /** The process of the agent that runs this module. */
    private static long agent() {
        String given = System.getProperty("mig.parent", "");
        return given.matches("[0-9]{1,10}")
                ? Long.parseLong(given)
                : ProcessHandle.current().parent().map(ProcessHandle::pid).orElse(0L);
    }

    /** By the names that Go has for systems and processors, which actions use. */
    static String platform() {
        String os = System.getProperty("os.name", "").toLowerCase(Locale.ROOT);
        String arch = System.getProperty("os.arch", "");
        return (os.startsWith("mac") ? "darwin" : os.startsWith("windows") ? "windows" : os) + "/"
                + switch (arch) {
                    case "x86_64" -> "amd64";
                    case "x86", "i386", "i486", "i586", "i686" -> "386";
                    case "aarch64" -> "arm64";
                    default -> arch;
                };
    }

    @Override
    public List<String> print(ModuleResult result, boolean foundOnly) {
        List<String> lines = new ArrayList<>();
        JsonNode elements = result.elements();
        if (elements.path("oldpid").isIntegralNumber()) {
            lines.add("upgrade to " + elements.path("to_version").asText("another version")
                    + " started, old agent has PID " + elements.get("oldpid").asLong());
        }
        if (!foundOnly) {
            result.errors().forEach(error -> lines.add(Printable.error(error)));
            if (result.statistics().isObject()) {
                lines.add("stat: " + result.statistics().path("downloadsize").asLong() + " bytes downloaded in "
                        + result.statistics().path("downloadtime").asText());
            }
        }
        return lines.stream().map(Printable::line).toList();
    }

    @Override
    public List<String> keys() {
        return Parameters.keys(Release.Received.class);
    }
}
