package ninja.mig.agent;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * How this agent starts itself as the process of one module: the same Java, the same jar, an environment of its own. In
 * tests, which do not run from a jar, the class path takes the jar's place.
 */
final class ModuleProgram {
    private static final List<String> FLAGS = List.of(
            "-XX:+UseSerialGC",
            "-Xms16m",
            "-Xmx256m",
            "-Xss512k",
            "-XX:-UsePerfData",
            "-XX:+ExitOnOutOfMemoryError",
            "-XX:ActiveProcessorCount=" + Math.max(1, Runtime.getRuntime().availableProcessors() / 2),
            "-Dfile.encoding=UTF-8");

    private final String java;
    private final List<String> program;
    private final Optional<Path> jar;
    private final Object jarKey;

    private ModuleProgram(String java, List<String> program, Optional<Path> jar) throws IOException {
        this.java = java;
        this.program = program;
        this.jar = jar;
        this.jarKey = jar.isPresent() ? key(jar.get()) : "";
    }

    /** The program that is running now: {@code java -jar} puts the jar, and nothing else, on the class path. */
    static ModuleProgram self() throws IOException {
        String java = ProcessHandle.current()
                .info()
                .command()
                .orElse(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        List<Path> classPath = Arrays.stream(
                        System.getProperty("java.class.path").split(File.pathSeparator))
                .map(entry -> Path.of(entry).toAbsolutePath())
                .toList();
        if (classPath.size() == 1 && Files.isRegularFile(classPath.get(0))) {
            Path jar = classPath.get(0).toRealPath();
            return new ModuleProgram(java, List.of("-jar", jar.toString()), Optional.of(jar));
        }
        String absolute = classPath.stream().map(Path::toString).collect(Collectors.joining(File.pathSeparator));
        return new ModuleProgram(java, List.of("-cp", absolute, Main.class.getName()), Optional.empty());
    }

    /**
     * The process of a module, not started yet: nothing of the agent's environment reaches it.
     *
     * @param deadline when the agent will stop the module; by itself it ends a little earlier
     * @throws IOException if the jar was replaced or deleted since the agent started
     */
    ProcessBuilder process(String module, Instant deadline) throws IOException {
        if (jar.isPresent() && !(Files.exists(jar.get()) && key(jar.get()).equals(jarKey))) {
            throw new IOException(jar.get() + " was replaced since this agent started; it runs no module any more");
        }
        List<String> command = new ArrayList<>(ProcessSession.launcher());
        command.add(java);
        command.addAll(FLAGS);
        command.add("-Dmig.deadline=" + deadline.toEpochMilli());
        command.add("-Dmig.parent=" + ProcessHandle.current().pid());
        command.addAll(program);
        command.addAll(List.of("-m", module));
        ProcessBuilder builder = new ProcessBuilder(command);
        setEnvironment(builder.environment());
        return builder.directory(Path.of(isWindows() ? "C:\\" : "/").toFile());
    }

    private static void setEnvironment(Map<String, String> environment) {
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
