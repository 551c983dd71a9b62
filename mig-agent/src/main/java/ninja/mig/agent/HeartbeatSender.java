package ninja.mig.agent;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import ninja.mig.json.MigJson;
import ninja.mig.log.LogThrottle;
import ninja.mig.model.Agent;
import ninja.mig.model.AgentEnvironment;
import ninja.mig.model.MigId;
import ninja.mig.model.Times;
import ninja.mig.relay.ConnectProxy;
import ninja.mig.relay.Message;
import ninja.mig.relay.Published;
import ninja.mig.relay.RelayException;
import ninja.mig.relay.Topology;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells the scheduler that this agent lives, and where; and leaves the same in {@code mig-agent.ok} for the host's own monitoring. */
final class HeartbeatSender {
    private static final Logger log = LoggerFactory.getLogger(HeartbeatSender.class);

    private static final int HEARTBEATS_OF_LIFE = 10;
    private static final Duration REMINDER = Duration.ofHours(1);

    private final AgentIdentity identity;
    private final String hostname;
    private final String mode;
    private final String version;
    private final Map<String, String> tags;
    private final HostEnvironment environment;
    private final RelayLink link;
    private final Duration frequency;
    private final Clock clock;
    private final Instant started;
    private final LogThrottle unwritten;
    private boolean unroutable;

    HeartbeatSender(
            AgentIdentity identity,
            String hostname,
            String mode,
            String version,
            Map<String, String> tags,
            HostEnvironment environment,
            RelayLink link,
            Duration frequency,
            Clock clock) {
        this.identity = identity;
        this.hostname = hostname;
        this.mode = mode;
        this.version = version;
        this.tags = tags;
        this.environment = environment;
        this.link = link;
        this.frequency = frequency;
        this.clock = clock;
        this.started = clock.instant();
        this.unwritten = new LogThrottle(REMINDER, clock);
    }

    /**
     * Sends one, unless the relay is away.
     *
     * @return whether a scheduler will hear it
     */
    synchronized boolean send() throws InterruptedException {
        if (!link.isUp()) {
            return false;
        }
        ObjectNode heartbeat = json();
        try {
            boolean heard = publish(MigJson.bytes(heartbeat));
            tryWriteOk(heartbeat);
            return heard;
        } catch (RelayException e) {
            // The link has logged the loss; the next connection begins with a heartbeat.
            log.info("a heartbeat was not sent: {}", e.getMessage());
            return false;
        }
    }

    private boolean publish(byte[] heartbeat) throws RelayException, InterruptedException {
        Duration expiration = frequency.multipliedBy(HEARTBEATS_OF_LIFE);
        if (link.publish(Message.to(Topology.HEARTBEATS, heartbeat, expiration)) == Published.CONFIRMED) {
            log.debug("heartbeat sent");
            unroutable = false;
            return true;
        }
        if (!unroutable) {
            log.error("the relay has no queue {}: no scheduler hears this agent", Topology.HEARTBEATS);
            unroutable = true;
        }
        return false;
    }

    /** With the time of the last change of the environment, which has no place in an {@link Agent}. */
    ObjectNode json() {
        ObjectNode heartbeat = (ObjectNode) MigJson.toTree(document());
        environment.changed().ifPresent(time -> heartbeat.set("refreshts", MigJson.toTree(time)));
        return heartbeat;
    }

    private Agent document() {
        AgentEnvironment host = environment.current();
        Optional<ConnectProxy> proxy = link.proxy();
        return new Agent(
                MigId.NONE,
                hostname,
                identity.queueLoc().toString(),
                mode,
                version,
                (int) ProcessHandle.current().pid(),
                started,
                Times.UNSET,
                clock.instant(),
                null,
                false,
                new AgentEnvironment(
                        host.init(),
                        host.ident(),
                        host.os(),
                        host.arch(),
                        proxy.isPresent(),
                        proxy.map(ConnectProxy::toString).orElse(""),
                        host.addresses(),
                        host.publicIp(),
                        host.other()),
                tags.isEmpty() ? null : MigJson.toTree(tags));
    }

    /** The relay has the heartbeat: a full disk is no reason to send it again. */
    private void tryWriteOk(ObjectNode heartbeat) {
        try {
            writeOk(heartbeat);
        } catch (IOException e) {
            unwritten
                    .next("mig-agent.ok")
                    .ifPresent(heldBack ->
                            log.warn("mig-agent.ok cannot be written: {}{}", e.toString(), LogThrottle.more(heldBack)));
        }
    }

    /** The file is for everybody, the queue's name is not. */
    private void writeOk(ObjectNode heartbeat) throws IOException {
        heartbeat.remove("queueloc");
        RunDir runDir = identity.runDir();
        runDir.write(runDir.file("mig-agent.ok"), MigJson.bytes(heartbeat), "rw-r--r--");
    }
}
