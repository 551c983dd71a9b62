package ninja.mig.platform.testing;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.ShutdownSignalException;
import java.io.IOException;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeoutException;
import ninja.mig.platform.AmqpBroker;
import ninja.mig.platform.BrokerUser;
import ninja.mig.platform.PostgresServer;
import ninja.mig.platform.Servers;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ExtensionContext.Store;
import org.junit.jupiter.api.extension.ExtensionContext.StoreScope;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolutionException;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.platform.commons.support.AnnotationSupport;

/**
 * Gives tests their servers: {@code @ExtendWith(MigServices.class)} and a parameter (of a constructor, {@code
 * @BeforeAll} or test method) of type {@link PostgresServer}, {@link AmqpBroker} or {@link FreshDatabase}.
 *
 * <p>One server of each kind serves all tests of a JVM; a test class gets a database of its own (the same for all its
 * parameters) and finds the queues of agents' heartbeats and results deleted. With {@link OwnServer} the server is the
 * class's own. In this order a server comes from:
 *
 * <ol>
 *   <li>the environment: {@code MIG_TEST_PG_URL} (a JDBC URL without the database's name), {@code MIG_TEST_PG_USER},
 *       {@code MIG_TEST_PG_PASSWORD}; {@code MIG_TEST_AMQP_URI} ({@code amqp://host:port/mig}) and {@code
 *       MIG_TEST_AMQP_PASSWORDS} ({@code admin=...,scheduler=...,agent=...,api=...,worker=...});
 *   <li>Docker, if an engine answers;
 *   <li>a process of this machine's own PostgreSQL or RabbitMQ, or an embedded one.
 * </ol>
 */
public final class MigServices implements ParameterResolver, ExecutionCondition {
    /** Begins the reason of every skip for want of RabbitMQ; {@code run-tests} counts them in the reports. */
    static final String SKIPPED = "NOT RUN, needs a real RabbitMQ";

    private static final String REASON = SKIPPED + ": apt-get install rabbitmq-server";
    private static final Namespace NAMESPACE = Namespace.create(MigServices.class);
    private static final List<String> COMMON_QUEUES = List.of("mig.agt.heartbeats", "mig.agt.results");

    private final EnvironmentServers environment = new EnvironmentServers(System.getenv());

    /** What a store holds: the value for the tests, and what to close at the end of the store's life. */
    private record Held<T>(T value, AutoCloseable owner) implements AutoCloseable {
        @Override
        public void close() throws Exception {
            owner.close();
        }
    }

    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
        boolean real = context.getElement()
                .flatMap(element -> AnnotationSupport.findAnnotation(element, RealRabbitMq.class))
                .isPresent();
        if (!real || environment.namesBroker() || Servers.hasRabbitMq() || DockerServers.available()) {
            return ConditionEvaluationResult.enabled("its servers can be had");
        }
        System.err.println("### " + context.getDisplayName() + ": " + REASON);
        return ConditionEvaluationResult.disabled(REASON);
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        Class<?> type = parameter.getParameter().getType();
        return type == PostgresServer.class || type == AmqpBroker.class || type == FreshDatabase.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        Class<?> type = parameter.getParameter().getType();
        boolean own = parameter.isAnnotated(OwnServer.class);
        if (type == AmqpBroker.class) {
            return own ? ownBroker(context) : sharedBroker(context);
        }
        PostgresServer server = own ? ownPostgres(context) : sharedPostgres(context);
        return type == PostgresServer.class ? server : database(context, server, own);
    }

    private PostgresServer sharedPostgres(ExtensionContext context) {
        return held(jvm(context), "postgres", () -> {
            SharedPostgres server = startPostgres();
            return new Held<>(server, server.owner());
        });
    }

    private SharedPostgres startPostgres() throws IOException {
        Optional<SharedPostgres> named = environment.postgres();
        if (named.isPresent()) {
            return named.get();
        }
        if (DockerServers.available()) {
            return DockerServers.postgres();
        }
        LocalServers.Owned<PostgresServer> local = LocalServers.postgres();
        return SharedPostgres.of(local.server(), local);
    }

    private PostgresServer ownPostgres(ExtensionContext context) {
        return held(testClass(context), "own postgres", () -> {
            LocalServers.Owned<PostgresServer> local = LocalServers.postgres();
            return new Held<>(local.server(), local);
        });
    }

    private AmqpBroker sharedBroker(ExtensionContext context) {
        AmqpBroker broker = held(jvm(context), "broker", () -> {
            SharedBroker started = startBroker();
            return new Held<>(started, started.owner());
        });
        held(testClass(context), "empty queues", () -> {
            deleteCommonQueues(broker);
            return new Held<>(broker, () -> {});
        });
        return broker;
    }

    private SharedBroker startBroker() throws IOException {
        Optional<SharedBroker> named = environment.broker();
        if (named.isPresent()) {
            return named.get();
        }
        if (DockerServers.available()) {
            return DockerServers.broker();
        }
        LocalServers.Owned<AmqpBroker> local = LocalServers.broker();
        return SharedBroker.of(local.server(), local);
    }

    private AmqpBroker ownBroker(ExtensionContext context) {
        return held(testClass(context), "own broker", () -> {
            LocalServers.Owned<AmqpBroker> local = LocalServers.broker();
            return new Held<>(local.server(), local);
        });
    }

    private FreshDatabase database(ExtensionContext context, PostgresServer server, boolean own) {
        return held(testClass(context), own ? "own database" : "database", () -> {
            String name = "mig_"
                    + shortName(context.getRequiredTestClass())
                    + "_" + UUID.randomUUID().toString().substring(0, 8);
            execute(server, "CREATE DATABASE \"" + name + "\"");
            FreshDatabase database = new FreshDatabase(server, name);
            AutoCloseable owner = own ? () -> {} : () -> execute(server, "DROP DATABASE \"" + name + "\" WITH (FORCE)");
            return new Held<>(database, owner);
        });
    }

    /** Names of databases end at 63 characters. */
    private static String shortName(Class<?> test) {
        String name = test.getSimpleName().toLowerCase(Locale.ROOT);
        return name.substring(0, Math.min(name.length(), 40));
    }

    private static void execute(PostgresServer server, String sql) throws SQLException {
        try (java.sql.Connection connection = DriverManager.getConnection(
                        server.jdbcUrl("postgres"), server.superuser(), server.superuserPassword());
                java.sql.Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static void deleteCommonQueues(AmqpBroker broker) throws IOException, TimeoutException {
        ConnectionFactory factory = new ConnectionFactory();
        factory.setHost(broker.host());
        factory.setPort(broker.port());
        factory.setVirtualHost(broker.vhost());
        factory.setUsername(BrokerUser.ADMIN.loginName());
        factory.setPassword(broker.password(BrokerUser.ADMIN));
        factory.setAutomaticRecoveryEnabled(false);
        for (String queue : COMMON_QUEUES) {
            try (Connection connection = factory.newConnection("mig-tests")) {
                delete(connection.createChannel(), queue);
            }
        }
    }

    /** Deleting a queue that is not there is an error on the embedded broker, and the very state that is wanted. */
    private static void delete(Channel channel, String queue) throws IOException {
        try {
            channel.queueDelete(queue);
        } catch (IOException e) {
            if (!(e.getCause() instanceof ShutdownSignalException closed)
                    || !closed.getReason().toString().contains("404")) {
                throw e;
            }
        }
    }

    /** Maven has each class of several JVMs run by itself: the root context ends with the class. */
    private static Store jvm(ExtensionContext context) {
        return context.getStore(StoreScope.LAUNCHER_SESSION, NAMESPACE);
    }

    /** The outermost class: nested classes share its servers. */
    private static Store testClass(ExtensionContext context) {
        ExtensionContext current = context;
        while (current.getParent().isPresent() && current.getParent().get() != context.getRoot()) {
            current = current.getParent().get();
        }
        return current.getStore(NAMESPACE);
    }

    private interface Opening<T> {
        Held<T> open() throws Exception;
    }

    /** A type token is not to be had for a generic record; the key decides the type. */
    @SuppressWarnings("unchecked")
    private static <T> T held(Store store, String key, Opening<? extends T> opening) {
        return ((Held<T>) store.getOrComputeIfAbsent(key, k -> open(key, opening))).value();
    }

    private static Held<?> open(String key, Opening<?> opening) {
        try {
            return opening.open();
        } catch (Exception e) {
            throw new ParameterResolutionException("no " + key + " for the tests: " + e.getMessage(), e);
        }
    }
}
