package ninja.mig.relay;

import java.io.EOFException;
import java.net.ConnectException;
import java.net.SocketException;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
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
        Optional<CertificateNotYetValidException> early = cause(failure, CertificateNotYetValidException.class);
        if (early.isPresent()) {
            return Optional.of("the certificate of the relay is not valid yet, perhaps the clock here is wrong, "
                    + early.get().getMessage());
        }
        Optional<CertificateException> certificate = cause(failure, CertificateException.class);
        if (certificate.isPresent()
                && cause(failure, SSLHandshakeException.class).isPresent()) {
            return Optional.of(refused(String.valueOf(certificate.get().getMessage()), host));
        }
        return cause(failure, SSLException.class)
                .map(e -> text(e, tls, now))
                .or(() -> isHungUp(failure) ? Optional.of(hungUp(failure, tls, now)) : Optional.empty());
    }

    /** A name that does not match has no exception of its own in Java, only these beginnings of a text. */
    private static String refused(String reason, String host) {
        boolean isName = reason.startsWith("No subject alternative") || reason.startsWith("No name matching");
        return "the certificate of the relay is " + (isName ? "not for " + host : "refused") + ": " + reason;
    }

    private static String text(SSLException e, PemTls tls, Instant now) {
        String message = String.valueOf(e.getMessage());
        int alert = message.indexOf(ALERT); // Newer Javas name it before, too, in parentheses.
        if (alert >= 0) {
            return "the relay refuses our certificate or our TLS" + expired(tls, now) + ": "
                    + message.substring(alert + ALERT.length());
        }
        return message.contains("Unsupported or unrecognized")
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
        String reason = Shutdown.text(failure);
        return "the relay hung up, perhaps because it refuses our certificate" + expired(tls, now)
                + (reason.equals(Shutdown.HUNG_UP) ? "" : ": " + reason);
    }

    private static String expired(PemTls tls, Instant now) {
        if (tls.expires().isEmpty()) {
            return " (no certificate is configured)";
        }
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
