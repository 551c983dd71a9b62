package ninja.mig.relay;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.MalformedFrameException;
import com.rabbitmq.client.Method;
import com.rabbitmq.client.PossibleAuthenticationFailureException;
import com.rabbitmq.client.ShutdownSignalException;
import java.io.EOFException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/** What a failure of the client library means. */
final class Shutdown {
    private static final int CONTENT_TOO_LARGE = 311;
    private static final int ACCESS_REFUSED = 403;
    private static final int NOT_FOUND = 404;
    private static final int PRECONDITION_FAILED = 406;
    private static final int FRAME_ERROR = 501;
    private static final int NOT_ALLOWED = 530;

    /** Of a connection that ended without a word. */
    static final String HUNG_UP = "the other end hung up";

    private Shutdown() {}

    /** In few words: the broker's own, if it said something. */
    static String text(Throwable e) {
        Optional<ShutdownSignalException> signal = signal(e);
        Throwable cause = signal.map(Throwable::getCause).orElse(e);
        return signal.flatMap(Shutdown::replyText).orElseGet(() -> deepest(cause));
    }

    private static String deepest(Throwable e) {
        Throwable cause = e;
        while (cause.getCause() != null && cause.getMessage() == null) {
            cause = cause.getCause();
        }
        if (cause instanceof UnknownHostException) {
            // Java says it in other words when it remembers that it did not find the name.
            return "the name " + String.valueOf(cause.getMessage()).replaceFirst(": .*", "") + " is not known";
        }
        if (cause.getMessage() != null) {
            return cause.getMessage();
        }
        return cause instanceof EOFException ? HUNG_UP : cause.getClass().getSimpleName();
    }

    private static Optional<String> replyText(ShutdownSignalException signal) {
        Method reason = signal.getReason();
        if (reason instanceof AMQP.Connection.Close close) {
            return Optional.of(close.getReplyText());
        }
        if (reason instanceof AMQP.Channel.Close close) {
            return Optional.of(close.getReplyText());
        }
        return Optional.empty();
    }

    private static int replyCode(ShutdownSignalException signal) {
        Method reason = signal.getReason();
        if (reason instanceof AMQP.Connection.Close close) {
            return close.getReplyCode();
        }
        return reason instanceof AMQP.Channel.Close close ? close.getReplyCode() : 0;
    }

    private static Optional<ShutdownSignalException> signal(Throwable e) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof ShutdownSignalException signal) {
                return Optional.of(signal);
            }
        }
        return Optional.empty();
    }

    /** The relay ended a channel or a connection because of what it was sent, too large perhaps. */
    static boolean isRefusedMessage(Throwable e) {
        int code = signal(e).map(Shutdown::replyCode).orElse(0);
        return code == CONTENT_TOO_LARGE || code == PRECONDITION_FAILED || code == FRAME_ERROR;
    }

    /** A failure to enter the virtual host: as a user, or since there is none of that name. */
    static boolean isRefusedEntry(Throwable e) {
        int code = signal(e).map(Shutdown::replyCode).orElse(0);
        return e instanceof PossibleAuthenticationFailureException
                || code == ACCESS_REFUSED
                || code == NOT_ALLOWED
                || code == NOT_FOUND;
    }

    /** A missing permission. */
    static boolean isRefused(Throwable e) {
        return signal(e).map(Shutdown::replyCode).orElse(0) == ACCESS_REFUSED;
    }

    static boolean isPreconditionFailed(Throwable e) {
        return signal(e).map(Shutdown::replyCode).orElse(0) == PRECONDITION_FAILED;
    }

    /** Whether nobody was met at the other end. */
    static boolean isUnreached(Throwable e) {
        return e instanceof ConnectException
                || e instanceof NoRouteToHostException
                || e instanceof SocketTimeoutException
                        && String.valueOf(e.getMessage())
                                .toLowerCase(Locale.ROOT)
                                .startsWith("connect");
    }

    /** Whether the other end sent something else than frames, to a library that believes every byte at first. */
    static boolean isNotAmqp(Throwable e) {
        return Stream.iterate(e, cause -> cause != null, Throwable::getCause)
                .anyMatch(cause -> cause instanceof MalformedFrameException
                        || String.valueOf(cause.getMessage()).startsWith("Frame size is invalid"));
    }

    static boolean isNotFound(Throwable e) {
        return signal(e).map(Shutdown::replyCode).orElse(0) == NOT_FOUND;
    }
}
