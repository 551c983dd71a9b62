package ninja.mig.database;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import ninja.mig.model.Investigator;
import ninja.mig.model.MigId;

/** Table {@code investigators}. Private keys are read by {@link #scheduler} alone, which the API's role may not call. */
public final class Investigators {
    /** Taken while the scheduler's identity is looked for or made; any number that nobody else uses. */
    private static final long SCHEDULER_LOCK = 7_235_947;

    private static final String WITH_KEY = Rows.INVESTIGATOR_COLUMNS + ", i.publickey AS i_publickey";

    /** Bits of column {@code permissions}: what every investigator has; and the three that make an administrator. */
    private static final long USUAL = 63;

    private static final long ADMINISTRATION = 7L << 16;

    private final Database database;

    public Investigators(Database database) {
        this.database = database;
    }

    /** Everybody whose signatures count, with public keys, by id. */
    public List<Investigator> active() throws SQLException {
        return select("i.status = 'active' ORDER BY i.id");
    }

    /** With public key, whatever the status. */
    public Optional<Investigator> byId(MigId id) throws SQLException {
        return select("i.id = ?", id).stream().findFirst();
    }

    /** With public key, whatever the status; upper and lower case are the same. */
    public Optional<Investigator> byFingerprint(String fingerprint) throws SQLException {
        return select("lower(i.pgpfingerprint) = ?", fingerprint.toLowerCase(Locale.ROOT)).stream()
                .findFirst();
    }

    private List<Investigator> select(String condition, Object... values) throws SQLException {
        return database.inTransaction(connection -> Statements.list(
                connection,
                Rows::investigatorWithKey,
                "SELECT %s FROM investigators i WHERE %s".formatted(WITH_KEY, condition),
                values));
    }

    /**
     * A new, active investigator. The first person is an administrator.
     *
     * @return the row as stored, with its id
     * @throws AlreadyExistsException if the fingerprint is known
     */
    public Investigator insert(String name, String fingerprint, byte[] publicKey, Instant now)
            throws SQLException, AlreadyExistsException {
        try {
            return database.inTransaction(connection -> Statements.first(
                            connection,
                            Rows::investigatorWithKey,
                            """
                            INSERT INTO investigators AS i
                                   (name, pgpfingerprint, publickey, status, createdat, lastmodified, permissions)
                            VALUES (?, ?, ?, 'active', ?, ?,
                                    CASE WHEN EXISTS (SELECT FROM investigators WHERE name <> ?) THEN ? ELSE ? END)
                            RETURNING %s
                            """.formatted(WITH_KEY),
                            name,
                            fingerprint.toUpperCase(Locale.ROOT),
                            publicKey,
                            now,
                            now,
                            Investigator.SCHEDULER,
                            USUAL,
                            USUAL | ADMINISTRATION)
                    .orElseThrow());
        } catch (SQLException e) {
            if (Database.isUniqueViolation(e)) {
                throw new AlreadyExistsException("Investigator's PGP Fingerprint already exists in database", e);
            }
            throw e;
        }
    }

    /**
     * @param status {@link Investigator#ACTIVE} or {@link Investigator#DISABLED}
     * @return the changed row; empty if there is no such investigator
     */
    public Optional<Investigator> setStatus(MigId id, String status, Instant now) throws SQLException {
        if (!status.equals(Investigator.ACTIVE) && !status.equals(Investigator.DISABLED)) {
            throw new IllegalArgumentException("'" + status + "' is not a status of investigators");
        }
        return database.inTransaction(connection -> Statements.first(
                connection,
                Rows::investigatorWithKey,
                "UPDATE investigators i SET status = ?, lastmodified = ? WHERE i.id = ? RETURNING %s"
                        .formatted(WITH_KEY),
                status,
                now,
                id));
    }

    /** Whether this is an active administrator. */
    public boolean isAdministrator(MigId id) throws SQLException {
        return database.inTransaction(
                connection -> Statements.first(connection, row -> true, """
                SELECT FROM investigators WHERE id = ? AND status = 'active' AND permissions & ? = ?
                """, id, ADMINISTRATION, ADMINISTRATION)
                        .isPresent());
    }

    /** Whether no person would be left active without this one; the scheduler is not a person. */
    public boolean isLastActive(MigId id) throws SQLException {
        return database.inTransaction(connection -> Statements.first(
                        connection, row -> row.getBoolean("last"), """
                        SELECT coalesce(bool_and(id = ?), false) AS last
                          FROM investigators WHERE status = 'active' AND name <> ?
                        """, id, Investigator.SCHEDULER)
                .orElseThrow());
    }

    /** The scheduler's own identity; made if there is none, by one scheduler of all that start at once. */
    public SchedulerIdentity scheduler(SchedulerIdentity.KeyMaker maker, Instant now) throws SQLException {
        return database.inTransaction(connection -> {
            Statements.first(connection, row -> true, "SELECT pg_advisory_xact_lock(?)", SCHEDULER_LOCK);
            Optional<SchedulerIdentity> there = findScheduler(connection, false);
            if (there.isPresent()) {
                return there.get();
            }
            insertScheduler(connection, maker.make(), now);
            return findScheduler(connection, true).orElseThrow();
        });
    }

    private static Optional<SchedulerIdentity> findScheduler(Connection connection, boolean isNew) throws SQLException {
        return Statements.first(
                connection,
                row -> new SchedulerIdentity(Rows.investigatorWithKey(row), row.getBytes("privatekey"), isNew),
                """
                SELECT %s, i.privatekey FROM investigators i
                 WHERE i.name = ? AND i.status = 'active' AND i.privatekey IS NOT NULL ORDER BY i.id LIMIT 1
                """.formatted(WITH_KEY),
                Investigator.SCHEDULER);
    }

    private static void insertScheduler(Connection connection, SchedulerIdentity.NewKey key, Instant now)
            throws SQLException {
        Statements.update(
                connection,
                """
                INSERT INTO investigators (name, pgpfingerprint, publickey, privatekey, status, createdat, lastmodified)
                VALUES (?, ?, ?, ?, 'active', ?, ?)
                """,
                Investigator.SCHEDULER,
                key.pgpFingerprint().toUpperCase(Locale.ROOT),
                key.publicKey(),
                key.privateKey(),
                now,
                now);
    }
}
