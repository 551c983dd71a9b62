package ninja.mig.api;

import jakarta.servlet.http.HttpServletRequest;
import ninja.mig.model.MigId;

/** The addresses of everything, as clients see them. */
final class Links {
    private final String host;
    private final String base;

    Links(ApiConf.Server server) {
        host = server.host();
        base = host + server.baseRoute();
    }

    /** The request's own address, as it was sent. */
    String self(HttpServletRequest request) {
        return host + path(request);
    }

    /** Path and query of a request, as they were sent. */
    static String path(HttpServletRequest request) {
        String query = request.getQueryString();
        return request.getRequestURI() + (query == null ? "" : "?" + query);
    }

    /** A route below the base, which begins with a slash. */
    String to(String route) {
        return base + route;
    }

    String action(MigId id) {
        return base + "/action?actionid=" + id;
    }

    String command(MigId id) {
        return base + "/command?commandid=" + id;
    }

    String agent(MigId id) {
        return base + "/agent?agentid=" + id;
    }

    String investigator(MigId id) {
        return base + "/investigator?investigatorid=" + id;
    }
}
