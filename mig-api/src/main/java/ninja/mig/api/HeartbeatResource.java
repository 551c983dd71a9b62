package ninja.mig.api;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.Response;
import ninja.mig.cljs.Data;
import ninja.mig.cljs.Item;

/** Says that the API is there. */
@Path("heartbeat")
public final class HeartbeatResource {
    private final Links links;

    HeartbeatResource(Links links) {
        this.links = links;
    }

    @GET
    @WithoutToken
    public Response get(@Context HttpServletRequest request) {
        return Answers.ok(links, request, new Item(Links.path(request), new Data("heartbeat", "gatorz say hi")));
    }
}
