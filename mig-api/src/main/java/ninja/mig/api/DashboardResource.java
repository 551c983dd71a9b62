package ninja.mig.api;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.Response;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import ninja.mig.cljs.Data;
import ninja.mig.cljs.Item;
import ninja.mig.cljs.Resource;
import ninja.mig.database.Actions;
import ninja.mig.database.AgentStatistics;
import ninja.mig.model.Action;
import ninja.mig.model.AgentStats;

/** The numbers of agents as the scheduler counted them last, then the newest actions. */
@Path("dashboard")
public final class DashboardResource {
    private static final int ACTIONS = 10;

    private final Links links;
    private final AgentStatistics statistics;
    private final Actions actions;

    DashboardResource(Links links, AgentStatistics statistics, Actions actions) {
        this.links = links;
        this.statistics = statistics;
        this.actions = actions;
    }

    @GET
    public Response get(@Context HttpServletRequest request) throws SQLException {
        List<Item> items = new ArrayList<>();
        statistics.latest().ifPresent(stats -> items.add(item(stats)));
        for (Action action : actions.complete(actions.last(ACTIONS))) {
            items.add(new Item(links.action(action.id()), new Data("action", action)));
        }
        return Answers.ok(Resource.of(links.self(request), items));
    }

    private Item item(AgentStats stats) {
        return new Item(
                links.to("/dashboard"),
                new Data("online agents", stats.onlineAgents()),
                new Data("online agents by version", stats.onlineAgentsByVersion()),
                new Data("online endpoints", stats.onlineEndpoints()),
                new Data("idle agents", stats.idleAgents()),
                new Data("idle agents by version", stats.idleAgentsByVersion()),
                new Data("idle endpoints", stats.idleEndpoints()),
                new Data("new endpoints", stats.newEndpoints()),
                new Data("endpoints running 2 or more agents", stats.multiAgentsEndpoints()),
                new Data("disappeared endpoints", stats.disappearedEndpoints()),
                new Data("flapping endpoints", stats.flappingEndpoints()));
    }
}
