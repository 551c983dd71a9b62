package ninja.mig.agent;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import ninja.mig.json.MalformedJsonException;
import ninja.mig.log.LogContext;
import ninja.mig.log.LogThrottle;
import ninja.mig.model.Action;
import ninja.mig.model.Command;
import ninja.mig.model.IdGenerator;
import ninja.mig.model.MigId;
import ninja.mig.model.Operation;
import ninja.mig.model.QueueLoc;
import ninja.mig.model.RejectedException;
import ninja.mig.pgp.Signer;
import ninja.mig.relay.Delivery;
import ninja.mig.relay.MessageHandler;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One command from bytes to results. It is checked, then kept on disk, then remembered as begun, then acknowledged to the
 * relay. When a worker is free it is read and checked again, marked as running, and run; its answer is kept on disk, then it
 * is forgotten. Whatever happens in between,
 * it never runs twice and is always answered: what waited runs in the next process of this agent, and what ran when the
 * former one was killed is answered by the next.
 */
final class CommandRunner implements MessageHandler, AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(CommandRunner.class);

    static final String KILLED = "the agent was stopped while it ran the command, or could not keep the results: "
            + "what was done is not known, and the command is not run again";

    private static final int MAX_LOGGED = 256;

    /** A message for which there was no memory so often, one time after the other, is too large for this process. */
    private static final int ATTEMPTS = 4;

    /** A command that could not be read so often, once a minute, never can be; nor one of that age, in a check-in. */
    private static final int READINGS = 5;

    private static final Duration OLD = Duration.ofDays(1);

    private static final Duration CLOSING = Duration.ofSeconds(3);

    private final ActionAuthorization authorization;
    private final ReplayGuard guard;
    private final CommandsAtHand atHand;
    private final OperationRunner operations;
    private final ResultSender results;
    private final QueueLoc self;
    private final Clock clock;
    private final IdGenerator operationIds;
    private final RefusalBudget refusals;
    private final RefusalBudget warnings;
    private final LogThrottle beyond;
    private final Repetitions repetitions = new Repetitions();
    private final Workers workers;
    private final Set<MigId> atWork = ConcurrentHashMap.newKeySet();

    /** How often a command could not be read. */
    private final Map<MigId, Integer> unread = new ConcurrentHashMap<>();

    /** Their commands stay at work. */
    private final UnkeptAnswers unkept = new UnkeptAnswers();

    private final CommandHistory history;
    private volatile long lastMessage = System.nanoTime();
    private volatile boolean closing;
    private int withoutMemory;

    /** @param workerCount how many operations run at the same time */
    CommandRunner(
            ActionAuthorization authorization,
            ReplayGuard guard,
            CommandsAtHand atHand,
            OperationRunner operations,
            ResultSender results,
            QueueLoc self,
            int workerCount,
            Clock clock) {
        this.authorization = authorization;
        this.guard = guard;
        this.atHand = atHand;
        this.operations = operations;
        this.results = results;
        this.self = self;
        this.clock = clock;
        this.operationIds = new IdGenerator(clock);
        this.refusals = new RefusalBudget(clock, RefusalBudget.ANSWERED);
        this.warnings = new RefusalBudget(clock, RefusalBudget.LOGGED);
        this.beyond = new LogThrottle(Duration.ofMinutes(1), clock);
        this.history = new CommandHistory(clock);
        this.workers = new Workers(workerCount, this::open);
    }

    /** One at a time, also while a connection ends and the next one delivers the same command again. */
    @Override
    public synchronized void handle(Delivery delivery) throws IOException {
        lastMessage = System.nanoTime();
        Optional<MigId> accepted = acceptOrDrop(delivery.body());
        delivery.ack();
        accepted.ifPresent(this::start);
    }

    /**
     * What is too large for this process must not come back to it for ever.
     *
     * @throws IOException if there may be memory for the message later: it is not acknowledged now
     */
    private Optional<MigId> acceptOrDrop(byte[] body) throws IOException {
        try {
            Optional<MigId> accepted = accept(body);
            withoutMemory = 0;
            return accepted;
        } catch (OutOfMemoryError e) {
            if (++withoutMemory < ATTEMPTS) {
                throw new IOException("there is not enough memory now for a message of " + body.length + " bytes", e);
            }
            return drop(body, e);
        } catch (StackOverflowError e) {
            return drop(body, e);
        }
    }

    private Optional<MigId> drop(byte[] body, Error e) {
        log.error("dropped a message of {} bytes: there is not enough memory for it: {}", body.length, e.toString());
        withoutMemory = 0;
        return Optional.empty();
    }

    /**
     * Deals with what earlier processes of this agent, which are gone, took and did not answer. To be called before the
     * first command is delivered, and now and then: what was not possible now is tried again.
     */
    synchronized void recover() throws IOException {
        if (closing) {
            return;
        }
        unkept.retry(this::keepAgain);
        atHand.takeOver();
        for (MigId id : atHand.all()) {
            // In this order: what is no longer at work now is at hand now only if it was not answered.
            Optional<CommandsAtHand.Entry> left = atWork.contains(id) ? Optional.empty() : atHand.find(id);
            left.ifPresent(this::recoverOrLog);
        }
    }

    /** One that cannot be dealt with, whatever the reason, does not keep the others waiting. */
    private void recoverOrLog(CommandsAtHand.Entry left) {
        try {
            recover(left);
        } catch (IOException | RuntimeException | OutOfMemoryError | StackOverflowError e) {
            log.error("command {}, which an earlier run of this agent left, cannot be dealt with", left.command(), e);
        }
    }

    private void recover(CommandsAtHand.Entry left) throws IOException {
        MigId id = left.command();
        // In this order: an answer is remembered before its command is forgotten.
        boolean elsewhere = atHand.isElsewhere(id);
        ReplayGuard.Known known = guard.lookUpNow(id.toString());
        if (!left.isRunning() && known != ReplayGuard.Known.ANSWERED && !elsewhere) {
            log.info("command {} waited when an earlier run of this agent ended", id);
            start(id);
            return;
        }
        if (left.isRunning() && known != ReplayGuard.Known.ANSWERED && !results.holds(id)) {
            Optional<byte[]> body = read(left);
            if (body.isEmpty()) {
                return;
            }
            answerKilled(id, body.get());
        }
        if (left.isRunning()) {
            guard.answered(id.toString());
        }
        atHand.done(id);
    }

    private void answerKilled(MigId id, byte[] body) throws IOException {
        try {
            ReceivedCommand received = ReceivedCommand.read(body);
            try (LogContext ids = LogContext.command(received.actionId(), id)) {
                log.warn(KILLED);
                results.send(id, received.refusal(KILLED, self), () -> guard.answered(id.toString()));
            }
        } catch (MalformedJsonException e) {
            log.error("the command {} was damaged while it was kept, and cannot be answered", id, e);
        }
    }

    /**
     * Checks a message, and keeps its command.
     *
     * @return empty if nothing is to run; the refusal is then on its way
     * @throws IOException if this agent cannot remember commands: it must not run any then, nor acknowledge this one
     */
    Optional<MigId> accept(byte[] body) throws IOException {
        ReceivedCommand received;
        try {
            received = ReceivedCommand.read(body);
        } catch (MalformedJsonException e) {
            warn("dropped a message: " + Excerpt.of(e.getMessage()) + ": " + beginning(body));
            return Optional.empty();
        }
        try (LogContext ids = LogContext.command(received.actionId(), received.id())) {
            return acceptOrRefuse(received, body);
        }
    }

    private Optional<MigId> acceptOrRefuse(ReceivedCommand received, byte[] body) throws IOException {
        MigId id = received.id();
        try {
            Command command = received.command();
            check(command, clock.instant());
            if (id.isNone()) {
                throw new RejectedException("a command needs an id");
            }
            boolean isNew = !isRepeated(id) && remember(id, body, command.action());
            return isNew ? Optional.of(id) : Optional.empty();
        } catch (RejectedException e) {
            refuse(received, Excerpt.of(e.getMessage()));
            return Optional.empty();
        }
    }

    private Set<Signer> check(Command command, Instant now) throws RejectedException {
        Set<Signer> signers = authorization.authorize(command.action(), now);
        checkAddressee(command, self);
        return signers;
    }

    /** Nothing signs the address: this stops mistakes, and an attacker who does not rewrite it. */
    static void checkAddressee(Command command, QueueLoc self) throws RejectedException {
        String queueLoc = command.agent().queueLoc();
        if (!queueLoc.isEmpty() && !queueLoc.equals(self.toString())) {
            throw new RejectedException("the command is for another agent");
        }
    }

    /**
     * A command may be delivered twice without harm: while the first one is at hand or its answer is known to be kept, the
     * second one is ignored. If nobody has what was begun, nobody will answer it.
     *
     * @throws RejectedException if only a refusal can answer it
     */
    private boolean isRepeated(MigId id) throws RejectedException, IOException {
        boolean begun = guard.lookUp(id.toString()) == ReplayGuard.Known.BEGUN;
        if (atWork.contains(id) || (begun && atHand.isKnown(id)) || RunOnce.isAnswered(id, guard)) {
            log.info("the command was received again and is not run again");
            return true;
        }
        return false;
    }

    /**
     * Keeps a command until it is answered, and remembers that it must not come again.
     *
     * @return false if another process of this agent was faster
     */
    private boolean remember(MigId id, byte[] body, Action action) throws RejectedException, IOException {
        List<String> keys = keys(id, action);
        if (!atHand.isWaiting(id) && !atHand.hasRoom(body.length)) {
            throw new RejectedException("agent busy");
        }
        atHand.take(id, body);
        boolean first = false;
        try {
            first = guard.begin(keys, action.expireAfter());
        } finally {
            if (!first) {
                atHand.done(id); // without being remembered it must not be found
            }
        }
        if (first) {
            return true;
        }
        if (!isRepeated(id)) {
            RunOnce.key(action, guard);
        }
        return false;
    }

    /** The other key first: it is there if the id is, whatever stops the writing. */
    private List<String> keys(MigId id, Action action) throws RejectedException {
        RunOnce.checkRemembered(action, guard);
        return Stream.concat(RunOnce.key(action, guard).stream(), Stream.of(id.toString()))
                .toList();
    }

    private void refuse(ReceivedCommand received, String reason) throws IOException {
        warn("refused the command: " + reason);
        if (received.id().isNone()) {
            return;
        }
        history.refused(received.id(), received.actionId());
        if (!refusals.spend()) {
            warn("the refusal is not sent: more than " + RefusalBudget.ANSWERED + " in a minute");
            return;
        }
        results.sendRefusal(received.id(), received.refusal(reason, self));
    }

    /** Whoever can send commands must not fill the disk by them: beyond a number there is one line a minute for all. */
    private void warn(String what) {
        OptionalInt heldBack = warnings.spend() ? OptionalInt.of(0) : beyond.next("");
        if (heldBack.isPresent()) {
            log.warn("{}{}", what, LogThrottle.more(heldBack.getAsInt()));
        }
    }

    private void start(MigId id) {
        atWork.add(id);
        workers.add(id);
    }

    /** Reads a command whose turn has come. What fails here is tried again by {@link #recover()}. */
    private Optional<CommandRun> open(MigId id) {
        Optional<CommandRun> run = Optional.empty();
        try {
            Optional<CommandsAtHand.Entry> kept = atHand.find(id);
            // Another process of this agent, which is gone, may have begun it: that is seen by recover.
            Optional<byte[]> body = kept.isPresent() && !kept.get().isRunning() ? read(kept.get()) : Optional.empty();
            if (body.isPresent()) {
                run = open(id, body.get());
                if (run.isEmpty()) {
                    atHand.done(id);
                }
            }
        } catch (Throwable e) {
            log.error("command {} cannot be run now, and will be tried again", id, e);
        } finally {
            if (run.isEmpty()) {
                atWork.remove(id);
            }
        }
        return run;
    }

    /** @return empty if it cannot be read now, and is tried again by {@link #recover()}, but not for ever */
    private Optional<byte[]> read(CommandsAtHand.Entry kept) {
        MigId id = kept.command();
        try {
            byte[] body = RunDir.read(kept.file());
            unread.remove(id);
            return Optional.of(body);
        } catch (IOException e) {
            int times = unread.merge(id, 1, Integer::sum);
            if (times == 1) {
                log.error("command {} cannot be read now, and will be tried again: {}", id, e.toString());
            }
            if (times >= READINGS || isOld(kept.file())) {
                setAside(id);
            }
            return Optional.empty();
        }
    }

    /** Whether it is that old, or gone. */
    private boolean isOld(Path file) {
        return file.toFile().lastModified() < clock.instant().minus(OLD).toEpochMilli();
    }

    private void setAside(MigId id) {
        unread.remove(id);
        log.error("command {} cannot be read, is put aside, and has no answer", id);
        try {
            atHand.setAside(id);
        } catch (IOException e) {
            log.error("the file of command {} is left where it is: {}", id, e.toString());
        }
    }

    private Optional<CommandRun> open(MigId id, byte[] body) throws IOException {
        ReceivedCommand received;
        try {
            received = ReceivedCommand.read(body);
        } catch (MalformedJsonException e) {
            log.error("the command {} was damaged while it was kept, and cannot be answered", id, e);
            return Optional.empty();
        }
        try (LogContext ids = LogContext.command(received.actionId(), id)) {
            return beginOrRefuse(received);
        }
    }

    private Optional<CommandRun> beginOrRefuse(ReceivedCommand received) throws IOException {
        try {
            return begin(received);
        } catch (RejectedException e) {
            // It passed all checks when it came: this agent has other keys and another ACL now, or its clock was set.
            String reason = Excerpt.of(e.getMessage());
            log.warn("the command was not run: {}", reason);
            String id = received.id().toString();
            results.send(received.id(), received.refusal(reason, self), () -> guard.answered(id));
            return Optional.empty();
        }
    }

    /**
     * If its time is over, the operations say so.
     *
     * @return empty if another process of this agent was faster
     */
    private Optional<CommandRun> begin(ReceivedCommand received) throws RejectedException, IOException {
        Command command = received.command();
        Action action = command.action();
        Instant end = action.signedEnd();
        Instant now = clock.instant();
        Set<Signer> signers = check(command, now.isBefore(end) ? now : end);
        MigId id = received.id();
        boolean begun = guard.lookUp(id.toString()) == ReplayGuard.Known.BEGUN;
        if (!begun && !guard.begin(keys(id, action), action.expireAfter())) { // the agent was killed before it did that
            return Optional.empty();
        }
        history.began(id, received.actionId());
        log.info(
                "running action '{}' signed by {}",
                Excerpt.of(action.name()),
                signers.stream().map(s -> s.fingerprint().toString()).collect(Collectors.joining(", ")));
        repetitions
                .earlier(RunOnce.digest(action), id)
                .ifPresent(earlier -> log.warn("this very action ran here before, as command {}", earlier));
        return Optional.of(
                new CommandRun(received, action, operationIds, operation -> run(id, operation, end), this::end));
    }

    private Outcome run(MigId id, Operation operation, Instant end) {
        try {
            if (isLeft(id)) {
                return new Outcome.Crashed("agent is shutting down");
            }
            atHand.begin(id);
            Outcome outcome = operations.run(operation, end);
            log.info("module '{}': {}{}", operation.module(), outcome.status(), why(outcome));
            return outcome;
        } catch (IOException e) {
            log.error("module '{}' could not be run", operation.module(), e);
            return new Outcome.Crashed("module '" + operation.module() + "' could not be run");
        }
    }

    /** What a module itself reports is in its results. */
    private static String why(Outcome outcome) {
        return outcome.remarks().isEmpty() ? "" : ": " + Excerpt.of(String.join("; ", outcome.remarks()));
    }

    /** A command of which nothing has run when the agent ends is left to its next process. */
    private boolean isLeft(MigId id) {
        return closing && atHand.isWaiting(id);
    }

    private void end(CommandRun run) {
        try (LogContext ids =
                LogContext.command(run.received().actionId(), run.received().id())) {
            answer(run);
        }
    }

    private void answer(CommandRun run) {
        ReceivedCommand received = run.received();
        MigId id = received.id();
        try {
            if (isLeft(id)) {
                log.info("the command waits for the next start of this agent");
            } else {
                keepOrRetain(id, received.answer(run.outcomes(), self));
            }
        } catch (Throwable e) {
            log.error("the results of command {} cannot be kept and are lost", id, e);
        } finally {
            if (!unkept.has(id)) {
                run.outcomes().forEach(Outcome::discard);
                atWork.remove(id);
            }
        }
    }

    private void keepOrRetain(MigId id, Answer answer) {
        try {
            keep(id, answer);
        } catch (IOException e) {
            if (unkept.take(id, answer)) {
                log.error("the results of the command cannot be kept now, and will be tried again: {}", e.toString());
            } else {
                log.error("the results of the command cannot be kept and are lost", e);
            }
        }
    }

    private void keep(MigId id, Answer answer) throws IOException {
        results.send(id, answer, () -> guard.answered(id.toString()));
        done(id, answer);
    }

    private void done(MigId id, Answer answer) throws IOException {
        atHand.done(id);
        history.answered(id, answer.status());
    }

    /** An answer may be on disk already, or even sent, and only what follows it not. */
    private void keepAgain(MigId id, Answer answer) throws IOException {
        if (results.holds(id) || guard.lookUp(id.toString()) == ReplayGuard.Known.ANSWERED) {
            guard.answered(id.toString());
            done(id, answer);
        } else {
            keep(id, answer);
        }
        answer.discard();
        atWork.remove(id);
    }

    /** The commands that came last. */
    CommandHistory history() {
        return history;
    }

    /** Whether no command is being run, and none has come for that long. */
    boolean isIdle(Duration quiet) {
        return atWork.isEmpty() && System.nanoTime() - lastMessage >= quiet.toNanos();
    }

    /** What was taken from the relay, or left by an earlier run of this agent, and is not answered. */
    List<MigId> left() {
        return atHand.all();
    }

    /** Stops the modules at hand and lets their commands be answered; what waits is left to the next process. */
    @Override
    public void close() throws InterruptedException {
        stop(new Outcome.Crashed("agent is shutting down"));
    }

    /** As {@link #close}, with another answer for what is running; the first call counts. */
    void stop(Outcome outcome) throws InterruptedException {
        closing = true;
        workers.stop();
        operations.stop(outcome);
        workers.join(CLOSING);
        unkept.retry(this::keepAgain);
        unkept.giveUp();
    }

    private static String beginning(byte[] body) {
        return Excerpt.of(new String(body, 0, Math.min(body.length, MAX_LOGGED), StandardCharsets.UTF_8));
    }
}
