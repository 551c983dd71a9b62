package ninja.mig.database;

import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import ninja.mig.model.Agent;
import ninja.mig.model.IdGenerator;
import ninja.mig.model.MigId;

/** Table {@code agents}. A row is one agent process on one queue; {@code offline} is final. */
public final class Agents {
    public Agents(Database database) {}

    /**
     * Inserts or refreshes the agents that sent these heartbeats, in one statement. The scheduler's time becomes the time
     * of the heartbeat; {@code destroyed} and {@code upgraded} stay what they are, {@code idle} becomes {@code online}.
     *
     * @return one entry for each (queueloc, pid): of several heartbeats only the newest is stored
     */
    public List<Registration> register(List<Agent> heartbeats, IdGenerator ids, Instant now) throws SQLException {
        throw new IllegalStateException("not there");
    }

    /** {@code online} to {@code idle}: agents not heard of since then; returns how many. */
    public int markIdle(Instant notHeardSince) throws SQLException {
        throw new IllegalStateException("not there");
    }

    /** {@code idle} to {@code offline}: agents not heard of since then; returns how many. */
    public int markOffline(Instant notHeardSince) throws SQLException {
        throw new IllegalStateException("not there");
    }

    /** {@code online} or {@code idle} to {@code upgraded}: another agent has taken its place. */
    public boolean markUpgraded(String queueLoc, int pid) throws SQLException {
        throw new IllegalStateException("not there");
    }

    /** Any state but {@code offline} to {@code destroyed}: it was told to end now. */
    public boolean markDestroyed(MigId id, Instant now) throws SQLException {
        throw new IllegalStateException("not there");
    }

    public Optional<Agent> byId(MigId id) throws SQLException {
        throw new IllegalStateException("not there");
    }

    /** All agents on a queue that were heard of since then, in any state, the one that started first in front. */
    public List<Agent> onQueue(String queueLoc, Instant heardSince) throws SQLException {
        throw new IllegalStateException("not there");
    }

    /** Queuelocs on which more than one agent was heard of since then, not counting those in mode checkin. */
    public List<String> duplicated(Instant heardSince) throws SQLException {
        throw new IllegalStateException("not there");
    }

    /** Queuelocs whose agents are all gone, the last one heard of since then: their queues can be removed. */
    public List<String> disappeared(Instant heardSince) throws SQLException {
        throw new IllegalStateException("not there");
    }
}
