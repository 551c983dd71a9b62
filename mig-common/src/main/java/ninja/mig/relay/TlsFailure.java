package ninja.mig.relay;

import java.io.EOFException;
import java.net.ConnectException;
import java.net.SocketException;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.time.Instant;
import java.util.Optional;
import java.util.stream.Stream;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;

/** What went wrong when a connection with TLS was made, in the words of whoever has to put it right. */
final class TlsFailure {
    private static final String ALERT = "Received fatal alert: ";

    private TlsFailure() {}

    /**
     * Empty if it has nothing to do with TLS.
     *
     * @param host as configured
     * @param now whether our certificate has expired
     */
    static Optional<String> text(Throwable failure, PemTls tls, String host, Instant now) {
        if (cause(failure, CertPathBuilderException.class).isPresent()) {
            return Optional.of("the certificate of the relay is not signed by a CA of cacert");
        }
        Optional<CertificateExpiredException> expired = cause(failure, CertificateExpiredException.class);
        if (expired.isPresent()) {
            return Optional.of(
                    "the certificate of the relay has expired, " + expired.get().getMessage());
        }
        Optional<CertificateException> certificate = cause(failure, CertificateException.class);
        if (certificate.isPresent()
                && cause(failure, SSLHandshakeException.class).isPresent()) {
            return Optional.of("the certificate of the relay is not for " + host + ": "
                    + certificate.get().getMessage());
        }
        return cause(failure, SSLException.class)
                .map(e -> text(e, tls, now))
                .or(() -> isHungUp(failure) ? Optional.of(hungUp(failure, tls, now)) : Optional.empty());
    }

    private static String text(SSLException e, PemTls tls, Instant now) {
        String message = String.valueOf(e.getMessage());
        if (message.startsWith(ALERT)) {
            return "the relay refuses our certificate or our TLS" + expired(tls, now) + ": "
                    + message.substring(ALERT.length());
        }
        return message.startsWith("Unsupported or unrecognized")
                ? "the relay does not speak TLS on this port"
                : "TLS: " + message;
    }

    /** With TLS 1.3 a server that refuses the client's certificate hangs up when the client believes to be in. */
    private static boolean isHungUp(Throwable failure) {
        return cause(failure, ConnectException.class).isEmpty()
                && (cause(failure, SocketException.class).isPresent()
                        || cause(failure, EOFException.class).isPresent());
    }

    private static String hungUp(Throwable failure, PemTls tls, Instant now) {
        return "the relay hung up, perhaps because it refuses our certificate" + expired(tls, now) + ": "
                + Shutdown.text(failure);
    }

    private static String expired(PemTls tls, Instant now) {
        return tls.expires()
                .filter(end -> end.isBefore(now))
                .map(end -> ", which expired at " + end)
                .orElse("");
    }

    private static <T extends Throwable> Optional<T> cause(Throwable failure, Class<T> type) {
        return Stream.iterate(failure, e -> e != null, Throwable::getCause)
                .filter(type::isInstance)
                .map(type::cast)
                .findFirst();
    }
}
