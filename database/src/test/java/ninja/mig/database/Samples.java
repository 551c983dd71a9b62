package ninja.mig.database;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;
import ninja.mig.json.MalformedJsonException;
import ninja.mig.json.MigJson;
import ninja.mig.model.Action;
import ninja.mig.model.ActionStatus;
import ninja.mig.model.Agent;
import ninja.mig.model.AgentEnvironment;
import ninja.mig.model.Command;
import ninja.mig.model.CommandStatus;
import ninja.mig.model.IdGenerator;
import ninja.mig.model.MigId;
import ninja.mig.model.ModuleResult;
import ninja.mig.model.Operation;
import ninja.mig.model.Times;

/** Documents for tests. */
final class Samples {
    static final Instant NOW = Instant.parse("2026-11-24T12:00:00Z");
    static final IdGenerator IDS = new IdGenerator(Clock.systemUTC());

    private Samples() {}

    static Action action(String name) {
        return action(name, NOW.minusSeconds(60), NOW.plusSeconds(1800));
    }

    static Action action(String name, Instant validFrom, Instant expireAfter) {
        Operation operation = new Operation("file", tree("{\"searches\":{\"s\":{\"paths\":[\"/etc\"]}}}"));
        return Action.draft(name, "name like '%'", validFrom, expireAfter, List.of(operation, operation))
                .withId(IDS.next())
                .withSignatures(List.of("c2lnbmF0dXJl=abcd"))
                .withStatus(ActionStatus.PENDING)
                .withTimes(Times.NOT_STARTED, Times.NOT_YET, Times.NOT_STARTED);
    }

    static Agent heartbeat(String host, int pid, Instant time) {
        return new Agent(
                MigId.NONE,
                host + ".example.net",
                "linux." + host + ".example.net.58b3mndjmbb00",
                "daemon",
                "20150731+abc1234.prod",
                pid,
                NOW.minus(Duration.ofDays(2)),
                Times.UNSET,
                time,
                null,
                false,
                new AgentEnvironment("systemd", "Debian 12", "linux", "amd64", false, "", List.of(), "", null),
                tree("{\"operator\":\"IT\"}"));
    }

    static Command command(Action action, Agent agent) {
        return new Command(
                IDS.next(),
                action,
                agent,
                CommandStatus.SENT,
                List.of(ModuleResult.EMPTY, ModuleResult.EMPTY),
                NOW,
                Times.NOT_YET);
    }

    static List<Command> commands(Action action, List<Agent> agents) {
        return agents.stream().map(agent -> command(action, agent)).toList();
    }

    static List<Agent> heartbeats(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> heartbeat("host" + i, 1000 + i, NOW))
                .toList();
    }

    static List<Agent> registered(Database database, List<Agent> heartbeats) throws java.sql.SQLException {
        return new Agents(database)
                .register(heartbeats, IDS, NOW).stream()
                        .map(Registration::agent)
                        .toList();
    }

    static ModuleResult found(String what) {
        return new ModuleResult(true, true, MigJson.toTree(what), null, List.of());
    }

    static com.fasterxml.jackson.databind.JsonNode tree(String json) {
        try {
            return MigJson.tree(json);
        } catch (MalformedJsonException e) {
            throw new IllegalArgumentException(e);
        }
    }
}
