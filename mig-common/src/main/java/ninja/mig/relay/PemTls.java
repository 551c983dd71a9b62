package ninja.mig.relay;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import ninja.mig.model.RejectedException;

/**
 * TLS with certificates and a key in PEM: the CA certificates given are the only ones trusted, the client presents a
 * certificate if it has one, versions before 1.2 are not spoken, and the server's name is checked.
 */
public final class PemTls {
    private static final char[] NO_PASSWORD = new char[0];

    private final SSLContext context;
    private final Optional<Instant> expires;

    private PemTls(SSLContext context, Optional<Instant> expires) {
        this.context = context;
        this.expires = expires;
    }

    /**
     * @param ca one or more CA certificates
     * @param certificate the client's, perhaps followed by those that lead to its CA
     * @param key the private key of the client's certificate, unencrypted: PKCS#8, PKCS#1 or SEC1; with a certificate only
     * @throws RejectedException if something cannot be read, or the key belongs to another certificate
     */
    public static PemTls of(String ca, Optional<String> certificate, Optional<String> key) throws RejectedException {
        if (certificate.isPresent() != key.isPresent()) {
            throw new RejectedException("a client certificate and its key are given together or not at all");
        }
        List<Certificate> anchors = certificates(ca, "CA certificate");
        try {
            KeyManager[] keys = certificate.isPresent() ? keys(certificate.get(), key.get()) : new KeyManager[0];
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(keys, trusting(anchors).getTrustManagers(), null);
            return new PemTls(context, certificate.isPresent() ? expiry(certificate.get()) : Optional.empty());
        } catch (GeneralSecurityException | IOException e) {
            throw new RejectedException("cannot set up TLS: " + e.getMessage(), e);
        }
    }

    private static Optional<Instant> expiry(String certificatePem) throws RejectedException {
        return certificates(certificatePem, "client certificate").get(0) instanceof X509Certificate certificate
                ? Optional.of(certificate.getNotAfter().toInstant())
                : Optional.empty();
    }

    /** As {@link #of}, from files. */
    public static PemTls load(Path ca, Optional<Path> certificate, Optional<Path> key) throws RejectedException {
        Optional<String> certificateText =
                certificate.isEmpty() ? Optional.empty() : Optional.of(text(certificate.get()));
        Optional<String> keyText = key.isEmpty() ? Optional.empty() : Optional.of(text(key.get()));
        return of(text(ca), certificateText, keyText);
    }

    private static String text(Path file) throws RejectedException {
        try {
            return Files.readString(
                    file, StandardCharsets.ISO_8859_1); // PEM is ASCII; comments around it may be anything
        } catch (IOException e) {
            throw new RejectedException("cannot read " + file + ": " + e, e);
        }
    }

    private static List<Certificate> certificates(String pem, String what) throws RejectedException {
        List<Certificate> certificates = new ArrayList<>();
        try {
            CertificateFactory factory = CertificateFactory.getInstance("X.509");
            for (PemBlock block : PemBlock.read(pem)) {
                if (block.isCertificate()) {
                    certificates.add(factory.generateCertificate(new ByteArrayInputStream(block.der())));
                }
            }
        } catch (GeneralSecurityException e) {
            throw new RejectedException(what + " cannot be read: " + e.getMessage(), e);
        }
        if (certificates.isEmpty()) {
            throw new RejectedException(what + " is missing: no BEGIN CERTIFICATE line");
        }
        return certificates;
    }

    private static KeyManager[] keys(String certificatePem, String keyPem)
            throws RejectedException, GeneralSecurityException, IOException {
        List<Certificate> chain = certificates(certificatePem, "client certificate");
        PrivateKey key = PemKey.of(keyPem, chain.get(0).getPublicKey());
        KeyStore store = emptyStore();
        store.setKeyEntry("client", key, NO_PASSWORD, chain.toArray(new Certificate[0]));
        KeyManagerFactory factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        factory.init(store, NO_PASSWORD);
        return factory.getKeyManagers();
    }

    private static TrustManagerFactory trusting(List<Certificate> anchors)
            throws GeneralSecurityException, IOException {
        KeyStore store = emptyStore();
        for (int i = 0; i < anchors.size(); i++) {
            store.setCertificateEntry("ca" + i, anchors.get(i));
        }
        TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(store);
        return factory;
    }

    private static KeyStore emptyStore() throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, NO_PASSWORD);
        return store;
    }

    /** When the client's certificate expires, if there is one. */
    Optional<Instant> expires() {
        return expires;
    }

    /** Makes sockets that still need {@link #prepare}, unless their user checks the server's name. */
    public SSLContext context() {
        return context;
    }

    /** Allows TLS 1.2 and 1.3 only, and has the handshake check the name that the socket connects to. */
    public static void prepare(SSLSocket socket) {
        SSLParameters parameters = socket.getSSLParameters();
        parameters.setProtocols(new String[] {"TLSv1.3", "TLSv1.2"});
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        socket.setSSLParameters(parameters);
    }

    @Override
    public String toString() {
        return "TLS";
    }
}
