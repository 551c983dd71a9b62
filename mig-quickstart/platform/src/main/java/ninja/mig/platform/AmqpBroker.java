package ninja.mig.platform;

import java.io.IOException;
import java.util.OptionalInt;

/** An AMQP 0-9-1 broker with the virtual host, the users and the permissions of the deployment guide. */
public interface AmqpBroker extends AutoCloseable {
    String host();

    int port();

    /** Port of the AMQPS listener, which demands client certificates; empty if the broker was started without TLS. */
    OptionalInt tlsPort();

    String vhost();

    String password(BrokerUser user);

    /** RabbitMQ, as in production; false for a stand-in that follows it only so far. */
    boolean isRabbitMq();

    /** Which broker this is, for people: {@code RabbitMQ (/usr/lib/rabbitmq/bin/rabbitmq-server)}. */
    String description();

    /** Stops in an orderly way. Queues and persistent messages outlive it on RabbitMQ, not on the embedded stand-in. */
    void stop() throws IOException;

    /** Kills the broker. */
    void crash() throws IOException;

    /** Starts again after {@link #stop} or {@link #crash}, on the same port; returns once logins succeed. */
    void start() throws IOException;

    @Override
    void close() throws IOException;

    default void restart() throws IOException {
        stop();
        start();
    }

    /** As the configurations of the programs take it; contains the password. */
    default String uri(BrokerUser user) {
        return "amqp://" + user.loginName() + ":" + password(user) + "@" + host() + ":" + port() + "/" + vhost();
    }
}
