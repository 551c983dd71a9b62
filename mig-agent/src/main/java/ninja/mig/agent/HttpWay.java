package ninja.mig.agent;

import java.io.IOException;
import java.net.Authenticator;
import java.net.HttpURLConnection;
import java.net.InetSocketAddress;
import java.net.PasswordAuthentication;
import java.net.Proxy;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import ninja.mig.relay.ConnectProxy;

/** A way to the API: directly, or by a proxy, to which the agent introduces itself if it has a password for it. */
final class HttpWay {
    private final Proxy proxy;
    private final Login login;

    static {
        // Java does not show a password to a proxy that shall tunnel to https, unless this says that it may. Only the
        // built-in proxies ever get one, and they get it for the relay in the same way.
        System.setProperty("jdk.http.auth.tunneling.disabledSchemes", "");
    }

    private HttpWay(Proxy proxy, Optional<String> credentials) {
        this.proxy = proxy;
        this.login = new Login(credentials);
    }

    /** In the order in which they are tried: the direct one first. */
    static List<HttpWay> all(List<ConnectProxy> proxies) {
        return Stream.concat(
                        Stream.of(new HttpWay(Proxy.NO_PROXY, Optional.empty())),
                        proxies.stream().map(HttpWay::through))
                .toList();
    }

    private static HttpWay through(ConnectProxy proxy) {
        InetSocketAddress address = InetSocketAddress.createUnresolved(proxy.host(), proxy.port());
        return new HttpWay(new Proxy(Proxy.Type.HTTP, address), proxy.credentials());
    }

    /**
     * A connection of a question that is not made yet.
     *
     * @param limit of its making, and of each read
     */
    HttpURLConnection open(HttpQuestions.Asking asking, URI resource, Duration limit) throws IOException {
        HttpURLConnection connection = asking.open(resource, proxy);
        connection.setAuthenticator(login);
        connection.setConnectTimeout((int) limit.toMillis());
        connection.setReadTimeout((int) limit.toMillis());
        return connection;
    }

    /** Answers the way's proxy alone; an API that asks for a password gets none. */
    private static final class Login extends Authenticator {
        private final Optional<String> credentials;

        Login(Optional<String> credentials) {
            this.credentials = credentials;
        }

        @Override
        protected PasswordAuthentication getPasswordAuthentication() {
            if (getRequestorType() != RequestorType.PROXY || credentials.isEmpty()) {
                return null;
            }
            String[] login = credentials.get().split(":", 2);
            return new PasswordAuthentication(login[0], (login.length > 1 ? login[1] : "").toCharArray());
        }
    }
}
