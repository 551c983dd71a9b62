package ninja.mig.platform.testing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import java.sql.DriverManager;
import ninja.mig.platform.AmqpBroker;
import ninja.mig.platform.BrokerUser;
import ninja.mig.platform.PostgresServer;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(MigServices.class)
class MigServicesIT {
    private final FreshDatabase database;

    MigServicesIT(FreshDatabase database) {
        this.database = database;
    }

    @Test
    void givesADatabaseToTheClass(FreshDatabase same, PostgresServer server) throws Exception {
        assertSame(database, same);
        assertSame(database.server(), server);
        DriverManager.getConnection(database.jdbcUrl(), database.superuser(), database.superuserPassword())
                .close();
    }

    @Nested
    class InANestedClass {
        @Test
        void givesTheSameDatabase(FreshDatabase same) {
            assertSame(database, same);
        }
    }

    @Test
    void letsNoTestStopTheSharedServers(PostgresServer server, AmqpBroker broker) {
        assertThrows(IllegalStateException.class, server::restart);
        assertThrows(IllegalStateException.class, server::crash);
        assertThrows(IllegalStateException.class, broker::restart);
        assertThrows(IllegalStateException.class, broker::crash);
    }

    @Test
    void givesAServerToStop(@OwnServer PostgresServer own, @OwnServer FreshDatabase ownDatabase) throws Exception {
        assertNotEquals(database.server().port(), own.port());
        assertSame(own, ownDatabase.server());

        own.restart();

        DriverManager.getConnection(ownDatabase.jdbcUrl(), ownDatabase.superuser(), ownDatabase.superuserPassword())
                .close();
    }

    @Test
    void givesABrokerWithItsUsers(AmqpBroker broker) throws Exception {
        ConnectionFactory factory = new ConnectionFactory();
        factory.setUri(broker.uri(BrokerUser.AGENT));
        try (Connection connection = factory.newConnection()) {
            assertTrue(connection.isOpen());
        }
        assertEquals("mig", broker.vhost());
    }

    @Test
    @RealRabbitMq
    void givesRabbitMqItselfWhereAsked(AmqpBroker broker) {
        assertTrue(broker.isRabbitMq());
    }
}
