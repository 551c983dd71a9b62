package ninja.mig.agent;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import ninja.mig.conf.ConfException;
import ninja.mig.model.MigId;
import ninja.mig.model.RejectedException;
import ninja.mig.relay.RelayException;
import ninja.mig.runtime.Closer;
import ninja.mig.runtime.Routine;
import ninja.mig.runtime.Routines;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Wires an agent, by hand and in the order of the flow: identity, replay guard, relay, commands, heartbeats. It runs until it
 * is stopped, or as a check-in until its queue is drained.
 */
final class AgentDaemon implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(AgentDaemon.class);

    private static final Duration HOST_COMMAND = Duration.ofSeconds(5);
    private static final Duration RESULTS_PERIOD = Duration.ofMinutes(1);
    private static final Duration RECOVERY_PERIOD = Duration.ofMinutes(1);
    private static final Duration QUESTIONS_PERIOD = Duration.ofHours(1);
    private static final Duration LAST_RESULTS = Duration.ofSeconds(5);
    private static final Duration QUIET = Duration.ofSeconds(3);

    private final Closer closer = new Closer();
    private final CountDownLatch stopped = new CountDownLatch(1);
    private final AgentConf conf;
    private final AgentIdentity identity;
    private final SignOfLife life;
    private final RelayLink link;
    private final Routines routines;
    private final CommandRunner commands;
    private final ResultSender results;
    private final StatusReport status;
    private final HeartbeatSender heartbeats;
    private final Optional<StatSocket> statSocket;
    private volatile boolean asked;

    /**
     * Prepares an agent; nothing is sent yet.
     *
     * @param mode {@code daemon} or {@code checkin}
     * @param hostRunDir where the agent keeps its identity
     */
    AgentDaemon(AgentConf conf, String mode, Path hostRunDir, Clock clock) throws IOException, RejectedException {
        this(
                conf,
                mode,
                hostRunDir,
                new ReconnectPauses(() -> ThreadLocalRandom.current().nextDouble()),
                clock);
    }

    /** @param pauses of this agent alone */
    AgentDaemon(AgentConf conf, String mode, Path hostRunDir, ReconnectPauses pauses, Clock clock)
            throws IOException, RejectedException {
        this.conf = conf;
        String os = EnvironmentProbe.os();
        EnvironmentProbe probe = new EnvironmentProbe(Path.of("/"), new HostCommand(HOST_COMMAND));
        String hostname = probe.hostname(os);
        RunDir runDir = RunDir.open(hostRunDir);
        life = closer.register(new SignOfLife(runDir));
        identity = AgentIdentity.load(runDir, os, hostname);
        // Closed last: who waits for the end of this agent sees it here.
        statSocket = conf.statSocket().map(address -> closer.register(statSocket(address, clock)));
        ReplayGuard guard = closer.register(ReplayGuard.open(runDir, clock));
        CommandsAtHand atHand = closer.register(CommandsAtHand.open(runDir));
        Outbox outbox = Outbox.open(runDir);

        link = closer.register(new RelayLink(
                conf.relay(),
                RelayWays.to(conf.relay().host(), conf.relay().port(), System.getenv(), conf.proxies()),
                identity.queueLoc(),
                pauses,
                clock));
        results = new ResultSender(outbox, link, conf.settings().heartbeatFreq());
        routines = closer.register(new Routines(LAST_RESULTS));
        closer.register(this::sendLastResults);
        OperationRunner operations = new OperationRunner(
                ModuleProgram.self(conf.givenFile(), conf.settings().extraPrivacy()),
                conf.builtin().availableModules(),
                conf.settings().moduleTimeout(),
                atHand.folder(),
                clock);
        commands = closer.register(new CommandRunner(
                authorization(conf),
                guard,
                atHand,
                operations,
                results,
                identity.queueLoc(),
                property("mig.agent.workers", 2, 1, 8),
                clock));
        closer.register(link::stopListening);
        status = new StatusReport(Main.version(), conf.relay(), link, commands.history(), clock);

        PublicAddress publicAddress = new PublicAddress(conf.settings().api(), conf.proxies());
        AwsMetadata aws = new AwsMetadata(AwsMetadata.SERVICE);
        HostEnvironment host = new HostEnvironment(probe, os, publicAddress, aws, clock);
        heartbeats = new HeartbeatSender(
                identity,
                hostname,
                mode,
                Main.version(),
                conf.settings().tags(),
                host,
                link,
                conf.settings().heartbeatFreq(),
                clock);
        schedule(mode.equals("checkin"));
        lookAround(publicAddress, aws, host);
        log.info("mig-agent {} on {} as {}", Main.version(), hostname, mode);
        if (conf.keyring().isEmpty() || conf.builtin().acl().isEmpty()) {
            log.error("no public keys or no ACL are built into this agent: it refuses every action");
        }
    }

    /** @param checkin sends its one heartbeat itself */
    private void schedule(boolean checkin) {
        Routine sending = routines.every(RESULTS_PERIOD, "results", results::sendAll);
        results.wakes(sending::wake);
        if (checkin) {
            link.whenConnected(sending::wake);
            return;
        }
        Routine beating = routines.every(conf.settings().heartbeatFreq(), "heartbeats", heartbeats::send);
        link.whenConnected(() -> {
            beating.wake();
            sending.wake();
        });
    }

    /** What heartbeats tell of the host is looked up beside them, for it takes its time. */
    private void lookAround(PublicAddress publicAddress, AwsMetadata aws, HostEnvironment host) {
        Duration refresh = conf.settings().refreshEnv();
        boolean refreshes = !refresh.isZero();
        Duration questions = refreshes && refresh.compareTo(QUESTIONS_PERIOD) < 0 ? refresh : QUESTIONS_PERIOD;
        if (conf.settings().asksPublicIp()) {
            routines.every(questions, "public address", publicAddress::ask);
        }
        if (conf.settings().discoverAwsMeta()) {
            routines.every(questions, "aws metadata", aws::ask);
        }
        if (refreshes) {
            routines.every(refresh, "environment", host::refresh);
        }
    }

    private StatSocket statSocket(InetSocketAddress address, Clock clock) {
        StatCommands answers = new StatCommands(identity.queueLoc().uid(), () -> status.text(), clock);
        return new StatSocket(address, answers, this::stopAsAsked, StatSocket.Times.USUAL);
    }

    private void stopAsAsked() {
        asked = true;
        stopped.countDown();
    }

    /** Decides about actions by the keys and the ACL of this configuration. */
    static ActionAuthorization authorization(AgentConf conf) {
        return new ActionAuthorization(
                conf.keyring(), conf.acl(), Duration.ofSeconds(property("mig.agent.validfromgrace", 0, 0, 60)));
    }

    private static int property(String name, int defaultValue, int min, int max) {
        String text = System.getProperty(name, Integer.toString(defaultValue));
        if (!text.matches("[0-9]{1,4}") || Integer.parseInt(text) < min || Integer.parseInt(text) > max) {
            throw new ConfException(
                    "system property " + name + " is '" + text + "', expected a number from " + min + " to " + max);
        }
        return Integer.parseInt(text);
    }

    /**
     * Opens the stat socket, connects, and serves commands until {@link #close} or until somebody who knows the agent's id asks
     * for the end.
     *
     * @param patient whether to go on trying when the relay cannot be reached at first
     * @return whether somebody asked for the end on the stat socket
     */
    boolean serve(boolean patient) throws RelayException, InterruptedException {
        statSocket.ifPresent(StatSocket::start);
        routines.every(RECOVERY_PERIOD, "sign of life", life::give);
        recover();
        routines.every(RECOVERY_PERIOD, "recovery", commands::recover);
        if (patient) {
            link.openPatiently(commands);
        } else {
            link.open(commands);
        }
        stopped.await();
        return asked;
    }

    /** Before the relay delivers anything: what it delivers again is recognized by what is found here. */
    private void recover() {
        try {
            commands.recover();
        } catch (IOException | RuntimeException e) {
            log.error("what an earlier run of this agent left cannot be answered now", e);
        }
    }

    /**
     * Connects, says that the agent lives, takes the commands that wait, and returns when all are answered.
     *
     * @return false if they were not within the time that a module may take, if one of them could not be dealt with, or if
     *     nobody has heard that the agent lives
     * @throws RelayException if the relay cannot be reached
     */
    boolean checkIn() throws IOException, InterruptedException {
        Path file = identity.runDir().file(".checkin.lock");
        try (FileChannel lockFile = FileLocks.open(file)) {
            if (FileLocks.attempt(lockFile).isEmpty()) {
                log.info("another check-in of this host is at work");
                return true;
            }
            identity.runDir().removeUnfinished();
            recover();
            link.open(commands);
            routines.every(RECOVERY_PERIOD, "recovery", commands::recover);
            boolean heard = heartbeats.send();
            // It was lost with its connection perhaps, and there is another one now.
            return drain() && hasLeftNothing() && (heard || heartbeats.send());
        }
    }

    /** What could not be run or answered is left to the next check-in. */
    private boolean hasLeftNothing() {
        List<MigId> left = commands.left();
        if (!left.isEmpty()) {
            log.error("commands {} could not be dealt with, and are left to the next check-in", left);
        }
        return left.isEmpty();
    }

    private boolean drain() throws IOException, InterruptedException {
        Duration limit =
                conf.settings().moduleTimeout().multipliedBy(11).dividedBy(10).plusSeconds(30);
        long begun = System.nanoTime();
        while (!isDrained(begun)) {
            if (System.nanoTime() - begun > limit.toNanos()) {
                log.error("the commands were not answered within {} s, their modules are killed", limit.toSeconds());
                link.stopListening();
                commands.stop(new Outcome.CheckInOver(limit));
                return false;
            }
            if (stopped.await(100, TimeUnit.MILLISECONDS)) {
                return false;
            }
        }
        return true;
    }

    /** Quiet counts only while the relay could have broken it. */
    private boolean isDrained(long since) throws IOException {
        return link.isUp()
                && System.nanoTime() - since >= QUIET.toNanos()
                && commands.isIdle(QUIET)
                && results.isDone();
    }

    /** For tests and for whoever starts an agent in its own process. */
    AgentIdentity identity() {
        return identity;
    }

    private void sendLastResults() throws InterruptedException {
        Thread sending = Routines.thread("last-results", () -> {
            try {
                results.sendAll();
            } catch (IOException e) {
                log.warn("results wait for the next start", e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        sending.start();
        sending.join(LAST_RESULTS.toMillis());
    }

    /**
     * Takes no more commands, stops the modules at hand, sends what they gave, and leaves the relay. A second call returns
     * when the first is through.
     */
    @Override
    public synchronized void close() {
        closer.closeLogging();
        stopped.countDown();
    }
}
