package ninja.mig.agent;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import ninja.mig.log.Logging;
import ninja.mig.log.LoggingConf;

/** The directories and files of an agent, and who may touch them. Nothing is made or changed. */
final class DoctorFiles {
    private static final String USER = System.getProperty("user.name");
    private static final long LITTLE = 64L << 20;
    static final Set<PosixFilePermission> OTHERS_WRITE =
            Set.of(PosixFilePermission.GROUP_WRITE, PosixFilePermission.OTHERS_WRITE);
    private static final Set<PosixFilePermission> OTHERS_ANY = PosixFilePermissions.fromString("---rwxrwx");

    private final Page page;
    private final Path directory;

    /** @param directory where the agent keeps what it must not forget */
    DoctorFiles(Page page, Path directory) {
        this.page = page;
        this.directory = directory;
    }

    /** @param logging where the agent logs, if that is known */
    void examine(Optional<Path> program, Optional<LoggingConf> logging) {
        page.section("Directories and files");
        try {
            if (Files.isDirectory(directory)) {
                runDirectory();
            } else if (Files.exists(directory, LinkOption.NOFOLLOW_LINKS)) {
                page.fix(directory + " is not a directory", "move it away: the agent keeps its identity there");
            } else {
                missing(directory);
            }
            if (logging.isPresent()) {
                log(logging.get());
            }
            if (program.isPresent()) {
                closedTo(program.get(), OTHERS_WRITE, "chmod 500");
            }
        } catch (IOException e) {
            page.fix(
                    "the files cannot be examined: " + Page.reason(e),
                    "run the doctor as the user that the agent runs as");
        }
    }

    private void missing(Path path) {
        Path parent = path.toAbsolutePath().getParent();
        while (parent != null && !Files.exists(parent)) {
            parent = parent.getParent();
        }
        if (parent != null && Files.isWritable(parent)) {
            page.note(path + " does not exist yet: the agent makes it at its first start");
        } else {
            page.note(
                    path + " does not exist, and user '" + USER + "' cannot make it",
                    "start the agent as root, or make the directory for its user");
        }
    }

    private void runDirectory() throws IOException {
        closedTo(directory, OTHERS_WRITE, "chmod 755");
        if (!Files.isWritable(directory)) {
            cannotWrite(directory.toString(), directory);
            return;
        }
        long room = Files.getFileStore(directory).getUsableSpace();
        if (room < LITTLE) {
            page.fix(
                    directory + " has room for " + (room >> 20) + " MiB only",
                    "make room: without it no command is remembered, and then none is run");
        }
        if (ShutdownMark.isSet(directory)) {
            page.note(
                    "the agent was asked to end on its stat socket, and cron does not start it",
                    "start it by its service manager, or by hand");
        }
        if (ClassArchive.isMissed(directory)) {
            page.note(
                    "a check-in had the archive of classes made, and it is not there yet",
                    "nothing, if that was seconds ago; else run mig-agent --archive: it says why");
        }
        Path id = directory.resolve(AgentIdentity.FILE);
        if (Files.exists(id)) {
            closedTo(id, OTHERS_ANY, "chmod 400");
        }
        Path executed = directory.resolve(".executed");
        if (Files.exists(executed)) {
            closedTo(executed, OTHERS_ANY, "chmod 600");
        }
        Path outbox = directory.resolve("outbox");
        if (Files.isDirectory(outbox)) {
            closedTo(outbox, OTHERS_ANY, "chmod 700");
            answers(outbox);
        }
        Path commands = directory.resolve("commands");
        if (Files.isDirectory(commands)) {
            closedTo(commands, OTHERS_ANY, "chmod 700");
            commands();
        }
    }

    private void answers(Path outbox) throws IOException {
        Kept waiting = kept(outbox, "*.json");
        if (waiting.count() > 0) {
            page.note(
                    count(waiting.count(), "answer waits", "answers wait") + " for the relay, since " + waiting.since(),
                    "nothing, if the agent is about to connect; else see the relay, below");
        }
        Kept aside = kept(outbox, "*.json" + Outbox.UNSENT);
        if (aside.count() > 0) {
            page.note(
                    count(aside.count(), "answer is", "answers are") + " put aside in " + outbox + " as *.json"
                            + Outbox.UNSENT + ", " + mebibytes(aside.bytes()) + ", since " + aside.since(),
                    "the log says why. If it is too large for the relay, have that take larger messages (RabbitMQ:"
                            + " max_message_size) and take " + Outbox.UNSENT + " off the file's name: then it is sent"
                            + " within a minute, by a check-in with its next run. One that nobody needs can be deleted");
        }
    }

    private static String mebibytes(long bytes) {
        return bytes < 1 << 20 ? "less than 1 MiB" : (bytes >> 20) + " MiB";
    }

    /** @param since when the oldest was written; far in the future if there is none */
    private record Kept(int count, long bytes, Instant since) {}

    private static Kept kept(Path folder, String pattern) throws IOException {
        int count = 0;
        long bytes = 0;
        long oldest = Long.MAX_VALUE;
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, pattern)) {
            for (Path file : files) {
                count++;
                bytes += file.toFile().length();
                oldest = Math.min(oldest, file.toFile().lastModified());
            }
        }
        return new Kept(count, bytes, Instant.ofEpochMilli(oldest).truncatedTo(ChronoUnit.SECONDS));
    }

    private void commands() throws IOException {
        List<CommandsAtHand.Entry> entries = CommandsAtHand.look(RunDir.existing(directory));
        int running =
                (int) entries.stream().filter(CommandsAtHand.Entry::isRunning).count();
        int waiting = entries.size() - running;
        if (waiting > 0) {
            page.note(count(waiting, "command waits", "commands wait") + " to be run");
        }
        if (running > 0) {
            page.note(
                    count(running, "command is", "commands are") + " being run",
                    "if no agent runs here, it was killed at that: its next start answers them with 'failed'");
        }
    }

    private static String count(int number, String one, String several) {
        return number + " " + (number == 1 ? one : several);
    }

    private void log(LoggingConf logging) throws IOException {
        if (logging.mode() == LoggingConf.Mode.FILE && logging.file().isPresent()) {
            logFile(logging.file().get());
        } else if (logging.mode() == LoggingConf.Mode.SYSLOG) {
            syslog(
                    logging,
                    logging.isLocal()
                            ? "the syslog of this host, at localhost:514/udp or by logger and /dev/log,"
                            : "the syslog server at " + logging.host() + ":" + logging.port()
                                    + (logging.tcp() ? "/tcp" : "/udp"));
        }
    }

    /** A server that does not listen loses the log, and over udp nobody would notice. */
    private void syslog(LoggingConf logging, String server) {
        try {
            Logging.trySyslog(logging, "mig-agent");
            if (logging.isLocal()
                    || logging.tcp()
                    || InetAddress.getByName(logging.host()).isLoopbackAddress()) {
                page.ok(server + " takes log lines");
            } else {
                page.note("whether " + server + " takes log lines cannot be told over udp");
            }
        } catch (IOException e) {
            page.fix(
                    server + " takes no log lines: " + e,
                    "have it listen there (rsyslog: imudp or imtcp, imuxsock for /dev/log), or choose another host, port or mode");
        }
    }

    private void logFile(Path file) throws IOException {
        if (Files.exists(file)) {
            if (Files.isWritable(file)) {
                page.ok("log file " + file + " can be written");
            } else {
                cannotWrite("log file " + file, file);
            }
        } else if (file.getParent() != null && Files.isWritable(file.getParent())) {
            page.note("log file " + file + " does not exist yet");
        } else {
            page.fix("log file " + file + " cannot be made", "make its directory, for the user of the agent");
        }
    }

    /** A fault if the mode has one of the forbidden permissions; {@code command} takes them away. */
    void closedTo(Path path, Set<PosixFilePermission> forbidden, String command) throws IOException {
        PosixFileAttributeView view = Files.getFileAttributeView(path, PosixFileAttributeView.class);
        if (view == null) {
            page.note(path + " exists; who may touch it cannot be told on this system");
            return;
        }
        PosixFileAttributes attributes = view.readAttributes();
        String text =
                path + ", " + PosixFilePermissions.toString(attributes.permissions()) + ", owner " + attributes.owner();
        if (attributes.permissions().stream().anyMatch(forbidden::contains)) {
            page.fix(text + ": open to others than its owner", command + " " + path);
        } else {
            page.ok(text);
        }
    }

    /** A fault of its owner only: others look at an agent that runs as somebody else. */
    private void cannotWrite(String what, Path path) throws IOException {
        String owner = Files.getOwner(path).getName();
        if (owner.equals(USER)) {
            page.fix(what + " cannot be written by its owner '" + USER + "'", "check modes and mounts");
        } else {
            page.note(
                    what + " belongs to '" + owner + "', user '" + USER + "' cannot write to it",
                    "run the doctor as '" + owner + "' to have everything examined");
        }
    }
}
