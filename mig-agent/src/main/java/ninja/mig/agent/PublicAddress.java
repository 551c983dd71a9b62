package ninja.mig.agent;

import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
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

    /** One that hangs does not keep the others from being tried. */
    private record Way(HttpWay way, HttpQuestions questions) {}

    /** @param api the base URL of the API */
    PublicAddress(String api, List<ConnectProxy> proxies) {
        this(api, proxies, LIMIT);
    }

    PublicAddress(String api, List<ConnectProxy> proxies, Duration limit) {
        this.resource = URI.create(api.replaceAll("/+$", "") + "/ip");
        this.limit = limit;
        HttpWay.all(proxies).forEach(way -> ways.add(new Way(way, new HttpQuestions("public-address", limit))));
    }

    /** What the last successful {@link #ask} found, or nothing. */
    String known() {
        return known;
    }

    /** Asks the API, directly and then by each proxy, until one way works. */
    void ask() throws InterruptedException {
        for (Way way : ways) {
            try {
                known = way.questions().ask(asking -> get(way.way(), asking));
                return;
            } catch (IOException e) {
                log.info("the public address is not known: {}", e.getMessage());
            }
        }
    }

    private String get(HttpWay way, HttpQuestions.Asking asking) throws IOException {
        HttpURLConnection connection = way.open(asking, resource, limit);
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
