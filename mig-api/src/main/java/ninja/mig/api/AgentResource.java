package ninja.mig.api;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.NotFoundException;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.Response;
import java.sql.SQLException;
import ninja.mig.cljs.Data;
import ninja.mig.cljs.Item;
import ninja.mig.database.Agents;
import ninja.mig.model.Agent;
import ninja.mig.model.MigId;

/** One agent. */
@Path("agent")
public final class AgentResource {
    private final Links links;
    private final Agents agents;

    AgentResource(Links links, Agents agents) {
        this.links = links;
        this.agents = agents;
    }

    @GET
    public Response get(@Context HttpServletRequest request) throws SQLException {
        MigId id = RequestParameters.of(request).id("agentid", "Agent");
        Agent agent = agents.byId(id).orElseThrow(() -> new NotFoundException("Agent ID '" + id + "' not found"));
        return Answers.ok(links, request, new Item(links.agent(id), new Data("agent", agent)));
    }
}
