package ninja.mig.agent;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.Proxy;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import ninja.mig.json.MigJson;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What Amazon's cloud says of the instance that this host is, if it is one: asked at a link-local address, past all
 * proxies, with a session token where the service gives one. Information only; all four values or none, and a failure
 * costs nothing.
 */
final class AwsMetadata {
    /** The same in every instance. */
    static final URI SERVICE = URI.create("http://169.254.169.254:80");

    private static final Logger log = LoggerFactory.getLogger(AwsMetadata.class);

    private static final Duration LIMIT = Duration.ofSeconds(5);
    private static final int ONE_SECOND = 1000;
    private static final int MAX_ANSWER = 10_240;
    private static final Pattern TOKEN = Pattern.compile("[!-~]{1,1024}");
    private static final Pattern VALUE = Pattern.compile("[A-Za-z0-9.:_-]{1,128}");

    /** Resources of the service, and the members of environment {@code aws}. */
    private static final Map<String, String> RESOURCES = new LinkedHashMap<>();

    static {
        RESOURCES.put("instance-id", "instanceid");
        RESOURCES.put("local-ipv4", "localipv4");
        RESOURCES.put("ami-id", "amiid");
        RESOURCES.put("instance-type", "instancetype");
    }

    private final String service;
    private final HttpQuestions questions;
    private volatile Optional<JsonNode> known = Optional.empty();

    /** @param service {@link #SERVICE}, but in tests */
    AwsMetadata(URI service) {
        this(service, LIMIT);
    }

    /** @param limit for all questions together */
    AwsMetadata(URI service, Duration limit) {
        this.service = service.toString();
        this.questions = new HttpQuestions("aws-metadata", limit);
    }

    /** What the last successful {@link #ask} found. */
    Optional<JsonNode> known() {
        return known;
    }

    /** Asks the service. */
    void ask() throws InterruptedException {
        try {
            known = Optional.of(MigJson.toTree(questions.ask(this::all)));
        } catch (IOException e) {
            log.info("no metadata of an AWS instance: {}", e.getMessage());
        }
    }

    private Map<String, String> all(HttpQuestions.Asking asking) throws IOException {
        Optional<String> token = token(asking);
        Map<String, String> values = new LinkedHashMap<>();
        for (Map.Entry<String, String> resource : RESOURCES.entrySet()) {
            values.put(resource.getValue(), value("/latest/meta-data/" + resource.getKey(), token, asking));
        }
        return values;
    }

    /** Empty from a service of the first version, and from one that keeps its tokens from containers. */
    private Optional<String> token(HttpQuestions.Asking asking) throws IOException {
        HttpURLConnection connection = connection("/latest/api/token", asking);
        try {
            connection.setRequestMethod("PUT");
            connection.setRequestProperty("X-aws-ec2-metadata-token-ttl-seconds", "60");
            connection.setDoOutput(true);
            connection.setFixedLengthStreamingMode(0);
            asking.connect(connection);
            connection.getOutputStream().close();
            if (connection.getResponseCode() != HttpURLConnection.HTTP_OK) {
                return Optional.empty();
            }
            return Optional.of(body(connection, TOKEN, asking));
        } catch (SocketTimeoutException e) {
            log.debug("the metadata service gives no token: {}", e.getMessage());
            return Optional.empty();
        } finally {
            connection.disconnect();
        }
    }

    private String value(String resource, Optional<String> token, HttpQuestions.Asking asking) throws IOException {
        HttpURLConnection connection = connection(resource, asking);
        try {
            token.ifPresent(text -> connection.setRequestProperty("X-aws-ec2-metadata-token", text));
            asking.connect(connection);
            if (connection.getResponseCode() != HttpURLConnection.HTTP_OK) {
                throw new IOException(resource + " answered with status " + connection.getResponseCode());
            }
            return body(connection, VALUE, asking);
        } finally {
            connection.disconnect();
        }
    }

    private HttpURLConnection connection(String resource, HttpQuestions.Asking asking) throws IOException {
        HttpURLConnection connection = asking.open(URI.create(service + resource), Proxy.NO_PROXY);
        connection.setConnectTimeout(ONE_SECOND);
        connection.setReadTimeout(ONE_SECOND);
        return connection;
    }

    private static String body(HttpURLConnection connection, Pattern form, HttpQuestions.Asking asking)
            throws IOException {
        String resource = connection.getURL().getPath();
        long length = connection.getContentLengthLong();
        if (length < 0 || length > MAX_ANSWER) {
            throw new IOException(resource + " answered with a length of " + length + " bytes");
        }
        try (InputStream in = connection.getInputStream()) {
            String text = new String(asking.read(in, (int) length), StandardCharsets.US_ASCII).strip();
            if (!form.matcher(text).matches()) {
                throw new IOException(resource + " answered with something else");
            }
            return text;
        }
    }
}
