package ninja.mig.relay;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.util.Optional;
import javax.net.SocketFactory;

/** Makes sockets whose connect goes through a proxy, and then, if wished, into TLS. */
final class ProxySocketFactory extends SocketFactory {
    private final ConnectProxy proxy;
    private final Optional<PemTls> tls;

    ProxySocketFactory(ConnectProxy proxy, Optional<PemTls> tls) {
        this.proxy = proxy;
        this.tls = tls;
    }

    @Override
    public Socket createSocket() {
        return new ProxySocket(proxy, tls);
    }

    @Override
    public Socket createSocket(String host, int port) throws IOException {
        throw onlyUnconnected();
    }

    @Override
    public Socket createSocket(String host, int port, InetAddress localHost, int localPort) throws IOException {
        throw onlyUnconnected();
    }

    @Override
    public Socket createSocket(InetAddress host, int port) throws IOException {
        throw onlyUnconnected();
    }

    @Override
    public Socket createSocket(InetAddress host, int port, InetAddress localAddress, int localPort) throws IOException {
        throw onlyUnconnected();
    }

    private static IOException onlyUnconnected() {
        return new IOException("a proxied socket is made first and connected then");
    }
}
