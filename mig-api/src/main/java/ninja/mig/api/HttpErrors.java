package ninja.mig.api;

import java.nio.ByteBuffer;
import java.util.Optional;
import ninja.mig.cljs.Envelope;
import ninja.mig.cljs.Resource;
import ninja.mig.json.MigJson;
import ninja.mig.model.IdGenerator;
import ninja.mig.model.MigId;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.handler.ErrorHandler;
import org.eclipse.jetty.util.Callback;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Answers what fails before a resource is found or outside the base route, in the same form as everything else. */
final class HttpErrors extends ErrorHandler {
    private static final Logger log = LoggerFactory.getLogger(HttpErrors.class);
    private static final String JSON = "application/json";

    private final IdGenerator ids;
    private final String host;

    HttpErrors(IdGenerator ids, String host) {
        this.ids = ids;
        this.host = host;
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) {
        int status = response.getStatus();
        MigId operation = Optional.ofNullable((Call) request.getAttribute(Call.ATTRIBUTE))
                .map(Call::operation)
                .orElseGet(ids::next);
        if (status >= 500) {
            log.error("operation {} failed: {}", operation, HttpStatus.getMessage(status), (Throwable)
                    request.getAttribute(ERROR_EXCEPTION));
        }
        Calls.addHeaders(response.getHeaders());
        response.getHeaders().put(HttpHeader.CONTENT_TYPE, JSON);
        String href = host + request.getHttpURI().getPathQuery();
        response.write(true, ByteBuffer.wrap(body(href, operation, message(status))), callback);
        return true;
    }

    private static String message(int status) {
        return status == 404 ? "there is nothing here" : HttpStatus.getMessage(status);
    }

    private static byte[] body(String href, MigId operation, String message) {
        return MigJson.bytes(new Envelope(Resource.failed(href, operation.toString(), message)));
    }
}
