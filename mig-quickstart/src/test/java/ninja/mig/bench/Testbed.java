package ninja.mig.bench;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import ninja.mig.database.PostgresConf;
import ninja.mig.database.Schema;
import ninja.mig.fleet.RelayLogin;
import ninja.mig.platform.AmqpBroker;
import ninja.mig.platform.BrokerUser;
import ninja.mig.platform.Durability;
import ninja.mig.platform.PostgresServer;
import ninja.mig.platform.PrivateDirectory;
import ninja.mig.platform.Servers;
import ninja.mig.platform.testing.Await;
import ninja.mig.quickstart.Daemon;
import ninja.mig.runtime.Closer;

/**
 * A broker and a database of our own, with the users, the permissions and the schema of the deployment guide and the
 * servers' usual durability, and the scheduler under test on them.
 */
final class Testbed implements AutoCloseable {
    static final String HEARTBEATS = "mig.agt.heartbeats";
    static final String RESULTS = "mig.agt.results";
    static final int MAX_CONN = 10;
    private static final Duration BUSY_BROKER = Duration.ofMinutes(2);
    private static final String DATABASE = "mig";
    private static final Schema.Passwords PASSWORDS = new Schema.Passwords("admin", "scheduler", "api");

    private final SchedulerProgram program;
    private final Closer closer;
    private final Path directory;
    private final AmqpBroker broker;
    private final PostgresServer postgres;
    private final ProcessTree database;
    private final java.sql.Connection superuser;
    private int schedulers;

    private Testbed(SchedulerProgram program, Closer closer) throws IOException, SQLException {
        this.program = program;
        this.closer = closer;
        this.directory =
                closer.register(PrivateDirectory.temporary("mig-bench")).path();
        this.broker = closer.register(
                Servers.broker(directory.resolve("broker"), BrokerUser.randomPasswords(), Optional.empty()));
        this.postgres = closer.register(Servers.postgres(directory.resolve("postgres"), Durability.DURABLE));
        this.database =
                new ProcessTree(Long.parseLong(Files.readAllLines(directory.resolve("postgres/data/postmaster.pid"))
                        .get(0)));
        Schema.install(conf("postgres", postgres.superuser(), postgres.superuserPassword()), DATABASE, PASSWORDS);
        this.superuser = closer.register(DriverManager.getConnection(
                postgres.jdbcUrl(DATABASE), postgres.superuser(), postgres.superuserPassword()));
    }

    static Testbed start(SchedulerProgram program) throws Exception {
        if (!Servers.hasRabbitMq()) {
            throw new IOException("RabbitMQ is not installed: apt-get install rabbitmq-server (nothing to configure)");
        }
        Closer closer = new Closer();
        Runtime.getRuntime().addShutdownHook(new Thread(closer::closeLogging, "stop servers"));
        Testbed testbed = new Testbed(program, closer);
        testbed.declareTopology();
        return testbed;
    }

    /** As the scheduler declares it: messages can wait before it runs. */
    private void declareTopology() throws IOException, TimeoutException {
        try (Connection connection = connect()) {
            declareTopology(connection.createChannel());
        }
    }

    static void declareTopology(Channel channel) throws IOException {
        channel.exchangeDeclare("mig", "direct", true);
        channel.exchangeDeclare("migevent", "topic", true);
        for (String queue : List.of(HEARTBEATS, RESULTS)) {
            channel.queueDeclare(queue, true, false, false, null);
            channel.queueBind(queue, "mig", queue);
        }
    }

    /** To the broker, with a scheduler's rights. */
    Connection connect() throws IOException, TimeoutException {
        return connect(BrokerUser.SCHEDULER);
    }

    Connection connect(BrokerUser user) throws IOException, TimeoutException {
        return connect(broker, user);
    }

    static Connection connect(AmqpBroker broker, BrokerUser user) throws IOException, TimeoutException {
        ConnectionFactory factory = new ConnectionFactory();
        factory.setHost(broker.host());
        factory.setPort(broker.port());
        factory.setVirtualHost(broker.vhost());
        factory.setUsername(user.loginName());
        factory.setPassword(broker.password(user));
        factory.setAutomaticRecoveryEnabled(false);
        factory.setHandshakeTimeout((int) BUSY_BROKER.toMillis());
        return factory.newConnection("mig-bench");
    }

    RelayLogin agentsLogin() {
        return RelayLogin.of(broker);
    }

    AmqpBroker broker() {
        return broker;
    }

    /** Which servers these are, for people. */
    String description() {
        return broker.description() + ", " + postgres.description();
    }

    private PostgresConf conf(String database, String user, String password) {
        return new PostgresConf(postgres.host(), postgres.port(), database, user, password, "disable", MAX_CONN);
    }

    PostgresConf schedulersDatabase() {
        return conf(DATABASE, "migscheduler", PASSWORDS.migscheduler());
    }

    /** For looking at the database, by one thread. */
    java.sql.Connection superuser() {
        return superuser;
    }

    void sql(String statement) throws SQLException {
        try (Statement run = superuser.createStatement()) {
            run.execute(statement);
        }
    }

    Path spool() {
        return directory.resolve("spool");
    }

    /** Returns once it takes heartbeats. */
    RunningScheduler startScheduler(List<String> whitelist) throws Exception {
        RunningScheduler scheduler = launchScheduler(whitelist);
        try (Connection connection = connect()) {
            Channel channel = connection.createChannel();
            Await.closely("the scheduler to take heartbeats", Duration.ofSeconds(60), () -> {
                scheduler.requireAlive();
                return channel.consumerCount(HEARTBEATS) > 0;
            });
        }
        return scheduler;
    }

    /** Returns at once. */
    RunningScheduler launchScheduler(List<String> whitelist) throws IOException {
        String name = "scheduler-" + ++schedulers;
        Path whitelistFile = Files.write(directory.resolve("whitelist.txt"), whitelist);
        Path conf = Files.writeString(directory.resolve(name + ".cfg"), """
                [agent]
                timeout = "30m"
                heartbeatfreq = "5m"
                whitelist = "%s"
                detectmultiagents = off
                killdupagents = off
                [collector]
                freq = "1s"
                [periodic]
                freq = "87s"
                deleteafter = "72h"
                queuescleanupfreq = "24h"
                [directories]
                spool = "%s"
                tmp = "%s"
                [postgres]
                host = "%s"
                port = %d
                dbname = "%s"
                user = "migscheduler"
                password = "%s"
                sslmode = "disable"
                maxconn = %d
                [mq]
                host = "%s"
                port = %d
                user = "scheduler"
                pass = "%s"
                vhost = "%s"
                [logging]
                mode = "stdout"
                level = "info"
                """.formatted(
                        whitelistFile,
                        spool(),
                        Files.createDirectories(spool().resolve("tmp")),
                        postgres.host(),
                        postgres.port(),
                        DATABASE,
                        PASSWORDS.migscheduler(),
                        MAX_CONN,
                        broker.host(),
                        broker.port(),
                        broker.password(BrokerUser.SCHEDULER),
                        broker.vhost()));
        Path gcLog = directory.resolve(name + "-gc.log");
        Daemon daemon = Daemon.start("scheduler", program.commandLine(conf, gcLog), directory.resolve(name + ".log"));
        return closer.register(new RunningScheduler(daemon, gcLog));
    }

    /** Returns once it answers. */
    RunningApi startApi() throws Exception {
        return closer.register(RunningApi.start(directory, spool(), conf(DATABASE, "migapi", PASSWORDS.migapi())));
    }

    Cpu cpu(RunningScheduler scheduler) throws IOException {
        return serversCpu(scheduler.cpuSeconds());
    }

    /** Without a scheduler. */
    Cpu cpu() throws IOException {
        return serversCpu(0);
    }

    private Cpu serversCpu(double scheduler) throws IOException {
        double brokerSeconds = 0;
        for (ProcessHandle child : ProcessHandle.current().children().toList()) {
            if (child.info().commandLine().orElse("").contains("rabbitmq")) {
                brokerSeconds += new ProcessTree(child.pid()).cpuSeconds();
            }
        }
        return new Cpu(scheduler, database.cpuSeconds(), brokerSeconds, ProcessTree.ownCpuSeconds());
    }

    @Override
    public void close() throws Exception {
        closer.close();
    }
}
