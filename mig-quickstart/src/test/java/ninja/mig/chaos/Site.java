package ninja.mig.chaos;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import ninja.mig.database.ActionSignature;
import ninja.mig.database.Actions;
import ninja.mig.database.Database;
import ninja.mig.database.Investigators;
import ninja.mig.database.PostgresConf;
import ninja.mig.database.Schema;
import ninja.mig.model.Action;
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
import ninja.mig.platform.testing.FreshDatabase;
import ninja.mig.relay.RelayConf;
import ninja.mig.relay.RelayConnection;
import ninja.mig.relay.RelayException;

/**
 * A database with the roles of the deployment guide, a relay with its users, and an investigator whose actions come in as
 * the API inserts them. The database keeps a record of every change of status of actions and commands.
 */
final class Site implements AutoCloseable {
    private static final Schema.Passwords PASSWORDS =
            new Schema.Passwords("admin-secret", "scheduler-secret", "api-secret");
    private static final int ALIVE_SECONDS = 10;
    private static final String RECORD = """
            CREATE SCHEMA chaos;
            CREATE TABLE chaos.changes (relation text, id numeric, before text, after text);
            CREATE FUNCTION chaos.record() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
            BEGIN
                INSERT INTO chaos.changes VALUES (TG_TABLE_NAME, NEW.id, OLD.status, NEW.status);
                RETURN NULL;
            END $$;
            CREATE TRIGGER record AFTER UPDATE ON actions FOR EACH ROW
              WHEN (OLD.status IS DISTINCT FROM NEW.status) EXECUTE FUNCTION chaos.record();
            CREATE TRIGGER record AFTER UPDATE ON commands FOR EACH ROW
              WHEN (OLD.status IS DISTINCT FROM NEW.status) EXECUTE FUNCTION chaos.record();
            CREATE FUNCTION chaos.gate() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
            BEGIN
                PERFORM pg_advisory_xact_lock_shared(4711);
                RETURN NULL;
            END $$;
            CREATE FUNCTION chaos.show_id() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                PERFORM pg_advisory_xact_lock(NEW.id::bigint);
                RETURN NULL;
            END $$;
            """;

    private final FreshDatabase database;
    private final AmqpBroker broker;
    private final Path directory;
    private final IdGenerator ids = new IdGenerator(Clock.systemUTC());
    private final ActionSigner signer;
    private final Investigator investigator;
    private final Database api;
    private Connection open;

    /** @param directory for everything that is written */
    Site(FreshDatabase database, AmqpBroker broker, Path directory) throws Exception {
        this.database = database;
        this.broker = broker;
        this.directory = directory;
        Schema.install(conf(database.superuser(), database.superuserPassword()), database.name(), PASSWORDS);
        execute(RECORD);
        SecretKeyring secret = SecretKeyring.generateEd25519("Ada <ada@example.net>", Clock.systemUTC());
        this.signer = secret.signer(secret.onlyFingerprint(), new char[0]);
        this.api = Database.open(conf("migapi", PASSWORDS.migapi()), "api");
        this.investigator = new Investigators(api)
                .insert(
                        "Ada",
                        secret.onlyFingerprint().hex(),
                        secret.armoredPublic().getBytes(StandardCharsets.US_ASCII),
                        Instant.now());
    }

    private PostgresConf conf(String user, String password) {
        return new PostgresConf(
                database.server().host(), database.server().port(), database.name(), user, password, "disable", 3);
    }

    FreshDatabase database() {
        return database;
    }

    AmqpBroker broker() {
        return broker;
    }

    /** A scheduler that reaches the relay through this cable. */
    SchedulerProcess scheduler(String name, Cable toRelay) throws IOException {
        return scheduler(name, toRelay, directory.resolve(name + "-spool"), "");
    }

    /** @param more sections of its configuration */
    SchedulerProcess scheduler(String name, Cable toRelay, Path spool, String more) throws IOException {
        Path whitelist = Files.writeString(directory.resolve(name + "-whitelist"), "re:linux\\.fleet[a-z]*-.*\n");
        Path conf = Files.writeString(
                directory.resolve(name + ".cfg"),
                """
                [agent]
                    timeout = "30m"
                    heartbeatfreq = "5m"
                    whitelist = "%s"
                [collector]
                    freq = "1s"
                    maxresult = 8388608
                [periodic]
                    freq = "2s"
                [directories]
                    spool = "%s"
                [postgres]
                    host = "%s"
                    port = %d
                    dbname = "%s"
                    user = "migscheduler"
                    password = "%s"
                    sslmode = "disable"
                    maxconn = 10
                [mq]
                    host = "%s"
                    port = %d
                    user = "%s"
                    pass = "%s"
                    vhost = "%s"
                [logging]
                    mode = "stdout"
                    level = "info"
                """.formatted(
                                        whitelist,
                                        spool,
                                        database.server().host(),
                                        database.server().port(),
                                        database.name(),
                                        PASSWORDS.migscheduler(),
                                        toRelay.host(),
                                        toRelay.port(),
                                        BrokerUser.SCHEDULER.loginName(),
                                        broker.password(BrokerUser.SCHEDULER),
                                        broker.vhost())
                        + more);
        return new SchedulerProcess(name, conf, spool, directory.resolve(name + ".log"));
    }

    /** An action as its investigator signs it. */
    Action signed(String name, String target) throws Exception {
        Instant now = Instant.now().truncatedTo(ChronoUnit.SECONDS);
        Action draft = Action.draft(
                name, target, now.minusSeconds(60), now.plusSeconds(3600), List.of(new Operation("file", null)));
        return ActionSignatures.sign(draft, signer).withId(ids.next());
    }

    /** Signs an action and inserts it as the API does. */
    Action launch(String name, String target) throws Exception {
        Action pending = signed(name, target)
                .withStatus(ActionStatus.PENDING)
                .withTimes(Times.NOT_STARTED, Times.NOT_YET, Times.NOT_STARTED);
        List<ActionSignature> signatures = pending.pgpSignatures().stream()
                .map(signature -> new ActionSignature(investigator.id(), signature))
                .toList();
        new Actions(api).insert(pending, signatures);
        return pending;
    }

    String status(Action action) throws SQLException {
        return ask("SELECT status FROM actions WHERE id = " + action.id()).orElse("no row");
    }

    /** Commands of the action in this status. */
    int commands(Action action, String status) throws SQLException {
        return number(
                "SELECT count(*) FROM commands WHERE actionid = " + action.id() + " AND status = '" + status + "'");
    }

    int commands(Action action) throws SQLException {
        return number("SELECT count(*) FROM commands WHERE actionid = " + action.id());
    }

    /** How often the action came into this status. */
    int times(Action action, String status) throws SQLException {
        return number("SELECT count(*) FROM chaos.changes WHERE relation = 'actions' AND id = " + action.id()
                + " AND after = '" + status + "'");
    }

    /** Ids of the action's commands. */
    List<MigId> commandIds(Action action) throws SQLException {
        return list("SELECT id FROM commands WHERE actionid = " + action.id() + " ORDER BY id").stream()
                .map(MigId::parse)
                .toList();
    }

    int number(String sql) throws SQLException {
        return Integer.parseInt(ask(sql).orElseThrow());
    }

    /** The first column of the first row, as text. */
    Optional<String> ask(String sql) throws SQLException {
        return list(sql).stream().findFirst();
    }

    synchronized List<String> list(String sql) throws SQLException {
        try (Statement statement = connected().createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            List<String> all = new ArrayList<>();
            while (rows.next()) {
                all.add(rows.getString(1));
            }
            return all;
        }
    }

    synchronized void execute(String sql) throws SQLException {
        try (Statement statement = connected().createStatement()) {
            statement.execute(sql);
        }
    }

    /** A login costs more than most questions, and tests ask until they like the answer. */
    private Connection connected() throws SQLException {
        if (open == null || !open.isValid(ALIVE_SECONDS)) {
            open = connect();
        }
        return open;
    }

    /** As the superuser, who prepares and inspects. */
    Connection connect() throws SQLException {
        return DriverManager.getConnection(database.jdbcUrl(), database.superuser(), database.superuserPassword());
    }

    /** Messages in a queue that wait to be delivered. */
    int messages(String queue) throws RelayException {
        RelayConf conf = new RelayConf(
                broker.host(),
                broker.port(),
                BrokerUser.SCHEDULER.loginName(),
                broker.password(BrokerUser.SCHEDULER),
                broker.vhost(),
                Optional.empty(),
                Duration.ofSeconds(10),
                Duration.ofSeconds(30));
        try (RelayConnection connection = RelayConnection.open(conf, "inspect", Clock.systemUTC())) {
            return connection.inspect(queue).orElseThrow().messages();
        }
    }

    @Override
    public synchronized void close() throws SQLException {
        if (open != null) {
            open.close();
        }
        api.close();
    }
}
