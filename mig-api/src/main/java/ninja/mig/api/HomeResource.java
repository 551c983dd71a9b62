package ninja.mig.api;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.Response;
import java.util.List;
import ninja.mig.cljs.Data;
import ninja.mig.cljs.Link;
import ninja.mig.cljs.Query;
import ninja.mig.cljs.Resource;

/** What can be done here. */
@Path("")
public final class HomeResource {
    private static final String ID = "[0-9]{1,20}";

    private final Links links;

    HomeResource(Links links) {
        this.links = links;
    }

    @GET
    public Response get(@Context HttpServletRequest request) {
        return Answers.ok(Resource.of(links.self(request), List.of())
                .withLinks(List.of(
                        new Link("create action", links.to("/action/create/"), "POST a signed action"),
                        new Link("create investigator", links.to("/investigator/create/"), "POST a public key"),
                        new Link("update investigator", links.to("/investigator/update/"), "POST a new status")))
                .withQueries(List.of(
                        new Query("Get dashboard", links.to("/dashboard"), "", "", List.of()),
                        byId("action"),
                        byId("command"),
                        byId("agent"),
                        byId("investigator"),
                        search())));
    }

    private Query byId(String type) {
        Data id = new Data(type + "id", "ID of the " + type, ID);
        return new Query("Query " + type + " by ID", links.to("/" + type), "", "Query " + type + " by ID", List.of(id));
    }

    private Query search() {
        List<Data> parameters = List.of(
                new Data("type", "what to search for", "action, agent, command or investigator"),
                new Data("actionid", "ID of an action", ID),
                new Data("actionname", "pattern of an action's name", "%"),
                new Data("after", "earliest time", "2015-07-31T20:00:00Z"),
                new Data("afterid", "only commands with a greater ID", ID),
                new Data("agentid", "ID of an agent", ID),
                new Data("agentname", "pattern of an agent's name", "%"),
                new Data("before", "latest time", "2015-07-31T20:00:00Z"),
                new Data("commandid", "ID of a command", ID),
                new Data("count", "whether to count all results", "true or false"),
                new Data("foundanything", "whether a command found anything", "true or false"),
                new Data("investigatorid", "ID of an investigator", ID),
                new Data("investigatorname", "pattern of an investigator's name", "%"),
                new Data("limit", "most results of one page", "100"),
                new Data("offset", "results to leave out", "0"),
                new Data("status", "pattern of a status", "%"),
                new Data("target", "SQL condition that selects agents", "queueloc LIKE 'linux.%'"),
                new Data("threatfamily", "pattern of a threat family", "%"));
        return new Query("Search stuff", links.to("/search"), "", "Search stuff", parameters);
    }
}
