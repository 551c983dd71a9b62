package ninja.mig.api;

import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.Response;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import ninja.mig.database.Database;
import ninja.mig.runtime.Version;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells machines whether the process lives, and whether it can serve. */
@Path("")
public final class HealthResource {
    private static final Logger log = LoggerFactory.getLogger(HealthResource.class);

    private static final Duration GOOD_FOR = Duration.ofSeconds(1);

    private final Database database;
    private final Clock clock;
    private boolean isReady;
    private Instant checked = Instant.MIN;

    HealthResource(Database database, Clock clock) {
        this.database = database;
        this.clock = clock;
    }

    /** Never asks the database. */
    @GET
    @Path("health")
    @WithoutToken
    public Response health() {
        return Answers.json(200, new Health("up", Version.of(HealthResource.class)))
                .build();
    }

    @GET
    @Path("ready")
    @WithoutToken
    public Response ready() {
        return isReady()
                ? Answers.json(200, Map.of("status", "up")).build()
                : Answers.json(503, new NotReady("down", Map.of("database", "not available")))
                        .build();
    }

    /** Everybody may ask, so the database is asked once a second at most, and by one request at a time. */
    private synchronized boolean isReady() {
        if (checked.isBefore(clock.instant().minus(GOOD_FOR))) {
            isReady = answers();
            checked = clock.instant();
        }
        return isReady;
    }

    private boolean answers() {
        try {
            database.check();
            return true;
        } catch (SQLException e) {
            log.warn("the database is not available: {}", e.getMessage());
            return false;
        }
    }

    record Health(String status, String version) {}

    record NotReady(String status, Map<String, String> checks) {}
}
