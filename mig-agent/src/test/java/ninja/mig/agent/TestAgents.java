package ninja.mig.agent;

import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import ninja.mig.platform.AmqpBroker;
import ninja.mig.platform.BrokerUser;
import ninja.mig.relay.RelayException;

/** Agents in this process, with one investigation's keys, and the relay that they use: when it is lost they are soon back. */
final class TestAgents implements AutoCloseable {
    private final Path directory;
    private final Investigation it;
    private final AmqpBroker broker;
    private final List<AgentDaemon> started = new ArrayList<>();

    /** @param directory of their run directories */
    TestAgents(Path directory, Investigation it, AmqpBroker broker) {
        this.directory = directory;
        this.it = it;
        this.broker = broker;
    }

    /**
     * An agent that does nothing yet.
     *
     * @param runDir its name
     * @param mode {@code daemon} or {@code checkin}
     * @param port of the relay, or of a line to it
     * @param settings further lines of section {@code [agent]}
     */
    AgentDaemon agent(String runDir, String mode, int port, String settings) throws Exception {
        AgentConf conf = it.conf(
                "[agent]\nrelay = \"amqp://agent:" + broker.password(BrokerUser.AGENT) + "@127.0.0.1:" + port + "/"
                        + broker.vhost() + "\"\nheartbeatfreq = 60s\nmoduletimeout = 60s\nisimmortal = on\n"
                        + "tags = operator:tests\n" + settings,
                "file",
                "probe");
        AgentDaemon agent = new AgentDaemon(
                conf, mode, directory.resolve(runDir), new ReconnectPauses(() -> 0.02), Clock.systemUTC());
        started.add(agent);
        return agent;
    }

    /** Completes with what {@link AgentDaemon#serve} returns. */
    static CompletableFuture<Boolean> serve(AgentDaemon agent) {
        return CompletableFuture.supplyAsync(() -> {
            try {
                return agent.serve(true);
            } catch (RelayException | InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
    }

    @Override
    public void close() {
        started.forEach(AgentDaemon::close);
    }
}
