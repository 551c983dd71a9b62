package ninja.mig.platform.testing;

import java.net.URI;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import ninja.mig.platform.BrokerUser;

/** Servers that somebody else started and named in the environment of the tests. */
final class EnvironmentServers {
    private static final String JDBC = "jdbc:postgresql://";

    private final Map<String, String> environment;

    EnvironmentServers(Map<String, String> environment) {
        this.environment = environment;
    }

    Optional<SharedPostgres> postgres() {
        return variable("MIG_TEST_PG_URL").map(url -> {
            if (!url.startsWith(JDBC)) {
                throw new IllegalArgumentException("MIG_TEST_PG_URL is '" + url + "', expected " + JDBC + "host:port/");
            }
            URI uri = URI.create("postgresql://" + url.substring(JDBC.length()));
            return new SharedPostgres(
                    uri.getHost(),
                    uri.getPort() < 0 ? 5432 : uri.getPort(),
                    variable("MIG_TEST_PG_USER").orElse("postgres"),
                    variable("MIG_TEST_PG_PASSWORD").orElse(""),
                    "PostgreSQL of MIG_TEST_PG_URL",
                    () -> {});
        });
    }

    boolean namesBroker() {
        return variable("MIG_TEST_AMQP_URI").isPresent();
    }

    Optional<SharedBroker> broker() {
        return variable("MIG_TEST_AMQP_URI").map(text -> {
            URI uri = URI.create(text);
            if (!"amqp".equals(uri.getScheme()) || uri.getHost() == null) {
                throw new IllegalArgumentException(
                        "MIG_TEST_AMQP_URI is '" + text + "', expected amqp://host:port/vhost");
            }
            String path = Optional.ofNullable(uri.getPath()).orElse("");
            return new SharedBroker(
                    uri.getHost(),
                    uri.getPort() < 0 ? 5672 : uri.getPort(),
                    path.length() > 1 ? path.substring(1) : "mig",
                    passwords(),
                    true,
                    "RabbitMQ of MIG_TEST_AMQP_URI",
                    () -> {});
        });
    }

    private Map<BrokerUser, String> passwords() {
        Map<BrokerUser, String> passwords = new EnumMap<>(BrokerUser.class);
        for (String pair : variable("MIG_TEST_AMQP_PASSWORDS").orElse("").split(",")) {
            int equals = pair.indexOf('=');
            if (equals > 0) {
                passwords.put(
                        BrokerUser.valueOf(pair.substring(0, equals).trim().toUpperCase(Locale.ROOT)),
                        pair.substring(equals + 1).trim());
            }
        }
        if (passwords.size() < BrokerUser.values().length) {
            throw new IllegalArgumentException("MIG_TEST_AMQP_PASSWORDS has no password for each user, expected"
                    + " admin=...,scheduler=...,agent=...,api=...,worker=...");
        }
        return passwords;
    }

    private Optional<String> variable(String name) {
        return Optional.ofNullable(environment.get(name)).filter(value -> !value.isBlank());
    }
}
