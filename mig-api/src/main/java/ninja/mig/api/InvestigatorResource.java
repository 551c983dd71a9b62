package ninja.mig.api;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.BadRequestException;
import jakarta.ws.rs.ClientErrorException;
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
import java.time.Clock;
import java.util.List;
import ninja.mig.cljs.Data;
import ninja.mig.cljs.Item;
import ninja.mig.cljs.Link;
import ninja.mig.cljs.Resource;
import ninja.mig.database.Investigators;
import ninja.mig.model.Investigator;
import ninja.mig.model.MigId;
import ninja.mig.model.RejectedException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One investigator; and where investigators are registered, enabled and disabled. */
@Path("investigator")
public final class InvestigatorResource {
    private static final Logger log = LoggerFactory.getLogger(InvestigatorResource.class);
    private static final Logger audit = LoggerFactory.getLogger("mig.audit");

    private final Links links;
    private final Investigators investigators;
    private final InvestigatorRegistration registration;
    private final KeyringCache keyrings;
    private final RequestBody body;
    private final int maxBytes;
    private final Clock clock;

    InvestigatorResource(
            Links links,
            Investigators investigators,
            KeyringCache keyrings,
            RequestBody body,
            int maxBytes,
            Clock clock) {
        this.links = links;
        this.investigators = investigators;
        this.registration = new InvestigatorRegistration(investigators, clock);
        this.keyrings = keyrings;
        this.body = body;
        this.maxBytes = maxBytes;
        this.clock = clock;
    }

    @GET
    public Response get(@Context HttpServletRequest request) throws SQLException {
        MigId id = RequestParameters.of(request).id("investigatorid", "Investigator");
        Investigator investigator = investigators.byId(id).orElseThrow(() -> notFound(id));
        Link history = new Link(
                "investigator history", links.to("/search?type=action&investigatorid=" + id + "&limit=100"), "");
        return Answers.ok(
                links,
                request,
                new Item(links.investigator(id), List.of(new Data("investigator", investigator)), List.of(history)));
    }

    private static NotFoundException notFound(MigId id) {
        return new NotFoundException("Investigator ID '" + id + "' not found");
    }

    @GET
    @Path("create")
    public Response describeCreate(@Context HttpServletRequest request) {
        return Answers.ok(Resource.describing(
                links.self(request),
                List.of(
                        new Data("name", "Investigator Name", "Bob Kelso"),
                        new Data("publickey", "Public Key", "-----BEGIN PGP PUBLIC KEY BLOCK-----"))));
    }

    @POST
    @Path("create")
    public Response create(@Context HttpServletRequest request, InputStream content)
            throws IOException, SQLException, RejectedException {
        RequestParameters form = body.multipart(request, content, maxBytes);
        Investigator created = registration.register(form.text("name"), form.text("publickey"));
        keyrings.forget();
        log.info("Investigator created in database");
        audit(request, created, "created");
        return Answers.with(201, Resource.of(links.self(request), List.of(item(created))))
                .header(HttpHeaders.LOCATION, links.investigator(created.id()))
                .build();
    }

    @GET
    @Path("update")
    public Response describeUpdate(@Context HttpServletRequest request) {
        return Answers.ok(Resource.describing(
                links.self(request),
                List.of(
                        new Data("id", "Investigator ID", "[0-9]{1,20}"),
                        new Data("status", "Investigator Status", "active or disabled"))));
    }

    /** With {@code force=true} even the last active investigator can be disabled. */
    @POST
    @Path("update")
    public Response update(@Context HttpServletRequest request, InputStream content) throws IOException, SQLException {
        RequestParameters form = body.form(request, content, maxBytes);
        if (form.text("id").isEmpty()) {
            throw new BadRequestException("Investigator ID must not be empty");
        }
        MigId id = form.id("id", "Investigator");
        String status = status(form.text("status"));
        if (status.equals(Investigator.DISABLED)
                && !form.text("force").equalsIgnoreCase("true")
                && investigators.isLastActive(id)) {
            throw new ClientErrorException(
                    "Investigator ID '" + id + "' is the last active one; force=true disables it all the same", 409);
        }
        Investigator updated =
                investigators.setStatus(id, status, clock.instant()).orElseThrow(() -> notFound(id));
        keyrings.forget();
        log.info("Investigator {} status changed to {}", id, status);
        audit(request, updated, status);
        return Answers.ok(links, request, item(updated));
    }

    private static String status(String status) {
        if (status.isEmpty()) {
            throw new BadRequestException("Investigator status must not be empty");
        }
        if (!status.equals(Investigator.ACTIVE) && !status.equals(Investigator.DISABLED)) {
            throw new BadRequestException("Invalid investigator status '" + status + "'");
        }
        return status;
    }

    private Item item(Investigator investigator) {
        MigId id = investigator.id();
        return new Item(links.investigator(id), new Data("Investigator ID " + id, investigator));
    }

    private static void audit(HttpServletRequest request, Investigator investigator, String what) {
        Call call = (Call) request.getAttribute(Call.ATTRIBUTE);
        audit.info(
                "investigator {} '{}' {} {}, src={} auth=[{}]",
                investigator.id(),
                investigator.name(),
                investigator.pgpFingerprint(),
                what,
                call.client(),
                call.caller());
    }
}
