package ninja.mig.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import ninja.mig.json.MigJson;
import ninja.mig.platform.testing.FreshDatabase;
import ninja.mig.platform.testing.MigServices;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;

/** Every example of the API, against the real server with a real database. */
@ExtendWith(MigServices.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class VectorsIT {
    /** What this version does not serve, and why. */
    private static final Map<String, String> NOT_SERVED = Map.of(
            "099-report-compliance", "compliance reports are not built: 501",
            "108-ext-openapi", "there is no OpenAPI description yet");

    private static final Pattern PLACEHOLDER = Pattern.compile("\\{\\{(file|token|token-tampered):([^}]+)}}");
    private static final String BOUNDARY = "----mig-test-boundary";

    private final Map<String, RunningApi> servers = new HashMap<>();
    private FreshDatabase database;

    @BeforeAll
    void install(FreshDatabase fresh) throws Exception {
        database = fresh;
        RunningApi.install(fresh);
    }

    @AfterAll
    void stop() throws Exception {
        for (RunningApi server : servers.values()) {
            server.close();
        }
    }

    @TestFactory
    Stream<DynamicTest> answersAsTheVectorSays() {
        return Vectors.cases().stream()
                .map(vector -> DynamicTest.dynamicTest(id(vector), () -> {
                    assumeFalse(NOT_SERVED.containsKey(id(vector)), () -> NOT_SERVED.get(id(vector)));
                    run(vector);
                }));
    }

    private static String id(JsonNode vector) {
        return vector.path("id").asText();
    }

    private void run(JsonNode vector) throws Exception {
        RunningApi.asSuperuser(database, Vectors.text("fixture.sql"));
        RunningApi api = server(vector);
        HttpResponse<String> response = api.send(request(api, vector.path("request")));
        String shown = response.statusCode() + " " + response.headers().map() + "\n" + response.body();
        checkStatus(vector.path("response").path("status"), response.statusCode(), shown);
        checkHeaders(vector.path("response"), response, shown);
        checkBody(vector.path("response"), response, shown);
        for (JsonNode check : vector.path("db_check")) {
            String sql = check.path("sql").asText();
            assertEquals(check.path("expect").asText(), RunningApi.ask(database, sql), sql);
        }
    }

    private RunningApi server(JsonNode vector) throws Exception {
        StringBuilder sections = new StringBuilder("[authentication]\nenabled = ")
                .append(vector.path("auth").asText())
                .append("\ntokenduration = 10m\n");
        vector.path("config").properties().forEach(setting -> {
            String[] names = setting.getKey().split("\\.");
            sections.append("[%s]\n%s = \"%s\"\n"
                    .formatted(names[0], names[1], setting.getValue().asText()));
        });
        String conf = sections.toString();
        if (!servers.containsKey(conf)) {
            servers.put(conf, RunningApi.start(database, Clock.systemUTC(), conf));
        }
        return servers.get(conf);
    }

    private static HttpRequest.Builder request(RunningApi api, JsonNode request) throws Exception {
        String query = encoded(request.path("query"));
        HttpRequest.Builder builder = api.request(request.path("path").asText() + (query.isEmpty() ? "" : "?" + query));
        for (Map.Entry<String, JsonNode> header : request.path("headers").properties()) {
            builder.header(header.getKey(), filled(header.getValue().asText()));
        }
        String method = request.path("method").asText();
        if (request.has("form")) {
            builder.header("Content-Type", "application/x-www-form-urlencoded");
            return builder.method(method, BodyPublishers.ofString(encoded(request.path("form"))));
        }
        if (request.has("multipart")) {
            builder.header("Content-Type", "multipart/form-data; boundary=" + BOUNDARY);
            return builder.method(method, BodyPublishers.ofString(multipart(request.path("multipart"))));
        }
        return builder.method(method, BodyPublishers.noBody());
    }

    private static String encoded(JsonNode parameters) throws Exception {
        StringBuilder out = new StringBuilder();
        for (Map.Entry<String, JsonNode> parameter : parameters.properties()) {
            out.append(out.length() == 0 ? "" : "&")
                    .append(escaped(parameter.getKey()))
                    .append('=')
                    .append(escaped(filled(parameter.getValue().asText())));
        }
        return out.toString();
    }

    private static String escaped(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    private static String multipart(JsonNode parts) throws Exception {
        StringBuilder out = new StringBuilder();
        for (JsonNode part : parts) {
            out.append("--").append(BOUNDARY).append("\r\nContent-Disposition: form-data; name=\"");
            out.append(part.path("name").asText()).append('"');
            if (part.has("filename")) {
                out.append("; filename=\"")
                        .append(part.path("filename").asText())
                        .append('"');
                out.append("\r\nContent-Type: ")
                        .append(part.path("content_type").asText("application/octet-stream"));
            }
            out.append("\r\n\r\n").append(filled(part.path("value").asText())).append("\r\n");
        }
        return out.append("--").append(BOUNDARY).append("--\r\n").toString();
    }

    private static String filled(String text) throws Exception {
        Matcher placeholders = PLACEHOLDER.matcher(text);
        StringBuilder out = new StringBuilder();
        while (placeholders.find()) {
            String value = value(placeholders.group(1), placeholders.group(2));
            placeholders.appendReplacement(out, Matcher.quoteReplacement(value));
        }
        return placeholders.appendTail(out).toString();
    }

    private static String value(String kind, String name) throws Exception {
        return switch (kind) {
            case "file" -> Vectors.text(name);
            case "token" -> Vectors.token(name);
            default -> {
                String[] parts = Vectors.token(name).split(";");
                yield String.join(";", parts[0], parts[1], parts[2] + "1", parts[3]);
            }
        };
    }

    private static void checkStatus(JsonNode expected, int status, String shown) {
        List<Integer> allowed = expected.isArray()
                ? StreamSupport.stream(expected.spliterator(), false)
                        .map(JsonNode::asInt)
                        .toList()
                : List.of(expected.asInt());
        assertTrue(allowed.contains(status), () -> "expected status " + allowed + ": " + shown);
    }

    private static void checkHeaders(JsonNode expected, HttpResponse<String> response, String shown) {
        JsonNode type = expected.path("content_type");
        if (!type.isMissingNode()) {
            String found = response.headers().firstValue("Content-Type").orElse("none");
            String allowed = type.isArray()
                    ? StreamSupport.stream(type.spliterator(), false)
                            .map(JsonNode::asText)
                            .collect(Collectors.joining("|"))
                    : type.asText();
            assertTrue(
                    List.of(allowed.split("\\|")).contains(found.toLowerCase(Locale.ROOT)),
                    () -> "expected type " + allowed + ": " + shown);
        }
        expected.path("headers")
                .properties()
                .forEach(header -> assertEquals(
                        header.getValue().asText(),
                        response.headers().firstValue(header.getKey()).orElse("none"),
                        shown));
    }

    private static void checkBody(JsonNode expected, HttpResponse<String> response, String shown) throws Exception {
        if (expected.has("body")) {
            List<String> differences = Skeleton.differences(expected.get("body"), MigJson.tree(response.body()));
            assertEquals(List.of(), differences, shown);
        }
        if (expected.has("text")) {
            assertTrue(Skeleton.matches(expected.get("text").asText(), response.body()), shown);
        }
    }
}
