package ninja.mig.agent;

import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;
import static java.nio.file.StandardCopyOption.REPLACE_EXISTING;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import ninja.mig.agent.service.AgentJvm;
import ninja.mig.agent.service.Detached;
import ninja.mig.runtime.Routines;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The classes of agent and modules as the JVM has them in memory, in a file: with it both start sooner and need less. The
 * launcher names it after the very jar and Java that it holds for. Nothing fails for the want of it.
 */
final class ClassArchive {
    private static final Logger log = LoggerFactory.getLogger(ClassArchive.class);

    /** System property: the file's path, without its extension. The launcher sets it. */
    static final String PROPERTY = "mig.agent.archive";

    private static final String AHEAD_OF_TIME = ".aot";
    private static final String CLASS_DATA = ".jsa";
    private static final String UNFINISHED = ".new";

    /** What Java 25 writes beside it, and deletes when it has come so far. */
    private static final String UNFINISHED_BY_JAVA = UNFINISHED + ".config";

    private static final Pattern MAKER = Pattern.compile(".*\\.([0-9]{1,18})\\" + UNFINISHED);

    /** The end of the name of the file that says that a check-in had the archive made. */
    private static final String TRIED = ".tried";

    private static final int FIRST_WITH_AHEAD_OF_TIME = 25;
    private static final Duration LONGEST = Duration.ofMinutes(3);

    /** The time between two tries, and until what others made is deleted: so they do not delete each other's for ever. */
    private static final Duration PAUSE = Duration.ofDays(1);

    private final Path base;

    ClassArchive(Path base) {
        this.base = base.toAbsolutePath();
    }

    /** The archive that the launcher named; none if another way of starting was chosen. */
    static Optional<ClassArchive> ofThisAgent() {
        String given = System.getProperty(PROPERTY, "");
        return given.isEmpty() ? Optional.empty() : Optional.of(new ClassArchive(Path.of(given)));
    }

    boolean exists() {
        return isUsable(AHEAD_OF_TIME) || isUsable(CLASS_DATA);
    }

    /** What others own is not used, as the launcher does not use it. */
    private boolean isUsable(String extension) {
        try {
            return RunDir.isOurs(file(extension));
        } catch (IOException e) {
            return false; // There is none, or none that can be looked at.
        }
    }

    /** Whether check-ins had an archive made and it is not there, nor is this agent's. */
    static boolean isMissed(Path runDir) throws IOException {
        if (ofThisAgent().filter(ClassArchive::isThere).isPresent()) {
            return false;
        }
        try (DirectoryStream<Path> marks = Files.newDirectoryStream(runDir, "mig-agent-*" + TRIED)) {
            for (Path mark : marks) {
                String name = mark.getFileName().toString();
                if (!new ClassArchive(runDir.resolve(name.substring(0, name.length() - TRIED.length()))).isThere()) {
                    return true;
                }
            }
        }
        return false;
    }

    /** Whoever may use it. */
    private boolean isThere() {
        return Files.exists(file(AHEAD_OF_TIME)) || Files.exists(file(CLASS_DATA));
    }

    /** For a process that is started from the same jar by the same Java. */
    List<String> flags() {
        if (isUsable(AHEAD_OF_TIME)) {
            return List.of("-XX:AOTCache=" + file(AHEAD_OF_TIME));
        }
        return isUsable(CLASS_DATA) ? List.of("-XX:SharedArchiveFile=" + file(CLASS_DATA)) : List.of();
    }

    private Path file(String extension) {
        return base.resolveSibling(base.getFileName() + extension);
    }

    /** Makes the archive while the agent goes on, unless it is there; the next start and the next module have it. */
    void makeInBackground(AgentProgram program, Optional<Path> configFile) {
        if (exists()) {
            return;
        }
        Routines.thread("class-archive", () -> {
                    try {
                        make(program, configFile);
                    } catch (IOException | RuntimeException e) {
                        log.info("no archive of classes was made, the agent runs without: {}", e.toString());
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                })
                .start();
    }

    /**
     * Has a process make the archive that is not waited for, unless there is one, or an agent lives that makes it. Once a day
     * for a jar and a Java: a file says when it was tried, which is gone when it has succeeded.
     *
     * @return whether the process was started
     * @throws IOException if it cannot be, or others could change what is in the directory
     */
    boolean haveMadeOnceADay(AgentProgram program, Optional<Path> configFile) throws IOException {
        RunDir.open(base.getParent());
        if (exists() || SignOfLife.isGiven(base.getParent()) || !mark()) {
            return false;
        }
        try {
            long maker = new Detached(program.again("--archive", configFile), Optional.empty()).start();
            log.info("an archive of classes is being made for the next start, by process {}", maker);
            return true;
        } catch (IOException | RuntimeException e) {
            Files.deleteIfExists(file(TRIED)); // Nobody has tried.
            throw e;
        }
    }

    /** @return false if somebody has tried within a day */
    private boolean mark() throws IOException {
        try {
            Files.createFile(file(TRIED));
        } catch (FileAlreadyExistsException e) {
            if (isRecent(file(TRIED))) {
                return false;
            }
            Files.setLastModifiedTime(file(TRIED), FileTime.from(Instant.now()));
        }
        return true;
    }

    /** A time to come is none: the clock was wrong then. */
    private static boolean isRecent(Path file) {
        Instant modified = Instant.ofEpochMilli(file.toFile().lastModified());
        return Duration.between(modified, Instant.now()).abs().compareTo(PAUSE) < 0;
    }

    /**
     * Makes the archive, in a process that does once what agents do; then {@link #deleteOthers}.
     *
     * @throws IOException if it cannot be made; an agent runs without
     */
    void make(AgentProgram program, Optional<Path> configFile) throws IOException, InterruptedException {
        String extension = Runtime.version().feature() >= FIRST_WITH_AHEAD_OF_TIME ? AHEAD_OF_TIME : CLASS_DATA;
        Path unfinished = base.resolveSibling(
                base.getFileName() + "." + ProcessHandle.current().pid() + UNFINISHED);
        RunDir.open(base.getParent());
        try {
            run(new ProcessBuilder(command(program, configFile, extension, unfinished)));
            if (!Files.exists(unfinished)) {
                throw new IOException("this Java did not write any");
            }
            RunDir.setMode(unfinished, "rw-------");
            try (FileChannel written = FileChannel.open(unfinished, StandardOpenOption.WRITE)) {
                written.force(true); // The JVM does not check all of it when it starts.
            }
            Files.move(unfinished, file(extension), ATOMIC_MOVE, REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(unfinished);
        }
        deleteOthers();
        log.info("archive of classes {} is made", file(extension));
    }

    private static List<String> command(
            AgentProgram program, Optional<Path> configFile, String extension, Path unfinished) {
        List<String> command = new ArrayList<>(LowPriority.prefix(EnvironmentProbe.os()));
        command.add(program.java());
        command.addAll(AgentJvm.QUIET);
        command.addAll(AgentJvm.FLAGS);
        command.add(
                (extension.equals(AHEAD_OF_TIME) ? "-XX:AOTCacheOutput=" : "-XX:ArchiveClassesAtExit=") + unfinished);
        command.addAll(program.arguments());
        command.add("--warm-up");
        configFile.ifPresent(
                file -> command.addAll(List.of("-c", file.toAbsolutePath().toString())));
        return command;
    }

    private static void run(ProcessBuilder builder) throws IOException, InterruptedException {
        Path said = Files.createTempFile("mig-archive", ".txt");
        try {
            ModuleProgram.setEnvironment(builder.environment());
            Process process = builder.redirectErrorStream(true)
                    .redirectOutput(said.toFile())
                    .start();
            Runtime.getRuntime().addShutdownHook(new Thread(() -> kill(process), "class-archive-end"));
            process.getOutputStream().close();
            if (!process.waitFor(LONGEST.toSeconds(), TimeUnit.SECONDS)) {
                kill(process);
                throw new IOException("it took longer than " + LONGEST.toSeconds() + " s");
            }
            if (process.exitValue() != 0) {
                throw new IOException("the process ended with status " + process.exitValue() + ": "
                        + Files.readString(said, StandardCharsets.ISO_8859_1).strip());
            }
        } finally {
            Files.deleteIfExists(said);
        }
    }

    private static void kill(Process process) {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
    }

    /**
     * Deletes archives and marks for other jars or Javas, if they are a day old; what a maker that was killed left unfinished;
     * and that this one was tried. To be called when it is there.
     */
    void deleteOthers() throws IOException {
        RunDir.open(base.getParent());
        Files.deleteIfExists(file(TRIED));
        try (DirectoryStream<Path> others = Files.newDirectoryStream(
                base.getParent(),
                "mig-agent-*{" + String.join(",", AHEAD_OF_TIME, CLASS_DATA, UNFINISHED, UNFINISHED_BY_JAVA, TRIED)
                        + "}")) {
            for (Path other : others) {
                if (!other.equals(file(AHEAD_OF_TIME)) && !other.equals(file(CLASS_DATA)) && isLeft(other)) {
                    Files.deleteIfExists(other);
                }
            }
        }
    }

    private static boolean isLeft(Path other) {
        return other.toString().endsWith(UNFINISHED) ? RunDir.isLeft(other, MAKER) : !isRecent(other);
    }
}
