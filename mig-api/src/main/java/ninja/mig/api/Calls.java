package ninja.mig.api;

import ninja.mig.log.LogContext;
import ninja.mig.model.IdGenerator;
import ninja.mig.model.MigId;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/** Outermost: gives every request its number, which begins all log lines about it and stands in a refusal. */
final class Calls extends Handler.Wrapper {
    private final IdGenerator ids;
    private final ClientAddress address;

    Calls(IdGenerator ids, ClientAddress address, Handler next) {
        super(next);
        this.ids = ids;
        this.address = address;
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) throws Exception {
        MigId operation = ids.next();
        addHeaders(response.getHeaders());
        try (LogContext numbered = LogContext.of(operation, MigId.NONE, MigId.NONE)) {
            request.setAttribute(Call.ATTRIBUTE, new Call(operation, address.of(request)));
            return super.handle(request, response, callback);
        }
    }

    /** What every response carries. */
    static void addHeaders(HttpFields.Mutable headers) {
        headers.put(HttpHeader.CACHE_CONTROL, "no-cache");
        headers.put("X-Content-Type-Options", "nosniff");
        headers.put("Referrer-Policy", "no-referrer");
    }
}
