package ninja.mig.platform.testing;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import ninja.mig.platform.BrokerUser;
import ninja.mig.platform.Servers;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.wait.strategy.Wait;
import org.testcontainers.images.builder.Transferable;
import org.testcontainers.postgresql.PostgreSQLContainer;
import org.testcontainers.utility.DockerImageName;

/** Servers in containers. */
final class DockerServers {
    private static final DockerImageName POSTGRES = DockerImageName.parse("postgres:15-alpine");
    private static final DockerImageName RABBITMQ = DockerImageName.parse("rabbitmq:3.13-alpine");

    private DockerServers() {}

    /** Asks for an engine only where something hints at one: asking in vain takes a second and logs an error. */
    static boolean available() {
        if (Boolean.getBoolean("mig.test.nodocker")) {
            return false;
        }
        Path home = Path.of(System.getProperty("user.home"));
        boolean hint = System.getenv("DOCKER_HOST") != null
                || Files.exists(Path.of("/var/run/docker.sock"))
                || Files.exists(home.resolve(".docker/run/docker.sock"))
                || Files.exists(home.resolve(".testcontainers.properties"));
        return hint && DockerClientFactory.instance().isDockerAvailable();
    }

    static SharedPostgres postgres() {
        PostgreSQLContainer container = new PostgreSQLContainer(POSTGRES);
        container.start();
        return new SharedPostgres(
                container.getHost(),
                container.getMappedPort(5432),
                container.getUsername(),
                container.getPassword(),
                "PostgreSQL (Docker, " + POSTGRES + ")",
                container::stop);
    }

    static SharedBroker broker() {
        Map<BrokerUser, String> passwords = BrokerUser.randomPasswords();
        GenericContainer<?> container = new GenericContainer<>(RABBITMQ)
                .withExposedPorts(5672)
                .withCopyToContainer(Transferable.of(Servers.rabbitMqDefinitions(passwords)), "/etc/rabbitmq/mig.json")
                .withCopyToContainer(
                        Transferable.of("loopback_users = none\nload_definitions = /etc/rabbitmq/mig.json\n"),
                        "/etc/rabbitmq/conf.d/20-mig.conf")
                .waitingFor(
                        Wait.forLogMessage(".*Server startup complete.*", 1).withStartupTimeout(Duration.ofMinutes(2)));
        container.start();
        return new SharedBroker(
                container.getHost(),
                container.getMappedPort(5672),
                "mig",
                passwords,
                true,
                "RabbitMQ (Docker, " + RABBITMQ + ")",
                container::stop);
    }
}
