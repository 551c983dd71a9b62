package ninja.mig.scheduler;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import ninja.mig.conf.IniFile;
import ninja.mig.database.ActionSignature;
import ninja.mig.database.Actions;
import ninja.mig.database.Database;
import ninja.mig.database.Investigators;
import ninja.mig.database.PostgresConf;
import ninja.mig.database.Schema;
import ninja.mig.model.Action;
import ninja.mig.model.ActionCounters;
import ninja.mig.model.ActionStatus;
import ninja.mig.model.IdGenerator;
import ninja.mig.model.Investigator;
import ninja.mig.model.MigId;
import ninja.mig.model.Operation;
import ninja.mig.model.Times;
import ninja.mig.pgp.ActionSignatures;
import ninja.mig.pgp.ActionSigner;
import ninja.mig.pgp.SecretKeyring;
import ninja.mig.platform.AmqpBroker;
import ninja.mig.platform.BrokerUser;
import ninja.mig.platform.testing.Await;
import ninja.mig.platform.testing.FreshDatabase;
import ninja.mig.relay.RelayConf;

/** A database with the schema and its roles, an investigator, and the relay: what is around a scheduler. */
final class Platform implements AutoCloseable {
    private static final Schema.Passwords PASSWORDS =
            new Schema.Passwords("admin-secret", "sched-secret", "api-secret");

    private static final int ALIVE_SECONDS = 10;

    private final FreshDatabase database;
    private final AmqpBroker broker;
    private final IdGenerator ids = new IdGenerator(Clock.systemUTC());
    private final ActionSigner signer;
    private final Investigator investigator;
    private final Database api;
    private Connection open;

    Platform(FreshDatabase database, AmqpBroker broker) throws Exception {
        this.database = database;
        this.broker = broker;
        Schema.install(superuser(), database.name(), PASSWORDS);
        SecretKeyring secret = SecretKeyring.generateEd25519("Ada <ada@example.net>", Clock.systemUTC());
        this.signer = secret.signer(secret.onlyFingerprint(), new char[0]);
        this.api = Database.open(conf("migapi", PASSWORDS.migapi()), "api");
        this.investigator = new Investigators(api)
                .insert(
                        "Ada",
                        secret.onlyFingerprint().hex(),
                        secret.armoredPublic().getBytes(java.nio.charset.StandardCharsets.US_ASCII),
                        Instant.now());
    }

    private PostgresConf superuser() {
        return new PostgresConf(
                database.server().host(),
                database.server().port(),
                database.name(),
                database.superuser(),
                database.superuserPassword(),
                "disable",
                2);
    }

    private PostgresConf conf(String user, String password) {
        return new PostgresConf(
                database.server().host(), database.server().port(), database.name(), user, password, "disable", 3);
    }

    Database schedulerDatabase() throws SQLException {
        return Database.open(conf("migscheduler", PASSWORDS.migscheduler()), "test");
    }

    RelayConf relay(BrokerUser user) {
        return new RelayConf(
                broker.host(),
                broker.port(),
                user.loginName(),
                broker.password(user),
                broker.vhost(),
                java.util.Optional.empty(),
                Duration.ofSeconds(10),
                Duration.ofSeconds(30));
    }

    /** A scheduler that looks for work when it is told of it, and once in a long while. */
    SchedulerConf conf(Path spool, String more) {
        return SchedulerConf.read(IniFile.parse("test.cfg", confText(spool) + more));
    }

    String confText(Path spool) {
        return """
                [agent]
                timeout = 30m
                [collector]
                freq = 1h
                [periodic]
                freq = 1h
                [directories]
                spool = "%s"
                [postgres]
                host = "%s"
                port = %d
                dbname = "%s"
                user = migscheduler
                password = "%s"
                sslmode = disable
                [mq]
                host = "%s"
                port = %d
                user = scheduler
                pass = "%s"
                vhost = "%s"
                [logging]
                level = info
                """.formatted(
                        spool,
                        database.server().host(),
                        database.server().port(),
                        database.name(),
                        PASSWORDS.migscheduler(),
                        broker.host(),
                        broker.port(),
                        broker.password(BrokerUser.SCHEDULER),
                        broker.vhost());
    }

    MigId nextId() {
        return ids.next();
    }

    /** Signed, for an hour, as an investigator hands it in. */
    Action signed(String name, String target) throws Exception {
        return signed(name, target, "file");
    }

    Action signed(String name, String target, String module) throws Exception {
        Instant now = Instant.now().truncatedTo(java.time.temporal.ChronoUnit.SECONDS);
        Action draft = Action.draft(
                name, target, now.minusSeconds(60), now.plusSeconds(3600), List.of(new Operation(module, null)));
        return ActionSignatures.sign(draft, signer);
    }

    /** As the API inserts it. */
    Action insert(Action signed) throws Exception {
        Action pending = signed.withId(nextId())
                .withStatus(ActionStatus.PENDING)
                .withTimes(Times.NOT_STARTED, Times.NOT_YET, Times.NOT_STARTED);
        List<ActionSignature> signatures = signed.pgpSignatures().stream()
                .map(s -> new ActionSignature(investigator.id(), s))
                .toList();
        new Actions(api).insert(pending, signatures);
        return pending;
    }

    /** As the API cancels it. */
    boolean cancel(Action action) throws SQLException {
        return new Actions(api).cancel(action.id(), Instant.now());
    }

    ActionStatus status(Action action) throws SQLException {
        return new Actions(api).byId(action.id()).orElseThrow().status();
    }

    ActionCounters counters(Action action) throws SQLException {
        return new Actions(api).counters(List.of(action.id())).get(action.id());
    }

    void awaitStatus(Action action, ActionStatus status) throws Exception {
        Await.until(
                "action " + action.id() + " " + status,
                () -> outlivingStaleConnections(() -> status(action) == status));
    }

    /** A question to the database. */
    interface Question {
        boolean ask() throws SQLException;
    }

    /** After an outage each connection of the pool may fail once more: that is no answer yet. */
    boolean outlivingStaleConnections(Question question) throws SQLException {
        try {
            return question.ask();
        } catch (SQLException e) {
            if (!Database.isAway(e)) {
                throw e;
            }
            return false;
        }
    }

    /** The first column of the first row, as text. */
    synchronized String query(String sql) throws SQLException {
        try (Statement statement = connected().createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            return rows.next() ? String.valueOf(rows.getString(1)) : "no row";
        }
    }

    /** Several tests share a database. */
    void forgetAgents() throws SQLException {
        change("TRUNCATE agents CASCADE");
    }

    synchronized void change(String sql) throws SQLException {
        try (Statement statement = connected().createStatement()) {
            statement.execute(sql);
        }
    }

    /** A login costs more than most questions, and tests ask until they like the answer. */
    private Connection connected() throws SQLException {
        if (open == null || !open.isValid(ALIVE_SECONDS)) {
            open = DriverManager.getConnection(database.jdbcUrl(), database.superuser(), database.superuserPassword());
        }
        return open;
    }

    @Override
    public synchronized void close() throws SQLException {
        if (open != null) {
            open.close();
        }
        api.close();
    }
}
