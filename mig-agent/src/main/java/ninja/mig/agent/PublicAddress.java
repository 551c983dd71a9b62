package ninja.mig.agent;

import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;
import ninja.mig.relay.ConnectProxy;
import ninja.mig.runtime.Routines;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The address that the API sees this host by. Information only: the API may be plain http, and a failure costs nothing. */
final class PublicAddress {
    private static final Logger log = LoggerFactory.getLogger(PublicAddress.class);

    private static final Duration LIMIT = Duration.ofSeconds(10);
    private static final int MAX_BODY = 64;
    private static final Pattern ADDRESS =
            Pattern.compile("[0-9]{1,3}(\\.[0-9]{1,3}){3}|[0-9a-fA-F:.]*:[0-9a-fA-F:.]+");

    private final URI resource;
    private final List<Proxy> ways = new ArrayList<>();
    private final Duration limit;
    private volatile String known = "";

    /** @param api the base URL of the API */
    PublicAddress(String api, List<ConnectProxy> proxies) {
        this(api, proxies, LIMIT);
    }

    PublicAddress(String api, List<ConnectProxy> proxies, Duration limit) {
        this.resource = URI.create(api.replaceAll("/+$", "") + "/ip");
        this.limit = limit;
        ways.add(Proxy.NO_PROXY);
        proxies.forEach(proxy ->
                ways.add(new Proxy(Proxy.Type.HTTP, InetSocketAddress.createUnresolved(proxy.host(), proxy.port()))));
    }

    /** What the last successful {@link #ask} found, or nothing. */
    String known() {
        return known;
    }

    /** Asks the API, directly and then by each proxy, until one way works. */
    void ask() throws InterruptedException {
        for (Proxy way : ways) {
            CompletableFuture<String> answer = new CompletableFuture<>();
            Thread asking = Routines.thread("public-address", () -> complete(answer, way));
            asking.start();
            try {
                known = answer.get(limit.toMillis(), TimeUnit.MILLISECONDS);
                return;
            } catch (ExecutionException e) {
                log.info("the public address is not known: {}", e.getCause().getMessage());
            } catch (TimeoutException e) {
                log.info("the public address is not known: no answer within {} s", limit.toSeconds());
            }
        }
    }

    private void complete(CompletableFuture<String> answer, Proxy way) {
        try {
            answer.complete(get(way));
        } catch (IOException | RuntimeException e) {
            answer.completeExceptionally(e);
        }
    }

    private String get(Proxy way) throws IOException {
        HttpURLConnection connection = (HttpURLConnection) resource.toURL().openConnection(way);
        connection.setInstanceFollowRedirects(false);
        connection.setConnectTimeout((int) limit.toMillis());
        connection.setReadTimeout((int) limit.toMillis());
        try {
            if (connection.getResponseCode() != HttpURLConnection.HTTP_OK) {
                throw new IOException(resource + " answered with status " + connection.getResponseCode());
            }
            try (InputStream in = connection.getInputStream()) {
                String body = new String(in.readNBytes(MAX_BODY + 1), StandardCharsets.UTF_8).strip();
                if (body.length() > MAX_BODY || !ADDRESS.matcher(body).matches()) {
                    throw new IOException(resource + " did not answer with an address");
                }
                return body;
            }
        } finally {
            connection.disconnect();
        }
    }
}
