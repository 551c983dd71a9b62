package ninja.mig.database;

import static ninja.mig.database.Samples.IDS;
import static ninja.mig.database.Samples.NOW;
import static ninja.mig.database.Samples.heartbeat;
import static ninja.mig.database.Samples.heartbeats;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import ninja.mig.model.Agent;
import ninja.mig.model.AgentStatus;
import ninja.mig.model.MigId;
import ninja.mig.model.Times;
import ninja.mig.platform.testing.FreshDatabase;
import ninja.mig.platform.testing.MigServices;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(MigServices.class)
class AgentsIT {
    private final Installed installed;
    private Database database;
    private Agents agents;

    AgentsIT(FreshDatabase fresh) throws SQLException {
        installed = Installed.in(fresh);
    }

    @BeforeEach
    void open() throws SQLException {
        installed.empty();
        database = installed.scheduler();
        agents = new Agents(database);
    }

    @AfterEach
    void close() {
        database.close();
    }

    private Registration register(Agent heartbeat, Instant now) throws SQLException {
        return agents.register(List.of(heartbeat), IDS, now).get(0);
    }

    private AgentStatus status(MigId id) throws SQLException {
        return agents.byId(id).orElseThrow().status();
    }

    @Test
    void tellsNewAgentsFromKnownOnes() throws Exception {
        List<Agent> some = heartbeats(50);

        List<Registration> first = agents.register(some.subList(0, 40), IDS, NOW);
        List<Registration> second = agents.register(some, IDS, NOW.plusSeconds(1));

        assertEquals(40, first.size());
        assertTrue(first.stream().allMatch(Registration::isNew));
        assertEquals(10, second.size());
        assertTrue(second.stream().allMatch(Registration::isNew));
        assertEquals("50", installed.ask("SELECT count(*) FROM agents"));
    }

    @Test
    void keepsWhatTheHeartbeatSaysAndTheSchedulersTime() throws Exception {
        Agent heartbeat = heartbeat("web1", 10, NOW.minusSeconds(500));

        MigId id = register(heartbeat, NOW).agent().id();

        Agent stored = agents.byId(id).orElseThrow();
        assertEquals(heartbeat.name(), stored.name());
        assertEquals(heartbeat.queueLoc(), stored.queueLoc());
        assertEquals(heartbeat.environment(), stored.environment());
        assertEquals(heartbeat.tags(), stored.tags());
        assertEquals(heartbeat.startTime(), stored.startTime());
        assertEquals(NOW, stored.heartbeatTime());
        assertEquals(AgentStatus.ONLINE, stored.status());
        assertEquals(Instant.parse("9998-01-11T11:11:11Z"), stored.destructionTime());
    }

    @Test
    void refreshesWhatHasChangedAndNeverGoesBackInTime() throws Exception {
        MigId id = register(heartbeat("web1", 10, NOW), NOW.plusSeconds(10))
                .agent()
                .id();
        Agent changed = new Agent(
                MigId.NONE,
                "renamed",
                heartbeat("web1", 10, NOW).queueLoc(),
                "checkin",
                "v2",
                10,
                NOW,
                null,
                NOW,
                null,
                false,
                null,
                null);

        List<Registration> again = agents.register(List.of(changed), IDS, NOW);

        Agent stored = agents.byId(id).orElseThrow();
        assertTrue(again.isEmpty(), "a known agent is no news");
        assertEquals("1", installed.ask("SELECT count(*) FROM agents"));
        assertEquals("renamed", stored.name());
        assertEquals("v2", stored.version());
        assertEquals(null, stored.tags());
        assertEquals(NOW.plusSeconds(10), stored.heartbeatTime());
    }

    @Test
    void storesTheNewestOfSeveralHeartbeats() throws Exception {
        Agent old = heartbeat("web1", 10, NOW.minusSeconds(60));
        Agent newer = new Agent(
                MigId.NONE, "newer", old.queueLoc(), "daemon", "v", 10, NOW, null, NOW, null, false, null, null);

        List<Registration> registrations = agents.register(List.of(newer, old), IDS, NOW);

        assertEquals(1, registrations.size());
        assertEquals("newer", registrations.get(0).agent().name());
    }

    @Test
    void survivesHostileHeartbeats() throws Exception {
        Agent hostile = new Agent(
                MigId.NONE,
                "na\0me",
                "linux.x.1",
                "",
                "'; DROP TABLE agents; --\0",
                1,
                Instant.parse("0000-01-01T00:00:00Z"),
                Times.UNSET,
                Instant.MAX,
                null,
                true,
                null,
                Samples.tree("[\"\\u0000\",{\"{},\\\"\":null}]"));

        Agent stored = agents.byId(register(hostile, NOW).agent().id()).orElseThrow();

        assertEquals("na\ufffdme", stored.name());
        assertEquals(Times.UNSET, stored.startTime());
        assertEquals("\ufffd", stored.tags().get(0).asText());
    }

    @Test
    void keepsDestroyedAndUpgradedAgentsAsTheyAre() throws Exception {
        Agent destroyed = register(heartbeat("a", 1, NOW), NOW).agent();
        MigId upgraded = register(heartbeat("b", 2, NOW), NOW).agent().id();
        assertTrue(agents.markDestroyed(destroyed, NOW, 10, NOW.plusSeconds(5)));
        assertTrue(agents.markUpgraded(heartbeat("b", 2, NOW).queueLoc(), 2));

        Registration again = register(heartbeat("a", 1, NOW), NOW.plusSeconds(9));
        register(heartbeat("b", 2, NOW), NOW.plusSeconds(9));

        assertEquals(AgentStatus.DESTROYED, again.agent().status());
        assertEquals(NOW.plusSeconds(5), again.agent().destructionTime());
        assertEquals(AgentStatus.UPGRADED, status(upgraded));
        assertEquals(NOW.plusSeconds(9), agents.byId(upgraded).orElseThrow().heartbeatTime());
    }

    @Test
    void anAgentThatEndedAsItWasToldLeavesItsPidToAnother() throws Exception {
        Agent heartbeat = heartbeat("a", 1, NOW);
        MigId upgraded = register(heartbeat, NOW).agent().id();
        assertTrue(agents.markUpgraded(heartbeat.queueLoc(), 1));
        assertEquals(0, agents.markOffline(NOW), "it may be ending still");

        assertEquals(1, agents.markOffline(NOW.plusSeconds(1)));
        Registration another = register(heartbeat, NOW.plusSeconds(2));

        assertEquals(AgentStatus.OFFLINE, status(upgraded));
        assertTrue(another.isNew());
        assertEquals(AgentStatus.ONLINE, another.agent().status());
    }

    @Test
    void goesFromOnlineToIdleToOfflineAndThenBecomesAnother() throws Exception {
        Agent heartbeat = heartbeat("a", 1, NOW);
        MigId id = register(heartbeat, NOW).agent().id();

        assertEquals(0, agents.markOffline(NOW.plusSeconds(1)), "only idle ones go offline");
        assertEquals(0, agents.markIdle(NOW));
        assertEquals(1, agents.markIdle(NOW.plusSeconds(1)));
        assertTrue(agents.register(List.of(heartbeat), IDS, NOW).isEmpty());
        assertEquals(AgentStatus.ONLINE, status(id));
        agents.markIdle(NOW.plusSeconds(1));
        assertEquals(1, agents.markOffline(NOW.plusSeconds(1)));
        assertEquals(AgentStatus.OFFLINE, status(id));
        assertFalse(agents.markDestroyed(agents.byId(id).orElseThrow(), NOW, 10, NOW));
        assertFalse(agents.markUpgraded(heartbeat.queueLoc(), 1));

        Registration reborn = register(heartbeat, NOW.plusSeconds(2));

        assertTrue(reborn.isNew());
        assertNotEquals(id, reborn.agent().id());
    }

    @Test
    void tellsAnAgentToEndOnceInAWhile() throws Exception {
        Agent online = register(heartbeat("a", 1, NOW), NOW).agent();
        Instant later = NOW.plusSeconds(900);

        assertTrue(agents.markDestroyed(online, NOW.minusSeconds(900), 10, NOW));
        assertFalse(agents.markDestroyed(online, NOW.minusSeconds(900), 10, NOW), "its status has changed");
        Agent destroyed = agents.byId(online.id()).orElseThrow();
        assertEquals(AgentStatus.DESTROYED, destroyed.status());
        assertEquals(NOW, destroyed.destructionTime());
        assertFalse(agents.markDestroyed(destroyed, NOW, 10, later), "it was told just then");
        assertTrue(agents.markDestroyed(destroyed, NOW.plusMillis(1), 10, later));
        assertEquals(later, agents.byId(online.id()).orElseThrow().destructionTime());
    }

    @Test
    void neverTellsMoreAgentsToEndThanTheLimitWhoeverAsks() throws Exception {
        agents.register(heartbeats(60), IDS, NOW);
        List<Agent> all = new ArrayList<>();
        for (Agent heartbeat : heartbeats(60)) {
            all.addAll(agents.onQueue(heartbeat.queueLoc(), NOW.minusSeconds(1)));
        }
        ExecutorService pool = Executors.newFixedThreadPool(4);
        try (Database shared = Database.open(installed.schedulerConf(4), "mig-scheduler")) {
            List<Future<Boolean>> told = new ArrayList<>();
            for (Agent agent : all) {
                for (int scheduler = 0; scheduler < 2; scheduler++) {
                    told.add(
                            pool.submit(() -> new Agents(shared).markDestroyed(agent, NOW.minusSeconds(900), 10, NOW)));
                }
            }
            int granted = 0;
            for (Future<Boolean> each : told) {
                granted += each.get() ? 1 : 0;
            }
            assertEquals(10, granted);
            assertEquals("10", installed.ask("SELECT count(*) FROM agents WHERE status = 'destroyed'"));
        } finally {
            pool.shutdownNow();
        }
        assertEquals(10, agents.destroyedInTheLastMinute(NOW.plusSeconds(59)));
        assertEquals(0, agents.destroyedInTheLastMinute(NOW.plusSeconds(60)));
        MigId another =
                new MigId(Long.parseLong(installed.ask("SELECT id FROM agents WHERE status = 'online' LIMIT 1")));
        assertTrue(agents.markDestroyed(agents.byId(another).orElseThrow(), NOW, 10, NOW.plusSeconds(60)));
    }

    @Test
    void insertsOneRowForHeartbeatsThatComeAtOnce() throws Exception {
        int threads = 4;
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        try (Database shared = Database.open(installed.schedulerConf(threads), "mig-scheduler")) {
            List<Future<List<Registration>>> all = new ArrayList<>();
            for (int i = 0; i < 24; i++) {
                List<Agent> shuffled = new ArrayList<>(heartbeats(200));
                Collections.shuffle(shuffled);
                all.add(pool.submit(() -> new Agents(shared).register(shuffled, IDS, NOW)));
            }
            long fresh = 0;
            for (Future<List<Registration>> each : all) {
                fresh += each.get().stream().filter(Registration::isNew).count();
            }
            assertEquals(200, fresh);
            assertEquals("200", installed.ask("SELECT count(*) FROM agents"));
        } finally {
            pool.shutdownNow();
        }
    }

    @Test
    void findsDuplicates() throws Exception {
        Agent young = heartbeat("dup", 1, NOW);
        Agent old = new Agent(
                MigId.NONE,
                "dup",
                young.queueLoc(),
                "daemon",
                "v",
                2,
                young.startTime().minusSeconds(5),
                null,
                NOW,
                null,
                false,
                null,
                null);
        Agent checkin = new Agent(
                MigId.NONE,
                "c",
                heartbeat("single", 3, NOW).queueLoc(),
                "checkin",
                "v",
                4,
                NOW,
                null,
                NOW,
                null,
                false,
                null,
                null);
        agents.register(List.of(young, old, heartbeat("single", 3, NOW), checkin), IDS, NOW);

        assertEquals(List.of(young.queueLoc()), agents.duplicated(NOW.minusSeconds(1)));
        assertTrue(agents.duplicated(NOW).isEmpty());
        assertEquals(
                List.of(2, 1),
                agents.onQueue(young.queueLoc(), NOW.minusSeconds(1)).stream()
                        .map(Agent::pid)
                        .toList());
    }

    @Test
    void findsQueuesThatNobodyReadsAnyMore() throws Exception {
        agents.register(List.of(heartbeat("gone", 1, NOW), heartbeat("back", 2, NOW)), IDS, NOW);
        agents.markIdle(NOW.plusSeconds(1));
        agents.markOffline(NOW.plusSeconds(1));
        register(heartbeat("back", 3, NOW), NOW);

        assertEquals(List.of(heartbeat("gone", 1, NOW).queueLoc()), agents.disappeared(NOW.minus(Duration.ofHours(1))));
        assertTrue(agents.disappeared(NOW).isEmpty());
    }

    @Test
    void countsAgents() throws Exception {
        AgentStatistics statistics = new AgentStatistics(database);
        assertTrue(statistics.latest().isEmpty());
        agents.register(
                List.of(heartbeat("twice", 1, NOW), heartbeat("twice", 2, NOW), heartbeat("idle", 3, NOW)), IDS, NOW);
        installed.asSuperuser("UPDATE agents SET status = 'idle' WHERE pid = 3");
        Agent gone = register(heartbeat("gone", 4, NOW), NOW.minus(Duration.ofDays(3)))
                .agent();
        installed.asSuperuser("UPDATE agents SET status = 'offline' WHERE id = " + gone.id());
        Agent young = heartbeat("young", 5, NOW);
        register(
                new Agent(
                        MigId.NONE, "y", young.queueLoc(), "daemon", "v9", 5, NOW, null, NOW, null, false, null, null),
                NOW);
        installed.asSuperuser("INSERT INTO agents_stats (timestamp) VALUES ('2026-01-01')");

        var stats = statistics.record(NOW);

        assertEquals(3, stats.onlineAgents());
        assertEquals(
                List.of("20150731+abc1234.prod 2", "v9 1"),
                stats.onlineAgentsByVersion().stream()
                        .map(v -> v.version() + " " + v.count())
                        .toList());
        assertEquals(2, stats.onlineEndpoints());
        assertEquals(1, stats.idleAgents());
        assertEquals(1, stats.idleEndpoints());
        assertEquals(1, stats.newEndpoints());
        assertEquals(1, stats.multiAgentsEndpoints());
        assertEquals(1, stats.disappearedEndpoints());
        assertEquals(1, stats.flappingEndpoints());
        assertEquals(stats, statistics.latest().orElseThrow());
        assertEquals("1", installed.ask("SELECT count(*) FROM agents_stats"), "old rows go");
    }

    @Test
    void countsNewEndpointsOnceAnHour() throws Exception {
        AgentStatistics statistics = new AgentStatistics(database);
        assertEquals(0, statistics.record(NOW).newEndpoints());
        register(
                new Agent(
                        MigId.NONE,
                        "y",
                        heartbeat("y", 5, NOW).queueLoc(),
                        "daemon",
                        "v",
                        5,
                        NOW,
                        null,
                        NOW,
                        null,
                        false,
                        null,
                        null),
                NOW);

        assertEquals(0, statistics.record(NOW.plus(Duration.ofMinutes(59))).newEndpoints());
        assertEquals(1, statistics.record(NOW.plus(Duration.ofMinutes(60))).newEndpoints());
        assertEquals(1, statistics.record(NOW.plus(Duration.ofMinutes(61))).newEndpoints());
    }

    @Test
    void keepsOldStatisticsWhenItMayNotDeleteThem() throws Exception {
        installed.asSuperuser("REVOKE DELETE ON agents_stats FROM migscheduler");
        installed.asSuperuser("INSERT INTO agents_stats (timestamp) VALUES ('2026-01-01')");
        AgentStatistics statistics = new AgentStatistics(database);

        assertEquals(statistics.record(NOW), statistics.latest().orElseThrow());

        assertEquals("2", installed.ask("SELECT count(*) FROM agents_stats"));
    }

    @Test
    void refreshesThousandsInOneStatement() throws Exception {
        List<Agent> many = heartbeats(10_000);

        assertEquals(10_000, agents.register(many, IDS, NOW).size());
        assertTrue(agents.register(many, IDS, NOW.plusSeconds(1)).isEmpty());
        assertEquals("10000", installed.ask("SELECT count(*) FROM agents WHERE heartbeattime > '" + NOW + "'"));
    }

    @Test
    void acceptsNoHeartbeatsAtAll() throws Exception {
        assertTrue(agents.register(List.of(), IDS, NOW).isEmpty());
        assertTrue(agents.byId(new MigId(1)).isEmpty());
    }
}
