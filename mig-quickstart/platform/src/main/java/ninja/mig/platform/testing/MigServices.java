package ninja.mig.platform.testing;

import ninja.mig.platform.AmqpBroker;
import ninja.mig.platform.PostgresServer;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * Gives tests their servers: {@code @ExtendWith(MigServices.class)} and a parameter (of a constructor, {@code
 * @BeforeAll} or test method) of type {@link PostgresServer}, {@link AmqpBroker} or {@link FreshDatabase}.
 *
 * <p>One server of each kind serves all tests of a JVM; a test class gets a database of its own (the same for all its
 * parameters) and finds the queues of agents' heartbeats and results deleted. With {@link OwnServer} the server is the
 * class's own. In this order a server comes from:
 *
 * <ol>
 *   <li>the environment: {@code MIG_TEST_PG_URL} (a JDBC URL without the database's name), {@code MIG_TEST_PG_USER}, {@code
 *       MIG_TEST_PG_PASSWORD}; {@code MIG_TEST_AMQP_URI} ({@code amqp://host:port/mig}) and {@code
 *       MIG_TEST_AMQP_PASSWORDS} ({@code admin=...,scheduler=...,agent=...,api=...,worker=...});
 *   <li>Docker, if an engine answers;
 *   <li>a process of this machine's own PostgreSQL or RabbitMQ, or an embedded one.
 * </ol>
 */
public final class MigServices implements ParameterResolver, ExecutionCondition {
    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
        throw new IllegalStateException("not there");
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        throw new IllegalStateException("not there");
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        throw new IllegalStateException("not there");
    }
}
