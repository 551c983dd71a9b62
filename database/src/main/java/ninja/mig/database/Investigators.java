package ninja.mig.database;

import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import ninja.mig.model.Investigator;
import ninja.mig.model.MigId;

/** Table {@code investigators}. Private keys are read by {@link #scheduler} alone, which the API's role may not call. */
public final class Investigators {
    public Investigators(Database database) {}

    /** Everybody whose signatures count, with public keys, by id. */
    public List<Investigator> active() throws SQLException {
        throw new IllegalStateException("not there");
    }

    /** With public key, whatever the status. */
    public Optional<Investigator> byId(MigId id) throws SQLException {
        throw new IllegalStateException("not there");
    }

    /** With public key, whatever the status; upper and lower case are the same. */
    public Optional<Investigator> byFingerprint(String fingerprint) throws SQLException {
        throw new IllegalStateException("not there");
    }

    /**
     * A new, active investigator.
     *
     * @return the row as stored, with its id
     * @throws AlreadyExistsException if the fingerprint is known
     */
    public Investigator insert(String name, String fingerprint, byte[] publicKey, Instant now)
            throws SQLException, AlreadyExistsException {
        throw new IllegalStateException("not there");
    }

    /**
     * @param status {@link Investigator#ACTIVE} or {@link Investigator#DISABLED}
     * @return the changed row; empty if there is no such investigator
     */
    public Optional<Investigator> setStatus(MigId id, String status, Instant now) throws SQLException {
        throw new IllegalStateException("not there");
    }

    /** Whether no person would be left active without this one; the scheduler is not a person. */
    public boolean isLastActive(MigId id) throws SQLException {
        throw new IllegalStateException("not there");
    }

    /** The scheduler's own identity; made if there is none, by one scheduler of all that start at once. */
    public SchedulerIdentity scheduler(SchedulerIdentity.KeyMaker maker, Instant now) throws SQLException {
        throw new IllegalStateException("not there");
    }
}
