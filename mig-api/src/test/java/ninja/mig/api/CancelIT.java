package ninja.mig.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import ninja.mig.json.MigJson;
import ninja.mig.platform.testing.FreshDatabase;
import ninja.mig.platform.testing.MigServices;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Who may cancel which action, and how often. Bob signed what is pending; Ada and Bob signed what is in flight. */
@ExtendWith(MigServices.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CancelIT {
    private static final String PATH = "/api/v1/action/cancel/";
    private static final long COMPLETED = 5000000000001L;
    private static final long INFLIGHT = 5000000000002L;
    private static final long PENDING = 5000000000003L;

    private FreshDatabase database;
    private RunningApi api;
    private RunningApi second;

    @BeforeAll
    void start(FreshDatabase fresh) throws Exception {
        database = fresh;
        RunningApi.install(fresh);
        api = RunningApi.start(fresh, Clock.systemUTC(), "[authentication]\nenabled = on\n");
        second = RunningApi.start(fresh, Clock.systemUTC(), "[authentication]\nenabled = on\nreplaycache = on\n");
    }

    @AfterAll
    void stop() throws Exception {
        api.close();
        second.close();
    }

    @BeforeEach
    void load() throws Exception {
        RunningApi.asSuperuser(database, Vectors.text("fixture.sql"));
    }

    private static HttpResponse<String> cancel(RunningApi api, long id, String token) throws Exception {
        HttpRequest.Builder request = api.request(PATH)
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(BodyPublishers.ofString("id=" + id));
        return api.send(token.isEmpty() ? request : request.header("X-PGPAUTHORIZATION", token));
    }

    private HttpResponse<String> cancel(long id, String name) throws Exception {
        return cancel(api, id, Vectors.token(name));
    }

    private static HttpResponse<String> dashboard(RunningApi api, String token) throws Exception {
        return api.send(api.request("/api/v1/dashboard").header("X-PGPAUTHORIZATION", token));
    }

    private String status(long id) throws Exception {
        return RunningApi.ask(database, "SELECT status FROM actions WHERE id = " + id);
    }

    @Test
    void saysWhatItTakes() throws Exception {
        HttpResponse<String> response = api.send(api.request(PATH).header("X-PGPAUTHORIZATION", Vectors.token("ada")));

        assertEquals(200, response.statusCode());
        JsonNode data = RunningApi.collection(response).path("template").path("data");
        assertEquals(1, data.size());
        assertEquals("id", data.path(0).path("name").asText());
        assertEquals("Action ID", data.path(0).path("prompt").asText());
    }

    @ParameterizedTest
    @CsvSource({"5000000000003, bob", "5000000000002, ada", "5000000000002, bob"})
    void cancelsForEverySigner(long id, String signer) throws Exception {
        HttpResponse<String> response = cancel(id, signer);

        assertEquals(202, response.statusCode(), response.body());
        JsonNode item = RunningApi.collection(response).path("items").path(0);
        assertEquals(
                "http://localhost:12345/api/v1/action?actionid=" + id,
                item.path("href").asText());
        JsonNode action = item.path("data").path(0);
        assertEquals("action", action.path("name").asText());
        assertEquals("cancelled", action.path("value").path("status").asText());
        assertEquals(id, action.path("value").path("id").asLong());
        assertFalse(action.path("value").path("investigators").isEmpty());
        assertEquals("cancelled", status(id));
    }

    @Test
    void saysThatAgentsMayHaveTakenTheCommand() throws Exception {
        JsonNode data = RunningApi.collection(cancel(INFLIGHT, "ada"))
                .path("items")
                .path(0)
                .path("data");

        assertEquals("note", data.path(1).path("name").asText());
        assertTrue(data.path(1).path("value").asText().contains("cannot be stopped"), data.toString());
    }

    @Test
    void hasNothingToSayWhereNoAgentCanHaveTakenIt() throws Exception {
        JsonNode data = RunningApi.collection(cancel(PENDING, "bob"))
                .path("items")
                .path(0)
                .path("data");

        assertEquals(1, data.size());
    }

    @Test
    void leavesTheRestToTheScheduler() throws Exception {
        cancel(INFLIGHT, "ada");

        assertEquals("sent", RunningApi.ask(database, "SELECT status FROM commands WHERE actionid = " + INFLIGHT));
        assertEquals(
                "t",
                RunningApi.ask(
                        database,
                        "SELECT lastupdatetime > now() - interval '1 minute' FROM actions" + " WHERE id = "
                                + INFLIGHT));
    }

    @Test
    void refusesWhoHasNotSigned() throws Exception {
        HttpResponse<String> response = cancel(PENDING, "ada");

        assertEquals(403, response.statusCode());
        assertEquals(
                "Action ID '5000000000003' can be cancelled by its signers and by administrators only",
                RunningApi.error(response));
        assertEquals("pending", status(PENDING));
    }

    @Test
    void cancelsForAnAdministrator() throws Exception {
        RunningApi.asSuperuser(database, "UPDATE investigators SET permissions = 63 | (7 << 16) WHERE id = 1");

        assertEquals(202, cancel(PENDING, "ada").statusCode());
        assertEquals("cancelled", status(PENDING));
    }

    @ParameterizedTest
    @CsvSource({"63", "65599", "131135", "262207", "393279"})
    void takesNobodyForAnAdministratorWhoLacksOneOfTheRights(long permissions) throws Exception {
        RunningApi.asSuperuser(database, "UPDATE investigators SET permissions = " + permissions + " WHERE id = 1");

        assertEquals(403, cancel(PENDING, "ada").statusCode());
        assertEquals("pending", status(PENDING));
    }

    @Test
    void saysNothingMoreToWhoMayNot() throws Exception {
        assertEquals(403, cancel(PENDING, "ada").statusCode());
        RunningApi.asSuperuser(database, "UPDATE actions SET status = 'completed' WHERE id = " + PENDING);

        assertEquals(403, cancel(PENDING, "ada").statusCode());
    }

    @ParameterizedTest
    @CsvSource({"completed", "invalid", "cancelled"})
    void refusesWhatIsOver(String over) throws Exception {
        RunningApi.asSuperuser(database, "UPDATE actions SET status = '" + over + "' WHERE id = " + COMPLETED);

        HttpResponse<String> response = cancel(COMPLETED, "ada");

        assertEquals(409, response.statusCode());
        assertEquals(
                "Action ID '5000000000001' cannot be cancelled: it is " + over + " already",
                RunningApi.error(response));
        assertEquals(over, status(COMPLETED));
    }

    @ParameterizedTest
    @CsvSource({"pending", "scheduled", "preparing", "inflight"})
    void cancelsWhatIsNotOver(String open) throws Exception {
        RunningApi.asSuperuser(database, "UPDATE actions SET status = '" + open + "' WHERE id = " + PENDING);

        assertEquals(202, cancel(PENDING, "bob").statusCode());
        assertEquals("cancelled", status(PENDING));
    }

    @Test
    void refusesAnActionWithoutAStatus() throws Exception {
        RunningApi.asSuperuser(database, "UPDATE actions SET status = NULL WHERE id = " + PENDING);

        HttpResponse<String> response = cancel(PENDING, "bob");

        assertEquals(409, response.statusCode());
        assertTrue(RunningApi.error(response).endsWith("it has no status"), response.body());
    }

    @Test
    void doesNotKnowEveryAction() throws Exception {
        HttpResponse<String> response = cancel(12, "ada");

        assertEquals(404, response.statusCode());
        assertEquals("Action ID '12' not found", RunningApi.error(response));
    }

    @ParameterizedTest
    @CsvSource({
        "'', missing parameter 'id'",
        "id=, missing parameter 'id'",
        "id=0, Invalid Action ID '0'",
        "id=-3, Invalid Action ID '-3'"
    })
    void refusesWhatIsNoId(String form, String reason) throws Exception {
        HttpResponse<String> response = api.send(api.request(PATH)
                .header("X-PGPAUTHORIZATION", Vectors.token("bob"))
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(BodyPublishers.ofString(form)));

        assertEquals(400, response.statusCode());
        assertEquals(reason, RunningApi.error(response));
    }

    @ParameterizedTest
    @CsvSource({"id=%00", "id=5000000000003%20OR%201=1", "id=99999999999999999999", "id=1e400"})
    void refusesHostileIds(String form) throws Exception {
        HttpResponse<String> response = api.send(api.request(PATH)
                .header("X-PGPAUTHORIZATION", Vectors.token("bob"))
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(BodyPublishers.ofString(form)));

        assertEquals(400, response.statusCode(), response.body());
        assertEquals("pending", status(PENDING));
    }

    @Test
    void needsAToken() throws Exception {
        assertEquals(401, cancel(api, PENDING, "").statusCode());
        assertEquals(401, cancel(api, PENDING, Vectors.token("eve")).statusCode());
        assertEquals(401, cancel(api, PENDING, Vectors.token("dan")).statusCode());
        assertEquals("pending", status(PENDING));
    }

    @Test
    void doesNotCancelWithATokenThatWasUsedToCancel() throws Exception {
        String token = Vectors.token("bob");
        assertEquals(202, cancel(api, INFLIGHT, token).statusCode());

        HttpResponse<String> replayed = cancel(api, PENDING, token);

        assertEquals(401, replayed.statusCode());
        assertTrue(RunningApi.error(replayed).contains("token was used before"), replayed.body());
        assertEquals(
                "PGP realm=\"mig\"",
                replayed.headers().firstValue("WWW-Authenticate").orElse(""));
        assertEquals("pending", status(PENDING));
    }

    @Test
    void doesNotCancelWithATokenThatWasUsedToRead() throws Exception {
        String token = Vectors.token("bob");
        assertEquals(200, dashboard(api, token).statusCode());
        assertEquals(200, dashboard(api, token).statusCode(), "reading takes one token as often as one likes");

        assertEquals(401, cancel(api, PENDING, token).statusCode());
        assertEquals("pending", status(PENDING));
        assertEquals(202, cancel(PENDING, "bob").statusCode(), "with a new one");
    }

    @Test
    void aTokenIsUsedUpByARefusalToo() throws Exception {
        String token = Vectors.token("bob");
        assertEquals(404, cancel(api, 12, token).statusCode());

        assertEquals(401, cancel(api, PENDING, token).statusCode());
    }

    @Test
    void takesEveryTokenOnceIfItIsToldTo() throws Exception {
        String token = Vectors.token("bob");
        assertEquals(200, dashboard(second, token).statusCode());

        assertEquals(401, dashboard(second, token).statusCode());
    }

    @Test
    void takesNobodyForAGuesserWhoRepeatsAToken() throws Exception {
        try (RunningApi strict = RunningApi.start(
                database,
                Clock.systemUTC(),
                "[server]\nclientpublicip = \"x-forwarded-for:0\"\n"
                        + "[authentication]\nenabled = on\nreplaycache = on\n[limits]\nauthfailures = 2\n")) {
            String token = Vectors.token("bob");
            List<Integer> codes = new ArrayList<>();
            for (int i = 0; i < 5; i++) {
                codes.add(strict.send(strict.request("/api/v1/dashboard")
                                .header("X-Forwarded-For", "198.51.100.9")
                                .header("X-PGPAUTHORIZATION", token))
                        .statusCode());
            }
            assertEquals(List.of(200, 401, 401, 401, 401), codes);
        }
    }

    @Test
    void cancelsOnceForManyAtOnceAtSeveralApis() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(6);
        try {
            List<Future<Integer>> answers = new ArrayList<>();
            for (int i = 0; i < 6; i++) {
                RunningApi to = i % 2 == 0 ? api : second;
                String token = Vectors.token(i % 3 == 0 ? "ada" : "bob");
                answers.add(threads.submit(() -> cancel(to, INFLIGHT, token).statusCode()));
            }
            List<Integer> codes = new ArrayList<>();
            for (Future<Integer> answer : answers) {
                codes.add(answer.get());
            }

            assertEquals(1, Collections.frequency(codes, 202), codes.toString());
            assertEquals(5, Collections.frequency(codes, 409), codes.toString());
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void letsAnybodyCancelWhereAuthenticationIsOff() throws Exception {
        try (RunningApi open = RunningApi.start(database, Clock.systemUTC(), "[authentication]\nenabled = off\n")) {
            HttpResponse<String> response = cancel(open, PENDING, "");

            assertEquals(202, response.statusCode());
            assertEquals(
                    "cancelled",
                    MigJson.tree(response.body())
                            .at("/collection/items/0/data/0/value/status")
                            .asText());
        }
    }
}
