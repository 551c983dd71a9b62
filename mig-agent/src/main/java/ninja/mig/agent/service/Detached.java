package ninja.mig.agent.service;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Starts a process in the background, such as an agent, that outlives this one and its terminal. Nobody has what it says. */
public final class Detached {
    /** Where scripts of System V look for the agent. */
    static final String PID_FILE = "/var/run/mig-agent.pid";

    private static final List<String> LEADERS = List.of("/usr/bin/setsid", "/bin/setsid", "/usr/bin/nohup");
    private static final List<String> HINTS = List.of("INVOCATION_ID", "NOTIFY_SOCKET");

    private final List<String> command;
    private final Optional<Path> pidFile;

    /**
     * @param command that stays in the foreground, so that its process number lasts
     * @param pidFile where the number of the process is left
     */
    public Detached(List<String> command, Optional<Path> pidFile) {
        this.command = List.copyOf(command);
        this.pidFile = pidFile;
    }

    /** The file of the process number, on systems where somebody reads it. */
    public static Optional<String> pidFile(String os, String init) {
        return os.equals("linux") && init.startsWith("sysvinit") ? Optional.of(PID_FILE) : Optional.empty();
    }

    /** @return the number of the process, which runs on its own from now on */
    public long start() throws IOException {
        List<String> line = new ArrayList<>();
        LEADERS.stream()
                .filter(program -> Files.isExecutable(Path.of(program)))
                .findFirst()
                .ifPresent(line::add);
        line.addAll(command);
        File nothing = new File(File.separatorChar == '\\' ? "NUL" : "/dev/null");
        ProcessBuilder builder = new ProcessBuilder(line)
                .redirectInput(nothing)
                .redirectOutput(nothing)
                .redirectError(nothing)
                .directory(new File(File.separatorChar == '\\' ? "C:\\" : "/"));
        // Nobody but this process looks after the new one.
        builder.environment().keySet().removeAll(HINTS);
        long pid = builder.start().pid();
        if (pidFile.isPresent()) {
            Files.createDirectories(pidFile.get().getParent());
            Files.write(pidFile.get(), (pid + "\n").getBytes(StandardCharsets.US_ASCII));
        }
        return pid;
    }
}
