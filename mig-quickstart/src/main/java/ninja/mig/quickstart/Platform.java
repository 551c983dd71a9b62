package ninja.mig.quickstart;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import ninja.mig.client.ApiConnection;
import ninja.mig.client.ApiException;
import ninja.mig.client.ClientConf;
import ninja.mig.client.MigClient;
import ninja.mig.client.SigningKeys;
import ninja.mig.database.AlreadyExistsException;
import ninja.mig.database.Database;
import ninja.mig.database.Investigators;
import ninja.mig.database.PostgresConf;
import ninja.mig.database.Schema;
import ninja.mig.model.Investigator;
import ninja.mig.pgp.ActionSigner;
import ninja.mig.pgp.SigningException;
import ninja.mig.platform.AmqpBroker;
import ninja.mig.platform.BrokerUser;
import ninja.mig.platform.PostgresServer;

/**
 * The programs of MIG, as separate processes with the configurations that the deployment guide describes, on servers that
 * somebody else started. All they write is below one directory.
 */
final class Platform implements AutoCloseable {
    private static final Duration START_LIMIT = Duration.ofSeconds(90);
    private static final Duration HEARTBEAT = Duration.ofSeconds(10);

    private final Distribution distribution;
    private final Path directory;
    private final PostgresServer postgres;
    private final String databaseName;
    private final AmqpBroker broker;
    private final int apiPort;
    private final Schema.Passwords passwords =
            new Schema.Passwords(Secrets.password(), Secrets.password(), Secrets.password());
    private final List<Daemon> running = new ArrayList<>();

    Platform(
            Distribution distribution,
            Path directory,
            PostgresServer postgres,
            String databaseName,
            AmqpBroker broker,
            int apiPort)
            throws IOException {
        this.distribution = distribution;
        this.directory = directory;
        this.postgres = postgres;
        this.databaseName = databaseName;
        this.broker = broker;
        this.apiPort = apiPort;
        for (String name : List.of("etc", "log", "spool")) {
            Secrets.directory(directory.resolve(name));
        }
    }

    Path directory() {
        return directory;
    }

    String url() {
        return "http://localhost:" + apiPort + "/api/v1/";
    }

    /** Of the roles in the database. */
    Schema.Passwords passwords() {
        return passwords;
    }

    void installSchema() throws SQLException {
        Schema.install(
                postgresConf(postgres.superuser(), postgres.superuserPassword(), "postgres"), databaseName, passwords);
    }

    private PostgresConf postgresConf(String user, String password, String database) {
        return new PostgresConf(postgres.host(), postgres.port(), database, user, password, "disable", 4);
    }

    Daemon startScheduler() throws IOException {
        Path whitelist = whitelist();
        if (Files.notExists(whitelist)) {
            Files.createFile(whitelist);
        }
        Path conf = Secrets.write(etc("scheduler.cfg"), """
                [agent]
                    timeout = "5m"
                    heartbeatfreq = "%ds"
                    whitelist = %s
                    detectmultiagents = on
                    killdupagents = off
                [collector]
                    freq = "1s"
                [periodic]
                    freq = "30s"
                    deleteafter = "72h"
                    queuescleanupfreq = "24h"
                [directories]
                    spool = %s
                [postgres]
                %s[mq]
                    host = "%s"
                    port = %d
                    user = "%s"
                    pass = "%s"
                    vhost = "%s"
                [logging]
                    mode = "stdout"
                    level = "info"
                """.formatted(
                        HEARTBEAT.toSeconds(),
                        Ini.quote(whitelist),
                        Ini.quote(spool()),
                        postgresSection("migscheduler", passwords.migscheduler()),
                        broker.host(),
                        broker.port(),
                        BrokerUser.SCHEDULER.loginName(),
                        broker.password(BrokerUser.SCHEDULER),
                        broker.vhost()));
        return run("scheduler", "mig-scheduler", List.of(), List.of("-c", conf.toString()));
    }

    /** It demands signed requests, as in production. */
    Daemon startApi() throws IOException {
        Path conf = Secrets.write(etc("api.cfg"), """
                [authentication]
                    enabled = on
                    tokenduration = "10m"
                [server]
                    ip = "127.0.0.1"
                    port = %d
                    host = "http://localhost:%d"
                    baseroute = "/api/v1"
                [directories]
                    spool = %s
                [postgres]
                %s[logging]
                    mode = "stdout"
                    level = "info"
                """.formatted(
                        apiPort, apiPort, Ini.quote(spool()), postgresSection("migapi", passwords.migapi())));
        return run("API", "mig-api", List.of(), List.of("-c", conf.toString()));
    }

    private String postgresSection(String user, String password) {
        return """
                    host = "%s"
                    port = %d
                    dbname = "%s"
                    user = "%s"
                    password = "%s"
                    sslmode = "disable"
                    maxconn = 10
                """.formatted(postgres.host(), postgres.port(), databaseName, user, password)
                .indent(4);
    }

    /** Returns once the API answers. */
    void awaitApi(Daemon api) throws IOException {
        Wait.until("the API to answer", START_LIMIT, List.of(api), () -> new Http(url()).get("heartbeat"));
    }

    /** The scheduler's public key, once the scheduler has made one. */
    Investigator awaitSchedulerKey(Daemon scheduler) throws IOException, SQLException {
        try (Database database = openAsApi()) {
            Investigators investigators = new Investigators(database);
            return Wait.until("the scheduler's key", START_LIMIT, List.of(scheduler), () -> {
                try {
                    return investigators.active().stream()
                            .filter(investigator -> investigator.name().equals(Investigator.SCHEDULER))
                            .findFirst();
                } catch (SQLException e) {
                    throw new IOException(e);
                }
            });
        }
    }

    private Database openAsApi() throws SQLException {
        return Database.open(postgresConf("migapi", passwords.migapi(), databaseName), "mig-quickstart");
    }

    /**
     * What {@code create investigator} does, for the first one, of whom the API cannot demand a signature yet. Before the
     * API starts: it looks for new keys of others' making every few minutes only.
     */
    void register(InvestigatorKey key, Clock clock) throws SQLException {
        try (Database database = openAsApi()) {
            new Investigators(database)
                    .insert(
                            key.name(),
                            key.fingerprint().hex(),
                            key.publicKey().getBytes(java.nio.charset.StandardCharsets.US_ASCII),
                            clock.instant());
        } catch (AlreadyExistsException e) {
            // By an earlier run in the same directory: the very key that was to be registered.
        }
    }

    /** Accepts the agents that match this line, a queueloc or {@code re:} and an expression. */
    void authorize(String line) throws IOException {
        if (Files.notExists(whitelist()) || !Files.readAllLines(whitelist()).contains(line)) {
            Files.writeString(whitelist(), line + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        }
    }

    /**
     * Starts an agent that obeys these keys within this ACL. Both are built into its jar, a copy of the distribution's.
     *
     * @param name of its files and its log
     */
    Daemon startAgent(String name, List<String> publicKeys, String acl) throws IOException {
        Path home = Secrets.directory(directory.resolve(name));
        Path jar = home.resolve("mig-agent.jar");
        bake(name, publicKeys, acl, jar);
        Path conf = Secrets.write(etc(name + ".cfg"), agentSettings());
        Path runDirectory = Files.createDirectories(home.resolve("run"));
        return run(
                name,
                Distribution.command(
                        jar, List.of("-Dmig.agent.rundir=" + runDirectory), List.of("-f", "-c", conf.toString())));
    }

    private String agentSettings() {
        return """
                [agent]
                    relay = "%s"
                    api = "%s"
                    heartbeatfreq = "%ds"
                    moduletimeout = "300s"
                    isimmortal = on
                    installservice = off
                    discoverpublicip = off
                [logging]
                    mode = "stdout"
                    level = "info"
                """.formatted(broker.uri(BrokerUser.AGENT), url(), HEARTBEAT.toSeconds());
    }

    private void bake(String name, List<String> publicKeys, String acl, Path jar) throws IOException {
        StringBuilder conf = new StringBuilder(agentSettings()).append("[pgp]\n");
        int number = 0;
        for (String key : publicKeys) {
            Path file = etc(name + "-key" + ++number + ".asc");
            Files.writeString(file, key);
            conf.append("    publickey = ").append(Ini.quote(file)).append('\n');
        }
        Path permissions = etc(name + "-acl.json");
        Files.writeString(permissions, acl);
        conf.append("[acl]\n    permission = ").append(Ini.quote(permissions)).append('\n');
        Path source = Secrets.write(etc(name + "-builtin.cfg"), conf.toString());
        Files.copy(distribution.jar("mig-agent"), jar, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
        ChildProcess.succeed(
                directory,
                List.of(
                        Distribution.java(),
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        jar.toString(),
                        "ninja.mig.agent.BuiltinConfigCompiler",
                        "--into",
                        jar.toString(),
                        source.toString()));
    }

    /** Writes the configuration of an investigator's clients, {@code ~/.migrc} for others. */
    Path writeMigrc(String name, InvestigatorKey key) throws IOException {
        return Secrets.write(directory.resolve(name), """
                [api]
                    url = "%s"
                [gpg]
                    %s""".formatted(url(), key.migrc()));
    }

    /** The client that the programs of this investigator use. */
    static MigClient client(Path migrc) throws SigningException {
        ClientConf conf = ClientConf.load(migrc, Map.of());
        return ApiConnection.open(conf, signer(migrc), "quickstart", line -> {});
    }

    static ActionSigner signer(Path migrc) throws SigningException {
        return new SigningKeys(ClientConf.load(migrc, Map.of()), Map.of()).signer();
    }

    /** Returns once the API knows this many agents as online. */
    void awaitAgents(MigClient client, int count) throws IOException {
        Wait.until(count + " agents to be online", START_LIMIT, List.copyOf(running), () -> {
            try {
                return Optional.of(client.agentsByTarget("status='online' AND mode='daemon'"))
                        .filter(agents -> agents.size() >= count);
            } catch (ApiException e) {
                throw new IOException(e.getMessage(), e);
            }
        });
    }

    private Daemon run(String name, String program, List<String> javaOptions, List<String> arguments)
            throws IOException {
        return run(name, distribution.command(program, javaOptions, arguments));
    }

    private Daemon run(String name, List<String> command) throws IOException {
        Daemon daemon = Daemon.start(
                name, command, directory.resolve("log/" + name.toLowerCase(java.util.Locale.ROOT) + ".log"));
        running.add(daemon);
        return daemon;
    }

    private Path etc(String name) {
        return directory.resolve("etc").resolve(name);
    }

    private Path spool() {
        return directory.resolve("spool");
    }

    private Path whitelist() {
        return spool().resolve("agents_whitelist.txt");
    }

    /** Agents first, so that their last results still find a scheduler. */
    @Override
    public void close() throws IOException {
        IOException failure = null;
        while (!running.isEmpty()) {
            try {
                running.remove(running.size() - 1).close();
            } catch (IOException e) {
                failure = e;
            }
        }
        if (failure != null) {
            throw failure;
        }
    }
}
