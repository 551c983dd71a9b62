package ninja.mig.database;

import static ninja.mig.database.Samples.IDS;
import static ninja.mig.database.Samples.NOW;
import static ninja.mig.database.Samples.action;
import static ninja.mig.database.Samples.commands;
import static ninja.mig.database.Samples.found;
import static ninja.mig.database.Samples.heartbeats;
import static ninja.mig.database.Samples.registered;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import ninja.mig.model.Action;
import ninja.mig.model.ActionCounters;
import ninja.mig.model.ActionStatus;
import ninja.mig.model.Agent;
import ninja.mig.model.CanonicalForm;
import ninja.mig.model.Command;
import ninja.mig.model.CommandStatus;
import ninja.mig.model.Investigator;
import ninja.mig.model.MigId;
import ninja.mig.model.Operation;
import ninja.mig.model.Times;
import ninja.mig.platform.testing.FreshDatabase;
import ninja.mig.platform.testing.MigServices;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(MigServices.class)
class ActionsIT {
    private final Installed installed;
    private Database scheduler;
    private Database api;
    private Actions actions;
    private Investigator ada;

    ActionsIT(FreshDatabase fresh) throws SQLException {
        installed = Installed.in(fresh);
    }

    @BeforeEach
    void open() throws Exception {
        installed.empty();
        scheduler = installed.scheduler();
        api = installed.api();
        actions = new Actions(scheduler);
        ada = new Investigators(api).insert("Ada", "F9C9B31E01A75FB363B555818E5AC1FC1EF0380E", new byte[] {1}, NOW);
    }

    @AfterEach
    void close() {
        scheduler.close();
        api.close();
    }

    private Action submitted(Action action) throws Exception {
        new Actions(api).insert(action, List.of(new ActionSignature(ada.id(), "c2lnbmF0dXJl=abcd")));
        return action;
    }

    /** As a scheduler that is gone when this returns. */
    private List<Action> take(int limit) throws SQLException {
        try (Claims claims = new Claims(scheduler)) {
            return claims.take(NOW, limit).actions();
        }
    }

    private Action prepared(String name) throws Exception {
        Action action = submitted(action(name));
        take(100);
        assertTrue(actions.prepare(action.id(), NOW));
        return action;
    }

    private ActionStatus status(Action action) throws SQLException {
        return actions.byId(action.id()).orElseThrow().status();
    }

    @Test
    void keepsAnActionAsItWasSigned() throws Exception {
        Operation odd = new Operation(
                "file", Samples.tree("{\"z\":1e3,\"a\":\"\\u0000<é>\",\"n\":12345678901234567,\"f\":0.1,\"e\":{}}"));
        Action action = Action.draft(
                        "odd 'name' — “quoted”",
                        "name='x' and tags->>'o'='?'",
                        Instant.parse("2026-11-24T11:59:59.999999999Z"),
                        NOW.plusSeconds(10),
                        List.of(odd))
                .withId(IDS.next())
                .withSignatures(List.of("one", "two"))
                .withStatus(ActionStatus.PENDING)
                .withTimes(Times.NOT_STARTED, Times.NOT_YET, Times.NOT_STARTED);

        submitted(action);

        Action stored = actions.byId(action.id()).orElseThrow();
        assertArrayEquals(action.canonical(CanonicalForm.values()[0]), stored.canonical(CanonicalForm.values()[0]));
        assertEquals(List.of("one", "two"), stored.pgpSignatures());
        assertEquals(2, stored.syntaxVersion());
        assertTrue(Times.isUnset(stored.startTime()));
        assertEquals(Instant.parse("9998-01-11T11:11:11Z"), stored.finishTime());
    }

    @Test
    void storesNothingIfOneInvestigatorSignedTwice() throws Exception {
        Action action = action("twice");
        ActionSignature signature = new ActionSignature(ada.id(), "s");

        assertThrows(AlreadyExistsException.class, () -> new Actions(api)
                .insert(action, List.of(signature, new ActionSignature(ada.id(), "t"))));

        assertTrue(actions.byId(action.id()).isEmpty());
    }

    @Test
    void storesNothingIfASignerIsUnknown() throws Exception {
        Action action = action("unknown signer");

        assertThrows(SQLException.class, () -> new Actions(api)
                .insert(action, List.of(new ActionSignature(new MigId(4711), "s"))));

        assertTrue(actions.byId(action.id()).isEmpty());
    }

    @Test
    void refusesAnIdThatIsTaken() throws Exception {
        Action action = submitted(action("first"));

        assertThrows(AlreadyExistsException.class, () -> new Actions(api)
                .insert(action.withSignatures(List.of()), List.of()));
    }

    @Test
    void takesOnlyWhatMayRunNow() throws Exception {
        submitted(action("later", NOW.plusSeconds(1), NOW.plusSeconds(60)));
        submitted(action("over", NOW.minusSeconds(60), NOW));
        Action now = submitted(action("now", NOW, NOW.plusSeconds(1)));

        List<Action> taken = take(100);

        assertEquals(List.of(now.id()), taken.stream().map(Action::id).toList());
        assertEquals(ActionStatus.SCHEDULED, taken.get(0).status());
        assertTrue(take(100).isEmpty());
    }

    @Test
    void givesEachActionToOneOfManySchedulers() throws Exception {
        for (int i = 0; i < 40; i++) {
            submitted(action("action " + i));
        }
        int schedulers = 4;
        ExecutorService threads = Executors.newFixedThreadPool(schedulers);
        CountDownLatch start = new CountDownLatch(1);
        try (Database shared = Database.open(installed.schedulerConf(schedulers), "mig-scheduler")) {
            List<Future<List<Action>>> taken = new ArrayList<>();
            for (int i = 0; i < schedulers; i++) {
                taken.add(threads.submit(() -> {
                    start.await();
                    return takeAll(shared);
                }));
            }
            start.countDown();
            List<MigId> ids = new ArrayList<>();
            for (Future<List<Action>> each : taken) {
                each.get().forEach(action -> ids.add(action.id()));
            }
            assertEquals(40, ids.size());
            assertEquals(40, ids.stream().distinct().count());
        } finally {
            threads.shutdownNow();
        }
    }

    private static List<Action> takeAll(Database shared) throws SQLException {
        List<Action> all = new ArrayList<>();
        try (Claims claims = new Claims(shared)) {
            int before;
            do {
                before = all.size();
                try (Claims.Claim claim = claims.take(NOW, 3)) {
                    all.addAll(claim.actions());
                }
            } while (all.size() > before);
        }
        return all;
    }

    @Test
    void endsPendingActionsWhoseTimeHasPassed() throws Exception {
        Action over = submitted(action("over", NOW.minusSeconds(60), NOW));
        submitted(action("running"));

        assertEquals(
                List.of(over.id()),
                actions.expirePending(NOW).stream().map(Action::id).toList());
        assertEquals(ActionStatus.INVALID, status(over));
        assertTrue(actions.expirePending(NOW).isEmpty());
    }

    @Test
    void makesEachTransitionOnce() throws Exception {
        Action action = submitted(action("once"));
        assertFalse(actions.prepare(action.id(), NOW));
        assertFalse(actions.fly(action.id(), List.of(), NOW));
        take(1);

        assertTrue(actions.prepare(action.id(), NOW));
        assertFalse(actions.prepare(action.id(), NOW));
        assertEquals(NOW, actions.byId(action.id()).orElseThrow().startTime());
        assertTrue(actions.fly(action.id(), List.of(), NOW));
        assertFalse(actions.fly(action.id(), List.of(), NOW));
        assertFalse(actions.invalidate(action.id(), NOW));
        assertEquals(
                ActionStatus.COMPLETED,
                actions.land(action.id(), NOW).orElseThrow().status());
        assertTrue(actions.land(action.id(), NOW).isEmpty());
        assertFalse(actions.cancel(action.id(), NOW));
        assertFalse(actions.touch(action.id(), NOW));
    }

    @Test
    void fliesWithAllItsCommandsOrNone() throws Exception {
        List<Agent> agents = registered(scheduler, heartbeats(2500));
        Action action = prepared("many");
        List<Command> commands = new ArrayList<>(commands(action, agents));
        commands.add(commands.get(0));

        assertThrows(SQLException.class, () -> actions.fly(action.id(), commands, NOW));
        assertEquals(ActionStatus.PREPARING, status(action));
        assertEquals("0", installed.ask("SELECT count(*) FROM commands"));

        assertTrue(actions.fly(action.id(), commands.subList(0, 2500), NOW));
        assertEquals(
                ActionCounters.of(2500, 0, 0, 0, 0, 0),
                actions.counters(List.of(action.id())).get(action.id()));
    }

    @Test
    void landsWhenNoCommandIsWaitedFor() throws Exception {
        Action action = prepared("lands");
        List<Command> commands = commands(action, registered(scheduler, heartbeats(2)));
        actions.fly(action.id(), commands, NOW);
        Commands rows = new Commands(scheduler);

        rows.finish(List.of(commands.get(0).withAnswer(CommandStatus.SUCCESS, List.of(found("x")))), NOW);
        assertTrue(actions.land(action.id(), NOW).isEmpty());
        assertTrue(actions.landAll(NOW).isEmpty());
        rows.finish(List.of(commands.get(1).withAnswer(CommandStatus.FAILED, List.of())), NOW);

        List<Action> landed = actions.landAll(NOW.plusSeconds(5));
        assertEquals(List.of(action.id()), landed.stream().map(Action::id).toList());
        assertEquals(NOW.plusSeconds(5), landed.get(0).finishTime());
        Action complete = actions.complete(landed).get(0);
        assertEquals(ActionCounters.of(0, 1, 0, 0, 1, 0), complete.counters());
        assertEquals(List.of(ada.withoutKey()), complete.investigators());
    }

    @Test
    void takesOverWhatADeadSchedulerLeft() throws Exception {
        Action dead = submitted(action("dead"));
        take(10);
        Action alive = submitted(action("alive"));
        try (Claims claims = new Claims(scheduler)) {
            claims.take(NOW, 10);

            assertEquals(List.of(dead.id()), actions.readopt(NOW.minusSeconds(300), NOW));
        }
        assertEquals(ActionStatus.PENDING, status(dead));
        assertEquals(ActionStatus.SCHEDULED, status(alive));
        assertFalse(actions.prepare(dead.id(), NOW), "its first scheduler comes back");
    }

    @Test
    void takesOverWhatASchedulerFailedToDo() throws Exception {
        Action failed = submitted(action("failed"));
        try (Claims claims = new Claims(scheduler)) {
            try (Claims.Claim claim = claims.take(NOW, 10)) {
                assertTrue(actions.prepare(failed.id(), NOW));
                assertEquals(List.of(), actions.readopt(NOW.minusSeconds(300), NOW));
            }

            assertEquals(List.of(failed.id()), actions.readopt(NOW.minusSeconds(300), NOW));
        }
    }

    @Test
    void takesOverWhatAHungSchedulerHolds() throws Exception {
        Action hung = submitted(action("hung"));
        try (Claims claims = new Claims(scheduler)) {
            claims.take(NOW, 10);
            assertEquals(List.of(), actions.readopt(NOW, NOW));

            assertEquals(List.of(hung.id()), actions.readopt(NOW.plusSeconds(1), NOW));
        }
    }

    @Test
    void cancelsAsTheApi() throws Exception {
        Action action = prepared("cancelled");

        assertTrue(new Actions(api).cancel(action.id(), NOW));

        assertEquals(ActionStatus.CANCELLED, status(action));
        assertFalse(actions.fly(action.id(), List.of(), NOW));
        assertFalse(actions.invalidate(action.id(), NOW));
        assertFalse(new Actions(api).cancel(action.id(), NOW));
    }

    @Test
    void aCancelledActionLandsOnceAndStaysCancelled() throws Exception {
        Action pending = submitted(action("pending"));
        Action flying = prepared("flying");
        actions.fly(flying.id(), commands(flying, registered(scheduler, heartbeats(1))), NOW);
        new Actions(api).cancel(pending.id(), NOW);
        new Actions(api).cancel(flying.id(), NOW);

        assertTrue(actions.land(flying.id(), NOW).isEmpty(), "a command is waited for");
        List<Action> landed = actions.landAll(NOW);
        assertEquals(List.of(pending.id()), landed.stream().map(Action::id).toList());
        assertEquals(ActionStatus.CANCELLED, landed.get(0).status());
        assertEquals(NOW, landed.get(0).finishTime());
        new Commands(scheduler).cancel(NOW);
        assertEquals(
                ActionStatus.CANCELLED,
                actions.land(flying.id(), NOW).orElseThrow().status());

        assertTrue(actions.land(flying.id(), NOW).isEmpty());
        assertEquals(List.of(), actions.landAll(NOW));
        assertEquals(List.of(), actions.readopt(NOW.plusSeconds(1000), NOW));
    }

    @Test
    void tellsWhichActionsWereCancelled() throws Exception {
        Action cancelled = submitted(action("cancelled"));
        Action other = submitted(action("other"));
        new Actions(api).cancel(cancelled.id(), NOW);

        assertEquals(Set.of(cancelled.id()), actions.cancelled(List.of(cancelled.id(), other.id(), new MigId(4711))));
        assertEquals(Set.of(), actions.cancelled(List.of()));
    }

    @Test
    void listsTheNewestFirst() throws Exception {
        Action first = submitted(action("first"));
        Action second = submitted(action("second"));

        assertEquals(
                List.of(second.id(), first.id()),
                new Actions(api).last(10).stream().map(Action::id).toList());
        assertEquals(1, new Actions(api).last(1).size());
        assertEquals(
                ActionStatus.PENDING,
                new Actions(api).statuses(List.of(first.id(), new MigId(1))).get(first.id()));
    }

    @Test
    void hasCountersForEveryActionThatWasAskedFor() throws Exception {
        MigId unknown = new MigId(4711);
        assertEquals(ActionCounters.NONE, actions.counters(List.of(unknown)).get(unknown));
        assertEquals(List.of(), actions.investigators(List.of(unknown)).get(unknown));
        assertTrue(actions.counters(List.of()).isEmpty());
        assertTrue(actions.byId(unknown).isEmpty());
    }
}
