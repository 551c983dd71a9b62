package ninja.mig.agent;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import ninja.mig.model.RejectedException;

/**
 * A process that is said to be the agent of this host. Any local user can listen on the agent's port before the agent does,
 * and name any number: only a process that runs as the owner of the agent's id, and as an agent, is believed.
 *
 * @param owner the user, in the form that {@link #ownerOf} has
 * @param arguments its command line; the first one is the program
 */
record AgentProcess(long pid, String owner, List<String> arguments) {
    private static final String JAR_NAME = "mig-agent([.-].*)?";

    /**
     * Looks at a process.
     *
     * @param proc {@code /proc}, on Linux
     * @throws RejectedException if there is none, or it is not the agent whose id is in the file
     */
    static AgentProcess check(long pid, Path idFile, Path proc) throws IOException, RejectedException {
        AgentProcess process = find(pid, proc)
                .orElseThrow(() -> new RejectedException("process " + pid + " does not exist or cannot be looked at"));
        String owner = ownerOf(idFile);
        if (!process.owner().equals(owner)) {
            throw new RejectedException("process " + pid + " runs as user " + process.owner() + ", but " + idFile
                    + " belongs to user " + owner);
        }
        if (!process.isDaemon()) {
            throw new RejectedException(
                    "process " + pid + " is no running agent: its command line is that of something else");
        }
        return process;
    }

    private static Optional<AgentProcess> find(long pid, Path proc) throws IOException {
        if (EnvironmentProbe.os().equals("linux")) {
            Path directory = proc.resolve(Long.toString(pid));
            return Files.isDirectory(directory) ? Optional.of(onLinux(pid, directory)) : Optional.empty();
        }
        return ProcessHandle.of(pid)
                .map(ProcessHandle::info)
                .filter(info -> info.user().isPresent() && info.arguments().isPresent())
                .map(info -> new AgentProcess(
                        pid, info.user().get(), List.of(info.arguments().get())));
    }

    /**
     * The owner of the directory in {@code /proc} is not asked, as {@link ProcessHandle} does it: it is root for every process
     * that hides its memory. All four user ids must be one, else the owner is none.
     */
    private static AgentProcess onLinux(long pid, Path directory) throws IOException {
        Set<String> users = Files.readAllLines(directory.resolve("status"), StandardCharsets.ISO_8859_1).stream()
                .filter(line -> line.startsWith("Uid:"))
                .flatMap(line -> Arrays.stream(line.split("\\s+")).skip(1))
                .collect(Collectors.toSet());
        String commandLine = new String(Files.readAllBytes(directory.resolve("cmdline")), StandardCharsets.UTF_8);
        return new AgentProcess(
                pid, users.size() == 1 ? users.iterator().next() : "", List.of(commandLine.split("\0")));
    }

    /** The number of the user on Linux, elsewhere the name. */
    static String ownerOf(Path file) throws IOException {
        return EnvironmentProbe.os().equals("linux")
                ? Integer.toUnsignedString((Integer) Files.getAttribute(file, "unix:uid"))
                : Files.getOwner(file).getName();
    }

    /** An agent's jar or main class, and flags of a daemon: this very query, or the process of a module, is none. */
    private boolean isDaemon() {
        for (int i = 1; i < arguments.size(); i++) {
            boolean isJar = i > 1 && arguments.get(i - 1).equals("-jar") && isAgentJar(arguments.get(i));
            if (isJar || arguments.get(i).equals(Main.class.getName())) {
                return isOfDaemon(arguments.subList(i + 1, arguments.size()));
            }
        }
        return false;
    }

    /** By its name, or because it is the jar of this program. */
    private static boolean isAgentJar(String jar) {
        if (jar.substring(Math.max(jar.lastIndexOf('/'), jar.lastIndexOf('\\')) + 1)
                .matches(JAR_NAME)) {
            return true;
        }
        try {
            return Files.isSameFile(Path.of(jar), Path.of(System.getProperty("java.class.path")));
        } catch (IOException | InvalidPathException e) {
            // One of the two is no file: they are not the same.
            return false;
        }
    }

    private static boolean isOfDaemon(List<String> flags) {
        try {
            return AgentFlags.parse(flags).isDaemon();
        } catch (AgentFlags.UsageException e) {
            return false;
        }
    }
}
