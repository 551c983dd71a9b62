package ninja.mig.modules.agentdestroy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import ninja.mig.model.RejectedException;
import ninja.mig.modules.AgentFile;
import ninja.mig.modules.Reason;

/**
 * Another agent of this host: a process of our user that runs the file of an agent of that version.
 *
 * @param process the one that was looked at; the handle knows its start, so that no other process of its number is ended
 * @param file that it runs
 */
record Victim(ProcessHandle process, RunningFile file) {
    private static final String NAME = "mig-agent";
    private static final Set<String> JAVA = Set.of("java", "javaw", "java.exe", "javaw.exe");
    private static final int VERSION_SECONDS = 10;
    private static final int LONGEST_VERSION = 1024;

    /** @throws RejectedException says why the process is not the agent that is meant */
    static Victim find(AgentDestroyParameters parameters) throws RejectedException {
        long pid = parameters.pid();
        ProcessHandle process = ProcessHandle.of(pid)
                .orElseThrow(() -> new RejectedException("process " + pid + " does not exist: nothing was done"));
        RunningFile file = agent(process, parameters);
        // All that was read belongs to the process of the handle only if that one still lives.
        if (!process.isAlive()) {
            throw new RejectedException("process " + pid + " ended while it was looked at: nothing was done");
        }
        return new Victim(process, file);
    }

    private static RunningFile agent(ProcessHandle process, AgentDestroyParameters parameters)
            throws RejectedException {
        ProcessFacts facts = ProcessFacts.of(process);
        ProcessFacts own = ProcessFacts.of(ProcessHandle.current());
        if (!facts.users().equals(own.users()) || facts.users().contains(" ")) {
            throw refused(process, "runs as another user");
        }
        try {
            String program = facts.program().getFileName().toString();
            Optional<JavaCommand> java =
                    JAVA.contains(program) ? JavaCommand.parse(facts.arguments()) : Optional.empty();
            if (java.isPresent() && JavaCommand.isDaemon(java.get().flags())) {
                Path jar = facts.folder().resolve(java.get().file());
                return ofJar(process, RunningFile.jar(facts, jar, NAME), parameters.version());
            }
            boolean isNative = program.startsWith(NAME)
                    && JavaCommand.isDaemon(
                            facts.arguments().subList(1, facts.arguments().size()));
            if (isNative) {
                return ofProgram(process, RunningFile.program(facts), parameters.version());
            }
        } catch (IOException | InvalidPathException e) {
            String why = e instanceof IOException failure ? Reason.withPath(failure) : e.getMessage();
            throw refused(process, "runs a file that is not to be found or is no agent (" + why + ")");
        }
        throw refused(process, "is no running agent");
    }

    private static RunningFile ofJar(ProcessHandle process, RunningFile file, String version)
            throws IOException, RejectedException {
        if (!file.name().getFileName().toString().startsWith(NAME)) {
            throw refused(process, "runs " + file.name() + ", and not a file called " + NAME + "...");
        }
        checkVersion(process, AgentFile.versionOf(file.content()), version);
        return file;
    }

    /** An agent that is not ours: the one that this platform has replaced. Only such a file is asked for its version. */
    private static RunningFile ofProgram(ProcessHandle process, RunningFile file, String version)
            throws IOException, RejectedException {
        checkOwner(process, file);
        // By the link of the kernel, where there is one: the very file that was looked at.
        Process asked = new ProcessBuilder(file.content().toString(), "-V")
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        try {
            asked.getOutputStream().close();
            if (!asked.waitFor(VERSION_SECONDS, TimeUnit.SECONDS)) {
                throw refused(process, "runs " + file.name() + ", which does not tell its version");
            }
            byte[] said = asked.getInputStream().readNBytes(LONGEST_VERSION);
            checkVersion(process, new String(said, java.nio.charset.StandardCharsets.UTF_8).strip(), version);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        } finally {
            asked.descendants().forEach(ProcessHandle::destroyForcibly);
            asked.destroyForcibly();
        }
        return file;
    }

    /** What is executed as this user must be this user's, or root's. */
    private static void checkOwner(ProcessHandle process, RunningFile file) throws IOException, RejectedException {
        String owner = Files.getOwner(file.content()).getName();
        if (!List.of("root", System.getProperty("user.name")).contains(owner)) {
            throw refused(process, "runs " + file.name() + ", which belongs to '" + owner + "'");
        }
        Set<PosixFilePermission> mode = Files.getPosixFilePermissions(file.content());
        if (mode.contains(PosixFilePermission.GROUP_WRITE) || mode.contains(PosixFilePermission.OTHERS_WRITE)) {
            throw refused(process, "runs " + file.name() + ", which others can change");
        }
    }

    private static void checkVersion(ProcessHandle process, String found, String expected) throws RejectedException {
        if (!found.equals(expected)) {
            throw refused(process, "is an agent of version '" + found + "', and not of '" + expected + "'");
        }
    }

    private static RejectedException refused(ProcessHandle process, String why) {
        return new RejectedException("process " + process.pid() + " " + why + ": nothing was done");
    }
}
