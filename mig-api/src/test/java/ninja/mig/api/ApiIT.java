package ninja.mig.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.InputStream;
import java.net.Socket;
import java.net.URLEncoder;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import ninja.mig.json.MigJson;
import ninja.mig.platform.testing.FreshDatabase;
import ninja.mig.platform.testing.MigServices;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@ExtendWith(MigServices.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ApiIT {
    private Path spool;
    private FreshDatabase database;
    private RunningApi api;
    private RunningApi guarded;

    @BeforeAll
    void start(FreshDatabase fresh, @TempDir Path folder) throws Exception {
        database = fresh;
        spool = folder;
        RunningApi.install(fresh);
        Files.createDirectories(spool.resolve("action/new"));
        Files.createDirectories(spool.resolve("tmp"));
        api = RunningApi.start(
                fresh,
                Clock.systemUTC(),
                "[directories]\nspool = \"" + spool + "\"\n[limits]\nmaxaction = 4096\nmaxheader = 8192\n"
                        + "maxoperations = 1\n");
        guarded = RunningApi.start(
                fresh,
                Clock.systemUTC(),
                "[server]\nclientpublicip = \"x-forwarded-for:0\"\n[authentication]\nenabled = on\n"
                        + "[limits]\nauthfailures = 3\n");
    }

    @AfterAll
    void stop() throws Exception {
        api.close();
        guarded.close();
    }

    @BeforeEach
    void load() throws Exception {
        RunningApi.asSuperuser(database, Vectors.text("fixture.sql"));
    }

    private static String form(String action) {
        return "action=" + URLEncoder.encode(action, StandardCharsets.UTF_8);
    }

    private HttpResponse<String> submit(String file) throws Exception {
        return api.postForm("/api/v1/action/create/", form(Vectors.text("signed/" + file)));
    }

    private String ask(String sql) throws Exception {
        return RunningApi.ask(database, sql);
    }

    private HttpResponse<String> withToken(String path, String token, String client) throws Exception {
        return guarded.send(
                guarded.request(path).header("X-PGPAUTHORIZATION", token).header("X-Forwarded-For", client));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/api/v1",
                "/api/v1/",
                "/api/v1/dashboard/",
                "/api/v1/action/create",
                "/api/v1/investigator/update",
                "/api/v1/health/",
                "/api/v1/agent/?agentid=4892412351434"
            })
    void takesPathsWithAndWithoutTheSlash(String path) throws Exception {
        assertEquals(200, api.get(path).statusCode(), path);
    }

    @Test
    void namesTheAllowedMethods() throws Exception {
        HttpResponse<String> response =
                api.send(api.request("/api/v1/dashboard").method("PUT", BodyPublishers.ofString("x")));

        assertEquals(405, response.statusCode());
        assertTrue(response.headers().firstValue("Allow").orElse("").contains("GET"));
        assertEquals("method PUT is not allowed for /api/v1/dashboard", RunningApi.error(response));
    }

    @ParameterizedTest
    @ValueSource(strings = {"/api/v1/heartbeat", "/api/v1/nothing", "/", "/api/v2/x"})
    void saysNothingOfItselfInHeaders(String path) throws Exception {
        HttpResponse<String> response = api.get(path);

        assertEquals(
                "nosniff",
                response.headers().firstValue("X-Content-Type-Options").orElse(""));
        assertEquals(
                "no-referrer", response.headers().firstValue("Referrer-Policy").orElse(""));
        assertFalse(response.headers().firstValue("Server").isPresent());
        assertFalse(response.headers().firstValue("Access-Control-Allow-Origin").isPresent());
        assertEquals(
                "application/json",
                response.headers().firstValue("Content-Type").orElse(""));
        assertEquals("1.0", RunningApi.collection(response).path("version").asText());
    }

    @Test
    void answersWhatIsNotHttpWithoutATrace() throws Exception {
        String answer = raw("GET /api/v1/heartbeat\u0001 HTTP/1.1\r\nHost: x\r\n\r\n");

        assertTrue(answer.startsWith("HTTP/1.1 400"), answer);
        assertFalse(answer.contains("jetty"), answer);
        assertFalse(answer.contains("\tat "), answer);
    }

    private String raw(String request) throws Exception {
        try (Socket socket = new Socket("127.0.0.1", api.server().port())) {
            socket.setSoTimeout(10_000);
            socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
            socket.getOutputStream().flush();
            socket.shutdownOutput();
            InputStream in = socket.getInputStream();
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    @Test
    void refusesHeadersThatAreTooLarge() throws Exception {
        HttpResponse<String> response =
                api.send(api.request("/api/v1/heartbeat").header("X-Long", "x".repeat(10_000)));

        assertEquals(431, response.statusCode());
    }

    @Test
    void refusesBodiesThatAreTooLarge() throws Exception {
        String large = form("x".repeat(5000));
        HttpResponse<String> announced = api.postForm("/api/v1/action/create/", large);
        HttpResponse<String> chunked = api.send(api.request("/api/v1/action/create/")
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(BodyPublishers.ofInputStream(
                        () -> new java.io.ByteArrayInputStream(large.getBytes(StandardCharsets.UTF_8)))));

        for (HttpResponse<String> response : List.of(announced, chunked)) {
            assertEquals(413, response.statusCode());
            assertEquals("the request body is larger than 4096 bytes", RunningApi.error(response));
        }
    }

    @Test
    void refusesBodiesOfAnotherType() throws Exception {
        HttpResponse<String> json = api.send(api.request("/api/v1/action/create/")
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString("{}")));
        HttpResponse<String> urlencoded = api.postForm("/api/v1/investigator/create/", "name=x");

        assertEquals(415, json.statusCode());
        assertEquals(415, urlencoded.statusCode());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "--x", "--x\r\nContent-Disposition: form-data\r\n\r\nv\r\n--x--", "\u0000\u0001"})
    void refusesMultipartThatIsNone(String body) throws Exception {
        HttpResponse<String> response = api.send(api.request("/api/v1/investigator/create/")
                .header("Content-Type", "multipart/form-data; boundary=x")
                .POST(BodyPublishers.ofString(body)));

        assertEquals(400, response.statusCode(), response.body());
    }

    @Test
    void refusesMultipartWithoutBoundary() throws Exception {
        HttpResponse<String> response = api.send(api.request("/api/v1/investigator/create/")
                .header("Content-Type", "multipart/form-data")
                .POST(BodyPublishers.ofString("x")));

        assertEquals(400, response.statusCode(), response.body());
    }

    @Test
    void takesAnActionAsMultipartToo() throws Exception {
        String body = "--x\r\nContent-Disposition: form-data; name=\"action\"\r\n\r\n"
                + Vectors.text("signed/01-ada-rsa.json") + "\r\n--x--\r\n";
        HttpResponse<String> response = api.send(api.request("/api/v1/action/create/")
                .header("Content-Type", "multipart/form-data; boundary=x")
                .POST(BodyPublishers.ofString(body)));

        assertEquals(202, response.statusCode(), response.body());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"name\":          | not JSON: line 1",
                "[1]                 | expected a JSON object",
                "{\"name\":1}        | member 'name'",
                "{\"name\":\"a\",\"name\":\"b\"} | not JSON",
                "{\"name\":\"x\",\"target\":\"\"} | Action.Target is empty. Expecting string.",
                "{\"name\":\"x\",\"target\":\"y\",\"validfrom\":\"soon\"} | member 'validfrom'"
            })
    void saysWhatIsWrongWithAnAction(String json, String reason) throws Exception {
        HttpResponse<String> response = api.postForm("/api/v1/action/create/", form(json));

        assertEquals(400, response.statusCode());
        assertTrue(RunningApi.error(response).startsWith(reason), RunningApi.error(response));
    }

    @Test
    void refusesMalformedEscapes() throws Exception {
        String query = raw("GET /api/v1/action?actionid=%zz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
        HttpResponse<String> body = api.postForm("/api/v1/action/create/", "action=%zz");

        assertTrue(query.startsWith("HTTP/1.1 400"), query);
        assertEquals(400, body.statusCode());
        assertTrue(RunningApi.error(body).startsWith("malformed parameters"), body.body());
    }

    @Test
    void dropsANewActionIntoTheSpool() throws Exception {
        HttpResponse<String> response = submit("01-ada-rsa.json");

        JsonNode stored = RunningApi.collection(response).at("/items/0/data/0/value");
        String id = stored.path("id").asText();
        assertEquals(202, response.statusCode());
        assertEquals(
                "http://localhost:12345/api/v1/action?actionid=" + id,
                response.headers().firstValue("Location").orElse(""));
        assertEquals(stored, MigJson.tree(Files.readAllBytes(spool.resolve("action/new/" + id + ".json"))));
        try (Stream<Path> left = Files.list(spool.resolve("tmp"))) {
            assertEquals(0, left.count());
        }
    }

    @Test
    void givesEveryActionAnIdOfItsOwn() throws Exception {
        String form = form(Vectors.text("signed/01-ada-rsa.json"));
        ExecutorService pool = Executors.newFixedThreadPool(8);
        try {
            Callable<Integer> submission =
                    () -> api.postForm("/api/v1/action/create/", form).statusCode();
            List<Callable<Integer>> all = new ArrayList<>();
            for (int i = 0; i < 100; i++) {
                all.add(submission);
            }
            for (Future<Integer> status : pool.invokeAll(all)) {
                assertEquals(202, status.get());
            }
        } finally {
            pool.shutdownNow();
        }
        assertEquals("103", ask("SELECT count(*) FROM actions"));
    }

    @Test
    void leavesNoActionBehindWhenItsSignaturesCannotBeStored() throws Exception {
        RunningApi.asSuperuser(database, "ALTER TABLE signatures ADD CONSTRAINT broken CHECK (actionid < 6e12)");
        try {
            HttpResponse<String> response = submit("01-ada-rsa.json");

            assertEquals(500, response.statusCode());
            assertEquals("internal error", RunningApi.error(response));
            assertFalse(response.body().contains("broken"), response.body());
            assertEquals("3", ask("SELECT count(*) FROM actions"));
        } finally {
            RunningApi.asSuperuser(database, "ALTER TABLE signatures DROP CONSTRAINT broken");
        }
    }

    @Test
    void needsTheLexicalCheckOfATargetToo() throws Exception {
        String unsafe =
                Vectors.text("signed/01-ada-rsa.json").replace("queueloc like", "pg_sleep(9) is null or queueloc like");
        HttpResponse<String> response = api.postForm("/api/v1/action/create/", form(unsafe));

        assertEquals(400, response.statusCode());
        assertTrue(RunningApi.error(response).contains("pg_sleep"), response.body());
    }

    @Test
    void limitsOperations() throws Exception {
        String one = Vectors.json("signed/01-ada-rsa.json").toString();
        String operation =
                Vectors.json("signed/01-ada-rsa.json").at("/operations/0").toString();
        String two = one.replace("\"operations\":[", "\"operations\":[" + operation + ",");
        HttpResponse<String> response = api.postForm("/api/v1/action/create/", form(two));

        assertEquals("Action.Operations has more than 1 entries.", RunningApi.error(response));
    }

    @Test
    void letsNobodyDisableTheLastInvestigatorByMistake() throws Exception {
        assertEquals(
                200,
                api.postForm("/api/v1/investigator/update/", "id=2&status=disabled")
                        .statusCode());

        HttpResponse<String> last = api.postForm("/api/v1/investigator/update/", "id=1&status=disabled");
        assertEquals(409, last.statusCode());
        assertEquals("active", ask("SELECT status FROM investigators WHERE id = 1"));

        HttpResponse<String> forced = api.postForm("/api/v1/investigator/update/", "id=1&status=disabled&force=true");
        assertEquals(200, forced.statusCode());
        assertEquals("disabled", ask("SELECT status FROM investigators WHERE id = 1"));
    }

    @Test
    void followsThePagesToTheEnd() throws Exception {
        Set<String> seen = new HashSet<>();
        String path = "/api/v1/search?type=command&limit=1&count=true&after=2010-01-01T00:00:00Z";
        int pages = 0;
        while (!path.isEmpty()) {
            HttpResponse<String> response = api.get(path);
            JsonNode page = RunningApi.collection(response);
            if (response.statusCode() == 404) {
                assertEquals("no results found", RunningApi.error(response));
                break;
            }
            assertTrue(seen.add(page.at("/items/0/data/0/value/id").asText()));
            assertEquals(4, page.at("/items/1/data/0/value/total").asInt());
            pages++;
            path = "";
            for (JsonNode link : page.path("links")) {
                if (link.path("rel").asText().equals("next")) {
                    path = link.path("href").asText().replace("http://localhost:12345", "");
                }
            }
        }
        assertEquals(4, pages);
    }

    @Test
    void pagesCommandsAfterAnId() throws Exception {
        JsonNode page = RunningApi.collection(
                api.get("/api/v1/search?type=command&limit=2&afterid=6000000000001&after=2010-01-01T00:00:00Z"));

        assertEquals(6000000000002L, page.at("/items/0/data/0/value/id").asLong());
        assertEquals(6000000000003L, page.at("/items/1/data/0/value/id").asLong());
    }

    @Test
    void refusesATargetThatIsNotForAgents() throws Exception {
        HttpResponse<String> response = api.get("/api/v1/search?type=command&target=true");

        assertEquals(400, response.statusCode());
    }

    @Test
    void asksForATokenEverywhereButWhereEverybodyMayRead() throws Exception {
        for (String path : List.of("", "/dashboard", "/action?actionid=1", "/search", "/investigator/create/")) {
            HttpResponse<String> response = guarded.get("/api/v1" + path);
            assertEquals(401, response.statusCode(), path);
            assertEquals(
                    "PGP realm=\"mig\"",
                    response.headers().firstValue("WWW-Authenticate").orElse(""));
        }
        assertEquals(
                401,
                guarded.postForm("/api/v1/action/create/", form(Vectors.text("signed/01-ada-rsa.json")))
                        .statusCode());
        for (String path : List.of("/heartbeat", "/ip", "/health", "/ready")) {
            assertEquals(200, guarded.get("/api/v1" + path).statusCode(), path);
        }
    }

    @Test
    void forgetsADisabledInvestigatorAtOnce() throws Exception {
        String token = Vectors.token("bob");
        assertEquals(200, withToken("/api/v1/dashboard", token, "198.51.100.1").statusCode());

        RunningApi.asSuperuser(database, "UPDATE investigators SET status = 'disabled' WHERE id = 2");
        HttpResponse<String> refused = withToken("/api/v1/dashboard", token, "198.51.100.1");

        assertEquals(401, refused.statusCode());
        assertEquals(
                "Authorization verification failed with error 'verifySignedToken() -> token verification failed'",
                RunningApi.error(refused));
    }

    @Test
    void refusesTheSchedulersKey() throws Exception {
        RunningApi.asSuperuser(database, "UPDATE investigators SET name = 'migscheduler' WHERE id = 2");

        assertEquals(
                401,
                withToken("/api/v1/dashboard", Vectors.token("bob"), "198.51.100.2")
                        .statusCode());
    }

    @Test
    void doesWithoutTheKeyThatCannotBeRead() throws Exception {
        RunningApi.asSuperuser(database, "UPDATE investigators SET publickey = 'rubbish' WHERE id = 2");
        RunningApi fresh = RunningApi.start(database, Clock.systemUTC(), "[authentication]\nenabled = on\n");
        try (fresh) {
            assertEquals(
                    200,
                    fresh.send(fresh.request("/api/v1/dashboard").header("X-PGPAUTHORIZATION", Vectors.token("ada")))
                            .statusCode());
        }
    }

    @Test
    void sendsAwayWhoFailsTooOften() throws Exception {
        for (int i = 0; i < 3; i++) {
            assertEquals(
                    401, withToken("/api/v1/dashboard", "1;2;3", "198.51.100.3").statusCode());
        }
        HttpResponse<String> response = withToken("/api/v1/dashboard", Vectors.token("ada"), "198.51.100.3");

        // The minute may have ended in between; then the client starts anew.
        assertTrue(Set.of(429, 200).contains(response.statusCode()), response.body());
        if (response.statusCode() == 429) {
            assertTrue(response.headers().firstValue("Retry-After").isPresent());
        }
    }

    @Test
    void doesNotReadTokensOfAnySize() throws Exception {
        String huge = "1;2015-08-01T12:00:00Z;42;" + "A".repeat(9000);

        assertEquals(401, withToken("/api/v1/dashboard", huge, "198.51.100.4").statusCode());
    }
}
