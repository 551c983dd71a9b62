package ninja.mig.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.net.http.HttpResponse;
import java.time.Clock;
import ninja.mig.platform.PostgresServer;
import ninja.mig.platform.testing.FreshDatabase;
import ninja.mig.platform.testing.MigServices;
import ninja.mig.platform.testing.OwnServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(MigServices.class)
class OutageIT {
    @Test
    void livesThroughAnOutageOfTheDatabase(@OwnServer PostgresServer server, @OwnServer FreshDatabase database)
            throws Exception {
        RunningApi.install(database);
        server.stop();
        try (RunningApi api = RunningApi.start(database, Clock.systemUTC(), "")) {
            assertEquals(200, api.get("/api/v1/health").statusCode());
            assertEquals(200, api.get("/api/v1/heartbeat").statusCode());
            assertEquals(503, api.get("/api/v1/ready").statusCode());
            HttpResponse<String> dashboard = api.get("/api/v1/dashboard");
            assertEquals(503, dashboard.statusCode());
            assertEquals("the database is not available", RunningApi.error(dashboard));
            assertFalse(dashboard.body().contains("Exception"));

            server.start();

            assertEquals(200, api.get("/api/v1/dashboard").statusCode());
            assertEquals(200, api.get("/api/v1/ready").statusCode());
        }
    }
}
