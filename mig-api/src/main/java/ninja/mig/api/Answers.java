package ninja.mig.api;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.List;
import ninja.mig.cljs.Envelope;
import ninja.mig.cljs.Item;
import ninja.mig.cljs.Resource;
import ninja.mig.json.MigJson;

/** Turns documents into responses. */
final class Answers {
    private static final String TEXT = "text/plain;charset=utf-8";

    private Answers() {}

    static Response ok(Resource resource) {
        return with(200, resource).build();
    }

    /** An answer of one item. */
    static Response ok(Links links, HttpServletRequest request, Item item) {
        return ok(Resource.of(links.self(request), List.of(item)));
    }

    static Response.ResponseBuilder with(int status, Resource resource) {
        return json(status, new Envelope(resource));
    }

    static Response.ResponseBuilder json(int status, Object document) {
        return Response.status(status).type(MediaType.APPLICATION_JSON_TYPE).entity(MigJson.bytes(document));
    }

    static Response text(int status, String text) {
        return Response.status(status).type(TEXT).entity(text).build();
    }
}
