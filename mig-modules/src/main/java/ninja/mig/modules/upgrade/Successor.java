package ninja.mig.modules.upgrade;

import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.regex.Pattern;
import ninja.mig.model.RejectedException;
import ninja.mig.modules.Printable;
import ninja.mig.modules.RunContext;

/**
 * Starts the file of another agent. A module's process is in a session that is killed when the module ends, in the control
 * group of the agent's service, and of low priority: the new agent must have none of that.
 */
final class Successor {
    private static final String PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
    private static final Pattern SERVICE = Pattern.compile("(?m)^[^:\n]*:[^:\n]*:/.*\\.service$");
    private static final String READY = "ready";
    private static final String LOG = "upgrade.log";
    private static final int LONGEST_VERSION = 1024;
    private static final int LONGEST_REASON = 2048;

    /** By which the new agent finds out what looks after the old one. */
    private static final String REPLACES = "MIG_REPLACES";

    /** Settings of an agent that are variables. */
    private static final List<String> KEPT =
            List.of("MIG_JAVA_OPTS", "HTTP_PROXY", "http_proxy", "NO_PROXY", "no_proxy");

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
     * @param runDir where it keeps what it must not forget
     * @param environment the variables that it gave to this process
     */
    record Host(
            Path proc,
            String path,
            long agent,
            Optional<Path> configFile,
            Path runDir,
            boolean root,
            Map<String, String> environment) {
        static Host of(long agent) throws RejectedException {
            String runDir = Optional.ofNullable(System.getProperty("mig.agent.rundir"))
                    .orElseThrow(() -> new RejectedException("no agent runs this module, nothing was done"));
            return new Host(
                    Path.of("/proc"),
                    PATH,
                    agent,
                    Optional.ofNullable(System.getProperty("mig.agent.config")).map(Path::of),
                    Path.of(runDir),
                    "root".equals(System.getProperty("user.name")),
                    System.getenv());
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
     * Starts an agent with {@code -u}, which connects to the relay and says that it is ready, to have the service restarted once
     * the old agent has answered; or which ends when another one is in the background. What it says to the standard error is
     * kept in the run directory.
     *
     * @param limit for that; an agent that is not ready then is ended
     * @throws RejectedException if it is not ready, with its reason
     */
    void start(Path file, Duration limit) throws IOException, RejectedException, InterruptedException {
        Path said = host.runDir().resolve(LOG);
        Files.deleteIfExists(said);
        Files.createFile(said, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Process process = builder(command(file))
                .redirectInput(new File("/dev/null"))
                .redirectError(said.toFile())
                .start();
        FutureTask<Boolean> ready = new FutureTask<>(() -> saysReady(process.getInputStream()));
        Thread reader = new Thread(ready, "ready");
        reader.setDaemon(true);
        reader.start();
        if (awaitEnd(process, limit, () -> isReady(ready) || context.mustStop())) {
            if (process.exitValue() != 0) {
                throw new RejectedException(
                        "the new agent, " + file + " -u, ended with status " + process.exitValue() + reason(said));
            }
        } else if (!isReady(ready)) {
            // It has done nothing to the old agent yet.
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly().waitFor();
            throw new RejectedException("the new agent, " + file + " -u, was not ready "
                    + (context.mustStop() ? "when the module had to end" : "within " + limit.toSeconds() + " s")
                    + reason(said));
        }
    }

    private static boolean saysReady(InputStream in) throws IOException {
        return new String(in.readNBytes(READY.length()), StandardCharsets.US_ASCII).equals(READY);
    }

    private static boolean isReady(FutureTask<Boolean> ready) {
        try {
            return ready.isDone() && ready.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } catch (ExecutionException e) {
            // Its end will tell more.
            return false;
        }
    }

    /** The last line that it wrote. */
    private static String reason(Path said) throws IOException {
        byte[] end;
        try (FileChannel channel = FileChannel.open(said)) {
            ByteBuffer buffer = ByteBuffer.allocate(LONGEST_REASON);
            channel.read(buffer, Math.max(0, channel.size() - LONGEST_REASON));
            end = Arrays.copyOf(buffer.array(), buffer.position());
        }
        String[] lines = new String(end, StandardCharsets.UTF_8).strip().split("\n");
        String last = lines[lines.length - 1].strip();
        return last.isEmpty() ? "" : ": " + Printable.line(last);
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
        environment.put("MIG_RUNDIR", host.runDir().toString());
        environment.put(REPLACES, Long.toString(host.agent()));
        for (String name : KEPT) {
            Optional.ofNullable(host.environment().get(name)).ifPresent(value -> environment.put(name, value));
        }
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
