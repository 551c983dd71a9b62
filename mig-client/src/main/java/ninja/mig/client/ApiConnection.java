package ninja.mig.client;

import java.io.IOException;
import java.net.Socket;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.util.Optional;
import java.util.function.Consumer;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import ninja.mig.conf.ConfException;
import ninja.mig.pgp.ActionSigner;

/** Opens the way to the API that a configuration describes. */
public final class ApiConnection {
    private ApiConnection() {}

    /**
     * @param program goes into the User-Agent: {@code cmd-1.0.0}
     * @param trace gets a line for each request and answer
     * @throws ConfException if the certificates to trust cannot be used
     */
    public static MigClient open(ClientConf conf, ActionSigner signer, String program, Consumer<String> trace) {
        HttpClient.Builder http = HttpClient.newBuilder()
                .connectTimeout(conf.timeout())
                .followRedirects(HttpClient.Redirect.NORMAL)
                .version(HttpClient.Version.HTTP_1_1);
        tls(conf).ifPresent(http::sslContext);
        Tokens tokens = new Tokens(signer, Clock.systemUTC(), new SecureRandom());
        return new MigClient(conf.url(), http.build(), tokens, "MIG Client " + program, conf.timeout(), trace);
    }

    private static Optional<SSLContext> tls(ClientConf conf) {
        try {
            if (conf.skipVerifyCert()) {
                return Optional.of(context(new TrustManager[] {new TrustEverything()}));
            }
            if (conf.caCert().isPresent()) {
                return Optional.of(context(trusting(conf.caCert().get())));
            }
            return Optional.empty();
        } catch (GeneralSecurityException | IOException e) {
            throw new ConfException(
                    "[api] cacert " + conf.caCert().map(Path::toString).orElse("") + ": " + e.getMessage());
        }
    }

    private static SSLContext context(TrustManager[] trust) throws GeneralSecurityException {
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, trust, null);
        return context;
    }

    private static TrustManager[] trusting(Path pem) throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
        store.load(null, null);
        int n = 0;
        try (var in = Files.newInputStream(pem)) {
            for (Certificate certificate :
                    CertificateFactory.getInstance("X.509").generateCertificates(in)) {
                store.setCertificateEntry("ca" + n++, certificate);
            }
        }
        TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(store);
        return factory.getTrustManagers();
    }

    /** For {@code skipverifycert = on}: what the investigator asked for, in so many words. */
    private static final class TrustEverything extends X509ExtendedTrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {
            // Everything is trusted.
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) {
            // Everything is trusted.
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {
            // Everything is trusted.
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) {
            // Everything is trusted.
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) {
            // Everything is trusted.
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {
            // Everything is trusted.
        }

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
