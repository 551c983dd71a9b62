package ninja.mig.agent;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import ninja.mig.agent.service.AgentJvm;

/** How this agent starts itself as the process of one module: the same Java, the same jar, an environment of its own. */
final class ModuleProgram {
    /**
     * The launcher has the same for modules that are run by hand. Most runs are over in seconds: larger methods put into each
     * other would take the optimizing compiler longer than they save.
     */
    static final List<String> JVM =
            List.of("-XX:+UseSerialGC", "-Xms16m", "-Xmx64m", "-Xss512k", "-XX:-UsePerfData", "-XX:FreqInlineSize=60");

    private static final String UPGRADE = "upgrade";

    /** Settings that are variables; they may hold a password, so no command line shows them. */
    private static final List<String> INHERITED =
            List.of("MIG_JAVA_OPTS", "HTTP_PROXY", "http_proxy", "NO_PROXY", "no_proxy");

    private final AgentProgram program;
    private final List<String> priority;
    private final Optional<ClassArchive> archive;
    private final List<String> facts = new ArrayList<>();
    private final Object jarKey;

    private ModuleProgram(
            AgentProgram program,
            List<String> priority,
            Optional<ClassArchive> archive,
            Optional<Path> configFile,
            boolean privacy)
            throws IOException {
        this.program = program;
        this.priority = priority;
        this.archive = archive;
        facts.add("-Dmig.privacy=" + privacy);
        // What module upgrade tells the agent that takes this one's place.
        configFile.ifPresent(file -> facts.add("-Dmig.agent.config=" + file));
        facts.add("-D" + RunDir.PROPERTY + "=" + RunDir.location(EnvironmentProbe.os()));
        this.jarKey = program.jar().isPresent() ? key(program.jar().get()) : "";
    }

    /** The program that is running now, which was told of no file and masks nothing. */
    static ModuleProgram self() throws IOException {
        return self(Optional.empty(), false);
    }

    /**
     * The program that is running now, with a lower priority.
     *
     * @param configFile that this agent was told to read
     * @param privacy whether modules mask their results
     */
    static ModuleProgram self(Optional<Path> configFile, boolean privacy) throws IOException {
        return new ModuleProgram(
                AgentProgram.self(),
                LowPriority.prefix(EnvironmentProbe.os()),
                ClassArchive.ofThisAgent(),
                configFile,
                privacy);
    }

    /**
     * The process of a module, not started yet: nothing of the agent's environment reaches it, but for what {@code upgrade}
     * hands on to the next agent.
     *
     * @param processors that it may use
     * @param deadline when the agent will stop the module; by itself it ends a little earlier
     * @throws IOException if the jar was replaced or deleted since the agent started
     */
    ProcessBuilder process(String module, Processors.Share processors, Instant deadline) throws IOException {
        Optional<Path> jar = program.jar();
        if (jar.isPresent() && !(Files.exists(jar.get()) && key(jar.get()).equals(jarKey))) {
            throw new IOException(jar.get() + " was replaced since this agent started; it runs no module any more");
        }
        List<String> command = new ArrayList<>(ProcessSession.launcher());
        command.addAll(priority);
        command.add(program.java());
        command.addAll(AgentJvm.QUIET);
        command.addAll(JVM);
        command.add("-XX:ActiveProcessorCount=" + processors.count());
        command.add("-Dfile.encoding=UTF-8");
        archive.map(ClassArchive::flags).ifPresent(command::addAll);
        command.add("-Dmig.deadline=" + deadline.toEpochMilli());
        command.add("-Dmig.parent=" + ProcessHandle.current().pid());
        command.addAll(facts);
        command.addAll(program.arguments());
        command.addAll(List.of("-m", module));
        ProcessBuilder builder = new ProcessBuilder(command);
        setEnvironment(builder.environment(), module);
        return builder.directory(Path.of(isWindows() ? "C:\\" : "/").toFile());
    }

    /** A fixed environment, but for the module that starts an agent. */
    static void setEnvironment(Map<String, String> environment, String module) {
        Map<String, String> own = Map.copyOf(environment);
        setEnvironment(environment);
        if (module.equals(UPGRADE)) {
            INHERITED.stream().filter(own::containsKey).forEach(name -> environment.put(name, own.get(name)));
        }
    }

    /** A fixed environment: nothing of the agent's own reaches what it starts. */
    static void setEnvironment(Map<String, String> environment) {
        Map<String, String> own = Map.copyOf(environment);
        environment.clear();
        if (isWindows()) {
            for (String name : List.of("SystemRoot", "TEMP", "ComSpec", "PATH")) {
                Optional.ofNullable(own.get(name)).ifPresent(value -> environment.put(name, value));
            }
            return;
        }
        environment.put("PATH", HostCommand.PATH);
        environment.put("LC_ALL", "C.UTF-8");
        environment.put("HOME", "/");
        environment.put("TMPDIR", System.getProperty("java.io.tmpdir"));
    }

    private static boolean isWindows() {
        return EnvironmentProbe.os().startsWith("windows");
    }

    private static Object key(Path file) throws IOException {
        BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
        return List.of(attributes.size(), attributes.lastModifiedTime(), String.valueOf(attributes.fileKey()));
    }
}
