package ninja.mig.agent;

import java.io.IOException;
import java.io.InputStream;
import java.net.Authenticator;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.PasswordAuthentication;
import java.net.Proxy;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import ninja.mig.relay.ConnectProxy;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The address that the API sees this host by. Information only: the API may be plain http, and a failure costs nothing. */
final class PublicAddress {
    private static final Logger log = LoggerFactory.getLogger(PublicAddress.class);

    private static final Duration LIMIT = Duration.ofSeconds(10);
    private static final int MAX_BODY = 64;
    private static final String OCTET = "(25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])";
    private static final Pattern V4 = Pattern.compile(OCTET + "(\\." + OCTET + "){3}");
    private static final Pattern V6 = Pattern.compile("[0-9a-fA-F:.]*:[0-9a-fA-F:.]*");

    private final URI resource;
    private final List<Way> ways = new ArrayList<>();
    private final Duration limit;
    private volatile String known = "";

    static {
        // Java does not show a password to a proxy that shall tunnel to https, unless this says that it may. Only the
        // built-in proxies ever get one, and they get it for the relay in the same way.
        System.setProperty("jdk.http.auth.tunneling.disabledSchemes", "");
    }

    /** A proxy, or none, and how to introduce oneself to it. One that hangs does not keep the others from being tried. */
    private record Way(Proxy proxy, Login login, HttpQuestions questions) {
        static Way direct(HttpQuestions questions) {
            return new Way(Proxy.NO_PROXY, new Login(Optional.empty()), questions);
        }

        static Way through(ConnectProxy proxy, HttpQuestions questions) {
            InetSocketAddress address = InetSocketAddress.createUnresolved(proxy.host(), proxy.port());
            return new Way(new Proxy(Proxy.Type.HTTP, address), new Login(proxy.credentials()), questions);
        }
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

    /** @param api the base URL of the API */
    PublicAddress(String api, List<ConnectProxy> proxies) {
        this(api, proxies, LIMIT);
    }

    PublicAddress(String api, List<ConnectProxy> proxies, Duration limit) {
        this.resource = URI.create(api.replaceAll("/+$", "") + "/ip");
        this.limit = limit;
        ways.add(Way.direct(questions()));
        proxies.forEach(proxy -> ways.add(Way.through(proxy, questions())));
    }

    private HttpQuestions questions() {
        return new HttpQuestions("public-address", limit);
    }

    /** What the last successful {@link #ask} found, or nothing. */
    String known() {
        return known;
    }

    /** Asks the API, directly and then by each proxy, until one way works. */
    void ask() throws InterruptedException {
        for (Way way : ways) {
            try {
                known = way.questions().ask(asking -> get(way, asking));
                return;
            } catch (IOException e) {
                log.info("the public address is not known: {}", e.getMessage());
            }
        }
    }

    private String get(Way way, HttpQuestions.Asking asking) throws IOException {
        HttpURLConnection connection = asking.open(resource, way.proxy());
        connection.setAuthenticator(way.login());
        connection.setConnectTimeout((int) limit.toMillis());
        connection.setReadTimeout((int) limit.toMillis());
        try {
            asking.connect(connection);
            if (connection.getResponseCode() != HttpURLConnection.HTTP_OK) {
                throw new IOException(resource + " answered with status " + connection.getResponseCode());
            }
            try (InputStream in = connection.getInputStream()) {
                String body = new String(asking.read(in, MAX_BODY + 1), StandardCharsets.UTF_8).strip();
                if (body.length() > MAX_BODY || !isAddress(body)) {
                    throw new IOException(resource + " did not answer with an address");
                }
                return body;
            }
        } finally {
            connection.disconnect();
        }
    }

    private static boolean isAddress(String text) {
        if (V4.matcher(text).matches()) {
            return true;
        }
        try {
            // In brackets it is never looked up as a name.
            return V6.matcher(text).matches()
                    && InetAddress.getByName("[" + text + "]").getAddress().length > 0;
        } catch (UnknownHostException e) {
            return false;
        }
    }
}
