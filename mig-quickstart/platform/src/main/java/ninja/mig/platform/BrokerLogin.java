package ninja.mig.platform;

import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.concurrent.TimeoutException;

/** Logs in to a broker, the proof that it serves. */
final class BrokerLogin {
    static final String VHOST = "mig";
    private static final Duration POLL = Duration.ofMillis(50);

    /** What a broker that starts is asked meanwhile: throws once it can no longer come up. */
    interface Liveness {
        void check() throws IOException;
    }

    private BrokerLogin() {}

    /** Returns once the administrator can log in. */
    static void await(int port, String adminPassword, Duration limit, Liveness liveness) throws IOException {
        long deadline = System.nanoTime() + limit.toNanos();
        IOException last = new IOException("nothing listens on port " + port);
        while (System.nanoTime() < deadline) {
            liveness.check();
            if (Loopback.listens(port)) {
                try {
                    login(port, adminPassword);
                    return;
                } catch (IOException e) {
                    last = e;
                }
            }
            pause();
        }
        throw new IOException("the broker did not accept logins within " + limit.toSeconds() + " s", last);
    }

    private static void login(int port, String password) throws IOException {
        ConnectionFactory factory = new ConnectionFactory();
        factory.setHost(Loopback.ADDRESS);
        factory.setPort(port);
        factory.setVirtualHost(VHOST);
        factory.setUsername(BrokerUser.ADMIN.loginName());
        factory.setPassword(password);
        factory.setConnectionTimeout(5_000);
        factory.setHandshakeTimeout(10_000);
        factory.setAutomaticRecoveryEnabled(false);
        try (Connection connection = factory.newConnection("mig-platform")) {
            connection.createChannel().abort();
        } catch (TimeoutException e) {
            throw new IOException("the broker does not answer a login", e);
        }
    }

    private static void pause() throws IOException {
        try {
            Thread.sleep(POLL.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while the broker started");
        }
    }
}
