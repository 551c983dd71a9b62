package ninja.mig.platform.testing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;
import ninja.mig.platform.BrokerUser;
import org.junit.jupiter.api.Test;

class EnvironmentServersTest {
    @Test
    void takesServersFromTheEnvironment() {
        EnvironmentServers servers = new EnvironmentServers(Map.of(
                "MIG_TEST_PG_URL", "jdbc:postgresql://db.example.net:5433/",
                "MIG_TEST_PG_PASSWORD", "secret",
                "MIG_TEST_AMQP_URI", "amqp://relay.example.net:5673/mig",
                "MIG_TEST_AMQP_PASSWORDS", "admin=a,scheduler=s,agent=g,api=p,worker=w"));

        assertEquals(
                "jdbc:postgresql://db.example.net:5433/x",
                servers.postgres().orElseThrow().jdbcUrl("x"));
        assertEquals(
                "amqp://agent:g@relay.example.net:5673/mig",
                servers.broker().orElseThrow().uri(BrokerUser.AGENT));
    }

    @Test
    void keepsPasswordsOutOfReports() {
        EnvironmentServers servers = new EnvironmentServers(
                Map.of("MIG_TEST_PG_URL", "jdbc:postgresql://h:1/", "MIG_TEST_PG_PASSWORD", "secret"));

        assertEquals(
                "PostgreSQL of MIG_TEST_PG_URL on h:1",
                servers.postgres().orElseThrow().toString());
    }

    @Test
    void takesNothingFromAnEmptyEnvironment() {
        EnvironmentServers servers = new EnvironmentServers(Map.of("MIG_TEST_PG_URL", ""));

        assertTrue(servers.postgres().isEmpty());
        assertTrue(servers.broker().isEmpty());
    }

    @Test
    void refusesABrokerWithoutAllPasswords() {
        EnvironmentServers servers = new EnvironmentServers(
                Map.of("MIG_TEST_AMQP_URI", "amqp://relay:5672/mig", "MIG_TEST_AMQP_PASSWORDS", "agent=g"));

        assertThrows(IllegalArgumentException.class, servers::broker);
    }

    @Test
    void refusesAnotherKindOfAddress() {
        assertThrows(
                IllegalArgumentException.class,
                new EnvironmentServers(Map.of("MIG_TEST_PG_URL", "http://h:1/"))::postgres);
        assertThrows(
                IllegalArgumentException.class,
                new EnvironmentServers(Map.of("MIG_TEST_AMQP_URI", "http://h:1/"))::broker);
    }
}
