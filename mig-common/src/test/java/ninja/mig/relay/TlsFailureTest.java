package ninja.mig.relay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.EOFException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.time.Instant;
import java.util.Optional;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import org.junit.jupiter.api.Test;

class TlsFailureTest {
    private static final Instant LONG_AFTER_IT_EXPIRED = Instant.parse("3000-01-01T00:00:00Z");

    @Test
    void saysWhatIsWrongWithTheCertificateOfTheRelay() throws Exception {
        assertEquals(
                "the certificate of the relay is not signed by a CA of cacert",
                text(handshake(new CertPathBuilderException("unable to find"))));
        assertEquals(
                "the certificate of the relay has expired, NotAfter: then",
                text(handshake(new CertificateExpiredException("NotAfter: then"))));
        assertEquals(
                "the certificate of the relay is not valid yet, perhaps the clock here is wrong, NotBefore: then",
                text(handshake(new CertificateNotYetValidException("NotBefore: then"))));
        assertEquals(
                "the certificate of the relay is not for relay1: No subject alternative names present",
                text(handshake(new CertificateException("No subject alternative names present"))));
        assertEquals(
                "the certificate of the relay is not for relay1: No name matching relay1 found",
                text(handshake(new CertificateException("No name matching relay1 found"))));
        assertEquals(
                "the certificate of the relay is refused: Algorithm constraints check failed",
                text(handshake(new CertificateException("Algorithm constraints check failed"))));
    }

    @Test
    void saysWhatTheRelayMayHaveAgainstOurCertificate() throws Exception {
        assertEquals(
                "the relay hung up, perhaps because it refuses our certificate: Connection reset",
                text(new SocketException("Connection reset")));
        assertEquals(
                "the relay refuses our certificate or our TLS: certificate_unknown",
                text(new SSLHandshakeException("Received fatal alert: certificate_unknown")));
        assertEquals(
                "the relay refuses our certificate or our TLS: certificate_required",
                text(new SSLHandshakeException("(certificate_required) Received fatal alert: certificate_required")));
        assertEquals(
                Optional.of(
                        "the relay hung up, perhaps because it refuses our certificate (no certificate is configured)"),
                TlsFailure.text(new EOFException(), tls(false), "relay1", Instant.EPOCH));
        String expired = TlsFailure.text(new SocketException("Broken pipe"), tls(true), "relay1", LONG_AFTER_IT_EXPIRED)
                .orElseThrow();
        assertTrue(expired.contains("our certificate, which expired at 2"), expired);
    }

    @Test
    void knowsAServerWithoutTls() throws Exception {
        assertEquals(
                "the relay does not speak TLS on this port",
                text(new SSLException("Unsupported or unrecognized SSL message")));
    }

    @Test
    void namesAnEndWithoutAWord() {
        assertEquals("the other end hung up", Shutdown.text(new EOFException()));
        assertEquals("the other end hung up", Shutdown.text(new IOException(null, new EOFException())));
        for (String words : new String[] {"relay1.example.net: Name or service not known", "relay1.example.net"}) {
            assertEquals("the name relay1.example.net is not known", Shutdown.text(new UnknownHostException(words)));
        }
    }

    @Test
    void leavesOtherFailuresAlone() throws Exception {
        assertEquals(
                Optional.empty(),
                TlsFailure.text(new ConnectException("Connection refused"), tls(true), "relay1", Instant.EPOCH));
        assertEquals(
                Optional.empty(),
                TlsFailure.text(new IOException("proxy p:1 refused"), tls(true), "relay1", Instant.EPOCH));
    }

    private static SSLHandshakeException handshake(Exception cause) {
        SSLHandshakeException failure = new SSLHandshakeException("PKIX path building failed");
        failure.initCause(cause);
        return failure;
    }

    private static String text(Exception failure) throws Exception {
        return TlsFailure.text(failure, tls(true), "relay1", Instant.EPOCH).orElseThrow();
    }

    private static PemTls tls(boolean withCertificate) throws Exception {
        return PemTls.of(
                TestTls.text("ca.crt"),
                withCertificate ? Optional.of(TestTls.text("rsa.crt")) : Optional.empty(),
                withCertificate ? Optional.of(TestTls.text("rsa.key")) : Optional.empty());
    }
}
