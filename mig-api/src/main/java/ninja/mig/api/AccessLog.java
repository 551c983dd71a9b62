package ninja.mig.api;

import java.util.Optional;
import ninja.mig.log.LogContext;
import ninja.mig.model.MigId;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.RequestLog;
import org.eclipse.jetty.server.Response;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One line for each request that was answered. */
final class AccessLog implements RequestLog {
    private static final Logger log = LoggerFactory.getLogger(AccessLog.class);

    @Override
    public void log(Request request, Response response) {
        Call call = (Call) request.getAttribute(Call.ATTRIBUTE);
        MigId operation = call == null ? MigId.NONE : call.operation();
        try (LogContext numbered = LogContext.of(operation, MigId.NONE, MigId.NONE)) {
            log.info(
                    "src={} auth=[{}] {} {} {} resp_code={} resp_size={} user-agent={}",
                    call == null ? Request.getRemoteAddr(request) : call.client(),
                    call == null ? Caller.NOBODY : Call.printable(call.caller().toString()),
                    Call.printable(request.getMethod()),
                    request.getConnectionMetaData().getHttpVersion().asString(),
                    Call.printable(request.getHttpURI().getPathQuery()),
                    response.getStatus(),
                    Response.getContentBytesWritten(response),
                    Call.printable(Optional.ofNullable(request.getHeaders().get(HttpHeader.USER_AGENT))
                            .orElse("")));
        }
    }
}
