package ninja.mig.fleet;

import ninja.mig.platform.AmqpBroker;
import ninja.mig.platform.BrokerUser;

/** Where the relay is, and who asks. */
public record RelayLogin(String host, int port, String vhost, String user, String password) {
    /** With an agent's rights. */
    public static RelayLogin of(AmqpBroker broker) {
        return of(broker, BrokerUser.AGENT);
    }

    public static RelayLogin of(AmqpBroker broker, BrokerUser user) {
        return new RelayLogin(broker.host(), broker.port(), broker.vhost(), user.loginName(), broker.password(user));
    }

    @Override
    public String toString() {
        return user + "@" + host + ":" + port + "/" + vhost;
    }
}
