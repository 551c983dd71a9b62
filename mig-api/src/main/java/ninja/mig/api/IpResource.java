package ninja.mig.api;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.Response;

/** Tells a client its address: agents learn their public one from here. */
@Path("ip")
public final class IpResource {

    @GET
    @WithoutToken
    public Response get(@Context HttpServletRequest request) {
        return Answers.text(200, ((Call) request.getAttribute(Call.ATTRIBUTE)).client());
    }
}
