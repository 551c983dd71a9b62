package ninja.mig.relay;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;
import ninja.mig.model.RejectedException;

/** Looks at a relay from outside, without a login: whether its port can be reached, and how it speaks TLS. */
public final class TlsProbe {
    private final RelayConf conf;
    private final Optional<ConnectProxy> proxy;
    private final Duration limit;

    /**
     * @param conf with TLS, except for {@link #connect}
     * @param proxy on the way there
     * @param limit of each attempt to connect, and of each handshake, whatever the relay sends meanwhile; then it hangs up
     */
    public TlsProbe(RelayConf conf, Optional<ConnectProxy> proxy, Duration limit) {
        this.conf = conf;
        this.proxy = proxy;
        this.limit = limit;
    }

    /**
     * How a handshake ended.
     *
     * @param protocol such as {@code TLSv1.3}; empty if it failed
     * @param askedForCertificate whether the relay asked for our certificate and got it
     * @param refusal why one side does not accept the other; empty if it does
     */
    public record Handshake(String protocol, boolean askedForCertificate, Optional<String> refusal) {}

    /** Connects and leaves again. Through a proxy this includes the tunnel. */
    public void connect() throws IOException {
        socket().close();
    }

    /**
     * The certificates that the relay shows, its own first, whoever made them. Nothing is believed: the handshake is broken
     * off as soon as they are seen. Empty if the relay shows none.
     *
     * @throws IOException if it cannot be reached or does not speak TLS
     */
    public List<X509Certificate> certificates(Instant now) throws IOException {
        AtomicReference<List<X509Certificate>> seen = new AtomicReference<>(List.of());
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, new TrustManager[] {new Onlooker(seen)}, null);
            Socket plain = socket();
            try (SSLSocket socket = layer(context, plain)) {
                ClosingTime.shakeHands(socket, plain, limit);
            }
        } catch (GeneralSecurityException e) {
            throw new IOException("this Java has no TLS", e);
        } catch (IOException e) {
            if (seen.get().isEmpty()) {
                throw new IOException(reason(e, now), e);
            }
        }
        return seen.get();
    }

    /** Makes the handshake that the agent makes, and leaves again. */
    public Handshake handshake(Instant now) throws IOException {
        Socket plain = socket();
        try (SSLSocket socket = layer(tls().context(), plain)) {
            PemTls.prepare(socket);
            ClosingTime.shakeHands(socket, plain, limit);
            return new Handshake(
                    socket.getSession().getProtocol(),
                    socket.getSession().getLocalCertificates() != null,
                    Optional.empty());
        } catch (IOException e) {
            return new Handshake("", false, Optional.of(reason(e, now)));
        }
    }

    private PemTls tls() {
        return conf.tls().orElseThrow(() -> new IllegalStateException("the relay is configured without TLS"));
    }

    private String reason(IOException e, Instant now) {
        return TlsFailure.text(e, tls(), conf.host(), now).orElseGet(() -> Shutdown.text(e));
    }

    /** Reads every certificate of a PEM text, in its order. */
    public static List<X509Certificate> read(String pem) throws RejectedException {
        List<X509Certificate> certificates = new ArrayList<>();
        try {
            CertificateFactory factory = CertificateFactory.getInstance("X.509");
            for (PemBlock block : PemBlock.read(pem)) {
                if (block.isCertificate()) {
                    certificates.add(
                            (X509Certificate) factory.generateCertificate(new ByteArrayInputStream(block.der())));
                }
            }
        } catch (CertificateException e) {
            throw new RejectedException("a certificate cannot be read: " + e.getMessage(), e);
        }
        return certificates;
    }

    private Socket socket() throws IOException {
        Socket socket = new RelaySocket(proxy, Optional.empty(), RelaySocket.PATIENCE);
        try {
            InetSocketAddress relay = proxy.isPresent()
                    ? InetSocketAddress.createUnresolved(conf.host(), conf.port())
                    : new InetSocketAddress(conf.host(), conf.port());
            socket.connect(relay, (int) limit.toMillis());
            return socket;
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    private SSLSocket layer(SSLContext context, Socket plain) throws IOException {
        try {
            return (SSLSocket) context.getSocketFactory().createSocket(plain, conf.host(), conf.port(), true);
        } catch (IOException e) {
            plain.close();
            throw e;
        }
    }

    /** Sees certificates and accepts none. */
    private static final class Onlooker extends X509ExtendedTrustManager {
        private final AtomicReference<List<X509Certificate>> seen;

        Onlooker(AtomicReference<List<X509Certificate>> seen) {
            this.seen = seen;
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket)
                throws CertificateException {
            checkServerTrusted(chain, authType);
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
                throws CertificateException {
            checkServerTrusted(chain, authType);
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType) throws CertificateException {
            seen.set(List.of(chain));
            throw new CertificateException("looked at, not trusted");
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType) throws CertificateException {
            throw new CertificateException("nobody is a client here");
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket)
                throws CertificateException {
            checkClientTrusted(chain, authType);
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
                throws CertificateException {
            checkClientTrusted(chain, authType);
        }

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
