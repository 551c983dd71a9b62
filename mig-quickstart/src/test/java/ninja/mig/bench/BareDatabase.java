package ninja.mig.bench;

import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import ninja.mig.database.Agents;
import ninja.mig.database.Database;
import ninja.mig.database.PostgresConf;
import ninja.mig.fleet.SimulatedAgent;
import ninja.mig.json.MalformedJsonException;
import ninja.mig.json.MigJson;
import ninja.mig.model.Agent;
import ninja.mig.model.IdGenerator;

/** Registers heartbeats with the scheduler's statement from as many threads as the scheduler has, and no broker. */
final class BareDatabase implements AutoCloseable {
    /** The scheduler keeps four of its connections for other work. */
    private static final int THREADS = Testbed.MAX_CONN - 4;

    private final Database database;
    private final Agents agents;
    private final int batch;
    private final IdGenerator ids = new IdGenerator(Clock.systemUTC());
    private final ExecutorService threads = Executors.newFixedThreadPool(THREADS);

    /** @param batch heartbeats in one statement */
    BareDatabase(PostgresConf conf, int batch) throws SQLException {
        this.database = Database.open(conf, "mig-bench");
        this.agents = new Agents(database);
        this.batch = batch;
    }

    /** So many heartbeats of each agent; as in the scheduler, an agent's go to one thread. */
    void register(List<SimulatedAgent> fleet, int rounds) throws Exception {
        List<Future<?>> running = new ArrayList<>();
        for (int thread = 0; thread < THREADS; thread++) {
            List<Agent> share =
                    heartbeats(fleet.subList(fleet.size() * thread / THREADS, fleet.size() * (thread + 1) / THREADS));
            running.add(threads.submit(() -> {
                for (int round = 0; round < rounds; round++) {
                    for (int from = 0; from < share.size(); from += batch) {
                        agents.register(share.subList(from, Math.min(share.size(), from + batch)), ids, Instant.now());
                    }
                }
                return null;
            }));
        }
        for (Future<?> one : running) {
            one.get();
        }
    }

    private static List<Agent> heartbeats(List<SimulatedAgent> fleet) throws MalformedJsonException {
        List<Agent> heartbeats = new ArrayList<>();
        for (SimulatedAgent agent : fleet) {
            heartbeats.add(MigJson.read(agent.heartbeat(Instant.now()), Agent.class));
        }
        return heartbeats;
    }

    @Override
    public void close() {
        threads.shutdownNow();
        database.close();
    }
}
