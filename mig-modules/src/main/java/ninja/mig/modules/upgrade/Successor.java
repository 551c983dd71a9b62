package ninja.mig.modules.upgrade;

import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.regex.Pattern;
import ninja.mig.model.RejectedException;
import ninja.mig.modules.RunContext;

/**
 * Starts the file of another agent. A module's process is in a session that is killed when the module ends, in the control
 * group of the agent's service, and of low priority: the new agent must have none of that.
 */
final class Successor {
    private static final String PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
    private static final Pattern SERVICE = Pattern.compile("(?m)^[^:\n]*:[^:\n]*:/.*\\.service$");
    private static final int LONGEST_VERSION = 1024;
    private static final int NICE = 16;

    private final Host host;
    private final RunContext context;

    /**
     * What is to be known of the old agent.
     *
     * @param proc {@code /proc}, where there is one
     * @param path of programs
     * @param agent the process of the old agent
     * @param configFile its flag {@code -c}
     * @param runDir the directory that it was told to use
     */
    record Host(Path proc, String path, long agent, Optional<Path> configFile, Optional<String> runDir, boolean root) {
        static Host of(long agent) {
            return new Host(
                    Path.of("/proc"),
                    PATH,
                    agent,
                    Optional.ofNullable(System.getProperty("mig.agent.config")).map(Path::of),
                    Optional.ofNullable(System.getProperty("mig.agent.rundir")),
                    "root".equals(System.getProperty("user.name")));
        }
    }

    Successor(Host host, RunContext context) {
        this.host = host;
        this.context = context;
    }

    /** Asks a file for its version; nothing that it starts for this outlives the question. */
    String version(Path file, Duration limit) throws IOException, RejectedException, InterruptedException {
        List<String> command = new ArrayList<>(priority());
        command.addAll(program(file));
        command.add("-V");
        Process process =
                builder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
        try {
            process.getOutputStream().close();
            ByteArrayOutputStream said = new ByteArrayOutputStream();
            Thread reader = new Thread(() -> read(process.getInputStream(), said), "version");
            reader.setDaemon(true);
            reader.start();
            if (!awaitEnd(process, limit, context::mustStop)) {
                throw new RejectedException(
                        "the new agent did not tell its version within " + limit.toSeconds() + " s");
            }
            reader.join(TimeUnit.SECONDS.toMillis(1));
            synchronized (said) {
                return said.toString(StandardCharsets.UTF_8).strip();
            }
        } finally {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
    }

    private static void read(InputStream in, ByteArrayOutputStream said) {
        try {
            byte[] start = in.readNBytes(LONGEST_VERSION);
            synchronized (said) {
                said.write(start);
            }
        } catch (IOException e) {
            // The process was killed: the version is empty, and not the right one.
            System.err.println("the new agent does not tell its version: " + e.getMessage());
        }
    }

    /**
     * Starts an agent with {@code -u}, which installs its service or goes into the background.
     *
     * @param limit how long to wait for the end of that; it goes on afterwards
     * @throws RejectedException if it ended with a failure
     */
    void start(Path file, Duration limit) throws IOException, RejectedException, InterruptedException {
        File nothing = new File("/dev/null");
        Process process = builder(command(file))
                .redirectInput(nothing)
                .redirectOutput(nothing)
                .redirectError(nothing)
                .start();
        if (awaitEnd(process, limit, () -> false) && process.exitValue() != 0) {
            throw new RejectedException("the new agent, " + file + " -u, ended with status " + process.exitValue());
        }
    }

    /** Out of the service's control group, with the agent's own priority, in a session of its own. */
    List<String> command(Path file) throws IOException {
        List<String> command = new ArrayList<>();
        if (host.root() && isService()) {
            find("systemd-run")
                    .ifPresent(run -> command.addAll(List.of(
                            run,
                            "--quiet",
                            "--scope",
                            "--unit=mig-agent-upgrade-"
                                    + ProcessHandle.current().pid(),
                            "--")));
        }
        command.addAll(priority());
        find("setsid").ifPresent(command::add);
        command.addAll(program(file));
        command.add("-u");
        host.configFile().ifPresent(conf -> command.addAll(List.of("-c", conf.toString())));
        return command;
    }

    /** What gives a program the priority of the agent, which only root may: a busy host could starve it otherwise. */
    private List<String> priority() throws IOException {
        List<String> prefix = new ArrayList<>();
        int more = nice("self") - nice(Long.toString(host.agent()));
        if (host.root() && more > 0) {
            find("nice").ifPresent(nice -> prefix.addAll(List.of(nice, "-n", "-" + more)));
            find("ionice").ifPresent(ionice -> prefix.addAll(List.of(ionice, "-t", "-c", "0")));
        }
        return prefix;
    }

    /** A bare jar needs Java; all else starts by itself. */
    private static List<String> program(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            boolean jar = in.read() == 'P' && in.read() == 'K';
            return jar
                    ? List.of(System.getProperty("java.home") + "/bin/java", "-jar", file.toString())
                    : List.of(file.toString());
        }
    }

    private ProcessBuilder builder(List<String> command) {
        ProcessBuilder builder = new ProcessBuilder(command).directory(new File("/"));
        Map<String, String> environment = builder.environment();
        environment.clear();
        environment.put("PATH", host.path());
        environment.put("LC_ALL", "C.UTF-8");
        environment.put("HOME", "/");
        environment.put("TMPDIR", System.getProperty("java.io.tmpdir"));
        // The launcher looks for these two first.
        environment.put("MIG_JAVA_HOME", System.getProperty("java.home"));
        host.runDir().ifPresent(runDir -> environment.put("MIG_RUNDIR", runDir));
        return builder;
    }

    private static boolean awaitEnd(Process process, Duration limit, BooleanSupplier givenUp)
            throws InterruptedException {
        long end = System.nanoTime() + limit.toNanos();
        while (!process.waitFor(100, TimeUnit.MILLISECONDS)) {
            if (System.nanoTime() > end || givenUp.getAsBoolean()) {
                return false;
            }
        }
        return true;
    }

    private Optional<String> find(String program) {
        return Arrays.stream(host.path().split(File.pathSeparator))
                .map(folder -> Path.of(folder, program))
                .filter(Files::isExecutable)
                .map(Path::toString)
                .findFirst();
    }

    private boolean isService() throws IOException {
        return SERVICE.matcher(read(Long.toString(host.agent()), "cgroup")).find();
    }

    /** 0 where this is not to be known. */
    private int nice(String process) throws IOException {
        String stat = read(process, "stat");
        // "pid (name) state ...", where the name may hold anything.
        String[] fields = stat.substring(stat.lastIndexOf(')') + 1).strip().split(" ");
        return fields.length > NICE && fields[NICE].matches("-?[0-9]{1,2}") ? Integer.parseInt(fields[NICE]) : 0;
    }

    private String read(String process, String name) throws IOException {
        Path file = host.proc().resolve(process).resolve(name);
        return Files.exists(file) ? new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1) : "";
    }
}
