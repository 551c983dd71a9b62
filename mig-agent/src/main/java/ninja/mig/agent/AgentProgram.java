package ninja.mig.agent;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import ninja.mig.agent.service.AgentJvm;

/**
 * What this process runs from. In tests, which do not run from a jar, the class path takes the jar's place.
 *
 * @param java the Java that runs it
 * @param jar the launcher or the bare jar, without links
 * @param arguments of Java that start the same program
 */
record AgentProgram(String java, Optional<Path> jar, List<String> arguments) {
    /** The program that is running now: {@code java -jar} puts the jar, and nothing else, on the class path. */
    static AgentProgram self() throws IOException {
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
            return new AgentProgram(java, Optional.of(jar), List.of("-jar", jar.toString()));
        }
        String absolute = classPath.stream().map(Path::toString).collect(Collectors.joining(File.pathSeparator));
        return new AgentProgram(java, Optional.empty(), List.of("-cp", absolute, Main.class.getName()));
    }

    /** Whether the file starts by itself: a script that a jar follows. */
    boolean isLauncher() throws IOException {
        if (jar.isEmpty()) {
            return false;
        }
        try (InputStream in = Files.newInputStream(jar.get())) {
            return in.read() == '#' && in.read() == '!' && Files.isExecutable(jar.get());
        }
    }

    /** The command that starts this program once more. */
    List<String> again(String flag, Optional<Path> configFile) throws IOException {
        List<String> command = new ArrayList<>();
        if (isLauncher()) {
            command.add(jar.orElseThrow().toString());
        } else {
            command.add(java);
            command.addAll(AgentJvm.FLAGS);
            Optional.ofNullable(System.getProperty(RunDir.PROPERTY))
                    .ifPresent(given -> command.add("-D" + RunDir.PROPERTY + "=" + given));
            command.addAll(arguments);
        }
        command.add(flag);
        configFile.ifPresent(
                file -> command.addAll(List.of("-c", file.toAbsolutePath().toString())));
        return command;
    }
}
