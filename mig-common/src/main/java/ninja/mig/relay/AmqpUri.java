package ninja.mig.relay;

import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import ninja.mig.model.RejectedException;

/**
 * The relay as an agent is told it: {@code amqp[s]://user:password@host:port/vhost}. User, password and virtual host are
 * percent-encoded; without one the virtual host is {@code /}, the user and the password {@code guest}.
 */
public record AmqpUri(boolean tls, String host, int port, String user, String password, String vhost) {
    private static final String FORM = "amqp[s]://user:password@host:port/vhost";

    /** @throws RejectedException if it has another form; the message does not repeat the text, which holds a password */
    public static AmqpUri parse(String text) throws RejectedException {
        URI uri = uri(text);
        boolean tls = "amqps".equalsIgnoreCase(uri.getScheme());
        if (!tls && !"amqp".equalsIgnoreCase(uri.getScheme())) {
            throw new RejectedException("relay must begin with amqp:// or amqps://, as in " + FORM);
        }
        if (uri.getHost() == null) {
            throw new RejectedException(
                    "relay has no valid host (characters such as @ in a password are written %40), expected " + FORM);
        }
        if (uri.getRawQuery() != null || uri.getRawFragment() != null) {
            throw new RejectedException("relay must not have a query or a fragment, expected " + FORM);
        }
        String[] login =
                Optional.ofNullable(uri.getRawUserInfo()).orElse("guest:guest").split(":", 2);
        if (login.length < 2 || login[0].isEmpty()) {
            throw new RejectedException("relay must name a user and a password, as in " + FORM);
        }
        return new AmqpUri(tls, host(uri), port(uri, tls), decode(login[0]), decode(login[1]), vhost(uri));
    }

    private static URI uri(String text) throws RejectedException {
        try {
            return new URI(text);
        } catch (URISyntaxException e) {
            throw new RejectedException("relay is not a URI (" + e.getReason() + "), expected " + FORM);
        }
    }

    private static String host(URI uri) {
        String host = uri.getHost();
        return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
    }

    private static int port(URI uri, boolean tls) throws RejectedException {
        if (uri.getPort() == -1) {
            return tls ? 5671 : 5672;
        }
        if (uri.getPort() < 1 || uri.getPort() > 65535) {
            throw new RejectedException("relay has port " + uri.getPort() + ", expected a number from 1 to 65535");
        }
        return uri.getPort();
    }

    private static String vhost(URI uri) throws RejectedException {
        String path = uri.getRawPath();
        if (path.isEmpty() || path.equals("/")) {
            return "/";
        }
        if (path.indexOf('/', 1) >= 0) {
            throw new RejectedException("relay has a virtual host with a slash (written %2f), expected " + FORM);
        }
        return decode(path.substring(1));
    }

    private static String decode(String text) {
        return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
    }

    /**
     * How to connect there.
     *
     * @param pem what {@code amqps} needs; not used for {@code amqp}
     * @param heartbeat wished for; at most a minute is asked for
     */
    public RelayConf conf(Optional<PemTls> pem, Duration connectTimeout, Duration heartbeat) throws RejectedException {
        if (tls && pem.isEmpty()) {
            throw new RejectedException("relay is amqps, which needs a CA certificate");
        }
        return new RelayConf(
                host,
                port,
                user,
                password,
                vhost,
                tls ? pem : Optional.empty(),
                connectTimeout,
                RelayConf.shorter(heartbeat, Duration.ofSeconds(60)));
    }

    /** Without the password. */
    @Override
    public String toString() {
        return (tls ? "amqps" : "amqp") + "://" + user + "@" + host + ":" + port + "/" + vhost;
    }
}
