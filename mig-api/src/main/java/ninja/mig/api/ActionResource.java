package ninja.mig.api;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.NotFoundException;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import java.io.IOException;
import java.io.InputStream;
import java.sql.SQLException;
import java.util.List;
import ninja.mig.cljs.Data;
import ninja.mig.cljs.Item;
import ninja.mig.cljs.Resource;
import ninja.mig.database.Actions;
import ninja.mig.model.Action;
import ninja.mig.model.MigId;
import ninja.mig.model.RejectedException;

/** One action; and where new ones are handed in, and others cancelled. */
@Path("action")
public final class ActionResource {
    private static final String NOTE =
            "Commands that are in an agent's queue or running already cannot be stopped; their results are still stored.";

    private final Links links;
    private final Actions actions;
    private final ActionSubmission submission;
    private final ActionCancellation cancellation;
    private final RequestBody body;
    private final int maxBytes;

    ActionResource(
            Links links,
            Actions actions,
            ActionSubmission submission,
            ActionCancellation cancellation,
            RequestBody body,
            int maxBytes) {
        this.links = links;
        this.actions = actions;
        this.submission = submission;
        this.cancellation = cancellation;
        this.body = body;
        this.maxBytes = maxBytes;
    }

    @GET
    public Response get(@Context HttpServletRequest request) throws SQLException {
        MigId id = RequestParameters.of(request).id("actionid", "Action");
        Action action = actions.byId(id).orElseThrow(() -> new NotFoundException("Action ID '" + id + "' not found"));
        Action complete = actions.complete(List.of(action)).get(0);
        return Answers.ok(links, request, new Item(links.action(id), new Data("action", complete)));
    }

    @GET
    @Path("create")
    public Response describe(@Context HttpServletRequest request) {
        Data action = new Data("action", "Signed MIG Action", "{\"name\": ..., \"pgpsignatures\": [...]}");
        return Answers.ok(Resource.describing(links.self(request), List.of(action)));
    }

    @POST
    @Path("create")
    public Response create(@Context HttpServletRequest request, InputStream content)
            throws IOException, SQLException, RejectedException {
        RequestParameters form = body.form(request, content, maxBytes);
        Action action = submission.submit(form.text("action"), (Call) request.getAttribute(Call.ATTRIBUTE));
        String href = links.action(action.id());
        Item item = new Item(href, new Data("action ID " + action.id(), action));
        return Answers.with(202, Resource.of(links.self(request), List.of(item)))
                .header(HttpHeaders.LOCATION, href)
                .build();
    }

    @GET
    @Path("cancel")
    public Response describeCancel(@Context HttpServletRequest request) {
        Data id = new Data("id", "Action ID", "[0-9]{1,20}");
        return Answers.ok(Resource.describing(links.self(request), List.of(id)));
    }

    @POST
    @Path("cancel")
    @UnusedToken
    public Response cancel(@Context HttpServletRequest request, InputStream content) throws IOException, SQLException {
        MigId id = body.form(request, content, maxBytes).id("id", "Action");
        Action cancelled = cancellation.cancel(id, (Call) request.getAttribute(Call.ATTRIBUTE));
        Data action = new Data("action", cancelled);
        // Without commands there is nothing that an agent could have taken.
        Item item = cancelled.counters().sent() == 0
                ? new Item(links.action(id), action)
                : new Item(links.action(id), action, new Data("note", NOTE));
        return Answers.with(202, Resource.of(links.self(request), List.of(item)))
                .build();
    }
}
