package ninja.mig.api;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.ext.ExceptionMapper;
import java.io.EOFException;
import java.sql.SQLException;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import ninja.mig.cljs.Resource;
import ninja.mig.database.AlreadyExistsException;
import ninja.mig.database.Database;
import ninja.mig.model.RejectedException;
import ninja.mig.pgp.BadSignatureException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Turns whatever a request ends with into an answer. What was refused is told; what went wrong in here is told to the log
 * only, and the client gets the number to ask for.
 */
public final class ErrorMapper implements ExceptionMapper<Throwable> {
    private static final Logger log = LoggerFactory.getLogger(ErrorMapper.class);

    /** Set by us, whatever an exception of the framework says. */
    private static final Set<String> OURS = Set.of("content-type", "content-length");

    private final Links links;

    @Context
    private HttpServletRequest request;

    ErrorMapper(Links links) {
        this.links = links;
    }

    @Override
    public Response toResponse(Throwable failure) {
        return toResponse(failure, request, List.of());
    }

    /** With items that stay in the answer although it is a refusal. */
    Response toResponse(Throwable failure, HttpServletRequest to, List<ninja.mig.cljs.Item> items) {
        int status = status(failure);
        String message = status < 500 || failure instanceof WebApplicationException
                ? message(failure, to)
                : status == 503 ? "the database is not available" : "internal error";
        if (status < 500) {
            log.info("{}", Call.printable(message));
        } else {
            log.error("{}: {}", Call.printable(to.getRequestURI()), message, failure);
        }
        Call call = (Call) to.getAttribute(Call.ATTRIBUTE);
        Resource answer = Resource.failed(links.self(to), call.operation().toString(), message);
        Response.ResponseBuilder response = Answers.with(status, answer.withItems(items));
        if (failure instanceof WebApplicationException e) {
            copyHeaders(e.getResponse(), response);
        }
        return response.build();
    }

    private static void copyHeaders(Response from, Response.ResponseBuilder to) {
        from.getHeaders().forEach((name, values) -> {
            if (!OURS.contains(name.toLowerCase(Locale.ROOT))) {
                values.forEach(value -> to.header(name, value));
            }
        });
    }

    private static int status(Throwable failure) {
        if (failure instanceof WebApplicationException e) {
            return e.getResponse().getStatus();
        }
        if (failure instanceof AlreadyExistsException) {
            return 409;
        }
        if (failure instanceof BadSignatureException e) {
            return switch (e.kind()) {
                case MALFORMED -> 400;
                case SIGNED_TWICE -> 409;
                case UNKNOWN_SIGNER, UNUSABLE_KEY, WRONG -> 403;
            };
        }
        if (failure instanceof RejectedException) {
            return 400;
        }
        return causes(failure)
                .map(ErrorMapper::statusOfCause)
                .filter(s -> s != 500)
                .findFirst()
                .orElse(500);
    }

    private static int statusOfCause(Throwable cause) {
        if (cause instanceof SQLException e && Database.isAway(e)) {
            return 503;
        }
        if (cause instanceof EOFException) {
            return 400;
        }
        return cause instanceof TimeoutException ? 408 : 500;
    }

    private static Stream<Throwable> causes(Throwable failure) {
        return Stream.iterate(failure, java.util.Objects::nonNull, Throwable::getCause)
                .limit(10);
    }

    private static String message(Throwable failure, HttpServletRequest to) {
        if (failure instanceof WebApplicationException e) {
            int status = e.getResponse().getStatus();
            boolean byFramework = String.valueOf(e.getMessage()).startsWith("HTTP " + status);
            if (byFramework && status == 404) {
                return "no route " + to.getRequestURI();
            }
            if (byFramework && status == 405) {
                return "method " + to.getMethod() + " is not allowed for " + to.getRequestURI();
            }
        }
        if (failure instanceof BadSignatureException) {
            return "VerifySignatures() -> " + failure.getMessage();
        }
        if (failure instanceof WebApplicationException || failure instanceof RejectedException) {
            return failure.getMessage();
        }
        return "the request did not arrive completely";
    }
}
