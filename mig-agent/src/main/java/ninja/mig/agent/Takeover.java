package ninja.mig.agent;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import ninja.mig.agent.service.ForeignUnit;
import ninja.mig.agent.service.ServiceTool;
import ninja.mig.model.RejectedException;
import ninja.mig.relay.ConnectProxy;
import ninja.mig.relay.RelayConnection;
import ninja.mig.relay.RelayException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How an agent that was started with {@code -u} takes the place of the one that started it: it shows that it can connect, says
 * so, and waits until the old one has answered. Until then nothing is done to the old one.
 */
final class Takeover implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Takeover.class);

    /** What module {@code upgrade} of the old agent waits for on the standard output. */
    static final String READY = "ready";

    /** The variable by which it names the old agent's process. */
    static final String REPLACES = "MIG_REPLACES";

    private static final Duration HOST_COMMAND = Duration.ofSeconds(5);
    private static final Duration LOOK = Duration.ofMillis(100);

    /** Connects to the relay as the agent would, once. */
    interface Trial {
        void connect() throws IOException, RejectedException, RelayException;
    }

    private final Trial trial;
    private final PrintStream out;
    private final Path runDir;
    private final Path proc;
    private final Optional<Long> old;
    private final Duration limit;
    private Optional<FileChannel> lock = Optional.empty();

    /**
     * @param out the standard output
     * @param runDir of both agents
     * @param proc {@code /proc}
     * @param old the process that is replaced, if it is known
     * @param limit how long the old agent may take to answer
     */
    Takeover(Trial trial, PrintStream out, Path runDir, Path proc, Optional<Long> old, Duration limit) {
        this.trial = trial;
        this.out = out;
        this.runDir = runDir;
        this.proc = proc;
        this.old = old;
        this.limit = limit;
    }

    /** Of this process, on this host. */
    static Takeover of(AgentConf conf, PrintStream out, Path runDir) {
        String given = System.getenv().getOrDefault(REPLACES, "");
        return new Takeover(
                () -> connect(conf, runDir, System.getenv(), Clock.systemUTC()),
                out,
                runDir,
                Path.of("/proc"),
                given.matches("[0-9]{1,10}") ? Optional.of(Long.valueOf(given)) : Optional.empty(),
                conf.settings().moduleTimeout());
    }

    /** Tries every way once, and asks for what the agent needs there. */
    private static void connect(AgentConf conf, Path runDir, Map<String, String> environment, Clock clock)
            throws IOException, RejectedException, RelayException {
        String os = EnvironmentProbe.os();
        String hostname = new EnvironmentProbe(Path.of("/"), new HostCommand(HOST_COMMAND)).hostname(os);
        Optional<AgentIdentity> identity = AgentIdentity.known(RunDir.existing(runDir), os, hostname);
        List<String> reasons = new ArrayList<>();
        for (Optional<ConnectProxy> way :
                RelayWays.to(conf.relay().host(), conf.relay().port(), environment, conf.proxies())) {
            try (RelayConnection connection =
                    RelayConnection.open(conf.relay(), way, "mig-agent-upgrade", ReceivedCommand.MAX_BODY, clock)) {
                if (identity.isPresent()) {
                    connection.declareAgent(identity.get().queueLoc());
                }
                return;
            } catch (RelayException e) {
                reasons.add(e.getMessage());
            }
        }
        throw new RelayException(String.join("; ", reasons));
    }

    /** @throws RejectedException if another agent is about to do the same */
    void begin() throws IOException, RejectedException {
        FileChannel file = FileLocks.open(RunDir.open(runDir).file(".takeover.lock"));
        lock = Optional.of(file);
        if (FileLocks.attempt(file).isEmpty()) {
            throw new RejectedException("another upgrade of this agent is about to restart it");
        }
    }

    /** @param own whether {@code mig-agent.service} is one that agents install */
    Optional<ForeignUnit> foreignUnit(boolean own, ServiceTool tool) throws IOException, InterruptedException {
        return old.isPresent() ? ForeignUnit.of(proc, old.get(), own, tool) : Optional.empty();
    }

    /** @throws RejectedException if this agent could not do its work */
    void connect() throws IOException, RejectedException {
        try {
            trial.connect();
        } catch (RelayException e) {
            throw new RejectedException(
                    "the new agent cannot connect to the relay, the old one goes on: " + e.getMessage(), e);
        }
    }

    /** @throws RejectedException if nobody listens any more: an upgrade that failed must not go on */
    void tellReady() throws RejectedException {
        out.println(READY);
        if (out.checkError()) {
            throw new RejectedException("the upgrade that started this agent has ended: nothing was changed");
        }
    }

    /** Returns when no command is being run and no answer waits, or when the limit is reached. */
    void awaitAnswers() throws InterruptedException {
        long end = System.nanoTime() + limit.toNanos();
        while (!isAnswered()) {
            if (System.nanoTime() > end) {
                log.warn("the old agent has not answered all commands within {} s, and is ended", limit.toSeconds());
                return;
            }
            TimeUnit.MILLISECONDS.sleep(LOOK.toMillis());
        }
    }

    private boolean isAnswered() {
        try {
            return CommandsAtHand.look(RunDir.existing(runDir)).stream().noneMatch(CommandsAtHand.Entry::isRunning)
                    && isEmpty(runDir.resolve("outbox"));
        } catch (IOException | DirectoryIteratorException e) {
            log.debug("the run directory cannot be looked at now: {}", e.getMessage());
            return false;
        }
    }

    private static boolean isEmpty(Path outbox) throws IOException {
        if (!Files.exists(outbox)) {
            return true;
        }
        try (DirectoryStream<Path> answers = Files.newDirectoryStream(outbox, "[0-9]*-*.json")) {
            return !answers.iterator().hasNext();
        }
    }

    @Override
    public void close() throws IOException {
        if (lock.isPresent()) {
            lock.get().close();
        }
    }
}
