package ninja.mig.quickstart;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import ninja.mig.client.ActionLauncher;
import ninja.mig.client.ApiException;
import ninja.mig.client.MigClient;
import ninja.mig.fleet.Behaviour;
import ninja.mig.fleet.Fleet;
import ninja.mig.fleet.RelayLogin;
import ninja.mig.fleet.Result;
import ninja.mig.fleet.SimulatedAgent;
import ninja.mig.json.MigJson;
import ninja.mig.model.Action;
import ninja.mig.model.ActionCounters;
import ninja.mig.model.ActionStatus;
import ninja.mig.model.CommandStatus;
import ninja.mig.model.MigId;
import ninja.mig.model.Operation;
import ninja.mig.model.Times;
import ninja.mig.pgp.ActionSigner;
import ninja.mig.platform.AmqpBroker;
import ninja.mig.platform.PrivateDirectory;
import ninja.mig.platform.testing.FreshDatabase;
import ninja.mig.platform.testing.MigServices;
import ninja.mig.platform.testing.RealRabbitMq;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Many actions at once, agents that answer in every way there is, actions that are cancelled at any moment or expire:
 * whenever somebody looks, the counters add up, and at the end every command has ended once, as its agent said.
 */
@ExtendWith(MigServices.class)
@RealRabbitMq
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CountersIT {
    private static final int AGENTS = 60;
    private static final int ACTIONS = 16;
    private static final String FLEET = "counters";
    private static final String TARGET = "queueloc LIKE 'linux." + FLEET + "-%'";
    private static final String RESULTS = "mig.agt.results";
    private static final Duration LIFE = Duration.ofSeconds(8);

    /** The scheduler waits 30 s for results that are on their way when an action expires. */
    private static final int AFTER_EXPIRY_MILLIS = 42_000;

    private static final Duration LIMIT = Duration.ofSeconds(120);

    private final long seed = Long.getLong("mig.seed", System.nanoTime());
    private final Random random = new Random(seed);
    private final Clock clock = Clock.systemUTC();
    private final ScheduledExecutorService timer = Executors.newScheduledThreadPool(2);
    private final AtomicInteger unsaid = new AtomicInteger();

    /** What an agent has said, or will say, that counts in the end. */
    private final Map<Long, CommandStatus> said = new ConcurrentHashMap<>();

    private final Set<Long> cancelled = ConcurrentHashMap.newKeySet();
    private final List<MigId> launched = new CopyOnWriteArrayList<>();

    private FreshDatabase database;
    private PrivateDirectory directory;
    private Platform platform;
    private Daemon scheduler;
    private Fleet fleet;
    private MigClient client;
    private ActionSigner signer;

    /** The ways in which an agent answers a command. */
    private enum Way {
        SUCCESS,
        FAILED,
        TIMEOUT,
        NOTHING,
        LATE,
        AFTER_EXPIRY,
        FAILED_THEN_SUCCESS,
        SUCCESS_TWICE
    }

    @BeforeAll
    void startPlatform(FreshDatabase fresh, AmqpBroker relay) throws Exception {
        database = fresh;
        directory = PrivateDirectory.temporary("mig-counters");
        platform = new Platform(Distribution.find(), directory.path(), fresh.server(), fresh.name(), relay, freePort());
        platform.installSchema();
        InvestigatorKey investigator = InvestigatorKey.inFile(directory.path().resolve("investigator.asc"), clock);
        platform.register(investigator, clock);
        platform.authorize("re:linux\\." + FLEET + "-[0-9]{5}\\.example\\.net\\.[a-z0-9]{13}");
        scheduler = platform.startScheduler();
        Daemon api = platform.startApi();
        platform.awaitSchedulerKey(scheduler);
        platform.awaitApi(api);
        Path migrc = platform.writeMigrc("migrc", investigator);
        client = Platform.client(migrc);
        signer = Platform.signer(migrc);
        fleet = Fleet.start(RelayLogin.of(relay), Fleet.Shape.of(FLEET, AGENTS), this::answer);
        fleet.awaitConnected(LIMIT);
        fleet.heartbeat();
        platform.awaitAgents(client, AGENTS);
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    @AfterAll
    void stopPlatform() throws Exception {
        timer.shutdownNow();
        fleet.close();
        platform.close();
        directory.close();
    }

    private List<Result> answer(SimulatedAgent agent, JsonNode command) {
        long id = command.path("id").asLong();
        SplittableRandom own = new SplittableRandom(seed ^ id);
        Way way = Way.values()[own.nextInt(Way.values().length)];
        byte[] success = Behaviour.answer(agent, command, "success");
        switch (way) {
            case NOTHING -> {
                return List.of();
            }
            case FAILED, TIMEOUT -> {
                CommandStatus status = CommandStatus.valueOf(way.name());
                said.put(id, status);
                return List.of(Result.now(Behaviour.answer(agent, command, status.word())));
            }
            case LATE, AFTER_EXPIRY -> {
                // Not by the fleet: it would keep the agent from its next command until then.
                int least = way == Way.LATE ? 300 : AFTER_EXPIRY_MILLIS;
                said.put(id, CommandStatus.SUCCESS);
                unsaid.incrementAndGet();
                timer.schedule(() -> sayLate(agent, success), least + own.nextInt(3000), TimeUnit.MILLISECONDS);
                return List.of();
            }
            case FAILED_THEN_SUCCESS -> {
                said.put(id, CommandStatus.SUCCESS);
                byte[] failed = Behaviour.answer(agent, command, "failed");
                return List.of(Result.now(failed), Result.later(success, Duration.ofMillis(own.nextInt(400))));
            }
            case SUCCESS_TWICE -> {
                said.put(id, CommandStatus.SUCCESS);
                return List.of(Result.now(success), Result.now(success));
            }
            default -> {
                said.put(id, CommandStatus.SUCCESS);
                return List.of(Result.now(success));
            }
        }
    }

    private void sayLate(SimulatedAgent agent, byte[] answer) {
        fleet.publish(agent, RESULTS, answer).thenRun(unsaid::decrementAndGet);
    }

    @Test
    void addUpAtEveryMoment() throws Exception {
        System.err.println("counters: -Dmig.seed=" + seed);
        AtomicBoolean looking = new AtomicBoolean(true);
        ExecutorService threads = Executors.newFixedThreadPool(2);
        ScheduledExecutorService cancelling = Executors.newScheduledThreadPool(4);
        try {
            List<Future<Integer>> looks = new ArrayList<>();
            for (int i = 0; i < 2; i++) {
                looks.add(threads.submit(() -> look(looking)));
            }
            List<Future<?>> attempts = launchAll(cancelling);
            for (Future<?> attempt : attempts) {
                attempt.get();
            }
            Set<Long> unwanted = Set.copyOf(cancelled);
            await("every action to end", () -> launched.stream().allMatch(this::hasEnded));
            await("the last agent to answer", () -> unsaid.get() == 0);
            await("every command to end as its agent said", () -> differences(unwanted)
                    .isEmpty());
            looking.set(false);
            int samples = 0;
            for (Future<Integer> look : looks) {
                samples += look.get();
            }
            checkEnd(unwanted);
            System.err.println("counters: " + samples + " looks, " + endings());
            assertTrue(samples > 100, "only " + samples + " looks");
        } finally {
            looking.set(false);
            threads.shutdownNow();
            cancelling.shutdownNow();
        }
    }

    private List<Future<?>> launchAll(ScheduledExecutorService cancelling) throws Exception {
        ActionLauncher launcher = new ActionLauncher(client, signer, clock);
        List<Future<?>> attempts = new ArrayList<>();
        for (int i = 0; i < ACTIONS; i++) {
            MigId id = launcher.launch(draft("action " + i, TARGET), LIFE).id();
            launched.add(id);
            if (i % 2 == 0) {
                int delay = random.nextInt(i % 4 == 0 ? 60 : 1500);
                for (int n = random.nextInt(3); n >= 0; n--) {
                    attempts.add(cancelling.schedule(() -> cancel(id), delay, TimeUnit.MILLISECONDS));
                }
            }
        }
        launched.add(launcher.launch(draft("for nobody", "queueloc = 'nobody'"), LIFE)
                .id());
        Instant tomorrow = clock.instant().plus(Duration.ofDays(1));
        MigId notYet = client.launch(launcher.sign(draft("tomorrow", TARGET), tomorrow, LIFE))
                .id();
        launched.add(notYet);
        attempts.add(cancelling.submit(() -> cancel(notYet)));
        return attempts;
    }

    private static Action draft(String name, String target) throws Exception {
        return Action.draft(name, target, Times.UNSET, Times.UNSET, List.of(new Operation("file", MigJson.tree("{}"))));
    }

    /** One of those who cancel one action at the same time succeeds, unless it has ended before. */
    private Void cancel(MigId id) throws ApiException {
        try {
            client.cancel(id);
            assertTrue(cancelled.add(id.value()), "cancelled twice: " + id);
        } catch (ApiException e) {
            if (e.status() != 409) {
                throw e;
            }
        }
        return null;
    }

    /** @return how often it looked */
    private int look(AtomicBoolean looking) throws ApiException {
        Map<MigId, Action> before = new HashMap<>();
        int looks = 0;
        while (looking.get()) {
            for (MigId id : launched) {
                Action now = client.action(id);
                check(now);
                Action then = before.put(id, now);
                if (then != null) {
                    check(then, now);
                }
                looks++;
            }
        }
        return looks;
    }

    private static void check(Action action) {
        ActionCounters c = action.counters();
        String shown = action.id() + " " + action.status() + " " + c;
        assertEquals(c.sent(), c.done() + c.inflight(), shown);
        assertEquals(c.done(), c.success() + c.failed() + c.timeout() + c.expired() + c.cancelled(), shown);
        assertTrue(c.sent() == 0 || c.sent() == AGENTS, "all commands or none: " + shown);
    }

    private static void check(Action then, Action now) {
        String shown = now.id() + ": " + then.status() + " " + then.counters() + " " + then.finishTime() + " to "
                + now.status() + " " + now.counters() + " " + now.finishTime();
        assertTrue(then.counters().sent() <= now.counters().sent(), "no command disappears: " + shown);
        assertTrue(then.counters().success() <= now.counters().success(), "a success stays: " + shown);
        assertTrue(then.counters().done() <= now.counters().done(), "what has ended stays so: " + shown);
        if (then.status().isFinal()) {
            assertEquals(then.status(), now.status(), "final once: " + shown);
        } else {
            assertTrue(then.status().compareTo(now.status()) <= 0, "no way back: " + shown);
        }
        if (isFinished(then)) {
            assertEquals(then.finishTime(), now.finishTime(), "finished once: " + shown);
        }
    }

    private static boolean isFinished(Action action) {
        return action.finishTime().isBefore(Instant.parse("9000-01-01T00:00:00Z"));
    }

    private boolean hasEnded(MigId id) {
        try {
            Action action = client.action(id);
            boolean landed = isFinished(action) && action.counters().inflight() == 0;
            return action.status() == ActionStatus.INVALID || action.status().isFinal() && landed;
        } catch (ApiException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Commands that have not ended as they should: as the agent said, else cancelled with their action, else expired. */
    private List<String> differences(Set<Long> unwanted) throws SQLException {
        List<String> differences = new ArrayList<>();
        read("SELECT id, actionid, status FROM commands", row -> {
            long id = row.getLong(1);
            CommandStatus silence = unwanted.contains(row.getLong(2)) ? CommandStatus.CANCELLED : CommandStatus.EXPIRED;
            CommandStatus expected = said.getOrDefault(id, silence);
            if (!expected.word().equals(row.getString(3))) {
                differences.add("command " + id + " is " + row.getString(3) + ", expected " + expected);
            }
        });
        return differences;
    }

    private void checkEnd(Set<Long> unwanted) throws Exception {
        assertEquals(List.of(), differences(unwanted));
        String log = scheduler.log();
        for (MigId id : launched) {
            Action action = client.action(id);
            check(action);
            assertEquals(
                    unwanted.contains(id.value()), action.status() == ActionStatus.CANCELLED, "cancelled: " + action);
            assertEquals(0, action.counters().inflight());
            int landings =
                    log.split(" " + id + " - \\[info\\] action (has completed in|was cancelled after) ", -1).length;
            assertEquals(action.status() == ActionStatus.INVALID ? 0 : 1, landings - 1, "landings of " + action);
        }
        Set<String> done = new HashSet<>();
        try (var files = java.nio.file.Files.list(directory.path().resolve("spool/action/done"))) {
            files.forEach(file -> done.add(file.getFileName().toString()));
        }
        assertEquals(launched.size() - 1, done.size(), "one file for each, but for the invalid one: " + done);
        assertEquals(0, fleet.counts().misdirected());
        assertEquals(0, fleet.counts().duplicates());
    }

    private Map<String, Integer> endings() throws SQLException {
        Map<String, Integer> endings = new TreeMap<>();
        read(
                "SELECT status, count(*) FROM commands GROUP BY status",
                row -> endings.put(row.getString(1), row.getInt(2)));
        read(
                "SELECT status, count(*) FROM actions GROUP BY status",
                row -> endings.put("action " + row.getString(1), row.getInt(2)));
        return endings;
    }

    private interface Reader {
        void read(ResultSet row) throws SQLException;
    }

    private void read(String sql, Reader reader) throws SQLException {
        try (var connection = DriverManager.getConnection(
                        database.jdbcUrl(), database.superuser(), database.superuserPassword());
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            while (rows.next()) {
                reader.read(rows);
            }
        }
    }

    private void await(String what, Callable<Boolean> condition) throws IOException {
        Wait.until(what, LIMIT, List.of(scheduler), () -> {
            try {
                return condition.call() ? Optional.of(true) : Optional.empty();
            } catch (IOException | RuntimeException e) {
                throw e;
            } catch (Exception e) {
                throw new IOException(e);
            }
        });
    }
}
