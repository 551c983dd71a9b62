package ninja.mig.relay;

import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import ninja.mig.model.RejectedException;

/**
 * A proxy that tunnels by CONNECT.
 *
 * @param credentials {@code user:password} to introduce oneself with
 */
public record ConnectProxy(String host, int port, Optional<String> credentials) {
    /** Reads {@code host:port} or {@code http://[user:password@]host[:port]}, with port 80 if none is named. */
    public static ConnectProxy parse(String text) throws RejectedException {
        boolean isUrl = text.contains("://");
        URI uri = uri(isUrl ? text : "http://" + text);
        if (!"http".equalsIgnoreCase(uri.getScheme()) || uri.getHost() == null) {
            throw rejected();
        }
        if (uri.getPort() == 0 || uri.getPort() > 65535 || uri.getPort() == -1 && !isUrl) {
            throw rejected();
        }
        Optional<String> credentials = Optional.ofNullable(uri.getRawUserInfo())
                .map(login -> URLDecoder.decode(login.replace("+", "%2B"), StandardCharsets.UTF_8));
        return new ConnectProxy(uri.getHost(), uri.getPort() == -1 ? 80 : uri.getPort(), credentials);
    }

    private static URI uri(String text) throws RejectedException {
        try {
            return new URI(text);
        } catch (URISyntaxException e) {
            throw rejected();
        }
    }

    /** The text may hold a password, so it is not repeated. */
    private static RejectedException rejected() {
        return new RejectedException("a proxy is not host:port or http://[user:password@]host:port");
    }

    /** As heartbeats name it. */
    @Override
    public String toString() {
        return host + ":" + port;
    }
}
