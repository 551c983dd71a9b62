package ninja.mig.platform.testing;

import java.util.EnumMap;
import java.util.Map;
import java.util.OptionalInt;
import ninja.mig.platform.AmqpBroker;
import ninja.mig.platform.BrokerUser;

/** A broker that all tests of this JVM use, and that none of them may stop. */
record SharedBroker(
        String host,
        int port,
        String vhost,
        Map<BrokerUser, String> passwords,
        boolean isRabbitMq,
        String description,
        AutoCloseable owner)
        implements AmqpBroker {

    static SharedBroker of(AmqpBroker broker, AutoCloseable owner) {
        Map<BrokerUser, String> passwords = new EnumMap<>(BrokerUser.class);
        for (BrokerUser user : BrokerUser.values()) {
            passwords.put(user, broker.password(user));
        }
        return new SharedBroker(
                broker.host(),
                broker.port(),
                broker.vhost(),
                passwords,
                broker.isRabbitMq(),
                broker.description(),
                owner);
    }

    @Override
    public OptionalInt tlsPort() {
        return OptionalInt.empty();
    }

    @Override
    public String password(BrokerUser user) {
        return passwords.get(user);
    }

    @Override
    public void stop() {
        throw refusal();
    }

    @Override
    public void crash() {
        throw refusal();
    }

    @Override
    public void start() {
        throw refusal();
    }

    @Override
    public void close() {
        throw refusal();
    }

    private static IllegalStateException refusal() {
        return new IllegalStateException("other tests use this broker too: ask for an @OwnServer AmqpBroker");
    }

    /** The passwords stay out of test reports. */
    @Override
    public String toString() {
        return description + " on " + host + ":" + port;
    }
}
