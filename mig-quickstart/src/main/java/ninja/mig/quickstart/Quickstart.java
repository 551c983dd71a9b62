package ninja.mig.quickstart;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CountDownLatch;
import ninja.mig.client.MigClient;
import ninja.mig.log.Logging;
import ninja.mig.log.LoggingConf;
import ninja.mig.log.Severity;
import ninja.mig.model.Action;
import ninja.mig.model.Investigator;
import ninja.mig.platform.AmqpBroker;
import ninja.mig.platform.BrokerUser;
import ninja.mig.platform.Durability;
import ninja.mig.platform.PostgresServer;
import ninja.mig.platform.PrivateDirectory;
import ninja.mig.platform.Servers;
import ninja.mig.runtime.Closer;
import ninja.mig.runtime.Version;

/** The steps from nothing to a first result, in order. Whoever reads {@link #run} knows what a platform consists of. */
final class Quickstart {
    /** The port of the deployment guide's samples. */
    private static final int USUAL_PORT = 12345;

    private final Optional<Path> keep;
    private final OptionalInt port;
    private final boolean exit;
    private final Report report;
    private final Clock clock;

    Quickstart(Optional<Path> keep, OptionalInt port, boolean exit, Report report, Clock clock) {
        this.keep = keep.map(Path::toAbsolutePath).map(Path::normalize);
        this.port = port;
        this.exit = exit;
        this.report = report;
        this.clock = clock;
    }

    /**
     * Returns when everything is over; whatever was started is registered with the closer the moment it is there.
     *
     * @param interrupted counted down by whoever wants the platform to end
     */
    void run(Closer closer, CountDownLatch interrupted) throws Exception {
        Distribution distribution = Distribution.find();
        report.text("MIG quickstart " + Version.of(Quickstart.class) + ": a whole platform on this machine");
        report.text("");

        Path directory = directory(closer);
        report.part(
                "directory", directory + (keep.isPresent() ? ", kept" : ", deleted at the end; --keep DIR keeps one"));
        closer.register(logging(directory));
        int apiPort = apiPort();

        // What is deleted at the end need not survive a power failure.
        Durability durability = keep.isPresent() ? Durability.DURABLE : Durability.FAST;
        PostgresServer postgres = closer.register(Servers.postgres(directory.resolve("postgres"), durability));
        report.part("database", postgres.description());
        AmqpBroker broker = closer.register(
                Servers.broker(directory.resolve("broker"), BrokerUser.randomPasswords(), Optional.empty()));
        report.part("relay", broker.description());

        Platform platform = closer.register(new Platform(distribution, directory, postgres, "mig", broker, apiPort));
        platform.installSchema();
        closer.register(() -> GnuPg.forget(directory.resolve("gnupg")));
        InvestigatorKey key = InvestigatorKey.in(directory, clock);
        platform.register(key, clock);
        Path migrc = platform.writeMigrc("migrc", key);
        report.part("investigator", key.name() + ", key " + key.fingerprint() + " (" + key.kept() + ")");

        Daemon scheduler = platform.startScheduler();
        Daemon api = platform.startApi();
        Investigator schedulerKey = platform.awaitSchedulerKey(scheduler);
        report.part("scheduler", "signs with key " + schedulerKey.pgpFingerprint());
        platform.awaitApi(api);
        report.part("API", platform.url());

        MigClient client = Platform.client(migrc);
        platform.authorize("re:(linux|darwin)\\.[A-Za-z0-9_.-]+\\.[a-z0-9]{13}");
        platform.startAgent(
                "agent",
                List.of(
                        key.publicKey(),
                        new String(schedulerKey.publicKey(), java.nio.charset.StandardCharsets.US_ASCII)),
                AgentAcl.of(key.fingerprint().hex(), schedulerKey.pgpFingerprint()));
        platform.awaitAgents(client, 1);
        report.part("agent", "online, obeys that investigator's key alone");

        investigate(client, migrc, directory);
        if (exit) {
            report.heading("Leave out --exit, and the platform stays for your own investigations.");
            return;
        }
        tellWhatNext(distribution, platform, migrc);
        interrupted.await();
    }

    private void investigate(MigClient client, Path migrc, Path directory) throws Exception {
        report.heading("The first investigation: one action, signed, two questions to every agent");
        report.lines(FirstInvestigation.questions().stream()
                .map(question -> "? " + question)
                .toList());
        FirstInvestigation investigation = new FirstInvestigation(client, Platform.signer(migrc), clock);
        Action action = investigation.launchAndFollow();
        List<String> results = investigation.results(action);
        report.text("");
        results.forEach(report::result);
        report.text("");
        report.text("  Action " + action.id() + " is " + action.status() + ": "
                + action.counters().sent()
                + " command sent, " + action.counters().success() + " succeeded. First result "
                + report.elapsed() + " after the start.");
        FirstInvestigation.save(action, directory.resolve("first-investigation.json"));
    }

    private void tellWhatNext(Distribution distribution, Platform platform, Path migrc) {
        Path directory = platform.directory();
        report.heading("Now you, in another terminal");
        report.command("who you are, for the clients", "export MIGRC=" + migrc);
        report.command(
                "search files: name, content, checksum",
                "java -jar " + distribution.directory().resolve("mig.jar") + " file -path /etc -name '^hosts$' -y");
        report.command("what the API says to everybody", "curl " + platform.url() + "heartbeat");
        report.command(
                "check the signature of that first action yourself",
                "java -jar " + distribution.directory().resolve("mig-action-verifier.jar") + " -a "
                        + directory.resolve("first-investigation.json") + " -keys "
                        + directory.resolve("etc/agent-key1.asc"));
        report.command("read what the programs logged", "tail " + directory.resolve("log") + "/*.log");
        report.text("");
        report.text("The platform runs until you press Ctrl-C.");
    }

    private Path directory(Closer closer) throws IOException {
        if (keep.isEmpty()) {
            return closer.register(PrivateDirectory.temporary("mig-quickstart")).path();
        }
        Path directory = keep.get();
        if (!Files.isDirectory(directory)) {
            Files.createDirectories(directory);
            Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx--x--x"));
        }
        lock(closer, directory);
        Leftovers.end(directory);
        return directory;
    }

    /** Two platforms in one directory would destroy each other. */
    private static void lock(Closer closer, Path directory) throws IOException {
        FileChannel channel = closer.register(FileChannel.open(
                directory.resolve("quickstart.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE));
        try {
            FileLock lock = channel.tryLock();
            if (lock != null) {
                return;
            }
        } catch (OverlappingFileLockException e) {
            throw new IOException("another quickstart uses " + directory, e);
        }
        throw new IOException("another quickstart uses " + directory);
    }

    /** What the libraries in this process say is for a file, not for the person at the terminal. */
    private static Logging logging(Path directory) throws IOException {
        Path log = Secrets.directory(directory.resolve("log")).resolve("quickstart.log");
        LoggingConf conf = LoggingConf.toStream(Severity.INFO);
        return Logging.setUp(
                new LoggingConf(
                        LoggingConf.Mode.FILE,
                        conf.level(),
                        Optional.of(log),
                        conf.host(),
                        conf.port(),
                        conf.tcp(),
                        conf.facility(),
                        0),
                "mig-quickstart",
                System.err);
    }

    private int apiPort() throws IOException {
        if (port.isPresent()) {
            if (!isFree(port.getAsInt())) {
                throw new IOException("port " + port.getAsInt() + " is in use: choose another with --port");
            }
            return port.getAsInt();
        }
        return isFree(USUAL_PORT) ? USUAL_PORT : anyFreePort();
    }

    private static boolean isFree(int port) {
        try (ServerSocket socket = new ServerSocket()) {
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            return true;
        } catch (IOException taken) {
            return false;
        }
    }

    private static int anyFreePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
