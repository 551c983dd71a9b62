package ninja.mig.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.http.HttpResponse;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import ninja.mig.platform.testing.FreshDatabase;
import ninja.mig.platform.testing.MigServices;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;

/** Tokens of other programs, judged at the time at which they were made. */
@ExtendWith(MigServices.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TokensIT {
    private final JsonNode vectors = Vectors.json("signed/tokens.json");
    private RunningApi api;

    @BeforeAll
    void start(FreshDatabase database) throws Exception {
        RunningApi.install(database);
        RunningApi.asSuperuser(database, Vectors.text("fixture.sql"));
        RunningApi.asSuperuser(database, Vectors.text("fixture-ed25519.sql"));
        Clock frozen = Clock.fixed(Instant.parse(vectors.path("clock").asText()), ZoneOffset.UTC);
        api = RunningApi.start(database, frozen, "[authentication]\nenabled = on\n");
    }

    @AfterAll
    void stop() throws Exception {
        api.close();
    }

    @TestFactory
    Stream<DynamicTest> judges() {
        return StreamSupport.stream(vectors.path("tokens").spliterator(), false)
                .map(vector -> DynamicTest.dynamicTest(vector.path("name").asText(), () -> judge(vector)));
    }

    private void judge(JsonNode vector) throws Exception {
        HttpResponse<String> response = api.send(api.request("/api/v1/investigator?investigatorid=1")
                .header("X-PGPAUTHORIZATION", vector.path("token").asText()));

        boolean accepted = vector.path("expect").asText().equals("accept");
        assertEquals(accepted ? 200 : 401, response.statusCode(), response.body());
        String reason = vector.path("reason").asText();
        if (reason.startsWith("invalid token") || reason.startsWith("token timestamp")) {
            assertTrue(RunningApi.error(response).contains(reason), response.body());
        }
        if (reason.startsWith("token timestamp")) {
            assertTrue(
                    RunningApi.error(response).contains("the server's time is 2015-08-01T12:00:00Z"), response.body());
        }
    }
}
