package ninja.mig.bench;

import com.sun.management.UnixOperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import ninja.mig.fleet.Behaviour;
import ninja.mig.fleet.Fleet;
import ninja.mig.platform.testing.Await;

/** How soon agents are heard of again after the broker was restarted under them. */
final class StormBench {
    private static final Duration LIMIT = Duration.ofMinutes(15);
    private static final String WHITELIST = "re:linux\\.storm-[0-9]{5}\\.example\\.net\\.[a-z0-9]{13}";
    private static final int FILES_BESIDE_CONNECTIONS = 500;

    /**
     * Times count from the moment at which the broker began to stop.
     *
     * @param brokerUp until it took logins again
     * @param connected until 99 of 100 agents consumed their queues again
     * @param heardOf until 99 of 100 had a new heartbeat in the database
     */
    record Line(
            int agents,
            int agentsPerConnection,
            double brokerUp,
            double connected,
            double heardOf,
            Memory memory,
            AgentRows rows) {}

    private final Testbed testbed;
    private final Fleet.Shape shape;
    private final Progress progress;

    StormBench(Testbed testbed, Fleet.Shape shape, Progress progress) throws IOException {
        this.testbed = testbed;
        this.shape = shape;
        this.progress = progress;
        int connections = shape.agents() / shape.agentsPerConnection();
        if (ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean system
                && system.getMaxFileDescriptorCount() < connections + FILES_BESIDE_CONNECTIONS) {
            throw new IOException(
                    "%,d connections need more open files than the %,d that this shell allows (ulimit -n);"
                                    .formatted(connections, system.getMaxFileDescriptorCount())
                            + " raise the limit, or put several agents on one connection");
        }
    }

    Line run() throws Exception {
        progress.say("connecting %,d simulated agents", shape.agents());
        try (Fleet fleet = Fleet.start(testbed.agentsLogin(), shape, Behaviour.OBEDIENT);
                RunningScheduler scheduler = testbed.startScheduler(List.of(WHITELIST))) {
            fleet.awaitConnected(LIMIT);
            fleet.heartbeat();
            Settled.await(testbed, scheduler, Testbed.HEARTBEATS);
            fleet.heartbeatOnConnect();
            progress.say("restarting the broker");
            return restart(fleet, scheduler);
        }
    }

    private Line restart(Fleet fleet, RunningScheduler scheduler) throws Exception {
        Instant cut = Instant.now();
        long start = System.nanoTime();
        testbed.broker().restart();
        double up = Stopwatch.seconds(start, System.nanoTime());
        progress.say("  broker up after %.1f s", up);
        long most = (shape.agents() * 99L + 99) / 100;
        Await.closely("the agents to connect again", LIMIT, () -> fleet.connected() >= most);
        double connected = Stopwatch.seconds(start, System.nanoTime());
        progress.say("  99 %% connected after %.1f s", connected);
        Await.closely("the agents to be heard of again", LIMIT, () -> {
            scheduler.requireAlive();
            return heardOfSince(cut) >= most;
        });
        double heardOf = Stopwatch.seconds(start, System.nanoTime());
        progress.say("  99 %% heard of after %.1f s", heardOf);
        fleet.awaitConnected(LIMIT);
        Settled.await(testbed, scheduler, Testbed.HEARTBEATS);
        return new Line(
                shape.agents(),
                shape.agentsPerConnection(),
                up,
                connected,
                heardOf,
                scheduler.memory(),
                AgentRows.of(fleet, testbed));
    }

    private long heardOfSince(Instant time) throws SQLException {
        try (PreparedStatement statement =
                testbed.superuser().prepareStatement("SELECT count(*) FROM agents WHERE heartbeattime > ?")) {
            statement.setTimestamp(1, Timestamp.from(time));
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                return row.getLong(1);
            }
        }
    }
}
