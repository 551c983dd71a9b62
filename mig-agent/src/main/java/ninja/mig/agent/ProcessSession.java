package ninja.mig.agent;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A module's process and everything that it started. On Linux they are a session of their own, which also holds those whose
 * parents have ended; elsewhere they are found by their parents.
 */
final class ProcessSession {
    private static final Logger log = LoggerFactory.getLogger(ProcessSession.class);

    private static final Path PROC = Path.of("/proc");
    private static final Path SELF = PROC.resolve("self/stat");

    /** Who starts processes while it is being killed does not escape by that. */
    private static final int ROUNDS = 10;

    private ProcessSession() {}

    /** What to put in front of a command, so that its process leads a session. */
    static List<String> launcher() {
        return Arrays.stream(HostCommand.PATH.split(":"))
                .map(folder -> Path.of(folder, "setsid"))
                .filter(program -> Files.exists(SELF) && Files.isExecutable(program))
                .limit(1)
                .map(Path::toString)
                .toList();
    }

    /**
     * Kills the process, if it runs, and all that it started.
     *
     * @return whether nothing of all that was there any more
     */
    static boolean kill(ProcessHandle leader) {
        List<ProcessHandle> known = new ArrayList<>();
        if (leader.isAlive()) {
            known.addAll(leader.descendants().toList());
        }
        leader.destroyForcibly();
        for (int round = 0; round < ROUNDS; round++) {
            known.addAll(known.stream().flatMap(ProcessHandle::descendants).toList());
            known.addAll(members(leader));
            known.removeIf(process -> !process.isAlive());
            if (known.isEmpty()) {
                return !leader.isAlive();
            }
            known.forEach(ProcessHandle::destroyForcibly);
        }
        return false;
    }

    /**
     * The processes of a session that are not dead yet. Its number is not given to another process before they are; when it
     * was, that process is another one than the leader.
     */
    private static List<ProcessHandle> members(ProcessHandle leader) {
        long session = leader.pid();
        boolean another = ProcessHandle.of(session)
                .filter(process -> !process.equals(leader))
                .isPresent();
        if (another || !Files.exists(SELF)) {
            return List.of();
        }
        try (Stream<Path> processes = Files.list(PROC)) {
            return processes
                    .filter(process -> process.getFileName().toString().matches("[0-9]{1,18}"))
                    .filter(process -> isIn(process, session))
                    .flatMap(process -> ProcessHandle.of(
                            Long.parseLong(process.getFileName().toString()))
                            .stream())
                    .toList();
        } catch (IOException e) {
            log.warn("the processes of this host cannot be listed: {}", e.getMessage());
            return List.of();
        }
    }

    private static boolean isIn(Path process, long session) {
        Optional<String> stat = read(process.resolve("stat"));
        if (stat.isEmpty()) {
            return false;
        }
        // "pid (name) state parent group session ...", where the name may hold anything.
        String[] fields =
                stat.get().substring(stat.get().lastIndexOf(')') + 1).strip().split(" ");
        return fields.length > 3 && fields[3].equals(Long.toString(session)) && !fields[0].matches("[ZX]");
    }

    private static Optional<String> read(Path file) {
        try {
            return Optional.of(new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1));
        } catch (IOException e) {
            return Optional.empty(); // it has ended
        }
    }
}
