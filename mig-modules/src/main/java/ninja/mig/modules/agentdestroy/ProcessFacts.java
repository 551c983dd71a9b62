package ninja.mig.modules.agentdestroy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import ninja.mig.model.RejectedException;

/**
 * What the kernel says of a process.
 *
 * @param users as numbers on Linux, else by name; more than one if they differ
 * @param proc its folder in {@code /proc}, on Linux
 * @param program that it runs, without what Linux adds to the name of one that was deleted: Java, of most agents
 * @param folder that it works in
 * @param arguments the first one is the program, as it was called
 */
record ProcessFacts(String users, Optional<Path> proc, Path program, Path folder, List<String> arguments) {
    private static final Path PROC = Path.of("/proc");
    private static final String DELETED = " (deleted)";

    /** @throws RejectedException if it is not there, or this process may not look at it */
    static ProcessFacts of(ProcessHandle process) throws RejectedException {
        try {
            Path directory = PROC.resolve(Long.toString(process.pid()));
            return Files.isDirectory(PROC.resolve("self")) ? onLinux(directory) : elsewhere(process.info());
        } catch (IOException e) {
            throw new RejectedException(
                    "process " + process.pid() + " does not exist or cannot be looked at: nothing was done", e);
        }
    }

    private static ProcessFacts onLinux(Path directory) throws IOException {
        String users = Files.readAllLines(directory.resolve("status"), StandardCharsets.ISO_8859_1).stream()
                .filter(line -> line.startsWith("Uid:"))
                .flatMap(line -> Arrays.stream(line.split("\\s+")).skip(1))
                .distinct()
                .collect(Collectors.joining(" "));
        String line = new String(Files.readAllBytes(directory.resolve("cmdline")), StandardCharsets.UTF_8);
        String program = Files.readSymbolicLink(directory.resolve("exe")).toString();
        return new ProcessFacts(
                users,
                Optional.of(directory),
                Path.of(
                        program.endsWith(DELETED)
                                ? program.substring(0, program.length() - DELETED.length())
                                : program),
                Files.readSymbolicLink(directory.resolve("cwd")),
                List.of(line.split("\0")));
    }

    private static ProcessFacts elsewhere(ProcessHandle.Info info) throws IOException {
        if (info.user().isEmpty()
                || info.command().isEmpty()
                || info.arguments().isEmpty()) {
            throw new IOException("this system does not tell what it runs");
        }
        List<String> arguments =
                new java.util.ArrayList<>(List.of(info.command().get()));
        arguments.addAll(List.of(info.arguments().get()));
        return new ProcessFacts(
                info.user().get(), Optional.empty(), Path.of(info.command().get()), Path.of("/"), arguments);
    }

    /** Whether the process is dead, although its parent has not taken notice yet. */
    static boolean isDead(ProcessHandle process) {
        if (!process.isAlive()) {
            return true;
        }
        try {
            String stat =
                    new String(Files.readAllBytes(PROC.resolve(process.pid() + "/stat")), StandardCharsets.ISO_8859_1);
            return Optional.of(stat.substring(stat.lastIndexOf(')') + 1).strip())
                    .filter(rest -> rest.startsWith("Z") || rest.startsWith("X"))
                    .isPresent();
        } catch (IOException e) {
            return !process.isAlive();
        }
    }
}
