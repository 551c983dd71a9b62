package ninja.mig.quickstart;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import ninja.mig.client.ActionFollower;
import ninja.mig.client.ActionLauncher;
import ninja.mig.client.ApiException;
import ninja.mig.client.MigClient;
import ninja.mig.json.MigJson;
import ninja.mig.model.Action;
import ninja.mig.model.ActionStatus;
import ninja.mig.model.Command;
import ninja.mig.model.CommandStatus;
import ninja.mig.model.Investigator;
import ninja.mig.model.MigId;
import ninja.mig.model.Operation;
import ninja.mig.pgp.ActionSigner;
import ninja.mig.platform.AmqpBroker;
import ninja.mig.platform.BrokerUser;
import ninja.mig.platform.PrivateDirectory;
import ninja.mig.platform.testing.FreshDatabase;
import ninja.mig.platform.testing.MigServices;
import ninja.mig.platform.testing.RealRabbitMq;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;

/** An action's way from an investigator to the agents and back, through the very programs that are deployed. */
@ExtendWith(MigServices.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ActionRoundTripIT {
    private static final Duration LIFE = Duration.ofMinutes(10);
    private static final Duration LIMIT = Duration.ofSeconds(90);
    private static final String TARGET = "status='online' AND mode='daemon'";
    private static final String SECRET_TEXT = "the answer is 42";
    private static final Pattern UNAUTHORIZED =
            Pattern.compile("getHeartbeats\\(\\): Agent '([^']+)' is not authorized");

    private final Clock clock = Clock.systemUTC();
    private PrivateDirectory directory;
    private Path searched;
    private Platform platform;
    private Daemon scheduler;
    private Daemon agent;
    private MigClient client;
    private ActionSigner signer;
    private Investigator schedulerKey;
    private InvestigatorKey investigator;
    private FreshDatabase database;
    private AmqpBroker broker;
    private Path migrc;

    @BeforeAll
    void startPlatform(FreshDatabase fresh, AmqpBroker relay) throws Exception {
        database = fresh;
        broker = relay;
        directory = PrivateDirectory.temporary("mig-round-trip");
        searched = Files.createDirectory(directory.path().resolve("searched"));
        Files.writeString(searched.resolve("answer.txt"), SECRET_TEXT + "\n");
        Files.writeString(searched.resolve("other.txt"), "nothing\n");
        platform = new Platform(Distribution.find(), directory.path(), fresh.server(), fresh.name(), relay, freePort());
        platform.installSchema();
        investigator = InvestigatorKey.inFile(directory.path().resolve("investigator.asc"), clock);
        platform.register(investigator, clock);
        scheduler = platform.startScheduler();
        Daemon api = platform.startApi();
        schedulerKey = platform.awaitSchedulerKey(scheduler);
        platform.awaitApi(api);
        migrc = platform.writeMigrc("migrc", investigator);
        client = Platform.client(migrc);
        signer = Platform.signer(migrc);
        startAgentThatMustBeAuthorizedFirst();
    }

    /** The guide's way: the scheduler refuses an unknown agent, an operator reads its log and adds the agent. */
    private void startAgentThatMustBeAuthorizedFirst() throws Exception {
        agent = platform.startAgent("agent", List.of(investigator.publicKey()), acl());
        String queueLoc = Wait.until("the refusal of the unknown agent", LIMIT, List.of(scheduler), () -> {
            Matcher refusal = UNAUTHORIZED.matcher(scheduler.log());
            return refusal.find() ? Optional.of(refusal.group(1)) : Optional.empty();
        });
        assertEquals(List.of(), client.agentsByTarget(TARGET), "an agent that is not in the whitelist");
        platform.authorize(queueLoc);
        platform.awaitAgents(client, 1);
    }

    /** One signature is enough for everything but {@code ping}, which needs two. */
    private String acl() {
        return """
                {
                  "default": {"minimumweight": 1, "investigators": {
                      "Investigator": {"fingerprint": "%s", "weight": 1}}},
                  "ping": {"minimumweight": 2, "investigators": {
                      "Investigator": {"fingerprint": "%s", "weight": 1},
                      "Scheduler": {"fingerprint": "%s", "weight": 1}}}
                }
                """.formatted(investigator.fingerprint(), investigator.fingerprint(), schedulerKey.pgpFingerprint());
    }

    @AfterAll
    void stopPlatform() throws Exception {
        platform.close();
        directory.close();
    }

    @Test
    void returnsWhatTheAgentFound() throws Exception {
        Action landed = follow(launch("find the answer", search("\"contents\": [\"" + SECRET_TEXT + "\"]")));

        assertEquals(ActionStatus.COMPLETED, landed.status());
        assertEquals(1, landed.counters().success());
        Command command = onlyCommand(landed);
        assertEquals(CommandStatus.SUCCESS, command.status());
        String result = MigJson.text(command.results());
        assertTrue(result.contains(searched.resolve("answer.txt").toString()), result);
        assertFalse(result.contains("other.txt"), result);
        assertTrue(command.results().get(0).foundAnything());
    }

    @Test
    void runsEveryOperationInItsOwnPlace() throws Exception {
        Action landed = follow(launch(
                "three questions",
                search("\"names\": [\"^answer\"]"),
                search("\"names\": [\"^nowhere$\"]"),
                search("\"names\": [\"^other\"]")));

        Command command = onlyCommand(landed);
        assertEquals(3, command.results().size());
        assertTrue(command.results().get(0).foundAnything());
        assertFalse(command.results().get(1).foundAnything());
        assertTrue(MigJson.text(command.results().get(2)).contains("other.txt"));
    }

    @Test
    void agentRefusesAnActionWithoutEnoughWeight() throws Exception {
        Action landed = follow(launch(
                "ping alone",
                new Operation(
                        "ping", MigJson.tree("{\"destination\":\"127.0.0.1\",\"protocol\":\"icmp\",\"count\":1}"))));

        Command command = onlyCommand(landed);
        assertEquals(CommandStatus.FAILED, command.status());
        String text = MigJson.text(command.results());
        assertTrue(text.contains("its signers weigh 1, permission 'ping' needs 2"), text);
    }

    @Test
    void agentRunsNothingIfOneOperationIsRefused() throws Exception {
        Action landed = follow(launch(
                "search and ping",
                search("\"names\": [\"^answer\"]"),
                new Operation(
                        "ping", MigJson.tree("{\"destination\":\"127.0.0.1\",\"protocol\":\"icmp\",\"count\":1}"))));

        Command command = onlyCommand(landed);
        assertEquals(CommandStatus.FAILED, command.status());
        assertFalse(MigJson.text(command.results()).contains("answer.txt"));
    }

    @Test
    void agentRefusesAnInvestigatorItDoesNotKnow() throws Exception {
        InvestigatorKey stranger = InvestigatorKey.inFile(directory.path().resolve("stranger.asc"), clock);
        client.createInvestigator("Stranger", stranger.publicKey());
        ActionSigner strangerSigner = Platform.signer(platform.writeMigrc("stranger.migrc", stranger));
        Action draft = draft("from a stranger", search("\"names\": [\"^answer\"]"));

        Action landed = follow(new ActionLauncher(client, strangerSigner, clock).launch(draft, LIFE));

        Command command = onlyCommand(landed);
        assertEquals(CommandStatus.FAILED, command.status());
        assertTrue(MigJson.text(command.results()).contains("signature"), MigJson.text(command.results()));
    }

    @Test
    void apiRefusesATamperedAction() throws Exception {
        Action signed = new ActionLauncher(client, signer, clock)
                .sign(draft("as signed", search("\"names\": [\"^answer\"]")), clock.instant(), LIFE);
        Action tampered = Action.draft(
                        signed.name(),
                        signed.target(),
                        signed.validFrom(),
                        signed.expireAfter(),
                        List.of(search("\"names\": [\"^shadow$\"]")))
                .withSignatures(signed.pgpSignatures());

        ApiException refused = assertThrows(ApiException.class, () -> client.launch(tampered));

        assertEquals(403, refused.status(), refused.getMessage());
        assertTrue(refused.getMessage().toLowerCase(java.util.Locale.ROOT).contains("signature"), refused.getMessage());
    }

    /** Commands are out, the agent answers while nobody listens, and new actions arrive meanwhile. */
    @Test
    void losesNothingWhenTheSchedulerIsKilled() throws Exception {
        signal(agent, "STOP");
        List<MigId> launched = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            launched.add(
                    launch("survivor " + i, search("\"names\": [\"^answer\"]")).id());
        }
        for (MigId id : launched) {
            await(id, action -> action.status() == ActionStatus.INFLIGHT);
        }
        scheduler.kill();
        signal(agent, "CONT");
        for (int i = 5; i < 8; i++) {
            launched.add(
                    launch("survivor " + i, search("\"names\": [\"^answer\"]")).id());
        }

        scheduler.start();

        for (MigId id : launched) {
            Action landed = await(id, action -> action.status().isFinal());
            assertEquals(ActionStatus.COMPLETED, landed.status());
            assertEquals(1, landed.counters().sent(), "sent once: " + landed.name());
            assertEquals(1, landed.counters().success(), landed.name());
        }
    }

    private static void signal(Daemon daemon, String signal) throws IOException {
        ChildProcess.succeed(Path.of("/"), List.of("kill", "-" + signal, String.valueOf(daemon.pid())));
    }

    @Test
    void servesTheCommandLineClient() throws Exception {
        ProcessBuilder command = new ProcessBuilder(Distribution.find()
                        .command(
                                "mig",
                                List.of(),
                                List.of("file", "-y", "-path", searched.toString(), "-name", "^answer")))
                .redirectErrorStream(true)
                .redirectInput(Path.of("/dev/null").toFile());
        command.environment().put("MIGRC", migrc.toString());
        Process mig = command.start();
        String output = new String(mig.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

        assertEquals(0, mig.waitFor(), output);
        assertTrue(output.contains(searched.resolve("answer.txt").toString()), output);
    }

    @Test
    void givesTheDatabaseRolesTheGuidesRights() throws Exception {
        String api = platform.passwords().migapi();
        assertRefused("migapi", api, "SELECT privatekey FROM investigators");
        assertRefused("migapi", api, "DELETE FROM actions");
        assertRefused("migapi", api, "INSERT INTO agents (name) VALUES ('x')");
        assertRefused("migscheduler", platform.passwords().migscheduler(), "DELETE FROM actions");
        assertRefused("migscheduler", platform.passwords().migscheduler(), "DROP TABLE actions");
        assertEquals(
                "t",
                query(
                        "SELECT count(*) = 3 FROM pg_roles WHERE rolname IN"
                                + " ('migadmin', 'migscheduler', 'migapi') AND rolcanlogin AND NOT rolsuper AND NOT rolcreatedb"));
        assertEquals("f", query("SELECT rolcanlogin FROM pg_roles WHERE rolname = 'migreadonly'"));
    }

    private void assertRefused(String user, String password, String sql) throws SQLException {
        try (java.sql.Connection connection = DriverManager.getConnection(database.jdbcUrl(), user, password);
                Statement statement = connection.createStatement()) {
            SQLException refused = assertThrows(SQLException.class, () -> statement.execute(sql), user + ": " + sql);
            assertEquals("42501", refused.getSQLState(), refused.getMessage());
        }
    }

    private String query(String sql) throws SQLException {
        try (java.sql.Connection connection = DriverManager.getConnection(
                        database.jdbcUrl(), database.superuser(), database.superuserPassword());
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            assertTrue(rows.next());
            return rows.getString(1);
        }
    }

    @Test
    @RealRabbitMq
    void keepsAgentsFromEachOthersQueuesAndFromTheHeartbeats() throws Exception {
        ConnectionFactory factory = new ConnectionFactory();
        factory.setUri(broker.uri(BrokerUser.AGENT));
        factory.setAutomaticRecoveryEnabled(false);
        try (Connection agent = factory.newConnection()) {
            for (String queue : List.of("mig.agt.heartbeats", "mig.agt.results")) {
                Channel channel = agent.createChannel();
                IOException refused = assertThrows(IOException.class, () -> channel.basicGet(queue, true));
                assertTrue(String.valueOf(refused.getCause()).contains("ACCESS_REFUSED"), refused.toString());
            }
        }
    }

    /** From the signed action to MozDef, whose broker this relay's administrator plays. */
    @Test
    @RealRabbitMq
    void tellsMozDefWhoComplies() throws Exception {
        ConnectionFactory factory = new ConnectionFactory();
        factory.setUri(broker.uri(BrokerUser.ADMIN));
        factory.setAutomaticRecoveryEnabled(false);
        try (Connection mozdef = factory.newConnection();
                Daemon worker = startComplianceWorker()) {
            Channel channel = mozdef.createChannel();
            channel.exchangeDeclare("eventtask", "topic");
            channel.queueDeclare("eventtask", false, true, true, Map.of());
            channel.queueBind("eventtask", "eventtask", "mig");
            Wait.until("the worker's queue", LIMIT, List.of(worker), () -> Optional.of(worker.log())
                    .filter(log -> log.contains("\nOK\n")));
            Action draft = draft("has the answer", search("\"names\": [\"^answer\"]"));
            ObjectNode document = (ObjectNode) MigJson.toTree(draft);
            document.putObject("threat").put("family", "Compliance").put("ref", "answer1");

            Action landed = follow(
                    new ActionLauncher(client, signer, clock).launch(MigJson.bind(document, Action.class), LIFE));

            JsonNode item = MigJson.tree(Wait.until(
                            "the compliance item",
                            LIMIT,
                            List.of(worker),
                            () -> Optional.ofNullable(channel.basicGet("eventtask", true)))
                    .getBody());
            Command command = onlyCommand(landed);
            assertEquals(
                    command.agent().name() + " passes compliance with answer1",
                    item.path("summary").asText());
            JsonNode details = item.path("details");
            assertEquals(
                    "has the answer", details.path("check").path("description").asText());
            assertEquals(
                    searched.resolve("answer.txt").toString(),
                    details.path("check").path("location").asText());
            assertEquals(
                    platform.url() + "command?commandid=" + command.id(),
                    details.path("link").asText());
            channel.exchangeDelete("eventtask");
        }
    }

    private Daemon startComplianceWorker() throws IOException {
        String login = "    host = \"%s\"\n    port = %d\n    vhost = \"%s\"\n"
                .formatted(broker.host(), broker.port(), broker.vhost());
        Path conf = Secrets.write(directory.path().resolve("worker.cfg"), """
                [mq]
                %s    user = "worker"
                    pass = "%s"
                [mozdef]
                %s    user = "admin"
                    pass = "%s"
                    exchange = "eventtask"
                    routingkey = "mig"
                [api]
                    host = "%s"
                """.formatted(
                login, broker.password(BrokerUser.WORKER), login, broker.password(BrokerUser.ADMIN), platform.url()));
        return Daemon.start(
                "worker",
                Distribution.find().command("mig-worker", List.of(), List.of("compliance-item", "-c", conf.toString())),
                directory.path().resolve("log/worker.log"));
    }

    private Action launch(String name, Operation... operations) throws Exception {
        return new ActionLauncher(client, signer, clock).launch(draft(name, operations), LIFE);
    }

    private Action draft(String name, Operation... operations) {
        Instant now = clock.instant();
        return Action.draft(name, TARGET, now, now.plus(LIFE), List.of(operations));
    }

    private Operation search(String checks) throws Exception {
        return new Operation(
                "file",
                MigJson.tree("{\"searches\": {\"s1\": {\"paths\": [\"" + searched + "\"], " + checks
                        + ", \"options\": {\"matchall\": true, \"returnsha256\": true}}}}"));
    }

    private Action follow(Action launched) throws Exception {
        return followId(launched.id());
    }

    private Action followId(MigId id) throws Exception {
        PrintStream nowhere = new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8);
        new ActionFollower(client, nowhere, false, clock).follow(id);
        return await(id, action -> action.status().isFinal());
    }

    private Action await(MigId id, Predicate<Action> state) throws IOException {
        return Wait.until("action " + id, LIMIT, List.of(scheduler), () -> {
            try {
                return Optional.of(client.action(id)).filter(state);
            } catch (ApiException e) {
                throw new IOException(e);
            }
        });
    }

    private Command onlyCommand(Action action) throws ApiException {
        List<Command> commands = new ArrayList<>();
        client.eachCommand(action.id(), MigClient.Show.ALL, commands::add);
        assertEquals(1, commands.size());
        return commands.get(0);
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
