package ninja.mig.api;

import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.Response;
import java.sql.SQLException;
import java.util.Map;
import ninja.mig.database.Database;
import ninja.mig.runtime.Version;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells machines whether the process lives, and whether it can serve. */
@Path("")
public final class HealthResource {
    private static final Logger log = LoggerFactory.getLogger(HealthResource.class);

    private final Database database;

    HealthResource(Database database) {
        this.database = database;
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
        try {
            database.check();
            return Answers.json(200, Map.of("status", "up")).build();
        } catch (SQLException e) {
            log.warn("the database is not available: {}", e.getMessage());
            return Answers.json(503, new NotReady("down", Map.of("database", "not available")))
                    .build();
        }
    }

    record Health(String status, String version) {}

    record NotReady(String status, Map<String, String> checks) {}
}
