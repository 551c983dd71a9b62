package ninja.mig.database;

import static ninja.mig.database.Samples.NOW;
import static ninja.mig.database.Samples.heartbeat;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import ninja.mig.model.Agent;
import ninja.mig.model.AgentStatus;
import ninja.mig.model.RejectedException;
import ninja.mig.platform.testing.FreshDatabase;
import ninja.mig.platform.testing.MigServices;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@ExtendWith(MigServices.class)
class TargetsIT {
    private final Installed installed;
    private Database database;
    private Targets targets;

    TargetsIT(FreshDatabase fresh) throws SQLException {
        installed = Installed.in(fresh);
    }

    @BeforeEach
    void open() throws Exception {
        installed.empty();
        database = installed.scheduler();
        targets = new Targets(database);
        Samples.registered(
                database, List.of(heartbeat("web1", 1, NOW), heartbeat("web2", 2, NOW), heartbeat("gone", 3, NOW)));
        installed.asSuperuser("""
                UPDATE agents SET status = 'idle' WHERE pid = 2;
                UPDATE agents SET status = 'offline' WHERE pid = 3;
                INSERT INTO investigators (name, pgpfingerprint, privatekey, status, createdat, lastmodified)
                VALUES ('migscheduler', 'AA', 'secret', 'active', now(), now())
                """);
    }

    @AfterEach
    void close() {
        targets.close();
        database.close();
    }

    private List<Integer> select(String target) throws Exception {
        return targets.select(target).stream().map(Agent::pid).toList();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "name like '%'",
                "true",
                "agents.queueloc LIKE 'linux.%' AND environment->>'ident' ILIKE '%debian%'",
                "environment->>'os' IN ('linux','darwin') AND mode='daemon'",
                "tags->>'operator'='IT'",
                "tags#>>'{operator}'='IT'",
                "version='20150731+abc1234.prod' and heartbeattime > NOW() - interval '100 years'",
                "mode='daemon' AND (status='online' or status='idle')"
            })
    void selectsWhoIsOnlineOrIdle(String target) throws Exception {
        assertEquals(List.of(1, 2), select(target));
    }

    @Test
    void selectsByFormerResults() throws Exception {
        assertEquals(
                List.of(),
                select(
                        "id IN (select agentid from commands, json_array_elements(commands.results) as r where actionid=1"
                                + " and r#>>'{foundanything}' = 'true')"));
    }

    @Test
    void returnsCompleteRows() throws Exception {
        Agent agent = targets.select("name = 'web1.example.net'").get(0);

        assertEquals(heartbeat("web1", 1, NOW).queueLoc(), agent.queueLoc());
        assertEquals("Debian 12", agent.environment().ident());
        assertEquals("IT", agent.tags().get("operator").asText());
        assertEquals(AgentStatus.ONLINE, agent.status());
        assertFalse(agent.id().isNone());
    }

    @Test
    void takesTheLatestAgentOfAQueue() throws Exception {
        Agent second = heartbeat("web1", 9, NOW);
        new Agents(database).register(List.of(second), Samples.IDS, NOW.plusSeconds(1));

        assertEquals(List.of(9, 2), select("true"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "1=1) ; RESET ROLE; UPDATE agents SET name='owned'; --",
                "true); RESET ROLE; UPDATE agents SET name='owned'; SELECT 1 FROM agents WHERE (false",
                "set_config('role','migscheduler',true) IS NOT NULL",
                "set_config('role','none',false) IS NOT NULL",
                "query_to_xml('select privatekey from investigators',true,true,'')::text LIKE '%s%'",
                "1=1) UNION SELECT * FROM agents WHERE (true",
                "pg_sleep(10) IS NULL",
                "pg_advisory_lock(1) IS NULL",
                "lo_create(0) > 0",
                "true /* ",
                "true -- ",
                "name = $$x$$",
                "name = E'\\x27'",
                "\"pg_sleep\"(10) IS NULL",
                "(select 1 into x) = 1",
                "id IN (select id from agents for update)",
                "true\0",
                ""
            })
    void refusesWhatIsNotACondition(String target) throws Exception {
        assertThrows(RejectedException.class, () -> targets.select(target));
        assertEquals("web1.example.net", installed.ask("SELECT name FROM agents WHERE pid = 1"));
    }

    /** What the second layer holds when the first has a hole. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "1=1) ; RESET ROLE; UPDATE agents SET name='owned'; --",
                "true); UPDATE agents SET name='owned'; SELECT agents.* FROM agents WHERE (false",
                "EXISTS (WITH w AS (UPDATE agents SET name='owned' RETURNING 1) SELECT * FROM w)",
                "query_to_xml('update agents set name=''owned'' returning 1',true,true,'') IS NOT NULL",
                "set_config('role','migscheduler',true) IS NOT NULL",
                "set_config('session_authorization','migscheduler',true) IS NOT NULL",
                "query_to_xml('select privatekey from investigators',true,true,'')::text LIKE '%'",
                "(select privatekey from investigators limit 1) IS NOT NULL",
                "EXISTS (select * from investigators)"
            })
    void refusesInsideTheDatabaseToo(String target) throws Exception {
        SQLException refusal = assertThrows(SQLException.class, () -> callUnchecked(target));

        assertTrue(
                List.of("42501", "42601", "0A000", "25006", "22023", "42P11", "54001")
                        .contains(refusal.getSQLState()),
                refusal.getSQLState() + refusal.getMessage());
        assertEquals("web1.example.net", installed.ask("SELECT name FROM agents WHERE pid = 1"));
    }

    private void callUnchecked(String target) throws SQLException {
        try (Connection connection = installed.connect("migscheduler", Installed.PASSWORDS.migscheduler());
                PreparedStatement call = connection.prepareStatement("SELECT * FROM mig_agents_by_target(?)")) {
            call.setString(1, target);
            call.execute();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "foo bar",
                "os='linux'",
                "name",
                "name = 1/0",
                "id = 'x'",
                "true and",
                "(select id from agents) = 1"
            })
    void saysWhatIsWrong(String target) {
        RejectedException refusal = assertThrows(RejectedException.class, () -> targets.select(target));

        assertTrue(refusal.getMessage().startsWith("Error while finding agents: '"), refusal.getMessage());
        assertFalse(refusal.getMessage().contains("SELECT DISTINCT"), refusal.getMessage());
    }

    @Test
    void pointsAtThePlace() {
        RejectedException refusal = assertThrows(RejectedException.class, () -> targets.select("true and os='linux'"));

        assertEquals("Error while finding agents: 'column \"os\" does not exist' at position 10", refusal.getMessage());
    }

    @Test
    void stopsASlowCondition() throws Exception {
        String slow =
                "(select count(*) from agents a, agents b, agents c, agents d, agents e, agents f, agents g, agents h,"
                        + " agents i, agents j, agents k, agents l, agents m, agents n, agents o, agents p, agents q) > 0";
        try (Targets impatient = new Targets(database, Duration.ofMillis(200), 10)) {
            RejectedException refusal = assertThrows(RejectedException.class, () -> impatient.select(slow));
            assertEquals("Target took longer than 200ms", refusal.getMessage());
            assertEquals(2, impatient.select("true").size());
        }
    }

    @Test
    void refusesMoreAgentsThanTheLimit() throws Exception {
        try (Targets few = new Targets(database, Duration.ofSeconds(5), 1)) {
            RejectedException refusal = assertThrows(RejectedException.class, () -> few.select("true"));
            assertEquals("Target selects more than 1 agents", refusal.getMessage());
            assertEquals(1, few.select("pid = 1").size());
        }
    }

    @Test
    void givesTheSameAnswerToTheApi() throws Exception {
        try (Database api = installed.api();
                Targets ofApi = new Targets(api)) {
            assertEquals(2, ofApi.select("name like '%'").size());
        }
    }

    @Test
    void leavesTheServersFailuresAlone() throws Exception {
        targets.close();

        SQLException failure = assertThrows(SQLException.class, () -> targets.select("true"));

        assertFalse(Database.isAway(failure));
    }
}
